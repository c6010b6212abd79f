"""What values are: the types of expressions, attributes and results, inferred over the whole program on demand."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from agentlint.analysis.program import Program
from agentlint.ir import syntax as s
from agentlint.knowledge import LibraryFacts


class Type(msgspec.Struct, frozen=True, order=True):
    """A class of the project or a library, with its type arguments."""

    name: str
    args: tuple[Type, ...] = ()
    meta: bool = False
    """True for the named thing itself (class object, function, module), not an instance or result of it."""


class AttributeWrite(msgspec.Struct, frozen=True, eq=False):
    """An assignment to an attribute, `receiver.attr = value`."""

    function: str
    receiver: tuple[Type, ...]
    attr: str
    value: s.Expr | None
    line: int
    name: str
    """Source text of the receiver (`self`, `order`, `form.instance`)."""
    methods: tuple[str, ...] = ()
    """HTTP methods under which the line runs; empty means any."""


class Types:
    """Answers what expressions are; everything is inferred on demand and remembered."""

    def of(self, expr: s.Expr | None, function_id: str) -> tuple[Type, ...]:
        """At most four alternatives, best first; empty when unknown. Module code has the function id `module.<module>`."""
        raise NotImplementedError

    def writes(self, function_id: str) -> tuple[AttributeWrite, ...]:
        """Assignments to attributes in a function, in source order."""
        raise NotImplementedError

    def returns(self, function_id: str) -> tuple[Type, ...]:
        """What a function gives when it is called (awaited)."""
        raise NotImplementedError

    def attribute(self, type: Type, name: str) -> tuple[Type, ...]:
        """What an attribute of a value of a type is."""
        raise NotImplementedError

    def method_context(self, function_id: str, line: int) -> tuple[str, ...]:
        """HTTP methods under which a line of a function runs, by its enclosing branches; empty means any."""
        raise NotImplementedError


def infer_types(program: Program, library: LibraryFacts, extra: Mapping[str, Mapping[str, Type]] | None = None) -> Types:
    """`extra` is what framework plugins know of attributes: class id to attribute to type."""
    raise NotImplementedError

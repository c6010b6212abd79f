"""The linked program: every module, class and function of the project by id, and the questions passes ask about names, bases and constants."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias, Union

import msgspec

from agentlint.ir import syntax as s
from agentlint.ir.pages import Page
from agentlint.ir.source import Gap
from agentlint.knowledge import LibraryFacts


class FunctionInfo(msgspec.Struct, frozen=True, eq=False, gc=False):
    """A function of the project. Compared by identity: its tree is large."""

    id: str
    module: s.Module
    node: s.Function
    owner: str
    """Id of the class whose body holds it, or the empty string."""
    parent: str
    """Id of the enclosing function, or the empty string."""


class ClassInfo(msgspec.Struct, frozen=True, eq=False, gc=False):
    """A class of the project. Compared by identity."""

    id: str
    module: s.Module
    node: s.Class
    methods: dict[str, str]
    """Method name to function id; the last definition wins."""
    attributes: dict[str, s.Expr]
    """Class-level assignments, the last one wins."""
    annotations: dict[str, s.Expr]
    """Class-level annotations."""
    nested: dict[str, str]
    """Name to id of classes in its body."""
    parent: str
    """Id of the class or function that encloses it, or the empty string."""


Scope: TypeAlias = Union[FunctionInfo, ClassInfo, s.Module]


class Unknown:
    """The type of `UNKNOWN`."""

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __bool__(self) -> bool:
        return False


UNKNOWN = Unknown()
"""What `fold` answers for an expression that is not constant. Test with `is`."""

Folded: TypeAlias = Union[str, int, float, bool, None, list["Folded"], tuple["Folded", ...], dict["Folded", "Folded"], Unknown]


class Element(msgspec.Struct, frozen=True, eq=False):
    """One item of a folded list: the expression, and the scope in which its names mean something."""

    expr: s.Expr
    scope: Scope


class Program:
    """All code of the project, linked. Not changed after construction; answers are remembered."""

    modules: dict[str, s.Module]
    functions: dict[str, FunctionInfo]
    classes: dict[str, ClassInfo]
    pages: tuple[Page, ...]
    gaps: list[Gap]

    def resolve(self, expr: s.Expr | None, scope: Scope) -> str:
        """The canonical dotted name that a name or attribute chain means in a scope; empty when unknown, local, or an attribute of `self`."""
        raise NotImplementedError

    def canonical(self, dotted: str) -> str:
        """The name of the definition behind a dotted name: re-exports and plain aliases followed, library names as knowledge spells them."""
        raise NotImplementedError

    def lookup(self, dotted: str) -> FunctionInfo | ClassInfo | s.Module | s.Expr | None:
        """The thing a dotted name stands for; a module-level or class-level assignment gives its expression."""
        raise NotImplementedError

    def mro(self, class_id: str) -> tuple[str, ...]:
        """The class, then its bases in method resolution order, library bases as dotted names."""
        raise NotImplementedError

    def inherits(self, class_id: str, *names: str) -> bool:
        """True when the class or any of its bases is one of the names."""
        raise NotImplementedError

    def method(self, class_id: str, name: str) -> FunctionInfo | None:
        """The project method that a name means on a class."""
        raise NotImplementedError

    def attribute(self, class_id: str, name: str) -> tuple[s.Expr, ClassInfo] | None:
        """The class-level assignment that a name means on a class, with the class that holds it."""
        raise NotImplementedError

    def subclasses(self, name: str) -> tuple[str, ...]:
        """All project classes below a project or library class, sorted."""
        raise NotImplementedError

    def fold(self, expr: s.Expr | None, scope: Scope) -> Folded:
        """The constant value of an expression; holes of text are `{}`, what is not constant is `UNKNOWN` (also inside containers)."""
        raise NotImplementedError

    def elements(self, expr: s.Expr | None, scope: Scope) -> tuple[Element, ...]:
        """The items of a list that code builds (`[...] + other.list`, `+=`, `append`, `extend`, loops over constants), in order."""
        raise NotImplementedError

    def scope_of(self, id: str) -> Scope:
        """The function, class or module of an id."""
        raise NotImplementedError

    def module_of(self, path: str) -> s.Module | None:
        """The module read from a path."""
        raise NotImplementedError


def build_program(modules: Iterable[s.Module], pages: Iterable[Page], library: LibraryFacts) -> Program:
    """Links modules to a program."""
    raise NotImplementedError

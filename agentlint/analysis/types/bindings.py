"""Bindings: what each name of a scope may hold at each place where it is read, as found by one walk over the scope."""

from __future__ import annotations

from typing import Any

from agentlint.analysis.program import MODULE_CODE
from agentlint.analysis.types.requests import Methods
from agentlint.ir import syntax as s


class Binding:
    """One way in which a name got its value."""

    __slots__ = ("added", "expr", "kind", "more", "path")

    def __init__(self, kind: str, expr: Any = None, path: tuple[int, ...] = (), more: tuple[Binding, ...] | list[Binding] = ()) -> None:
        self.kind = kind
        """`value`, `element` (of an iterable), `entered` (with), `caught`, `parameter`, `declared`, `narrowed`, `changed`, `definition`, `starred`,
        `joined` or `opaque`."""
        self.expr = expr
        """The expression, parameter, annotation or dotted name it stems from."""
        self.path = path
        """Positions by which a tuple is unpacked."""
        self.more = more
        """Bindings it is made of: alternatives of `joined`, what `narrowed` and `changed` start from."""
        self.added: list[tuple[str, s.Expr]] | None = None
        """What `append`, `add`, `extend` and item assignments put into the collection it holds."""


class Write:
    """An assignment to an attribute as the walk found it."""

    __slots__ = ("annotation", "line", "methods", "path", "target", "value")

    def __init__(self, target: s.Attribute, value: Binding, line: int, methods: Methods, annotation: s.Expr | None) -> None:
        self.target = target
        self.value = value
        self.line = line
        self.methods = methods
        self.annotation = annotation


class Flow:
    """What one walk over the body of a function, class or module found."""

    __slots__ = ("bindings", "calls", "contexts", "definitions", "final", "globals", "kept", "reaching", "returns", "writes", "yields")

    def __init__(self) -> None:
        self.reaching: dict[int, Binding] = {}
        """Identity of a name or attribute expression to what it holds there."""
        self.bindings: dict[str, list[Binding]] = {}
        self.final: dict[str, Binding] = {}
        """What names hold at the end."""
        self.calls: list[tuple[s.Call, Methods]] = []
        self.returns: list[s.Expr] = []
        self.yields: list[s.Expr] = []
        self.writes: list[Write] = []
        self.contexts: list[tuple[int, Methods]] = []
        """Lines and the methods that reach them, ascending; only in functions that branch on the method."""
        self.definitions: list[s.Function | s.Class] = []
        self.globals: set[str] = set()
        self.kept: list[tuple[str, str, s.Expr]] = []
        """What is put into collections that the scope did not make itself: name, how, and item."""


def module_code(module: s.Module) -> str:
    """The function id of a module's own code."""
    return f"{module.name}.{MODULE_CODE}" if module.name else MODULE_CODE

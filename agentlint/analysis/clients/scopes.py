"""Scopes of client code: names of a function, of what encloses it, of its module, and of what other modules hand over."""

from __future__ import annotations

import msgspec

from agentlint.analysis.clients.values import Value
from agentlint.ir import syntax as s


class Imported(msgspec.Struct, frozen=True):
    """A name that stands for something of another module, looked up when it is used."""

    module: str
    name: str
    """`*` is the module itself."""


class Scope:
    """Names and their values. `symbol` is the qualified name of the function that people would name."""

    __slots__ = ("frame", "module", "names", "parent", "symbol")

    def __init__(self, module: ModuleScope | None, parent: Scope | None, symbol: str, frame: Frame | None = None) -> None:
        self.names: dict[str, Value | Imported] = {}
        self.parent = parent
        self.module = module
        self.symbol = symbol
        self.frame = frame

    def find(self, name: str) -> Value | Imported | None:
        """The value of a name here or in an enclosing scope."""
        scope: Scope | None = self
        while scope is not None:
            value = scope.names.get(name)
            if value is not None:
                return value
            scope = scope.parent
        return None


class Frame:
    """What a running function hands back."""

    __slots__ = ("owner", "returned", "this")

    def __init__(self, this: Value | None = None, owner: object = None) -> None:
        self.returned: list[Value] = []
        self.this = this
        self.owner = owner
        """The class whose method runs, for `super`."""


class ModuleScope(Scope):
    """The top level of one module."""

    __slots__ = ("exported", "path", "running", "source", "stars")

    def __init__(self, source: s.Module) -> None:
        super().__init__(None, None, "")
        self.module = self
        self.source = source
        self.path = source.path
        self.exported: Value | None = None
        """What a CommonJS or AMD module exports as a whole."""
        self.stars: list[str] = []
        """Paths whose names this module hands on (`export * from`)."""
        self.running = False

"""What a class puts before the addresses of its own routes: `@group("keys", "/api/keys")` above it, or an attribute that keeps it."""

from __future__ import annotations

import re

from agentlint.analysis.program import ClassInfo, FunctionInfo, Program
from agentlint.extension.own_layers.lines import addresses
from agentlint.ir import syntax as s
from agentlint.ir.walk import dotted

_KEEPS = re.compile(r"^_*(url_?|route_?|base_?|path_?)?(prefix|path|route|url)(_base|_prefix)?_*$", re.IGNORECASE)
_OUTWARD = 4
"""Functions around a route up to the method of the class that makes it."""


class Prefixes:
    """Addresses of classes, each worked out once."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._known: dict[str, str] = {}

    def of(self, info: FunctionInfo) -> str:
        """What stands before the address of a function: the one of the class around it; empty where it has none."""
        owner = self._owner(info)
        if owner not in self._known:
            kind = self._program.classes.get(owner)
            self._known[owner] = self._of_class(kind).rstrip("/") if kind is not None else ""
        return self._known[owner]

    def method(self, info: FunctionInfo, decorator: s.Expr) -> tuple[str, ...]:
        """The method of the class around a function by which it is decorated: `@self.route("/x")`."""
        owner = self._owner(info) if isinstance(decorator, s.Attribute) and dotted(decorator.value) in ("self", "cls") else ""
        found = self._program.method(owner, decorator.attr) if owner and isinstance(decorator, s.Attribute) else None
        return (found.id,) if found is not None else ()

    def _owner(self, info: FunctionInfo) -> str:
        for _ in range(_OUTWARD):
            if info.owner or info.parent not in self._program.functions:
                break
            info = self._program.functions[info.parent]
        return info.owner

    def _of_class(self, kind: ClassInfo) -> str:
        program = self._program
        for decorator in kind.node.decorators:
            if isinstance(decorator, s.Call) and (found := next(addresses(decorator.args, program, kind.module), "")):
                return found
        kept = (value for name, value in kind.attributes.items() if _KEEPS.match(name))
        return next(addresses(kept, program, kind), "")

"""Properties of requests that views ask for: what computes `request.userid` may read a header or a session, and so says who may call."""

from __future__ import annotations

from agentlint.api import FunctionInfo, Program, syntax, walk
from agentlint_pyramid.attributes import request_properties
from agentlint_pyramid.configuration import Configuration

_DEEPEST = 3
"""A view, its decorator, what that calls."""


class AskedProperties:
    """Tells which added properties a view, its decorators and what they call look at."""

    def __init__(self, program: Program, configuration: Configuration) -> None:
        self._program = program
        held = request_properties(configuration, program)
        self._computed = {name: target.id for name, target in held.items() if isinstance(target, FunctionInfo)}
        self._known: dict[str, frozenset[str]] = {}

    def by(self, view: FunctionInfo) -> tuple[str, ...]:
        """Ids of the functions that compute what a view looks at."""
        return tuple(sorted(self._asked(view, _DEEPEST))) if self._computed else ()

    def _asked(self, info: FunctionInfo, depth: int) -> frozenset[str]:
        if info.id not in self._known:
            self._known[info.id] = frozenset()
            exprs = list(walk.body_expressions(info.node.body))
            found = {self._computed[e.attr] for e in exprs if isinstance(e, syntax.Attribute) and e.attr in self._computed and _is_request(e.value)}
            called = [e.func for e in exprs if isinstance(e, syntax.Call)] + [getattr(d, "func", d) for d in info.node.decorators]
            inner = [f"{info.id}.{stmt.definition.name}" for stmt in info.node.body if isinstance(stmt, syntax.Define)]
            for name in (*inner, *(self._program.resolve(f, info) for f in called)) if depth else ():
                target = self._program.functions.get(name)
                found |= self._asked(target, depth - 1) if target is not None else set()
            self._known[info.id] = frozenset(found)
        return self._known[info.id]


def _is_request(expr: syntax.Expr) -> bool:
    return walk.dotted(expr).rpartition(".")[2] in ("request", "req")

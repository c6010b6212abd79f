"""Which undeclared parameters the result of a function is made of: what one call passes for them says more than all calls together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentlint.analysis.types.parameters import is_static
from agentlint.ir import syntax as s
from agentlint.ir.walk import expressions

if TYPE_CHECKING:
    from agentlint.analysis.program import FunctionInfo
    from agentlint.analysis.types.engine import Engine

_MOST_CALLS = 500
"""Calls of a name beyond which it does not matter to a result what a single one passes."""
_MOST_SOURCES = 200
"""Expressions behind a result that are looked at."""


class Dependence:
    """Answers by function."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: dict[str, frozenset[str]] = {}

    def of(self, function_id: str) -> frozenset[str]:
        """Undeclared parameters that the result of a function is made of."""
        known = self._known.get(function_id)
        if known is None:
            info = self._engine.program.functions[function_id]
            said = info.node.returns is not None and self._engine.annotations.read(info.node.returns, info)
            known = self._known[function_id] = frozenset() if said or self._engine.parameters.count_calls(info) > _MOST_CALLS else self._sources(info)
        return known

    def _sources(self, info: FunctionInfo) -> frozenset[str]:
        flow = self._engine.flows[info.id]
        own = info.node.params[0] if info.owner and info.node.params and not is_static(info.node) else None
        stack: list[s.Expr] = [*flow.returns, *flow.yields]
        seen: set[int] = set()
        names: set[str] = set()
        while stack and len(seen) < _MOST_SOURCES:
            for expr in expressions(stack.pop()):
                binding = flow.reaching.get(id(expr))
                queue = [binding] if binding is not None else []
                while queue:
                    one = queue.pop()
                    if id(one) in seen:
                        continue
                    seen.add(id(one))
                    queue.extend(one.more)
                    if one.kind == "parameter":
                        if one.expr is not own and one.expr.annotation is None and one.expr.kind in ("positional", "keyword"):
                            names.add(one.expr.name)
                    elif one.kind in ("value", "element", "entered", "narrowed"):
                        stack.append(one.expr)
        return frozenset(names)

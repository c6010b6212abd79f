"""Which functions of generated clients the project uses: a client offers all of an API, pages call part of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from agentlint.analysis.clients.relevance import deep_functions
from agentlint.ir import syntax as s
from agentlint.ir.walk import body_expressions, statements


class Mentions:
    """Names that code written by people mentions, and names that generated functions so mentioned mention in turn."""

    def __init__(self, modules: Iterable[s.Module]) -> None:
        self._generated: set[str] = set()
        self._alive: set[str] = set()
        uses: dict[str, set[str]] = defaultdict(set)
        for module in modules:
            if module.is_generated:
                self._generated.add(module.path)
                for function in deep_functions(module.body):
                    uses[function.name].update(_names(function.body))
            else:
                self._alive.update(_names(module.body))
        pending = sorted(self._alive & uses.keys())
        while pending:
            for name in sorted(uses[pending.pop()] - self._alive):
                self._alive.add(name)
                if name in uses:
                    pending.append(name)

    def is_generated(self, path: str) -> bool:
        """Whether a file says that a program wrote it."""
        return path in self._generated

    def used(self, path: str, symbol: str) -> bool:
        """False for a function of a generated file that nothing mentions."""
        return not self.is_generated(path) or all(part in self._alive for part in symbol.split(".") if part)


def _names(body: Iterable[s.Stmt]) -> Iterator[str]:
    """Names and attributes used in a block, however deep, and imported names."""
    body = tuple(body)
    blocks = [body, *(f.body for f in deep_functions(body)), *_class_bodies(body)]
    for block in blocks:
        for expr in body_expressions(block):
            if isinstance(expr, s.Attribute):
                yield expr.attr
            elif isinstance(expr, s.Name):
                yield expr.id
        for stmt in statements(block):
            if isinstance(stmt, s.Import):
                yield from (n.name for n in stmt.names)


def _class_bodies(body: Iterable[s.Stmt]) -> Iterator[tuple[s.Stmt, ...]]:
    return (stmt.definition.body for stmt in statements(body) if isinstance(stmt, s.Define) and isinstance(stmt.definition, s.Class))

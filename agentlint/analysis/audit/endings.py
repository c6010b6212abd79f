"""Calls after which a path does not go on, and calls that take back or keep what a transaction did."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from agentlint.analysis.calls.sites import Calls, CallSite
from agentlint.analysis.program import Program
from agentlint.analysis.types.results import is_abstract
from agentlint.ir import syntax as s
from agentlint.ir import walk
from agentlint.knowledge import LibraryFacts

_BY_NAME = {"rollback": "undoes", "commit": "settles"}
"""Methods of connections and sessions whose type is not known."""
_NEVER = frozenset({"NoReturn", "Never"})


class Endings(msgspec.Struct, frozen=True):
    """Call sites of one function."""

    leaving: frozenset[int] = frozenset()
    """Calls that never come back."""
    undoing: frozenset[int] = frozenset()
    """Calls that take back what the transaction did."""
    settling: frozenset[int] = frozenset()
    """Calls that keep it."""


class EndingCalls:
    """Finds them, by what libraries say and by functions of the project that always raise."""

    def __init__(self, program: Program, calls: Calls, library: LibraryFacts) -> None:
        self._program, self._calls, self._library = program, calls, library
        self._raising: dict[str, bool] = {}
        self._known: dict[str, Endings] = {}

    def of(self, function: str) -> Endings:
        """The endings of a function."""
        known = self._known.get(function)
        if known is not None:
            return known
        found: dict[str, set[int]] = {"leaves": set(), "undoes": set(), "settles": set()}
        for site in self._calls.sites(function):
            how = self._how(site)
            if how:
                found[how].add(site.call.site)
        known = self._known[function] = Endings(frozenset(found["leaves"]), frozenset(found["undoes"]), frozenset(found["settles"]))
        return known

    def _how(self, site: CallSite) -> str:
        how = self._library.ending(site.library) if site.library else ""
        if how or not site.targets:
            return how or (_BY_NAME.get(site.name, "") if not site.library else "")
        run = all(t.kind in ("call", "override") and t.confidence != "low" and self._never_returns(t.function) for t in site.targets)
        return "leaves" if run else ""

    def _never_returns(self, function: str) -> bool:
        """True for a function of the project that raises on every path, and is no declaration of what others do."""
        known = self._raising.get(function)
        if known is None:
            self._raising[function] = False  # a function that calls itself is taken to come back
            info = self._program.functions.get(function)
            known = self._raising[function] = info is not None and not is_abstract(info.node) and self._raises(info.node, function)
        return known

    def _raises(self, node: s.Function, function: str) -> bool:
        if node.returns is not None and walk.dotted(node.returns).rpartition(".")[2] in _NEVER:
            return True
        if not any(isinstance(stmt, s.Raise) for stmt in walk.statements(node.body)) and not any(True for _ in walk.calls(node.body[-1:])):
            return False
        yields = any(isinstance(e, s.Other) and e.kind == "yield" for e in walk.body_expressions(node.body))
        return not yields and _ends(node.body, self.of(function).leaving)


def _ends(body: Sequence[s.Stmt], leaving: frozenset[int]) -> bool:
    """True when no path through the statements reaches their end or returns."""
    for stmt in body:
        if any(isinstance(inner, s.Return) and not _is_leaving(inner.value, leaving) for inner in walk.statements((stmt,))):
            return False
        if _stops(stmt, leaving):
            return True
    return False


def _stops(stmt: s.Stmt, leaving: frozenset[int]) -> bool:
    match stmt:
        case s.Raise():
            return True
        case s.Expression() | s.Return():
            return _is_leaving(stmt.value, leaving)
        case s.If():
            return bool(stmt.orelse) and _ends(stmt.body, leaving) and _ends(stmt.orelse, leaving)
        case s.With():
            return _ends(stmt.body, leaving)
        case s.Try():
            return _ends(stmt.final, leaving) or (_ends(stmt.body, leaving) and all(_ends(handler.body, leaving) for handler in stmt.handlers))
        case _:
            return False


def _is_leaving(value: s.Expr | None, leaving: frozenset[int]) -> bool:
    return isinstance(value, s.Call) and value.site in leaving

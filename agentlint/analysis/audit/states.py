"""The account on one path of a function, and how the accounts of paths that meet become one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from agentlint.analysis.audit.conditions import Condition
from agentlint.analysis.audit.given import EMPTY, assigned_in
from agentlint.ir import syntax as s


class State:
    """The account on one path."""

    __slots__ = ("committed", "facts", "held", "idle", "may", "must", "only", "pending", "results", "settled", "spent")

    def __init__(self) -> None:
        self.must = 0
        self.may = 0
        self.idle = False
        """True where nothing was done that a record could tell of: such a path takes nothing from what the others record."""
        self.spent = 0
        """Records that say nothing of what comes now: those made before an exception that is being handled."""
        self.pending: dict[int, int] = {}
        self.held: dict[Condition, int] = {}
        """Records made exactly where the condition held."""
        self.only: dict[Condition, set[int]] = {}
        """Applications that happened only where the condition held."""
        self.results: dict[str, int] = {}
        """Variable to the application whose own result it holds."""
        self.settled: set[int] = set()
        """Applications that a transaction has kept for good."""
        self.committed = False
        """True when a transaction was committed on the path."""
        self.facts: dict[str, object] = {}
        """Variables of which the path tells what they hold."""

    def copy(self) -> State:
        """The same account for another path to go on with."""
        other = State()
        other.must, other.may, other.spent, other.idle = self.must, self.may, self.spent, self.idle
        other.pending, other.held, other.only, other.results = dict(self.pending), dict(self.held), dict(self.only), dict(self.results)
        other.committed = self.committed
        other.settled, other.facts = set(self.settled), dict(self.facts)
        return other

    def touch(self, call: s.Call) -> None:
        """What a call works on or is handed may be filled by it."""
        if EMPTY in self.facts.values():
            func = call.func.value if isinstance(call.func, s.Attribute) else call.func
            for expr in (func, *call.args, *(k.value for k in call.keywords)):
                if isinstance(expr, s.Name) and self.facts.get(expr.id) is EMPTY:
                    del self.facts[expr.id]

    def forget(self, stmt: s.Loop | s.Try) -> None:
        """A loop comes round again, and an exception comes from anywhere: what the statement sets somewhere inside is not known in it."""
        if self.facts:
            for name in assigned_in(stmt):
                self.facts.pop(name, None)


def certain(states: Sequence[State], shared: Callable[[Sequence[int]], int]) -> int:
    """The records that every path makes on which something was done; `shared` says what several paths have in common."""
    return shared([state.must for state in states if not state.idle] or [state.must for state in states])


def join(ends: Sequence[tuple[State, Condition]], shared: Callable[[Sequence[int]], int]) -> State | None:
    """One state for several paths that meet: what all recorded is recorded, what any left unrecorded is unrecorded."""
    if not ends:
        return None
    if len(ends) == 1:
        return ends[0][0]
    first = ends[0][0].copy()
    first.must, first.idle = certain([state for state, _ in ends], shared), all(state.idle for state, _ in ends)
    for state, _ in ends[1:]:
        first.may |= state.may
        first.spent &= state.spent
        first.settled &= state.settled
        first.committed = first.committed and state.committed
        for site, mask in state.pending.items():
            first.pending[site] = first.pending.get(site, 0) | mask
        first.facts = _common(first.facts, state.facts)
        first.held, first.only, first.results = _common(first.held, state.held), _common(first.only, state.only), _common(first.results, state.results)
    for state, condition in ends:
        if condition.text:
            _remember(first, state, condition, [other for other, _ in ends if other is not state])
    return first


_K = TypeVar("_K")
_V = TypeVar("_V")


def _common(one: dict[_K, _V], other: dict[_K, _V]) -> dict[_K, _V]:
    return {key: value for key, value in one.items() if other.get(key) == value}


def _remember(joined: State, state: State, condition: Condition, others: Sequence[State]) -> None:
    extra = state.must & ~joined.must
    if extra:
        joined.held[condition] = extra
    alone = {site for site in state.pending if not any(site in other.pending for other in others)}
    if alone:
        joined.only[condition] = alone

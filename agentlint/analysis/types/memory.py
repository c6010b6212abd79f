"""Remembering answers that may have been cut short: a full answer is kept for good, a cut one for questions that may go no deeper."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from agentlint.analysis.types.values import Types_

_NESTED = 400
"""Questions within questions. Chains of local names that build on one another are long in real code; deeper than this they tell nothing."""


class Limits:
    """How deep questions may still go, and how often an answer was left open because of that."""

    __slots__ = ("budget", "cut", "depth", "nested")

    def __init__(self, budget: int) -> None:
        self.budget = budget
        """Callers of callers that may still be asked what they pass."""
        self.cut = 0
        self.depth = 0
        """Nested questions about results and attributes."""
        self.nested = 0
        """Nested questions of any kind."""


class Memory:
    """Answers by key. A question that comes back to itself finds nothing there."""

    __slots__ = ("_limits", "_partial", "known")

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.known: dict[Hashable, Types_] = {}
        self._partial: dict[Hashable, tuple[int, Types_]] = {}

    def ask(self, key: Hashable, work: Callable[..., Types_], *args: object) -> Types_:
        """The remembered answer, or what the work gives."""
        known = self.known.get(key)
        return known if known is not None else self.work_out(key, work, *args)

    def work_out(self, key: Hashable, work: Callable[..., Types_], *args: object) -> Types_:
        """The same for who has looked in `known` before."""
        limits = self._limits
        held = self._partial.get(key)
        if held is not None and held[0] >= limits.budget:
            limits.cut += 1
            return held[1]
        if limits.nested >= _NESTED:
            limits.cut += 1
            return ()
        self.known[key] = ()
        cut = limits.cut
        limits.nested += 1
        found = work(*args)
        limits.nested -= 1
        if limits.cut == cut:
            self.known[key] = found
        else:
            del self.known[key]
            self._partial[key] = (limits.budget, found)
        return found

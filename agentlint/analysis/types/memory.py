"""Remembering answers that do not depend on what was asked before them.

An answer is a function of its question and of the callers of callers that may still be asked. Two things could make it depend on history, and are told
apart: an answer that needed some of those callers is given only to questions that have as many left (one that was cut for want of them only to those that
have exactly as many), and an answer made while a question was open that it came back to is kept no longer than that question stays open.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

from agentlint.analysis.types.values import Types_

CALLERS = 4
"""Callers of callers that are asked for an argument's type."""
_NESTED = 400
"""Questions within questions. Chains of local names that build on one another are long in real code; deeper than this they tell nothing."""
_MOST_IN_CYCLE = 24
"""Questions that come back to one another of which each is answered for itself; larger knots cost the square of their size, and tell no more."""
_NOWHERE = 1 << 30

_FRESH, _ANSWERED = -2, -1


class _Question:
    """A question with so many callers left, that is open, or was answered in a way that a later one must heed."""

    __slots__ = ("answer", "base", "cycle", "need", "position")

    position: int
    """Its place among the open questions; below zero when it is not open."""
    answer: Types_
    need: int
    """Callers of callers that the answer took; one more than there were when it was cut."""
    base: int
    """The outermost open question on which the answer rests."""
    cycle: frozenset[_Question] | None
    """Questions that come back to themselves, by way of this one or of one that it rests on."""


class Limits:
    """How deep questions may still go, and on what the question that is worked out has come to rest."""

    __slots__ = ("base", "budget", "cycle", "doubts", "lowest", "nested", "pending", "turning", "turns")

    def __init__(self, budget: int) -> None:
        self.budget = budget
        """Callers of callers that may still be asked what they pass."""
        self.lowest = budget
        """The least budget with which something was asked; -1 when there was none left."""
        self.base = _NOWHERE
        """The outermost open question that was met again."""
        self.cycle: frozenset[_Question] | None = None
        self.pending: list[_Question] = []
        """Answers that hold while the questions stay open on which they rest."""
        self.nested = 0
        """Open questions."""
        self.turns: set[_Question] = set()
        """Questions that are known to come back to themselves."""
        self.turning = 0
        """Those of them that are open."""
        self.doubts = 0
        """Answers left open because of nesting, or because too many questions come back to one another: these may depend on what was asked before."""

    def callers(self) -> bool:
        """Goes on to ask callers; False when no more may be asked, and the answer is cut. Undone by `back`."""
        self.lowest = min(self.lowest, self.budget - 1)
        if self.budget <= 0:
            return False
        self.budget -= 1
        return True

    def back(self) -> None:
        """Comes back from asking callers."""
        self.budget += 1

    def takes(self, held: _Question) -> bool:
        """True when an answer holds here: nothing is open, or waits for an open question, that it met while it was made."""
        if held.cycle is None or held.base < _NOWHERE or not (self.turning or self.pending):
            return True
        return not any(q.position >= 0 or (q.position == _ANSWERED and q.base < _NOWHERE) for q in held.cycle)

    def rest_on(self, held: _Question) -> None:
        """What is worked out rests on what an answer rests on."""
        lowest = self.budget - held.need
        if lowest < self.lowest:
            self.lowest = lowest
        if held.base < self.base:
            self.base = held.base
        if held.cycle is not None:
            self.cycle = _joined(self.cycle, held.cycle)


class Memory:
    """Answers by key. A question that comes back to itself finds nothing there."""

    __slots__ = ("_limits", "_questions", "known")

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.known: dict[Hashable, Types_] = {}
        """Answers that took no callers and met no open question: good for everybody."""
        self._questions: dict[tuple[Hashable, int], _Question] = {}

    def ask(self, key: Hashable, work: Callable[..., Types_], *args: object) -> Types_:
        """The remembered answer, or what the work gives."""
        known = self.known.get(key)
        return known if known is not None else self.work_out(key, work, *args)

    def work_out(self, key: Hashable, work: Callable[..., Types_], *args: object) -> Types_:
        """The same for who has looked in `known` before."""
        limits = self._limits
        at = (key, limits.budget)
        position = limits.nested
        question = self._questions.get(at)
        turns = False
        if question is not None:
            if question.position >= 0:
                limits.base = min(limits.base, question.position)
                return ()
            if question.position == _ANSWERED and limits.takes(question):
                limits.rest_on(question)
                return question.answer
            turns = question in limits.turns
        if position >= _NESTED:
            limits.doubts += 1
            return ()
        if question is None:
            question = self._questions[at] = _Question()
        question.position = position
        limits.turning += turns
        lowest, base, cycle, mark = limits.lowest, limits.base, limits.cycle, len(limits.pending)
        limits.lowest, limits.base, limits.cycle = limits.budget, _NOWHERE, None
        limits.nested = position + 1
        try:
            found = work(*args)
        except BaseException:
            question.position = _FRESH
            limits.lowest, limits.base, limits.cycle = lowest, base, cycle
            raise
        finally:
            limits.nested = position
            limits.turning -= turns
        if limits.base > position and limits.cycle is None and limits.lowest == limits.budget:  # nearly every question
            self.known[key] = found
            del self._questions[at]
        else:
            question.answer = found
            self._settle(key, question, mark)
            lowest = limits.lowest if limits.lowest < lowest else lowest
            base = question.base if question.base < base else base
            cycle = cycle if question.cycle is None else _joined(cycle, question.cycle)
        limits.lowest, limits.base, limits.cycle = lowest, base, cycle
        return found

    def _settle(self, key: Hashable, question: _Question, mark: int) -> None:
        """Keeps an answer with what it rests on; `mark` tells which answers that wait for a question to close came up meanwhile."""
        limits = self._limits
        position, question.position = question.position, _ANSWERED
        question.need = limits.budget - limits.lowest
        question.base = limits.base if limits.base < position else _NOWHERE
        if question.base < _NOWHERE:
            for one in limits.pending[mark:]:
                one.base = min(one.base, question.base)
            limits.pending.append(question)
        elif limits.base == position:
            self._close(question, limits.pending[mark:])
            del limits.pending[mark:]
        question.cycle = limits.cycle
        if question.cycle is None and question.base == _NOWHERE and question.need <= limits.budget:
            self._share(key, question)

    def _close(self, head: _Question, inner: list[_Question]) -> None:
        """Forgets the answers that rested on a question coming back to itself: each of those questions has an answer of its own."""
        limits = self._limits
        limits.turns.update((head, *inner))
        for one in inner:
            one.base = _NOWHERE
            if len(inner) <= _MOST_IN_CYCLE:
                one.position = _FRESH
        limits.doubts += len(inner) > _MOST_IN_CYCLE
        limits.cycle = _joined(limits.cycle, frozenset((head, *inner)))

    def _share(self, key: Hashable, question: _Question) -> None:
        """A full answer is everybody's who has as many callers left as it took."""
        for budget in range(question.need, CALLERS + 1):
            held = self._questions.get((key, budget))
            if held is None or held.position == _FRESH:
                self._questions[key, budget] = question


def _joined(one: frozenset[_Question] | None, other: frozenset[_Question]) -> frozenset[_Question]:
    return other if one is None or one <= other else one if other <= one else one | other

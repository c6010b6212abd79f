"""Endpoints that call the very function which a page hands all of its work to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from agentlint.analysis.decisions.consequence import is_consequential
from agentlint.analysis.operations import Entry
from agentlint.graph.atom import Background
from agentlint.graph.atoms import ROWS, is_named, spoken_of, subject_of
from agentlint.ir.effects import ReachedEffect

_NEAR = 3
"""Calls between a handler and rows that are its own business."""
_MOST = 0.5
"""Share of an endpoint's effects that a function must reach for the endpoint to be a way to call it."""
_PAST = 0.2
"""Share of a page's effects, all of them deep below, to which the nearest way may lead past the function."""
_PLAIN = frozenset({"create", "delete"})


class SharedCode:
    """Answers which endpoints call what does all of a page's work, and have no other business than that."""

    def __init__(self, background: Background) -> None:
        self._background = background
        self._callers: dict[str, list[Entry]] = defaultdict(list)

    def add(self, entry: Entry) -> None:
        """An endpoint that programs may call."""
        if self._background.handing is not None:
            for function in self._background.handing.near(entry.routes):
                self._callers[function].append(entry)

    def doing_all_of(self, entry: Entry) -> tuple[str, list[Entry]]:
        """The nearest function that does all that an operation does and that endpoints call as well, and those endpoints."""
        effects = self._of(entry)
        if self._background.handing is None or not effects:
            return "", []
        done = {(r.effect.operation, subject_of(r.effect, self._background)) for r in effects}
        lines = frozenset((r.effect.file, r.effect.line) for r in effects)
        general = {r.effect.function for r in effects if (r.effect.file, r.effect.line) in self._background.general}
        for functions in self._background.handing.doing_all(entry.routes, lines):
            if general & set(functions):
                continue  # it writes whatever it is handed
            past = [r for r in effects if not _goes_through(r, functions[0])]
            if len(past) > _PAST * len(effects) or any(len(r.chain) <= _NEAR for r in past):
                continue
            for function in functions:
                calling = [e for e in self._callers.get(function, ()) if self._is_its_business(e, done) and not self._differs(effects, e)]
                found = [e for e in calling if not self._asks_otherwise(entry, e, lines)]
                found = [e for e in found if self._does_most(function, e) and (e.operation.method != "DELETE" or self._removes(entry, effects))]
                if found:
                    return function, found
        return "", []

    def _of(self, entry: Entry) -> list[ReachedEffect]:
        """Effects without records, failures, and the handing over of a task by the handler itself: what the task does is among them."""
        records, background = self._background.records, self._background
        found = [r for r in entry.reached if is_consequential(r.effect) and r.effect.model not in records]
        found = [r for r in found if not background.missing(r) and not background.failing(r)]
        return [r for r in found if r.chain or r.effect.kind != "queue"]

    def _is_its_business(self, entry: Entry, done: Collection[tuple[str, str]]) -> bool:
        """False for an endpoint about something else, and for one that makes or removes what the page does not: nobody calls it for a part of that."""
        spoken = spoken_of(entry)
        near = [r for r in self._of(entry) if r.effect.kind in ROWS and len(r.chain) < _NEAR]
        own = {(r.effect.operation, subject) for r in near if is_named(subject := subject_of(r.effect, self._background), spoken)}
        return {subject for _, subject in own} <= {subject for _, subject in done} and all(o in done for o in own if o[0] in _PLAIN)

    def _removes(self, entry: Entry, effects: Sequence[ReachedEffect]) -> bool:
        """True for an operation that itself removes what its route names."""
        spoken = spoken_of(entry)
        near = (r.effect for r in effects if r.effect.operation == "delete" and len(r.chain) <= _NEAR)
        return any(is_named(subject_of(effect, self._background), spoken) for effect in near)

    def _asks_otherwise(self, entry: Entry, other: Entry, lines: frozenset[tuple[str, int]]) -> bool:
        """True when the endpoint has the work done in another way than the page."""
        return self._background.modes is not None and self._background.modes.difference(entry.routes, other.routes, lines) is not None

    def _does_most(self, function: str, entry: Entry) -> bool:
        """True when most of what an endpoint does lies below the function: it is no small part of something larger."""
        lines = {(r.effect.file, r.effect.line) for r in self._of(entry)}
        reached = self._background.handing.lines_of(function) if self._background.handing is not None else frozenset()
        return len(lines & reached) >= _MOST * len(lines)

    def _differs(self, effects: Sequence[ReachedEffect], other: Entry) -> bool:
        """True when both write constants at one line, and not the same ones: cancelling is not approving."""
        lines = {(r.effect.file, r.effect.line): self._background.values(r) for r in effects}
        for reached in other.reached:
            mine = lines.get((reached.effect.file, reached.effect.line))
            theirs = self._background.values(reached) if mine else {}
            if mine and any(field in theirs and not values & theirs[field] for field, values in mine.items()):
                return True
        return False


def _goes_through(reached: ReachedEffect, function: str) -> bool:
    """True when the nearest way to an effect leads through the function."""
    name = function.rpartition(".")[2]
    return any(step.text.rpartition(" ")[2].rpartition(".")[2] == name for step in reached.chain[:_NEAR])

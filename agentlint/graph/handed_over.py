"""Endpoints that hand over to the very task that a page hands over to: what happens then is the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from agentlint.analysis.decisions.consequence import is_consequential
from agentlint.analysis.operations import Entry
from agentlint.graph.atom import Background
from agentlint.graph.atoms import subject_of

_MOST_SHARING = 3
"""Handlers that may hand over to a task before it says nothing of what any of them is for: it does what it is told."""

_Own = frozenset[tuple[str, str, str]]
"""What a handler does itself: kind, operation and subject of each effect."""


class HandedOver:
    """Answers for all entries of a program."""

    def __init__(self, entries: Iterable[Entry], background: Background) -> None:
        self._background = background
        self._handing: dict[str, dict[tuple[str, str], list[Entry]]] = defaultdict(lambda: defaultdict(list))
        for entry in entries:
            for task in _tasks(self._own(entry)):
                self._handing[task][entry.operation.file, entry.operation.symbol].append(entry)

    def alike(self, entry: Entry) -> tuple[str, list[Entry]]:
        """A task, and the endpoints that hand over to it and do themselves all that the operation does itself."""
        own = self._own(entry)
        for task in sorted(_tasks(own)):
            handlers = self._handing[task]
            if len(handlers) <= _MOST_SHARING:
                found = [e for held in handlers.values() for e in held if e.machine_callable and e.operation.changes_state and own <= self._own(e)]
                if found:
                    return task, found
        return "", []

    def _own(self, entry: Entry) -> _Own:
        near = (r.effect for r in entry.reached if not r.chain and is_consequential(r.effect))
        return frozenset((e.kind, e.operation, subject_of(e, self._background)) for e in near)


def _tasks(own: _Own) -> frozenset[str]:
    return frozenset(subject for kind, _, subject in own if kind == "queue" and subject)

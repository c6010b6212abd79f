"""Lines that write whatever they are handed: that two operations reach the same one says nothing of what either is for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from agentlint.analysis.operations import Entry
from agentlint.graph.atom import Background
from agentlint.graph.atoms import ROWS, subject_of

Line = tuple[str, int]
_Written = tuple[str, tuple[str, ...]]
"""A thing and its fields."""

_MOST_SHARING = 6
"""Handlers that may reach a line of which nobody knows what it acts on before it says nothing of what any of them is for."""


def general_lines(entries: Iterable[Entry], background: Background) -> frozenset[Line]:
    """Lines that write other things or fields from call to call, that act on what only a caller could tell, or on nobody knows what for many."""
    told: dict[tuple[str, int, str], set[frozenset[_Written]]] = defaultdict(set)
    nameless: dict[Line, set[tuple[str, str]]] = defaultdict(set)
    found: set[Line] = set()
    for entry in entries:
        written: dict[tuple[str, int, str], set[_Written]] = defaultdict(set)
        for effect in (r.effect for r in entry.reached if not r.effect.registered):
            subject = subject_of(effect, background)
            if not subject:
                nameless[effect.file, effect.line].add((entry.operation.file, entry.operation.symbol))
            elif effect.kind in ROWS:
                written[effect.file, effect.line, effect.operation].add((subject, effect.fields))
            if effect.untold and (not subject or effect.kind not in ROWS):
                found.add((effect.file, effect.line))
            if effect.kind == "orm-write" and effect.model:
                told[effect.file, effect.line, effect.operation].add(frozenset([(subject, effect.fields)]))
        for line, things in written.items():
            told[line].add(frozenset(things))
    found |= {(file, line) for (file, line, _), ways in told.items() if len(ways) > 1}
    return frozenset(found | {line for line, handlers in nameless.items() if len(handlers) > _MOST_SHARING})


def general_functions(entries: Iterable[Entry], lines: frozenset[Line]) -> frozenset[str]:
    """Functions that hold such a line."""
    return frozenset(r.effect.function for entry in entries for r in entry.reached if (r.effect.file, r.effect.line) in lines)


def called_by_many(entries: Iterable[Entry]) -> frozenset[str]:
    """Functions that too many handlers call to say anything of what one of them is for."""
    handlers: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for entry in entries:
        for function, _ in entry.domain:
            handlers[function].add((entry.operation.file, entry.operation.symbol))
    return frozenset(function for function, found in handlers.items() if len(found) > _MOST_SHARING)

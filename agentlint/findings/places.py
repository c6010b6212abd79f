"""Every place in the user's files that a report names."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.findings.report import Report


def places_of(report: Report) -> frozenset[tuple[str, int]]:
    """(file, line) pairs of operations, effects, decisions with their paths and records, and model calls; none in a recorded session, whose lines hold
    cookies and bodies."""
    sessions = {operation.file for operation in report.operations if operation.origin == "session"}
    return frozenset(pair for pair in _all(report) if pair[0] and pair[1] and pair[0] not in sessions)


def _all(report: Report) -> Iterator[tuple[str, int]]:
    for operation in report.operations:
        yield operation.file, operation.line
        yield from ((e.file, e.line) for e in operation.effects)
    for decision in report.decisions:
        yield decision.file, decision.line
        yield decision.effect.file, decision.effect.line
        yield from ((step.file, step.line) for step in decision.path)
        yield from ((site.file, site.line) for site in decision.audit)
    for call in report.model_calls:
        yield call.file, call.line

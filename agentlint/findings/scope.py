"""Limits findings to what a change touches: its files, and operations and decisions whose path runs through them. Facts and scores stay those of the whole."""

from __future__ import annotations

import msgspec

from agentlint.findings.finding import Finding
from agentlint.findings.report import Report
from agentlint.ir.decisions import Decision
from agentlint.ir.operations import Operation


class Change(msgspec.Struct, frozen=True):
    """Files that differ."""

    files: frozenset[str]
    """Relative to the root."""
    name: str
    """What the remark calls it."""


def limited(report: Report, change: Change) -> Report:
    """The report with only the findings that the changed files take part in; what a baseline says is gone is told for the whole only."""
    operations = {o.id: o for o in report.operations}
    decisions = {d.id: d for d in report.decisions}
    kept = tuple(f for f in report.findings if files_of(f, operations, decisions) & change.files)
    others = sum(f.suppressed is None for f in report.findings) - sum(f.suppressed is None for f in kept)
    count = len(change.files)
    touched = f"{change.name} ({count} file{'' if count == 1 else 's'})"
    remark = f"only what {touched} touches is shown; {others} finding{'' if others == 1 else 's'} elsewhere"
    return msgspec.structs.replace(report, findings=kept, remarks=(remark,))


def files_of(finding: Finding, operations: dict[str, Operation], decisions: dict[str, Decision]) -> set[str]:
    """Every file that a finding rests on."""
    found = {finding.file, *(r.file for r in finding.related), *(s.file for s in finding.path)}
    operation = operations.get(finding.operation or "")
    if operation is not None:
        found |= {operation.file, *(e.file for e in operation.effects)}
    decision = decisions.get(finding.decision or "")
    if decision is not None:
        found |= {decision.file, decision.effect.file, *(s.file for s in decision.path), *(a.file for a in decision.audit)}
    return found - {""}

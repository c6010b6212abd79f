"""Limits findings to what a change touches: its files, and operations and decisions whose path runs through them. Facts and scores stay those of the whole."""

from __future__ import annotations

import msgspec

from agentlint.findings.finding import Finding
from agentlint.findings.report import Report
from agentlint.ir.decisions import Decision
from agentlint.ir.operations import Operation


def limited(report: Report, changed: frozenset[str], what: str) -> Report:
    """The report with only the findings that the changed files (relative to the root) take part in; `what` names the change in the remark."""
    operations = {o.id: o for o in report.operations}
    decisions = {d.id: d for d in report.decisions}
    kept = tuple(f for f in report.findings if files_of(f, operations, decisions) & changed)
    others = sum(f.suppressed is None for f in report.findings) - sum(f.suppressed is None for f in kept)
    remark = f"only what {what} touches is shown; {others} finding{'' if others == 1 else 's'} elsewhere"
    return msgspec.structs.replace(report, findings=kept, remarks=(*report.remarks, remark))


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

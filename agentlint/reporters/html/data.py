"""The report's operations, decisions and code as the page's scripts read them; other operations and files are named by number."""

from __future__ import annotations

from collections.abc import Iterable

from agentlint.findings.report import Report
from agentlint.ir.decisions import Decision
from agentlint.ir.operations import Operation, OperationEffect
from agentlint.reporters.html.matrix import matrix_rows, state_of
from agentlint.reporters.html.view import (
    BlockerView,
    CodeView,
    DataView,
    DecisionView,
    EffectView,
    OperationView,
    Place,
    StepView,
)
from agentlint.reporters.html.wording import blocker_title, effect_words

_UNSHOWN = frozenset({"cache", "session"})
"""Effects that nobody accounts for."""


class Numbers:
    """Numbers of files, operations and decisions."""

    def __init__(self, report: Report) -> None:
        self.files: dict[str, int] = {}
        self.operations = {o.id: n for n, o in enumerate(report.operations)}
        self.decisions = {d.id: n for n, d in enumerate(report.decisions)}

    def place(self, file: str, line: int) -> Place:
        """A place by the file's number."""
        return Place(self.files.setdefault(file, len(self.files)), line)

    def of_operations(self, ids: Iterable[str]) -> list[int]:
        """Numbers of the operations that the report holds."""
        return [self.operations[i] for i in ids if i in self.operations]

    def of_decisions(self, ids: Iterable[str]) -> list[int]:
        """Numbers of the decisions that the report holds."""
        return [self.decisions[i] for i in ids if i in self.decisions]


def data_view(report: Report) -> DataView:
    """All values, in the report's order."""
    numbers = Numbers(report)
    weights = {f.decision: f.weight for f in reversed(report.findings) if f.decision}
    operations = [_operation(o, numbers) for o in report.operations]
    decisions = [_decision(d, weights.get(d.id, 0), numbers) for d in report.decisions]
    blockers = [
        BlockerView(blocker_title(b, report.operations), numbers.of_operations(b.operations), numbers.of_decisions(b.decisions))
        for wave in report.plan.waves for b in wave.blockers
    ]
    code = [CodeView(numbers.place(e.file, e.line).file, e.line, list(e.lines)) for e in report.excerpts]
    return DataView(list(numbers.files), operations, decisions, matrix_rows(report), blockers, code)


def _operation(o: Operation, numbers: Numbers) -> OperationView:
    return OperationView(
        surface=o.surface, name=f"{o.method} {o.path}".strip(), action=o.action, resource=o.resource, symbol=o.symbol, at=numbers.place(o.file, o.line),
        state=state_of([o]), status=o.status or "", effects=[_effect(e, numbers) for e in o.effects if e.kind not in _UNSHOWN], auth=", ".join(o.auth),
        others=numbers.of_operations(o.counterparts), evidence=list(o.evidence), confidence=o.confidence,
    )


def _effect(e: OperationEffect, numbers: Numbers) -> EffectView:
    return EffectView(effect_words(e.kind, e.operation, e.target, e.fields), e.target or e.kind, numbers.place(e.file, e.line))


def _decision(d: Decision, weight: int, numbers: Numbers) -> DecisionView:
    e = d.effect
    holds = [name for name, held in (("who", d.records.who), ("what", d.records.what), ("why", d.records.why)) if held]
    return DecisionView(
        decision=d.decision, status=d.status, source=d.source, symbol=d.symbol, at=numbers.place(d.file, d.line),
        effect=EffectView(effect_words(e.kind, e.operation, e.target, e.fields), e.target or e.kind, numbers.place(e.file, e.line)),
        records=[StepView(site.mechanism, numbers.place(site.file, site.line)) for site in d.audit],
        steps=[StepView(step.text, numbers.place(step.file, step.line)) for step in d.path],
        holds=" ".join(holds), operations=numbers.of_operations(d.operations), confidence=d.confidence, weight=weight,
    )

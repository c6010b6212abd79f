"""The JSON report, version 1: a promise to other programs, so its types are its own and change only by addition."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, TypeVar

import msgspec

from agentlint.findings.finding import Finding
from agentlint.findings.report import Report
from agentlint.findings.scorecard import Question
from agentlint.ir.contracts import Chain, Identifier
from agentlint.ir.decisions import Decision
from agentlint.ir.inventory import Inventory
from agentlint.ir.operations import Operation
from agentlint.reporters import json_v1_types as v1
from agentlint.reporters.base import Style

_Form = TypeVar("_Form", bound=msgspec.Struct)


def render(report: Report, style: Style | None = None) -> str:
    """The report as indented JSON with a newline at the end; keys in the order of the types."""
    del style
    form = to_v1(report)
    try:
        return msgspec.json.format(msgspec.json.encode(form), indent=1).decode() + "\n"
    except UnicodeEncodeError:  # a file name that is no valid text: JSON holds it escaped
        return json.dumps(msgspec.to_builtins(form), indent=1) + "\n"


def to_v1(report: Report) -> v1.ReportV1:
    """The report in the promised form."""
    return v1.ReportV1(
        schema="agentlint-report/1",
        tool=v1.ToolV1(report.tool.name, report.tool.version, [v1.PluginV1(p.name, p.version) for p in report.tool.plugins]),
        root=report.root,
        duration_s=report.duration_s,
        inventory=_inventory(report.inventory),
        scores=v1.ScoresV1(_question(report.scores.agent_ready), _question(report.scores.auditable)),
        findings=[_finding(f) for f in report.findings],
        operations=[_operation(o) for o in report.operations],
        decisions=[_decision(d) for d in report.decisions],
        lifecycles=[_same(row, v1.LifecycleV1) for row in report.lifecycles],
        identifiers=[_identifier(row) for row in report.identifiers],
        model_calls=[_same(row, v1.ModelCallV1) for row in report.model_calls],
        tools=[_same(row, v1.ToolRowV1) for row in report.tools],
        contracts=[v1.ContractV1(row.file, [v1.ClauseV1(c.name, c.told, c.of, c.what, list(c.lacking)) for c in row.clauses]) for row in report.contracts],
        chains=[_chain(row) for row in report.chains],
        not_applicable=[_same(row, v1.LifecycleV1) for row in report.not_applicable],
        controls=_controls(report),
        remarks=list(report.remarks),
        settings=report.settings or None,
    )


def _controls(report: Report) -> list[v1.ControlV1]:
    counts = Counter(f.rule for f in report.findings if f.suppressed is None)
    return [
        v1.ControlV1(
            c.standard, c.edition, c.id, c.says, c.applies, list(c.rules), 0 if c.not_applicable else sum(counts[name] for name in c.rules), c.not_applicable,
        )
        for c in report.controls
    ]


def _same(value: msgspec.Struct, form: type[_Form]) -> _Form:
    """A value in a promised form that has the same field names; fields that the form lacks stay inside."""
    given: dict[str, Any] = {name: getattr(value, name) for name in form.__struct_fields__}
    return form(**given)


def _inventory(inventory: Inventory) -> v1.InventoryV1:
    unresolved = [g for g in inventory.gaps if g.kind == "unresolved"]
    return v1.InventoryV1(
        files=inventory.files, lines=inventory.lines, languages=dict(sorted(inventory.languages.items())), frameworks=list(inventory.frameworks),
        specs=list(inventory.specs), unreadable=[v1.ReasonV1(g.file, g.line, g.reason) for g in inventory.gaps if g.kind != "unresolved"],
        unresolved=len(unresolved), unresolved_at=[v1.ReasonV1(g.file, g.line, g.reason) for g in unresolved],
        routes_resolved=list(inventory.routes), calls_resolved=list(inventory.calls), set_aside=dict(sorted(inventory.set_aside.items())),
    )


def _question(question: Question) -> v1.QuestionV1:
    parts = {name: _same(part, v1.PartV1) for name, part in question.parts.items()}
    gate = None if question.gate is None else v1.GateV1(question.gate.level, question.gate.reason)
    return v1.QuestionV1(question.question, question.score, question.level, parts, gate, question.confidence, question.confidence_reason)


def _finding(finding: Finding) -> v1.FindingV1:
    return v1.FindingV1(
        rule=finding.rule, severity=finding.severity, message=finding.message, file=finding.file, line=finding.line, column=finding.column,
        end_line=finding.end_line or finding.line, fingerprint=finding.fingerprint, help=finding.help, symbol=finding.symbol, confidence=finding.confidence,
        related=[v1.RelatedV1(r.file, r.line, r.message) for r in finding.related],
        operation=finding.operation or msgspec.UNSET, decision=finding.decision or msgspec.UNSET,
        suppressed=msgspec.UNSET if finding.suppressed is None else v1.SuppressedV1(finding.suppressed.by, finding.suppressed.reason),
    )


def _operation(operation: Operation) -> v1.OperationV1:
    return v1.OperationV1(
        id=operation.id, surface=operation.surface, method=operation.method, path=operation.path, file=operation.file, line=operation.line,
        symbol=operation.symbol, action=operation.action, resource=operation.resource, changes_state=operation.changes_state,
        effects=[v1.OperationEffectV1(e.kind, e.target, e.operation, e.file, e.line, list(e.fields)) for e in operation.effects],
        auth=list(operation.auth), status=operation.status, browser_only=operation.browser_only, automation=operation.automation,
        counterparts=list(operation.counterparts), evidence=list(operation.evidence), confidence=operation.confidence,
    )


def _decision(decision: Decision) -> v1.DecisionV1:
    effect = decision.effect
    return v1.DecisionV1(
        id=decision.id, file=decision.file, line=decision.line, symbol=decision.symbol, decision=decision.decision,
        effect=v1.EffectV1(effect.kind, effect.target, effect.file, effect.line, effect.operation, list(effect.fields)), source=decision.source,
        status=decision.status, records=v1.RecordsV1(decision.records.who, decision.records.what, decision.records.why),
        audit=[v1.RecordSiteV1(a.file, a.line, a.mechanism) for a in decision.audit], path=[v1.StepV1(s.file, s.line, s.text) for s in decision.path],
        operations=list(decision.operations), confidence=decision.confidence, inner=decision.inner,
    )


def _identifier(row: Identifier) -> v1.IdentifierV1:
    return v1.IdentifierV1(
        operation=row.operation, parameter=row.parameter, location=row.location, status=row.status, producer=row.producer, evidence=row.evidence
    )


def _chain(row: Chain) -> v1.ChainV1:
    """A chain in the promised form."""
    calls = [v1.CallV1(c.operation, [v1.TakenV1(parameter=g.parameter, location=g.location, producer=f"{g.operation} -> {g.place}") for g in c.takes])
             for c in row.calls]
    return v1.ChainV1(row.operation, calls, list(row.known), [f"{lack.what}: {lack.why}".removeprefix(": ") for lack in row.lacks])

"""The report as SARIF 2.1.0, for code-scanning services: rules with help, witnesses as code flows, fingerprints, suppressions."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import msgspec

from agentlint.findings.finding import Finding, Severity
from agentlint.findings.report import Report, Tool
from agentlint.findings.rule_info import DOCS, RuleInfo
from agentlint.findings.scorecard import Question
from agentlint.ir.controls import Control
from agentlint.ir.inventory import Inventory
from agentlint.reporters import sarif_types as sarif
from agentlint.reporters.base import Style
from agentlint.reporters.rule_page import help_markdown, help_text
from agentlint.reporters.sarif_taxa import relationships, supported, tags, taxonomies

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "note"}
_PROBLEMS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "recommendation"}
_ROOT = "SRCROOT"
_MOST_NOTIFICATIONS = 500


def render(report: Report, style: Style | None = None) -> str:
    """The report as one SARIF log with one run."""
    del style
    log = sarif.Log(schema=_SCHEMA, version="2.1.0", runs=[_run(report)])
    return msgspec.json.format(msgspec.json.encode(log), indent=1).decode() + "\n"


def _run(report: Report) -> sarif.Run:
    index = {rule.name: number for number, rule in enumerate(report.rules)}
    controls = tuple(c for c in report.controls if not c.not_applicable)
    return sarif.Run(
        tool=_tool(report.tool, report.rules, controls),
        automation_details=sarif.AutomationDetails(id="agentlint/"),
        invocations=[sarif.Invocation(execution_successful=True, tool_execution_notifications=list(_notifications(report.inventory)))],
        column_kind="unicodeCodePoints",
        original_uri_base_ids={_ROOT: sarif.BaseDescription(description=sarif.Text(text="The folder that was analysed."))},
        results=[_result(f, index.get(f.rule, -1)) for f in report.findings],
        taxonomies=taxonomies(controls),
        properties=sarif.RunProperties(
            agent_ready=_score(report.scores.agent_ready), auditable=_score(report.scores.auditable), remarks=list(report.remarks)
        ),
    )


def _tool(tool: Tool, rules: tuple[RuleInfo, ...], controls: tuple[Control, ...]) -> sarif.Tool:
    driver = sarif.Component(
        name=tool.name, version=tool.version, semantic_version=tool.version if tool.version.count(".") == 2 else None, information_uri=f"{DOCS}/",
        rules=[_descriptor(rule, controls) for rule in rules], supported_taxonomies=supported(controls),
    )
    return sarif.Tool(driver=driver, extensions=[sarif.Component(name=p.name, version=p.version) for p in tool.plugins])


def _descriptor(rule: RuleInfo, controls: tuple[Control, ...]) -> sarif.Descriptor:
    words = [rule.category, *rule.affects, *tags(rule.name, controls)]
    return sarif.Descriptor(
        id=f"agentlint/{rule.name}", name="".join(word.capitalize() for word in rule.name.split("-")),
        short_description=sarif.Text(text=rule.summary[:1].upper() + rule.summary[1:] + "."), full_description=sarif.Text(text=rule.finds),
        help=sarif.Text(text=help_text(rule), markdown=help_markdown(rule)), help_uri=rule.url,
        default_configuration=sarif.Configuration(level=_LEVELS[rule.severity]), relationships=relationships(rule.name, controls),
        properties=sarif.DescriptorProperties(tags=words, precision=rule.confidence, problem_severity=_PROBLEMS[rule.severity]),
    )


def _result(finding: Finding, rule_index: int) -> sarif.Result:
    here = _location(finding.file, finding.line, column=finding.column, end_line=finding.end_line, symbol=finding.symbol)
    others = [_location(r.file, r.line, text=r.message, number=number) for number, r in enumerate(finding.related, 1)]
    suppressions = [] if finding.suppressed is None else [_suppression(finding.suppressed.by, finding.suppressed.reason)]
    return sarif.Result(
        rule_id=f"agentlint/{finding.rule}", rule_index=rule_index, level=_LEVELS[finding.severity],
        message=sarif.Text(text=f"{finding.message} {finding.help}".strip()), locations=[here], related_locations=others, code_flows=_flows(finding),
        partial_fingerprints={"agentlint/v1": finding.fingerprint}, suppressions=suppressions, rank=float(finding.weight),
        baseline_state=None if finding.known is None else "unchanged" if finding.known else "new",
        properties=sarif.ResultProperties(
            confidence=finding.confidence, help=finding.help, weight=finding.weight, operation=finding.operation, decision=finding.decision
        ),
    )


def _suppression(by: str, reason: str) -> sarif.Suppression:
    return sarif.Suppression(kind="inSource" if by == "comment" else "external", status="accepted", justification=reason)


def _flows(finding: Finding) -> list[sarif.CodeFlow]:
    """The witness; a path of one step is no flow."""
    if len(finding.path) < 2:
        return []
    ends = (0, len(finding.path) - 1)
    steps = [
        sarif.ThreadFlowLocation(
            location=_location(step.file, step.line, text=step.text), execution_order=number + 1, importance="essential" if number in ends else "important"
        )
        for number, step in enumerate(finding.path)
    ]
    return [sarif.CodeFlow(message=sarif.Text(text="A path from the entry point to the effect."), thread_flows=[sarif.ThreadFlow(locations=steps)])]


def _location(file: str, line: int, *, text: str = "", number: int | None = None, column: int = 0, end_line: int = 0, symbol: str = "") -> sarif.Location:
    region = sarif.Region(start_line=line, start_column=column or None, end_line=end_line or None) if line else None
    return sarif.Location(
        id=number, message=sarif.Text(text=text) if text else None,
        physical_location=sarif.PhysicalLocation(
            artifact_location=sarif.ArtifactLocation(uri=quote(file, safe="/@:+,;=$!~*'()", errors="surrogateescape"), uri_base_id=_ROOT), region=region
        ),
        logical_locations=[sarif.LogicalLocation(fully_qualified_name=symbol)] if symbol else [],
    )


def _notifications(inventory: Inventory) -> Iterator[sarif.Notification]:
    for gap in inventory.gaps[:_MOST_NOTIFICATIONS]:
        yield sarif.Notification(
            level="note" if gap.kind == "unresolved" else "warning", message=sarif.Text(text=gap.reason), locations=[_location(gap.file, gap.line)]
        )


def _score(question: Question) -> sarif.Score:
    return sarif.Score(
        question=question.question, score=question.score, level=question.level, basis={name: part.basis for name, part in question.parts.items()}
    )

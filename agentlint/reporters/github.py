"""The report as workflow commands of GitHub Actions: annotations at the lines of a pull request."""

from __future__ import annotations

from agentlint.findings.finding import Finding, Severity
from agentlint.findings.report import Report
from agentlint.reporters.base import Style
from agentlint.reporters.pen import clean

_COMMANDS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "notice"}


def render(report: Report, style: Style | None = None) -> str:
    """One command per finding, most consequential first (the service shows the first ten of each kind), and both scores as notices."""
    del style
    lines = [_annotation(f) for f in report.findings if f.suppressed is None]
    for question in (report.scores.agent_ready, report.scores.auditable):
        score = question.level if question.score is None else f"{question.score:g} of 100 ({question.level})"
        counted = "; ".join(f"{name}: {part.basis}" for name, part in question.parts.items() if part.score is not None)
        lines.append(f"::notice title={_property(question.question)}::{_data(f'{score} {counted}'.strip())}")
    return "\n".join(lines) + "\n"


def _annotation(finding: Finding) -> str:
    place = f"file={_property(finding.file)},line={max(1, finding.line)},title={_property(f'agentlint/{finding.rule}')}"
    return f"::{_COMMANDS[finding.severity]} {place}::{_data(f'{finding.message} {finding.help}'.strip())}"


def _data(text: str) -> str:
    return clean(text).replace("%", "%25").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

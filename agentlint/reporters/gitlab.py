"""The report in GitLab's code quality form: a list of issues that a merge request shows at their lines."""

from __future__ import annotations

import msgspec

from agentlint.findings.finding import Finding, Severity
from agentlint.findings.report import Report
from agentlint.reporters.base import Style
from agentlint.reporters.pen import clean

_SEVERITIES: dict[Severity, str] = {"error": "critical", "warning": "major", "info": "info"}


class _Lines(msgspec.Struct, frozen=True):
    begin: int


class _Place(msgspec.Struct, frozen=True):
    path: str
    lines: _Lines


class _Issue(msgspec.Struct, frozen=True):
    description: str
    check_name: str
    fingerprint: str
    severity: str
    location: _Place


def render(report: Report, style: Style | None = None) -> str:
    """One issue per finding; GitLab knows no suppressed ones, so they are left out."""
    del style
    issues = [_issue(f) for f in report.findings if f.suppressed is None]
    return msgspec.json.format(msgspec.json.encode(issues), indent=1).decode() + "\n"


def _issue(finding: Finding) -> _Issue:
    place = _Place(clean(finding.file), _Lines(max(1, finding.line)))
    text = clean(f"{finding.message} {finding.help}").strip()
    return _Issue(text, f"agentlint/{finding.rule}", finding.fingerprint, _SEVERITIES[finding.severity], place)

"""The report as JUnit XML, for build servers: one suite per rule, one failed case per finding."""

from __future__ import annotations

from agentlint.findings.finding import Finding
from agentlint.findings.report import Report
from agentlint.reporters.base import Style
from agentlint.reporters.pen import clean


def render(report: Report, style: Style | None = None) -> str:
    """Rules without findings are suites with one passed case, so that silence shows that the rule ran. Information is no failure."""
    del style
    suites = [_suite(rule.name, [f for f in report.findings if f.rule == rule.name]) for rule in report.rules]
    failures = sum(_fails(f) for f in report.findings)
    cases = sum(max(1, sum(f.rule == rule.name for f in report.findings)) for rule in report.rules)
    head = f'<testsuites name="agentlint" tests="{cases}" failures="{failures}">'
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *suites, "</testsuites>"]) + "\n"


def _suite(rule: str, findings: list[Finding]) -> str:
    cases = [_case(f) for f in findings] or [f"    <testcase classname={_quoted(rule)} name=\"no findings\"/>"]
    skipped = sum(f.suppressed is not None for f in findings)
    head = f"  <testsuite name={_quoted(rule)} tests=\"{len(cases)}\" failures=\"{sum(map(_fails, findings))}\" skipped=\"{skipped}\">"
    return "\n".join([head, *cases, "  </testsuite>"])


def _fails(finding: Finding) -> bool:
    return finding.suppressed is None and finding.severity != "info"


def _case(finding: Finding) -> str:
    place = f"{finding.file}:{finding.line}"
    name = f"{place} {finding.symbol}".strip()
    head = f"    <testcase classname={_quoted(finding.rule)} name={_quoted(name)} file={_quoted(finding.file)} line=\"{finding.line}\">"
    if finding.suppressed is not None:
        inner = f"      <skipped message={_quoted(finding.suppressed.reason)}/>"
    elif _fails(finding):
        body = _escape(clean(f"{place}\n{finding.message}\n{finding.help}"))
        inner = f"      <failure type={_quoted(finding.severity)} message={_quoted(finding.message)}>{body}</failure>"
    else:
        inner = f"      <system-out>{_escape(clean(f'{finding.message} {finding.help}'))}</system-out>"
    return f"{head}\n{inner}\n    </testcase>"


def _escape(text: str) -> str:
    """As `xml.sax.saxutils.escape`, whose module imports an HTTP client: every start of the program would pay for it."""
    return text.replace("&", "&amp;").replace(">", "&gt;").replace("<", "&lt;")


def _quoted(text: str) -> str:
    """The text as an attribute's value, in the quotes that need the least escaping."""
    text = _escape(clean(text)).replace("\n", "&#10;").replace("\r", "&#13;").replace("\t", "&#9;")
    if '"' not in text:
        return f'"{text}"'
    return f"'{text}'" if "'" not in text else '"' + text.replace('"', "&quot;") + '"'

"""The report as Markdown, for a comment on a pull request or a page in a wiki: both answers, then a table of findings per rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agentlint.findings.finding import Finding
from agentlint.findings.report import Report
from agentlint.findings.scorecard import Question
from agentlint.reporters.base import Style
from agentlint.reporters.pen import clean
from agentlint.reporters.wording import counted, plural, silenced

_SHOWN = 15
_SIGNS = {"error": "🔴", "warning": "🟡", "info": "🔵"}


def render(report: Report, style: Style | None = None) -> str:
    """The report in GitHub's flavour of Markdown."""
    verbose = style is not None and style.verbose
    lines = ["# agentlint", ""]
    for question in (report.scores.agent_ready, report.scores.auditable):
        lines += [*_question(question), ""]
    open_ = [f for f in report.findings if f.suppressed is None]
    lines += [(f"## {plural(len(open_), 'finding')}" if open_ else "## No findings") + silenced(report), ""]
    lines += [line for remark in report.remarks for line in (f"*{cell(remark)}*", "")]
    summaries = {rule.name: rule for rule in report.rules}
    for name in dict.fromkeys(f.rule for f in open_):
        group = [f for f in open_ if f.rule == name]
        info = summaries.get(name)
        lines += [*_group(f"[`{name}`]({info.url}): {info.summary}" if info else f"`{name}`", group, len(group) if verbose else _SHOWN), ""]
    lines += _contracts(report)
    lines += list(_basis(report))
    return "\n".join(lines) + "\n"


def _question(question: Question) -> Iterator[str]:
    score = question.level if question.score is None else f"{question.score:g} of 100, {question.level}"
    yield f"**{question.question}** {score}"
    yield ""
    yield "| part | score | what was counted |"
    yield "| --- | ---: | --- |"
    for name, part in question.parts.items():
        yield f"| {name} | {'-' if part.score is None else f'{part.score:g}'} | {cell(part.basis)} |"
    if question.gate is not None:
        yield ""
        yield f"Held at *{question.gate.level}*: {cell(question.gate.reason)}."


def _contracts(report: Report) -> Iterator[str]:
    """What each API description tells its callers, and those who look later."""
    for contract in report.contracts:
        yield f"## What `{cell(contract.file)}` tells"
        yield ""
        yield "| | told | of | what was counted |"
        yield "| --- | ---: | ---: | --- |"
        for clause in contract.clauses:
            yield f"| {clause.name} | {counted(clause.told)} | {counted(clause.of)} | {cell(clause.what)} |"
        yield ""


def _group(title: str, group: Sequence[Finding], limit: int) -> Iterator[str]:
    yield f"### {title} ({len(group)})"
    yield ""
    yield "| | where | what | how to mend it |"
    yield "| --- | --- | --- | --- |"
    for finding in group[:limit]:
        yield f"| {_SIGNS[finding.severity]} | `{cell(finding.file)}:{finding.line}` | {cell(finding.message)} | {cell(finding.help)} |"
    if len(group) > limit:
        yield ""
        yield f"and {len(group) - limit} more"


def _basis(report: Report) -> Iterator[str]:
    inventory = report.inventory
    unreadable = sum(g.kind != "unresolved" for g in inventory.gaps)
    yield (
        f"<sub>{plural(inventory.files, 'file')}, {counted(inventory.lines)} lines; frameworks: {', '.join(inventory.frameworks) or 'none'}; "
        f"{plural(unreadable, 'place')} could not be read, {len(inventory.gaps) - unreadable} could not be followed; agentlint {report.tool.version}</sub>"
    )


def cell(text: str) -> str:
    """Text that cannot break out of a table cell or become markup that it is not."""
    return clean(text).replace("\n", " ").replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")

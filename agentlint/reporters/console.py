"""The report for a person at a terminal: both answers first, then what to mend, most consequential first, then what it rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from agentlint.findings.finding import SEVERITIES, Finding
from agentlint.findings.report import Report
from agentlint.findings.scorecard import Question
from agentlint.ir.inventory import Inventory
from agentlint.reporters.base import Style
from agentlint.reporters.pen import Pen, clean
from agentlint.reporters.wording import counted, percent, plural, silenced

_SHOWN = 8
"""Findings of one rule that are shown before the list is cut."""
_GAPS_SHOWN = 5
_COLORS = {"error": "red", "warning": "yellow", "info": "cyan", "fully": "green", "largely": "green", "partly": "yellow", "hardly": "red"}
_BAR = 20


def render(report: Report, style: Style | None = None) -> str:
    """The report as text, no wider than the terminal."""
    pen = Pen(style or Style())
    lines: list[str] = []
    for question in (report.scores.agent_ready, report.scores.auditable):
        lines += [*_question(question, pen), ""]
    lines += _findings(report, pen)
    lines += _contracts(report, pen)
    if pen.style.verbose:
        lines += _judged(report, pen)
    lines += _basis(report, pen)
    return "\n".join(lines) + "\n"


# --------------------------------------------------------------------------- answers


def _question(question: Question, pen: Pen) -> Iterator[str]:
    yield pen.bold(question.question)
    if question.score is None:
        yield f"  {pen.dim(question.level)}"
    else:
        color = _COLORS.get(question.level, "")
        yield f"  {pen.paint(_bar(question.score, pen), color)} {pen.bold(f'{question.score:g}')} of 100, {pen.paint(question.level, color)}"
    for name, part in question.parts.items():
        score = "-" if part.score is None else f"{part.score:g}"
        yield from pen.hanging(f"  {name:<11}{score:>5}  ", part.basis, dim=part.score is None)
    if question.gate is not None:
        yield from pen.hanging("  held at ", f"{question.gate.level}: {question.gate.reason}")
    if question.confidence != "high":
        yield from pen.hanging("  confidence ", f"{question.confidence}: {question.confidence_reason}")


def _bar(score: float, pen: Pen) -> str:
    full = int(score / 100 * _BAR + 0.5)
    on, off = pen.blocks
    return on * full + off * (_BAR - full)


# -------------------------------------------------------------------------- findings


def _findings(report: Report, pen: Pen) -> Iterator[str]:
    open_ = [f for f in report.findings if f.suppressed is None]
    if open_:
        yield pen.bold(f"{plural(len(open_), 'finding')}: {_by_severity(open_)}") + silenced(report)
    else:
        yield pen.paint("No findings.", "green") + silenced(report)
    for remark in report.remarks:
        yield from pen.hanging("  note: ", remark, dim=True)
    yield ""
    summaries = {rule.name: rule.summary for rule in report.rules}
    groups: dict[str, list[Finding]] = {}
    for finding in open_:
        groups.setdefault(finding.rule, []).append(finding)
    for rule, group in groups.items():
        yield from _group(rule, summaries.get(rule, ""), group, pen)


def _by_severity(findings: Sequence[Finding]) -> str:
    counts = Counter(f.severity for f in findings)
    return ", ".join(plural(counts[s], s) if s != "info" else f"{counts[s]} info" for s in SEVERITIES if counts[s])


def _group(rule: str, summary: str, group: Sequence[Finding], pen: Pen) -> Iterator[str]:
    yield pen.bold(f"{rule} ({len(group)})")
    if summary:
        yield from pen.wrapped(summary[:1].upper() + summary[1:] + ".", indent="  ")
    shown = group if pen.style.verbose else group[:_SHOWN]
    for finding in shown:
        yield f"  {pen.paint(finding.severity, _COLORS[finding.severity])} {pen.link(f'{finding.file}:{finding.line}')}  {pen.dim(finding.symbol)}".rstrip()
        yield from pen.wrapped(finding.message, indent="    ")
        if pen.style.verbose:
            for step in finding.path:
                yield from pen.hanging("      ", f"{step.file}:{step.line}: {step.text}", dim=True)
        if finding.help:
            yield from pen.hanging(f"    {pen.arrow} ", finding.help, dim=True)
    if len(shown) < len(group):
        rest = group[len(shown):]
        yield pen.dim(f"  and {len(rest)} more of {rule} ({_by_severity(rest)}); --verbose or --format json shows them all")
    yield ""


# ------------------------------------------------------------------- descriptions


def _contracts(report: Report, pen: Pen) -> Iterator[str]:
    """What each API description tells its callers, and those who look later."""
    for contract in report.contracts:
        yield pen.bold(f"What {contract.file} tells")
        for clause in contract.clauses:
            share = f"{counted(clause.told)} of {counted(clause.of)}"
            yield from pen.hanging(f"  {clause.name:<11}{share:>14}  ", clause.what, dim=clause.told == clause.of)
        yield ""


# ------------------------------------------------------------------- why, one by one


def _judged(report: Report, pen: Pen) -> Iterator[str]:
    """Every state-changing thing a person can do, with what speaks for its status."""
    judged = [o for o in report.operations if o.status is not None and o.changes_state]
    if not judged:
        return
    yield pen.bold(f"Why each of {plural(len(judged), 'operation')} was judged as it was")
    for operation in judged:
        name = clean(f"{operation.method} {operation.path}".strip())
        yield f"  {operation.status}  {name}  {pen.link(f'{operation.file}:{operation.line}')}  {pen.dim(clean(operation.symbol))}".rstrip()
        for evidence in operation.evidence:
            yield from pen.hanging("    ", evidence, dim=True)
    yield ""


# --------------------------------------------------------------------- what it rests on


def _basis(report: Report, pen: Pen) -> Iterator[str]:
    inventory = report.inventory
    yield pen.bold("What this rests on")
    for line in _rests_on(report):
        yield from pen.hanging("  ", line)
    yield from _unseen(inventory, pen)


def _rests_on(report: Report) -> Iterator[str]:
    if report.settings:
        yield f"settings: {report.settings}"
    inventory = report.inventory
    languages = ", ".join(f"{name} {count}" for name, count in sorted(inventory.languages.items(), key=lambda item: (-item[1], item[0])))
    yield f"{plural(inventory.files, 'file')}, {counted(inventory.lines)} lines" + (f" ({languages})" if languages else "")
    if inventory.frameworks or inventory.specs:
        yield "; ".join(filter(None, (
            f"frameworks: {', '.join(inventory.frameworks)}" if inventory.frameworks else "",
            f"API descriptions: {', '.join(inventory.specs)}" if inventory.specs else "",
        )))
    gui = sum(o.surface == "gui" for o in report.operations)
    machine = sum(o.surface in ("api", "graphql", "rpc", "mcp") for o in report.operations)
    yield f"{gui} operations of pages, {machine} for programs, {plural(len(report.decisions), 'decision')}"
    resolved = [f"{percent(done, seen)} of {counted(seen)} {what}" for what, (done, seen) in (
        ("route handlers", inventory.routes), ("calls", inventory.calls)) if seen]
    if resolved:
        yield f"resolved: {', '.join(resolved)}"
    if inventory.set_aside:
        yield "set aside on purpose: " + ", ".join(f"{counted(count)} {reason}" for reason, count in sorted(inventory.set_aside.items()))


def _unseen(inventory: Inventory, pen: Pen) -> Iterator[str]:
    for kind, title in (("unread", "no plugin reads"), ("unreadable", "could not be read"), ("unresolved", "could not be followed")):
        gaps = [g for g in inventory.gaps if g.kind == kind]
        if not gaps:
            continue
        yield f"  {pen.paint(title, '' if kind == 'unresolved' else 'yellow')}: {plural(len(gaps), 'place')}"
        shown = gaps if pen.style.verbose else gaps[:_GAPS_SHOWN]
        for gap in shown:
            where = f"{gap.file}:{gap.line}" if gap.line else gap.file
            yield from pen.hanging("    ", f"{where}: {gap.reason}", dim=True)
        if len(shown) < len(gaps):
            yield pen.dim(f"    and {len(gaps) - len(shown)} more")

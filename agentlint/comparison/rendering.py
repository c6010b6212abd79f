"""A comparison as text: Markdown for a pull request, plain lines for a terminal, JSON for programs."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from agentlint.comparison.changes import Change, Comparison, ScoreChange
from agentlint.reporters.base import Style
from agentlint.reporters.markdown import cell
from agentlint.reporters.pen import Pen, clean
from agentlint.reporters.wording import plural

_SECTIONS = (
    ("capabilities_lost", "Capabilities lost", "A program that holds a token could do this, and can no more.", "red"),
    ("became_gui_only", "Only a person can do it now", "A program could do this too, or more of it.", "red"),
    ("records_lost", "Decisions that lost their record", "Less of them is on record than before.", "red"),
    ("new_gui_only", "New, and only for a person", "No program can do this, or only part of it.", "yellow"),
    ("new_unrecorded", "New decisions without a record", "Some path, or every path, leaves none.", "yellow"),
    ("capabilities_gained", "Capabilities gained", "A program that holds a token can do this now.", "green"),
    ("became_accessible", "No longer for a person alone", "A program can do this now, or more of it.", "green"),
    ("records_gained", "Decisions that gained a record", "More of them is on record than before.", "green"),
)
FORMS = ("console", "markdown", "json")
_SHOWN = 20


def render(comparison: Comparison, form: str, style: Style | None = None) -> str:
    """The comparison in one of `FORMS`."""
    if form == "json":
        return msgspec.json.format(msgspec.json.encode(comparison), indent=1).decode() + "\n"
    lines = _markdown(comparison) if form == "markdown" else _console(comparison, Pen(style or Style()))
    return "\n".join(lines) + "\n"


def _sections(comparison: Comparison) -> Iterator[tuple[str, str, str, tuple[Change, ...]]]:
    for field, title, meaning, color in _SECTIONS:
        changes: tuple[Change, ...] = getattr(comparison, field)
        if changes:
            yield title, meaning, color, changes


def _markdown(comparison: Comparison) -> Iterator[str]:
    yield f"# agentlint: {cell(comparison.old)} → {cell(comparison.new)}"
    yield ""
    yield _summary(comparison)
    yield ""
    yield "| score | before | after | |"
    yield "| --- | ---: | ---: | --- |"
    for score in comparison.scores:
        name = f"**{score.name}**" if "." not in score.name else score.name
        yield f"| {name} | {_number(score.before)} | {_number(score.after)} | {_difference(score)} |"
    for title, meaning, _, changes in _sections(comparison):
        yield from ("", f"## {title} ({len(changes)})", "", meaning, "", "| what | where | before → after | evidence |", "| --- | --- | --- | --- |")
        for change in changes[:_SHOWN]:
            yield f"| {cell(_what(change))} | `{cell(f'{change.file}:{change.line}')}` | {cell(_turn(change))} | {cell(change.why)} |"
        if len(changes) > _SHOWN:
            yield from ("", f"and {len(changes) - _SHOWN} more")
    for remark in comparison.remarks:
        yield from ("", f"*Note: {cell(remark)}.*")


def _console(comparison: Comparison, pen: Pen) -> Iterator[str]:
    yield pen.bold(clean(f"{comparison.old} {pen.arrow} {comparison.new}"))
    yield from pen.wrapped(_summary(comparison), "  ")
    yield ""
    for score in comparison.scores:
        color = "green" if _rose(score) else "red" if _fell(score) else ""
        indent = "  " if "." not in score.name else "    "
        numbers = f"{_number(score.before):>6} {pen.arrow} {_number(score.after):>5}"
        yield f"{indent}{score.name:<{26 - len(indent)}}{numbers}  {pen.paint(_difference(score), color)}".rstrip()
    for title, meaning, color, changes in _sections(comparison):
        yield ""
        yield f"{pen.paint(f'{title} ({len(changes)})', color)}  {pen.dim(meaning)}"
        for change in changes if pen.style.verbose else changes[:_SHOWN]:
            yield f"  {clean(_what(change))}  {pen.link(f'{change.file}:{change.line}')}  {pen.dim(clean(_turn(change)))}".rstrip()
            if change.why:
                yield from pen.hanging("    ", change.why, dim=True)
        if len(changes) > _SHOWN and not pen.style.verbose:
            yield pen.dim(f"  and {len(changes) - _SHOWN} more; --verbose shows them all")
    for remark in comparison.remarks:
        yield ""
        yield from pen.hanging("note: ", remark)


def _summary(comparison: Comparison) -> str:
    counts = [f"{title[:1].lower()}{title[1:]}: {len(changes)}" for title, _, _, changes in _sections(comparison)]
    told = "; ".join(counts) if counts else "no difference in what a program can do, nor in what is on record"
    return f"{told[:1].upper()}{told[1:]}. {plural(comparison.findings_new, 'finding')} new, {comparison.findings_gone} gone."


def _what(change: Change) -> str:
    name = f"{change.what} ({change.symbol})" if change.symbol and change.symbol != change.what else change.what
    return name if change.changes_state else f"{name}, reads only"


def _turn(change: Change) -> str:
    return f"{change.before} → {change.after}" if change.before else change.after


def _number(score: float | None) -> str:
    return "-" if score is None else f"{score:g}"


def _fell(score: ScoreChange) -> bool:
    return score.before is not None and (score.after is None or score.after < score.before)


def _rose(score: ScoreChange) -> bool:
    return score.after is not None and (score.before is None or score.after > score.before)


def _difference(score: ScoreChange) -> str:
    if score.before is None or score.after is None:
        return "" if score.before == score.after else "gone" if score.after is None else "new"
    change = round(score.after - score.before, 1)
    return f"{change:+g}" if change else ""

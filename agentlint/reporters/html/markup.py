"""Pieces of HTML; every text that comes from a user's system goes through `esc`, and every value that scripts read through `embedded`."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

import msgspec

from agentlint.findings.scorecard import Question
from agentlint.reporters.pen import clean

STATES = {
    "agent": ("●", "a program can"), "partly": ("◐", "in part"), "person": ("○", "only a person"), "nobody": ("·", "nobody: not described"),
    "own": ("◇", "about the person at the browser"), "page": ("▫", "a page shows it"), "system": ("⚙", "the system or its operators"),
}
"""Sign and words of each state of a capability; never colour alone."""


def esc(text: object) -> str:
    """Text that cannot become markup, in an element or in a quoted attribute."""
    return html.escape(clean(str(text)), quote=True)


def embedded(value: msgspec.Struct) -> str:
    """JSON for a data block, a row a line; no text in it can end the block."""
    plain = msgspec.to_builtins(value)
    parts = [f"{_json(key)}:{_rows(plain[key])}" for key in plain]
    return "{" + ",\n".join(parts) + "}"


def _rows(value: object) -> str:
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(map(_json, value)) + "\n]"
    return _json(value)


def _json(value: object) -> str:
    text = msgspec.json.encode(_cleaned(value)).decode()
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _cleaned(value: object) -> object:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    if isinstance(value, dict):
        return {clean(str(key)): _cleaned(item) for key, item in value.items()}
    return value


def section(name: str, title: str, lead: str, body: str) -> str:
    """A part of the page that the navigation reaches."""
    return (
        f'<section id="{name}" aria-labelledby="{name}-title">\n<h2 id="{name}-title">{esc(title)}</h2>\n'
        f'<p class="lead">{esc(lead)}</p>\n{body}\n</section>\n'
    )


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], css: str = "") -> str:
    """A table; cells are markup already, heads that start with `#` stand over numbers."""
    numeric = [h.startswith("#") for h in heads]
    head = "".join(f'<th scope="col"{_num(n)}>{esc(h.removeprefix("#"))}</th>' for h, n in zip(heads, numeric))
    body = "\n".join("<tr>" + "".join(f"<td{_num(n)}>{cell}</td>" for cell, n in zip(row, numeric)) + "</tr>" for row in rows)
    return f'<div class="wide"><table class="{css}">\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>'


def _num(numeric: bool) -> str:
    return ' class="num"' if numeric else ""


def meter(score: float | None, level: str, label: str) -> str:
    """A bar for a score of 100."""
    width = 0 if score is None else score
    return (
        f'<svg class="meter {esc(level)}" viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label="{esc(label)}">'
        f'<rect class="whole" width="100" height="6"/><rect class="share" width="{width:g}" height="6"/></svg>'
    )


def points(question: Question) -> str:
    """`61.3`, or a dash where nothing could be counted."""
    return "–" if question.score is None else f"{question.score:g}"


def folded(shown: Sequence[str], hidden: Sequence[str], more: str, wrap: Sequence[str]) -> str:
    """Some pieces, and the others behind a fold; `wrap` is what opens and closes each of both parts."""
    start, end = wrap
    text = start + "\n".join(shown) + end if shown else ""
    if hidden:
        text += f"\n<details class=\"more\"><summary>{esc(more)}</summary>{start}" + "\n".join(hidden) + f"{end}</details>"
    return text

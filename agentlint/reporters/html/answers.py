"""The two questions and their answers, with what was counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from agentlint.findings.report import Report
from agentlint.findings.scorecard import Question
from agentlint.ir.decisions import Decision, consequential
from agentlint.ir.operations import Operation
from agentlint.reporters.html.markup import STATES, esc, meter, points, section
from agentlint.reporters.wording import counted

_PARTS = {
    "reach": "A token can do it too", "operate": "The API tells what it takes", "safe": "Safe to repeat or take back",
    "recorded": "Leaves a durable record", "explained": "The record says why", "attributed": "The record says who",
}


def section_of(report: Report) -> str:
    """Both answers side by side."""
    scores = report.scores
    cards = _card(scores.agent_ready, _operations(report.operations)) + _card(scores.auditable, _decisions(report.decisions))
    lead = "A score is a share of counted things. Each line says what was counted, so that two people who recount it agree."
    remarks = "".join(f'<p class="gate">{esc(remark)}.</p>' for remark in report.remarks)
    return section("answers", "Two questions", lead, f'{remarks}<div class="cards">{cards}</div>')


def _card(question: Question, split: str) -> str:
    score = f'<span class="score">{points(question)}</span><span class="of">of 100</span>' if question.score is not None else ""
    rows = "\n".join(_part(name, p.score, p.basis, p.weight) for name, p in question.parts.items())
    gate = f'<p class="gate"><strong>Held at “{esc(question.gate.level)}”:</strong> {esc(question.gate.reason)}.</p>' if question.gate else ""
    trust = f'<p class="trust">Confidence {esc(question.confidence)}: {esc(question.confidence_reason)}.</p>'
    return (
        f'<article class="card answer"><h3>{esc(question.question)}</h3>\n'
        f'<p class="result">{score}<span class="level {esc(question.level.split(" ")[0])}">{esc(question.level)}</span></p>\n'
        f"{split}<dl>\n{rows}\n</dl>{gate}{trust}</article>\n"
    )


def _part(name: str, score: float | None, basis: str, weight: float) -> str:
    value = "–" if score is None else f"{score:g}"
    bar = meter(score, "plain", f"{name}: {value} of 100")
    return (
        f"<div><dt>{esc(_PARTS.get(name, name))} <small>({weight:.0%})</small></dt><dd class=\"value\">{value}</dd>"
        f'<dd class="bar">{bar}</dd><dd class="basis">{esc(basis)}</dd></div>'
    )


def _operations(operations: Sequence[Operation]) -> str:
    counts = Counter(o.status for o in operations if o.surface == "gui" and o.changes_state)
    shares = [("agent", counts["agent-accessible"], STATES["agent"][1]), ("partly", counts["partial"], STATES["partly"][1]),
              ("person", counts["gui-only"], STATES["person"][1])]
    return _split("What a person can do by clicking", shares)


def _decisions(decisions: Sequence[Decision]) -> str:
    counts = Counter(d.status for d in decisions if consequential(d))
    shares = [("agent", counts["audited"], "recorded"), ("partly", counts["partial"], "on some paths"), ("person", counts["unaudited"], "no record")]
    return _split("Consequential decisions", shares)


def _split(title: str, shares: Sequence[tuple[str, int, str]]) -> str:
    """One bar of three shares, with the counts in words below."""
    total = sum(count for _, count, _ in shares)
    if not total:
        return ""
    bars, start = [], 0.0
    for css, count, _ in shares:
        width = 100 * count / total
        bars.append(f'<rect class="{css}" x="{start:.2f}" width="{width:.2f}" height="8"/>')
        start += width
    words = "".join(f'<li class="{css}"><b>{counted(count)}</b> {esc(text)}</li>' for css, count, text in shares)
    return (
        f'<p class="split-title">{esc(title)}: <b>{counted(total)}</b></p><svg class="split" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        f'{"".join(bars)}</svg><ul class="split-words">{words}</ul>'
    )

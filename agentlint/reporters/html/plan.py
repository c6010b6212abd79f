"""The plan: what to do first, in waves, with the scores that a recount gives."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.findings.plan import Blocker, Wave
from agentlint.findings.report import Report
from agentlint.findings.scorecard import Question, Scorecard
from agentlint.reporters.html.markup import esc, meter, points, section, table
from agentlint.reporters.html.wording import blocker_title
from agentlint.reporters.wording import counted, plural

_SHOWN = 6
_LEAD = (
    "Blockers are counted things that lack the same and are mended by the same work. A wave’s scores are a recount of the whole system with its blockers "
    "gone: each operation then has a counterpart that does all of it, each decision a record of who and what on every path; nothing else is changed."
)
_HEADS = ("What to do", "#holds back", "#places", "#files", "consequence", "work")


def section_of(report: Report) -> str:
    """The waves in order, each with its gain."""
    waves = report.plan.waves
    if not waves:
        return section("plan", "What to do first", "Nothing that the scores count is missing.", "")
    parts, before, first = [], report.scores, 0
    for number, wave in enumerate(waves, 1):
        parts.append(_wave(number, wave, before, report, first))
        before, first = wave.after, first + len(wave.blockers)
    return section("plan", "What to do first", _LEAD, _track(report) + "\n".join(parts))


def _track(report: Report) -> str:
    """Both scores, now and after each wave."""
    rows = [("now", report.scores), *((f"after wave {n}", w.after) for n, w in enumerate(report.plan.waves, 1))]
    return table(("", "Agent-ready", "Auditable"), [(esc(name), _score(s.agent_ready, name), _score(s.auditable, name)) for name, s in rows], "track")


def _score(question: Question, when: str) -> str:
    value = points(question)
    bar = meter(question.score, question.level.split(" ")[0], f"{when}: {value} of 100")
    return f'<span class="track-value">{value}</span>{bar}'


def _wave(number: int, wave: Wave, before: Scorecard, report: Report, first: int) -> str:
    rows = list(_rows(wave, report, first))
    gain = f"{_gain('agent-ready', before.agent_ready, wave.after.agent_ready)}{_gain('auditable', before.auditable, wave.after.auditable)}"
    total, places = sum(b.count for b in wave.blockers), sum(b.places for b in wave.blockers)
    hidden = rows[_SHOWN:]
    body = table(_HEADS, rows[:_SHOWN], "blockers")
    if hidden:
        body += f'<details class="more"><summary>{esc(plural(len(hidden), "more blocker"))}</summary>{table(_HEADS, hidden, "blockers")}</details>'
    counts = f'{plural(len(wave.blockers), "blocker")}, {plural(total, "thing")}, {plural(places, "place")} in the code'
    return (
        f'<article class="card wave"><h3><span class="step">{number}</span>{esc(wave.title)}</h3><p class="gain">{gain}</p>'
        f'<p class="sum">{esc(counts)}</p>{body}</article>'
    )


def _gain(name: str, before: Question, after: Question) -> str:
    if before.score == after.score:
        return ""
    return f'<span>{esc(name)} <b>{points(before)} → {points(after)}</b></span>'


def _rows(wave: Wave, report: Report, first: int) -> Iterator[tuple[str, ...]]:
    for number, blocker in enumerate(wave.blockers, first):
        yield (
            f'<button type="button" class="link" data-blocker="{number}">{esc(blocker_title(blocker, report.operations))}</button>',
            counted(blocker.count), counted(blocker.places), counted(blocker.files), _grade(blocker), esc(blocker.effort),
        )


def _grade(blocker: Blocker) -> str:
    return f'<span class="grade {esc(blocker.consequence)}">{esc(blocker.consequence)}</span>'

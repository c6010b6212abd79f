"""Gates: what makes a run fail, by severity, by rule, by score, by path; and the sentences that say why it did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

import msgspec
import pathspec

from agentlint.findings.finding import SEVERITIES, Finding
from agentlint.findings.scorecard import Question, Scorecard
from agentlint.ir.gates import NEVER, SCORES, Gates, PathGate

ScoresOf = Callable[[PathGate], Scorecard]
"""The scores counted from the files of a gate alone."""


def failures(findings: Iterable[Finding], gates: Gates, scores: Scorecard, scores_of: ScoresOf) -> tuple[str, ...]:
    """Why the run fails, one sentence each; nothing when every gate holds."""
    found = [*_by_findings(findings, gates), *_too_low(scores, gates.fail_under, "")]
    for gate in gates.paths:
        if gate.fail_under:
            found += _too_low(scores_of(gate), gate.fail_under, f" of {', '.join(gate.paths)}")
    return tuple(found)


def score_of(card: Scorecard, name: str) -> float | None:
    """A score by its name in `SCORES`, `agent-ready` or `auditable.recorded`; None when there was nothing to count."""
    question, _, part = name.partition(".")
    answer: Question = card.agent_ready if question == "agent-ready" else card.auditable
    return answer.parts[part].score if part else answer.score


def all_scores(card: Scorecard) -> dict[str, float | None]:
    """Every score by name."""
    return {name: score_of(card, name) for name in SCORES}


def failing(findings: Iterable[Finding], gates: Gates) -> tuple[Finding, ...]:
    """The findings that fail the run: neither suppressed nor below what the gate of their path asks for."""
    matchers = [(gate, pathspec.GitIgnoreSpec.from_lines(gate.paths)) for gate in gates.paths if gate.fail_on]
    return tuple(f for f in findings if f.suppressed is None and _fails(f, _asked(f, gates, matchers)))


def _asked(finding: Finding, gates: Gates, matchers: list[tuple[PathGate, pathspec.GitIgnoreSpec]]) -> tuple[str, ...]:
    """What fails at the path of a finding: the last gate that matches decides."""
    return next((gate.fail_on for gate, files in reversed(matchers) if files.match_file(gate.below + finding.file)), gates.fail_on)


def _fails(finding: Finding, asked: tuple[str, ...]) -> bool:
    if finding.rule in asked:
        return True
    limits = [SEVERITIES.index(name) for name in SEVERITIES if name in asked]
    return bool(limits) and NEVER not in asked and SEVERITIES.index(finding.severity) <= max(limits)


def _by_findings(findings: Iterable[Finding], gates: Gates) -> list[str]:
    counts = Counter(f.severity for f in failing(findings, gates))
    if not counts:
        return []
    total = sum(counts.values())
    kinds = ", ".join(f"{counts[s]} {s}{'' if counts[s] == 1 or s == 'info' else 's'}" for s in SEVERITIES if counts[s])
    return [f"{total} finding{' fails' if total == 1 else 's fail'} the run by fail-on {', '.join(gates.fail_on)}: {kinds}"]


def _too_low(card: Scorecard, wanted: Mapping[str, float], where: str) -> list[str]:
    found = []
    for name, least in sorted(wanted.items()):
        score = score_of(card, name)
        if score is None:
            found.append(f"{name}{where} has no score, nothing was there to judge; at least {least:g} is asked for")
        elif score < least:
            found.append(f"{name}{where} is {score:g}, at least {least:g} is asked for")
    return found


def fallen(before: Mapping[str, float | None], now: Scorecard) -> tuple[str, ...]:
    """The scores that are lower than before, one sentence each. A score that is gone fell; one that is new did not."""
    found = []
    for name, was in before.items():
        if was is None or name not in SCORES:
            continue
        score = score_of(now, name)
        if score is None or score < was:
            found.append(f"{name} fell from {was:g} to {'no score' if score is None else f'{score:g}'}")
    return tuple(found)


def with_given(gates: Gates, fail_on: tuple[str, ...], fail_under: Mapping[str, float]) -> Gates:
    """The gates of the settings with what the call asks for: its own word on findings counts everywhere, its scores are added."""
    if fail_on:
        gates = msgspec.structs.replace(gates, fail_on=fail_on, paths=tuple(msgspec.structs.replace(g, fail_on=()) for g in gates.paths))
    return msgspec.structs.replace(gates, fail_under={**gates.fail_under, **fail_under})

"""The second question: would anyone be able to explain afterwards why it was done?"""

from __future__ import annotations

from collections.abc import Sequence

from agentlint.findings.scorecard import Gate, Part, Question
from agentlint.ir.decisions import Decision, consequential
from agentlint.ir.effects import Confidence
from agentlint.scores.counting import answer, share

QUESTION = "Is logic auditable?"
_RECORDED, _EXPLAINED, _ATTRIBUTED = 0.6, 0.2, 0.2
_EARNS = {"audited": 1.0, "partial": 0.5, "unaudited": 0.0}


def auditable(decisions: Sequence[Decision], trust: tuple[Confidence, str]) -> Question:
    """The answer, from the consequential decisions found, each counted where it is entered: a step inside others counts only where nothing else is known,
    for its effect is judged at every entry that reaches it. All parts count the same, so that removing a record never raises any of them."""
    found = [d for d in decisions if consequential(d)]
    decisions = [d for d in found if not d.inner] or found
    parts = {"recorded": _recorded(decisions), "explained": _explained(decisions), "attributed": _attributed(decisions)}
    return answer(QUESTION, parts, _gate(found), trust)


def _recorded(decisions: Sequence[Decision]) -> Part:
    if not decisions:
        return share(_RECORDED, 0, 0, "no consequential decision was found")
    earned = sum(_EARNS[d.status] for d in decisions)
    whole = sum(d.status == "audited" for d in decisions)
    partly = sum(d.status == "partial" for d in decisions)
    basis = f"{whole} of {len(decisions)} consequential decisions leave a durable record on every path"
    if partly:
        basis += f"; {partly} more on some paths, counted half"
    return share(_RECORDED, earned, len(decisions), basis)


def _explained(decisions: Sequence[Decision]) -> Part:
    return _held(decisions, [d for d in decisions if d.records.why], _EXPLAINED, "the record says why (the reason, rule or inputs)")


def _attributed(decisions: Sequence[Decision]) -> Part:
    return _held(decisions, [d for d in decisions if d.records.who], _ATTRIBUTED, "the record says who")


def _held(decisions: Sequence[Decision], holding: Sequence[Decision], weight: float, what: str) -> Part:
    if not decisions:
        return share(weight, 0, 0, "no consequential decision was found")
    recorded = [d for d in holding if d.status != "unaudited"]
    earned = sum(_EARNS[d.status] for d in recorded)
    partly = sum(d.status == "partial" for d in recorded)
    basis = f"for {len(recorded)} of {len(decisions)} consequential decisions {what}"
    return share(weight, earned, len(decisions), basis + (f"; {partly} of them on some paths only, counted half" if partly else ""))


def _gate(decisions: Sequence[Decision]) -> Gate | None:
    silent = [d for d in decisions if d.source == "model" and d.status == "unaudited"]
    if silent:
        first = min(silent, key=lambda d: (d.file, d.line, d.id))
        count = "a model's answer decides" if len(silent) == 1 else f"a model's answer decides in {len(silent)} places"
        return Gate("partly", f"{count} without leaving any record ({first.symbol}, {first.file}:{first.line})")
    return None

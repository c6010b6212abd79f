"""How parts become an answer: shares, weights that pass on, levels, and the gates that no average may hide."""

from __future__ import annotations

from collections.abc import Mapping

from agentlint.findings.scorecard import Gate, Part, Question
from agentlint.ir.effects import Confidence

_LEVELS = ((90.0, "fully"), (70.0, "largely"), (40.0, "partly"), (0.0, "hardly"))
"""Lower bound of each level, best first."""
NOTHING = "nothing to judge"


def share(weight: float, earned: float, possible: float, basis: str) -> Part:
    """A part of which something was counted; without anything to count it has no score and says so."""
    score = round(100.0 * earned / possible, 1) if possible > 0 else None
    return Part(score=score, weight=weight, earned=round(earned, 2), possible=round(possible, 2), basis=basis)


def answer(question: str, parts: Mapping[str, Part], gate: Gate | None, trust: tuple[Confidence, str]) -> Question:
    """The weighted mean of the parts that have a score, and the level it stands for, held down by the gate."""
    judged = [p for p in parts.values() if p.score is not None]
    total = sum(p.weight for p in judged)
    score = round(sum((p.score or 0.0) * p.weight for p in judged) / total, 1) if total else None
    level = level_of(score)
    if gate is not None and score is not None:
        level = max(level, gate.level, key=_names().index)
    confidence, reason = trust
    return Question(question, score, level, dict(parts), gate if score is not None else None, confidence, reason)


def level_of(score: float | None) -> str:
    """The word for a score."""
    return NOTHING if score is None else next(name for bound, name in _LEVELS if score >= bound)


def _names() -> list[str]:
    return [name for _, name in _LEVELS]


def half(value: float) -> str:
    """A count that may hold halves: `87`, `86.5`."""
    return f"{value:g}"

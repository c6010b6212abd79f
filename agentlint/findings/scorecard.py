"""Scores: a question, its answer, and the counted parts that a person can recount."""

from __future__ import annotations

import msgspec

from agentlint.ir.effects import Confidence


class Part(msgspec.Struct, frozen=True):
    """A share of counted things."""

    score: int | float | None
    """0..100 with one decimal; None when there was nothing to count."""
    weight: int | float
    """Its share of the question's score; a part without a score passes its weight on to the others."""
    earned: int | float
    possible: int | float
    basis: str
    """What was counted, in words that let two people agree."""


class Gate(msgspec.Struct, frozen=True):
    """A flaw that no average may hide: it holds the level down."""

    level: str
    reason: str


class Question(msgspec.Struct, frozen=True):
    """One of the two questions, answered."""

    question: str
    score: int | float | None
    level: str
    parts: dict[str, Part]
    gate: Gate | None = None
    confidence: Confidence = "high"
    """What could not be judged lowers this, not the score."""
    confidence_reason: str = ""


class Scorecard(msgspec.Struct, frozen=True):
    """Both answers."""

    agent_ready: Question
    auditable: Question

"""The plan: what to do first, in waves, and the scores that a recount gives after each."""

from __future__ import annotations

from typing import Literal

import msgspec

from agentlint.findings.scorecard import Scorecard

Consequence = Literal["grave", "serious", "minor"]
Effort = Literal["small", "medium", "large"]


class Blocker(msgspec.Struct, frozen=True):
    """Things that lack the same and are mended by the same work."""

    kind: Literal["reach", "record", "model-record", "describe", "operate", "explain"]
    subject: str
    """What it is about: a resource, or what the decisions change."""
    count: int
    """Counted things that it holds back."""
    places: int
    """Places in the code to touch."""
    files: int
    consequence: Consequence
    effort: Effort
    weight: int
    """How much hangs on the gravest of its findings, 0 to 100."""
    operations: tuple[str, ...] = ()
    """Ids."""
    decisions: tuple[str, ...] = ()


class Wave(msgspec.Struct, frozen=True):
    """Blockers to take together, and the answers when they are gone."""

    title: str
    blockers: tuple[Blocker, ...]
    after: Scorecard
    """By recounting everything with this wave and those before it done."""


class Plan(msgspec.Struct, frozen=True):
    """Waves in the order of doing."""

    waves: tuple[Wave, ...] = ()

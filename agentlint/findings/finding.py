"""A finding: one flaw at one place, complete in itself, so that no reporter has to reach back into the analysis."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from agentlint.ir.effects import Confidence, Step

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
"""Most severe first."""
CONFIDENCES: tuple[Confidence, ...] = ("high", "medium", "low")


class Related(msgspec.Struct, frozen=True, gc=False, order=True):
    """Another place that a reader of the finding wants to see."""

    file: str
    line: int
    message: str


class Suppressed(msgspec.Struct, frozen=True, gc=False):
    """Who silenced a finding (`comment`, `settings`, `baseline`), and why."""

    by: str
    reason: str


class Finding(msgspec.Struct, frozen=True):
    """One flaw at one place."""

    rule: str
    severity: Severity
    message: str
    """What is wrong, in plain words, with the evidence."""
    file: str
    line: int
    fingerprint: str
    """Built on meaning (rule, symbol, route, effect), never on lines or message text: survives edits elsewhere in the file."""
    help: str = ""
    """One line on how to mend it here."""
    column: int = 1
    end_line: int = 0
    symbol: str = ""
    operation: str | None = None
    decision: str | None = None
    related: tuple[Related, ...] = ()
    path: tuple[Step, ...] = ()
    """The witness: from the entry point to the line that matters, when there is one."""
    confidence: Confidence = "high"
    weight: int = 0
    """How much hangs on it; orders findings of one severity, heaviest first."""
    suppressed: Suppressed | None = None
    known: bool | None = None
    """Whether the baseline has it; None when none was used."""


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Most consequential first; the same order on every run."""
    return tuple(sorted(findings, key=_rank))


def _rank(finding: Finding) -> tuple[object, ...]:
    return (
        SEVERITIES.index(finding.severity), -finding.weight, CONFIDENCES.index(finding.confidence), finding.rule, finding.file, finding.line,
        finding.fingerprint,
    )

"""What reporters, docs and `agentlint explain` know about a rule: its words, not its code."""

from __future__ import annotations

import msgspec

from agentlint.findings.finding import Severity
from agentlint.ir.effects import Confidence

DOCS = "https://agentlint.readthedocs.io/en/latest"
"""Where the generated pages stand; a rule's page is `rules/<name>/`."""


class Option(msgspec.Struct, frozen=True):
    """One setting of a rule."""

    name: str
    default: str
    doc: str


class RuleInfo(msgspec.Struct, frozen=True):
    """The words of a rule."""

    name: str
    summary: str
    category: str
    severity: Severity
    """The most severe that its findings can be; a finding may lower it, never raise it."""
    confidence: Confidence
    finds: str
    """The four sections of the rule's docstring."""
    hurts: str
    fix: str
    limits: str
    affects: tuple[str, ...] = ()
    """Parts of the scores that the flaw lowers, e.g. `agent_ready.reach`."""
    since: str = "0.1"
    references: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    bad: dict[str, str] = {}
    good: dict[str, str] = {}

    @property
    def url(self) -> str:
        """The rule's page."""
        return f"{DOCS}/rules/{self.name}/"

"""
What it finds
-------------
A suppression, in a comment, a description or the settings, that silences nothing: the finding it was written for is gone.

Why it hurts
------------
It claims a flaw that is not there, and it will silence the next one that comes to stand at its place, which nobody has looked at.

How to fix
----------
Remove it. Of several rules in one bracket, remove those that the message names.

Limits
------
Suppressions of rules that the settings switch off are left alone: nobody knows what they would silence.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.findings.finding import Finding
from agentlint.rules.base import Rule, RuleContext
from agentlint.rules.suppression.wording import SYSTEM, VIEWS, of_kind

RULE = Rule(
    name="unused-suppression",
    summary="a suppression silences nothing",
    category="suppression",
    severity="warning",
    requires=("notes",),
    bad={**SYSTEM, "desk/views.py": VIEWS % "# agentlint: ignore[model-call-without-budget] the answer is one word"},
    good={**SYSTEM, "desk/views.py": VIEWS % "# Closing a room."},
)


def check(context: RuleContext) -> Iterator[Finding]:
    """One finding per rule that a suppression names in vain."""
    yield from of_kind(context, "unused", RULE.name)

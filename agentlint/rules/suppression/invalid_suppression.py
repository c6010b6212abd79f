"""
What it finds
-------------
A suppression that does not hold: it gives no reason, names no rule or one that does not exist, is not understood, or its last day has passed.

Why it hurts
------------
Whoever wrote it believes that the finding is settled; it still counts. A suppression without a reason leaves the next reader with a question that
nobody can answer.

How to fix
----------
Write `agentlint: ignore[rule-name] the reason`, with `until=YYYY-MM-DD` inside the bracket if it is to end. Mend what an ended one silenced.

Limits
------
Whether a reason is a good one is for people to judge. A day is compared with the day of the run; a program that calls agentlint as a library gives its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.findings.finding import Finding
from agentlint.rules.base import Rule, RuleContext
from agentlint.rules.suppression.wording import SYSTEM, VIEWS, of_kind

RULE = Rule(
    name="invalid-suppression",
    summary="a suppression does not hold",
    category="suppression",
    severity="warning",
    requires=("notes",),
    bad={**SYSTEM, "desk/views.py": VIEWS % "# agentlint: ignore[gui-only-operation]"},
    good={**SYSTEM, "desk/views.py": VIEWS % "# agentlint: ignore[gui-only-operation] rooms are closed by a person at the desk, by contract"},
)


def check(context: RuleContext) -> Iterator[Finding]:
    """One finding per suppression that does not hold."""
    yield from of_kind(context, "invalid", RULE.name)

"""
What it finds
-------------
A described operation whose text is word for word that of another one, or that says nothing on its purpose, neither in its text nor in its name.

Why it hurts
------------
A model picks tools by what is said of them. Two that say the same are picked by chance, one that says nothing is picked never or wrongly.

How to fix
----------
Say in one sentence what this one does and how it differs from its neighbour.

Limits
------
Exact repetition is found, not likeness. More words are not asked for: what counts is that some of them are this operation's own.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.findings.finding import Finding
from agentlint.rules.base import Rule, RuleContext
from agentlint.rules.described import books, shortcomings

RULE = Rule(
    name="indistinct-operation",
    summary="an operation that a model cannot tell from others",
    category="usability",
    severity="warning",
    confidence="medium",
    affects=("agent_ready.operate",),
    requires=("shortcomings",),
    bad={"openapi.yaml": books(summary="List the books on the shelves")},
    good={"openapi.yaml": books()},
)


def check(context: RuleContext) -> Iterator[Finding]:
    """One finding per operation."""
    yield from shortcomings(
        context, RULE, "indistinct", "{subject} cannot be told from other operations: {evidence}.",
        "Say in one sentence what it does and how it differs.", (25, 25),
    )

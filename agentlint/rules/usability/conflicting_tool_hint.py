"""
What it finds
-------------
A described GET whose own words say that it changes something, and hints given in the description (`readOnlyHint`, `destructiveHint`, `idempotentHint`) that
method and words deny.

Why it hurts
------------
Clients let a model call what is marked as reading without asking anybody. Here that call deletes, sends or cancels.

How to fix
----------
Use POST or DELETE for what changes something; correct the hint.

Limits
------
Hints are read from extensions whose names speak of MCP, annotations or agents. Words are English verbs.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.findings.finding import Finding
from agentlint.rules.base import Rule, RuleContext
from agentlint.rules.described import books, shortcomings

RULE = Rule(
    name="conflicting-tool-hint",
    summary="method or hint and words of an operation disagree",
    category="usability",
    severity="warning",
    confidence="medium",
    affects=("agent_ready.safe",),
    requires=("shortcomings",),
    references=("https://modelcontextprotocol.io/specification/2025-06-18/schema#toolannotations",),
    bad={"openapi.yaml": books(name="removeBook", summary="Remove a book from the shelves")},
    good={"openapi.yaml": books(method="delete", name="removeBook", summary="Remove a book from the shelves")},
)


def check(context: RuleContext) -> Iterator[Finding]:
    """One finding per conflict."""
    yield from shortcomings(
        context, RULE, "conflicting-hint", "{subject} is not what it claims: {evidence}.",
        "Use POST or DELETE for what changes something; correct the hint.", (20, 55),
    )

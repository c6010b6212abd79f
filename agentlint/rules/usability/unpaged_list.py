"""
What it finds
-------------
A described operation that lists and takes nothing by which to ask for a part: no limit, page or cursor, and no hint of a next page in its answer.

Why it hurts
------------
One call can fill a model's whole window, and the client cuts the answer off somewhere in the middle.

How to fix
----------
Take a limit and a cursor (or page), and say in the answer how to go on.

Limits
------
Pages are known by the names of parameters, answer fields and headers. Lists that are short by nature are reported too, as a remark.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.findings.finding import Finding
from agentlint.rules.base import Rule, RuleContext
from agentlint.rules.described import books, shortcomings

RULE = Rule(
    name="unpaged-list",
    summary="a list that gives everything at once",
    category="usability",
    severity="info",
    confidence="medium",
    affects=("agent_ready.operate",),
    requires=("shortcomings",),
    bad={"openapi.yaml": books()},
    good={"openapi.yaml": books("      parameters: [{name: limit, in: query, schema: {type: integer}}]\n")},
)


def check(context: RuleContext) -> Iterator[Finding]:
    """One finding per list."""
    yield from shortcomings(
        context, RULE, "unpaged", "{subject} gives everything at once: {evidence}.",
        "Take a limit and a cursor, and say how to go on.", (10, 10),
    )

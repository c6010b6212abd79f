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
from agentlint.findings.fingerprint import fingerprint
from agentlint.rules.base import Rule, RuleContext

_DOCUMENT = """\
openapi: 3.0.3
info: {title: Books, version: '1'}
paths:
  /books:
    get:
      operationId: listBooks
      summary: List the books on the shelves
      responses:
        '200': {description: all, content: {application/json: {schema: {type: array, items: {type: object, properties: {isbn: {type: string}}}}}}}
  /books/{isbn}:
    parameters:
      - {name: isbn, in: path, required: true, schema: {type: string}}
    get:
      operationId: readBook
      summary: %s
      responses:
        '200': {description: one, content: {application/json: {schema: {type: object, properties: {isbn: {type: string}}}}}}
"""

RULE = Rule(
    name="indistinct-operation",
    summary="an operation that a model cannot tell from others",
    category="usability",
    severity="warning",
    confidence="medium",
    affects=("agent_ready.operate",),
    requires=("shortcomings",),
    bad={"openapi.yaml": _DOCUMENT % "List the books on the shelves"},
    good={"openapi.yaml": _DOCUMENT % "Read one book"},
)


def check(context: RuleContext) -> Iterator[Finding]:
    """One finding per operation."""
    for found in context.facts.shortcomings:
        if found.kind == "indistinct":
            yield Finding(
                rule=RULE.name, severity="warning" if found.heavy else "info", weight=25, confidence="medium",
                message=f"{found.subject} cannot be told from other operations: {found.evidence}.",
                help="Say in one sentence what it does and how it differs.", file=found.file, line=found.line, symbol=found.symbol,
                fingerprint=fingerprint(RULE.name, found.file, found.subject),
            )

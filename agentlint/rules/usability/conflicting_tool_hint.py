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
    %s:
      operationId: removeBook
      summary: Remove a book from the shelves
      responses:
        '200': {description: one, content: {application/json: {schema: {type: object, properties: {isbn: {type: string}}}}}}
"""

RULE = Rule(
    name="conflicting-tool-hint",
    summary="method or hint and words of an operation disagree",
    category="usability",
    severity="warning",
    confidence="medium",
    affects=("agent_ready.safe",),
    requires=("shortcomings",),
    references=("https://modelcontextprotocol.io/specification/2025-06-18/schema#toolannotations",),
    bad={"openapi.yaml": _DOCUMENT % "get"},
    good={"openapi.yaml": _DOCUMENT % "delete"},
)


def check(context: RuleContext) -> Iterator[Finding]:
    """One finding per conflict."""
    for found in context.facts.shortcomings:
        if found.kind == "conflicting-hint":
            yield Finding(
                rule=RULE.name, severity="warning" if found.heavy else "info", weight=55 if found.heavy else 20, confidence="medium",
                message=f"{found.subject} is not what it claims: {found.evidence}.",
                help="Use POST or DELETE for what changes something; correct the hint.", file=found.file, line=found.line, symbol=found.symbol,
                fingerprint=fingerprint(RULE.name, found.file, found.subject),
            )

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
%s      responses:
        '200': {description: all, content: {application/json: {schema: {type: array, items: {type: object, properties: {isbn: {type: string}}}}}}}
  /books/{isbn}:
    parameters:
      - {name: isbn, in: path, required: true, schema: {type: string}}
    get:
      operationId: readBook
      summary: Read one book
      responses:
        '200': {description: one, content: {application/json: {schema: {type: object, properties: {isbn: {type: string}}}}}}
"""

RULE = Rule(
    name="unpaged-list",
    summary="a list that gives everything at once",
    category="usability",
    severity="info",
    confidence="medium",
    affects=("agent_ready.operate",),
    requires=("shortcomings",),
    bad={"openapi.yaml": _DOCUMENT % ""},
    good={"openapi.yaml": _DOCUMENT % "      parameters: [{name: limit, in: query, schema: {type: integer}}]\n"},
)


def check(context: RuleContext) -> Iterator[Finding]:
    """One finding per list."""
    for found in context.facts.shortcomings:
        if found.kind == "unpaged":
            yield Finding(
                rule=RULE.name, severity="info", weight=10, confidence="medium", message=f"{found.subject} gives everything at once: {found.evidence}.",
                help="Take a limit and a cursor, and say how to go on.", file=found.file, line=found.line, symbol=found.symbol,
                fingerprint=fingerprint(RULE.name, found.file, found.subject),
            )

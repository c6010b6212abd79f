"""
What it finds
-------------
A description in which fewer than half of the operations say what a failed call answers, or in which failed calls answer in
many different forms with none common.

Why it hurts
------------
An agent that cannot read the error repeats the call, or gives up where one changed field would do.

How to fix
----------
Describe one error answer (RFC 9457 `application/problem+json` is ready-made) and refer to it from every operation.

Limits
------
Forms are told apart by the name of their schema. What the text says of errors is not read.
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
        '200': {description: all, content: {application/json: {schema: {type: array, items: {type: object, properties: {isbn: {type: string}}}}}}}%s
  /books/{isbn}:
    parameters:
      - {name: isbn, in: path, required: true, schema: {type: string}}
    get:
      operationId: readBook
      summary: Read one book
      responses:
        '200': {description: one, content: {application/json: {schema: {type: object, properties: {isbn: {type: string}}}}}}%s
"""
_ERROR = """
        default: {description: what went wrong, content: {application/problem+json: {schema: {type: object, properties: {title: {type: string}}}}}}"""

RULE = Rule(
    name="no-error-model",
    summary="what a failed call answers is not described",
    category="usability",
    severity="warning",
    confidence="high",
    affects=("agent_ready.operate",),
    requires=("shortcomings",),
    references=("https://www.rfc-editor.org/rfc/rfc9457",),
    bad={"openapi.yaml": _DOCUMENT % ("", "")},
    good={"openapi.yaml": _DOCUMENT % (_ERROR, _ERROR)},
)


def check(context: RuleContext) -> Iterator[Finding]:
    """One finding per document."""
    for found in context.facts.shortcomings:
        if found.kind == "no-error-model":
            yield Finding(
                rule=RULE.name, severity="warning" if found.heavy else "info", weight=40 if found.heavy else 20, confidence="high",
                message=f"Errors cannot be read: {found.evidence}.",
                help="Describe one error answer and refer to it from every operation.", file=found.file, line=found.line, symbol=found.symbol,
                fingerprint=fingerprint(RULE.name, found.file, found.subject),
            )

"""
What it finds
-------------
A described operation whose inputs, made a tool's schema, have a form that clients and model providers refuse or ignore: a bare oneOf or anyOf at the top
of the body, or a schema that stands inside itself.

Why it hurts
------------
The tool is dropped from the catalogue, often without a word, or the model is shown nothing of what it has to send.

How to fix
----------
Make the body one object with properties; where there are kinds, give them a field that names the kind. Cut circles at a depth, or refer by identifier.

Limits
------
What is refused differs from client to client and changes with their versions; some take these forms.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.findings.finding import Finding
from agentlint.rules.base import Rule, RuleContext
from agentlint.rules.described import shortcomings

_DOCUMENT = """\
openapi: 3.0.3
info: {title: Books, version: '1'}
paths:
  /books:
    post:
      operationId: addBook
      requestBody:
        content:
          application/json:
            schema: %s
      responses:
        '204': {description: added}
"""
_CHOICE = "{oneOf: [{type: object, properties: {isbn: {type: string}}}, {type: object, properties: {title: {type: string}}}]}"

RULE = Rule(
    name="rejected-tool-schema",
    summary="inputs of a form that clients of tools refuse",
    category="usability",
    severity="warning",
    confidence="medium",
    affects=("agent_ready.operate",),
    requires=("shortcomings",),
    bad={"openapi.yaml": _DOCUMENT % _CHOICE},
    good={"openapi.yaml": _DOCUMENT % "{type: object, properties: {isbn: {type: string}, title: {type: string}}}"},
)


def check(context: RuleContext) -> Iterator[Finding]:
    """One finding per operation."""
    yield from shortcomings(
        context, RULE, "rejected-schema", "{subject} makes a tool that clients refuse: {evidence}.",
        "Make the body one object with properties and without circles.", (20, 20),
    )

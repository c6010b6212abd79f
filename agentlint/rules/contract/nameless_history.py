"""
What it finds
-------------
A history of something that the described API decides on (approve, reject, suspend ...), whose entries say what happened and not who did it.

Why it hurts
------------
The record answers "what" and "when". Whether a person decided, which one, or an agent on whose behalf, nobody can tell.

How to fix
----------
Give each entry an actor (`actor`, `user`, `performed_by`), and where an agent acts for a person, both of them.

Limits
------
Only entries whose fields are all described are accused: one with a free text or an open `data` may hold the actor. A thing that itself shows by whom each
decision was made (`approved_by`) is enough. Where the code is analysed too, the rules on decisions judge its records instead.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.findings.finding import Finding
from agentlint.rules.base import Rule, RuleContext
from agentlint.rules.described import shortcomings

_DOCUMENT = """\
openapi: 3.0.3
info: {title: Desk, version: '1'}
paths:
  /requests:
    get:
      operationId: listRequests
      responses:
        '200': {description: all, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Request'}}}}}
  /requests/{id}/reject:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string}}
    post:
      operationId: rejectRequest
      responses:
        '204': {description: rejected}
  /requests/{id}/history:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string}}
    get:
      operationId: readHistory
      responses:
        '200': {description: all, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Change'}}}}}
components:
  schemas:
    Request: {type: object, properties: {id: {type: string}, title: {type: string}}}
    Change: {type: object, properties: {at: {type: string}, state: {type: string}%s}}
"""

RULE = Rule(
    name="nameless-history",
    summary="a history that does not say who did it",
    category="contract",
    severity="warning",
    confidence="medium",
    affects=("auditable.attributed",),
    requires=("shortcomings", "decisions"),
    bad={"openapi.yaml": _DOCUMENT % ""},
    good={"openapi.yaml": _DOCUMENT % ", actor: {type: string}"},
)


def check(context: RuleContext) -> Iterator[Finding]:
    """One finding per history."""
    if context.facts.decisions:
        return
    yield from shortcomings(
        context, RULE, "nameless-history", "{evidence}, and {subject} shows the history without saying who did it.",
        "Give each entry an actor, and where an agent acts for a person, both.", (35, 35), "warning",
    )

"""
What it finds
-------------
A described decision (approve, reject, suspend, refund, revoke ...) whose request has no room for a reason, a comment or a note.

Why it hurts
------------
Whoever looks later sees what was decided and not why; an agent cannot leave its reasons even if it has them.

How to fix
----------
Take a `reason` in the body, keep it with the decision, and show it where the decision is shown.

Limits
------
Only operations that are decisions by their own verb are judged, not updates that set a state. Bodies that are not described are not accused.
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
%s      responses:
        '204': {description: rejected}
components:
  schemas:
    Request: {type: object, properties: {id: {type: string}, title: {type: string}}}
"""
_REASON = "      requestBody: {content: {application/json: {schema: {type: object, properties: {reason: {type: string}}}}}}\n"

RULE = Rule(
    name="decision-without-reason-field",
    summary="a decision that takes no reason",
    category="contract",
    severity="info",
    confidence="medium",
    affects=("auditable.explained",),
    requires=("shortcomings",),
    bad={"openapi.yaml": _DOCUMENT % ""},
    good={"openapi.yaml": _DOCUMENT % _REASON},
)


def check(context: RuleContext) -> Iterator[Finding]:
    """One finding per decision."""
    yield from shortcomings(
        context, RULE, "decision-without-reason", "{subject} can {evidence}, and takes no reason for it.",
        "Take a `reason` in the request and keep it with the decision.", (30, 30),
    )

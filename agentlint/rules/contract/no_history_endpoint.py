"""
What it finds
-------------
A resource that the described API decides on (approve, reject, suspend, refund ...) while no described operation shows a history of it, and none shows an audit
log of the whole.

Why it hurts
------------
Nobody outside can tell who decided what and when; an agent cannot check what was done before it acts.

How to fix
----------
Describe an operation that reads the history (`GET /requests/{id}/events`, `GET /audit-log`), with actor, time and change.

Limits
------
Any list of events, activities, logs, versions or changes counts as a history, and so does a thing that shows by whom each decision was made.
A record that exists and is not described is not seen. Where the code is analysed too, the rules on decisions judge its records instead.
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
%scomponents:
  schemas:
    Request: {type: object, properties: {id: {type: string}, title: {type: string}}}
"""
_HISTORY = """\
  /audit-log:
    get:
      operationId: listAuditLog
      responses:
        '200': {description: all, content: {application/json: {schema: {type: array, items: {type: object, properties: {actor: {type: string}}}}}}}
"""

RULE = Rule(
    name="no-history-endpoint",
    summary="decisions whose history no operation shows",
    category="contract",
    severity="warning",
    confidence="medium",
    affects=("auditable.recorded",),
    requires=("shortcomings", "decisions"),
    bad={"openapi.yaml": _DOCUMENT % ""},
    good={"openapi.yaml": _DOCUMENT % _HISTORY},
)


def check(context: RuleContext) -> Iterator[Finding]:
    """One finding per resource that is decided on."""
    if context.facts.decisions:
        return
    yield from shortcomings(
        context, RULE, "no-history", "{a_subject} is decided on ({evidence}), and no operation shows who decided what and when.",
        "Describe an operation that reads the history: actor, time, change, reason.", (45, 45), "warning",
    )

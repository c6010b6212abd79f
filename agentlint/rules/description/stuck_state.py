"""
What it finds
-------------
A described action that is meant to be taken back (suspend, archive, lock, start ...) and that no described operation takes back; work that an operation
starts, that shows as running, and that nothing stops.

Why it hurts
------------
An agent that acts on a mistake leaves the thing in that state, and a person has to free it by hand.

How to fix
----------
Describe the way back (`resume`, `unarchive`, `cancel`), or let an update set the state; build it where there is none.

Limits
------
Actions are paired by their English verbs, and a description seldom says which states the system leaves by itself: take it for a question to whoever knows
the product. A state that only the system may leave is said to be one by describing it as such.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.findings.finding import Finding
from agentlint.rules.base import Rule, RuleContext
from agentlint.rules.described import an, step

_DOCUMENT = """\
openapi: 3.0.3
info: {title: Desk, version: '1'}
paths:
  /accounts:
    get:
      operationId: listAccounts
      responses:
        '200': {description: all, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Account'}}}}}
  /accounts/{id}/suspend:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string}}
    post:
      operationId: suspendAccount
      responses:
        '204': {description: suspended}
%scomponents:
  schemas:
    Account: {type: object, properties: {id: {type: string, readOnly: true}, name: {type: string}}}
"""
_BACK = """\
  /accounts/{id}/resume:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string}}
    post:
      operationId: resumeAccount
      responses:
        '204': {description: back}
"""

RULE = Rule(
    name="stuck-state",
    summary="an action whose state nothing described leaves",
    category="description",
    severity="info",
    confidence="low",
    affects=("agent_ready.reach", "agent_ready.safe"),
    requires=("lifecycles",),
    bad={"openapi.yaml": _DOCUMENT % ""},
    good={"openapi.yaml": _DOCUMENT % _BACK},
)


def check(context: RuleContext) -> Iterator[Finding]:
    """One finding per way back that is missing."""
    for row in context.facts.lifecycles:
        if row.status == "missing" and row.thought in ("inverse", "job"):
            message = f"{an(row.resource, True)} gets into a state that nothing leaves: {row.evidence}."
            advice = f"Describe an operation that can {row.transition} {an(row.resource)}; build it where there is none."
            yield step(RULE, row, message, advice, 45, row.transition, "info")

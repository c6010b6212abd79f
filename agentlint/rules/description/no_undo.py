"""
What it finds
-------------
A resource that the described API creates and that nothing described deletes, cancels or revokes; a part that it sets or adds and never takes off.

Why it hurts
------------
An agent that made it by mistake cannot take it back; a person has to.

How to fix
----------
Describe the operation that removes or cancels it; build it where there is none.

Limits
------
Logs, receipts, checks, messages and the like, which keep what was, are not reported, nor are resources without an address of their own. A POST counts as
making a thing where its words, a 201, or an address below it say so; an operation elsewhere that says it ends such a thing counts as the way back.
Where nothing changes or acts on the thing either, it is told as a note: it may be a record.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.findings.finding import Finding
from agentlint.rules.base import Rule, RuleContext
from agentlint.rules.described import an, kept_things, step

_DOCUMENT = """\
openapi: 3.0.3
info: {title: Desk, version: '1'}
paths:
  /projects:
    get:
      operationId: listProjects
      responses:
        '200': {description: all, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Project'}}}}}
    post:
      operationId: createProject
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Project'}}}}
      responses:
        '201': {description: made, content: {application/json: {schema: {$ref: '#/components/schemas/Project'}}}}
  /projects/{id}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string}}
    get:
      operationId: readProject
      responses:
        '200': {description: one, content: {application/json: {schema: {$ref: '#/components/schemas/Project'}}}}
    patch:
      operationId: updateProject
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Project'}}}}
      responses:
        '200': {description: changed, content: {application/json: {schema: {$ref: '#/components/schemas/Project'}}}}
"""
_DELETE = "    delete:\n      operationId: deleteProject\n      responses:\n        '204': {description: gone}\n"
_SCHEMAS = "components:\n  schemas:\n    Project: {type: object, properties: {id: {type: string, readOnly: true}, name: {type: string}}}\n"

RULE = Rule(
    name="no-undo",
    summary="what the API creates, nothing takes back",
    category="description",
    severity="warning",
    confidence="medium",
    affects=("agent_ready.safe",),
    requires=("lifecycles",),
    bad={"openapi.yaml": _DOCUMENT + _SCHEMAS},
    good={"openapi.yaml": _DOCUMENT + _DELETE + _SCHEMAS},
)


def check(context: RuleContext) -> Iterator[Finding]:
    """One finding per resource whose deletion is missing although its creation is there."""
    rows = [row for row in context.facts.lifecycles if row.status == "missing" and row.thought != "hole"]
    for row in rows:
        if row.thought == "part":
            message = f"What is set on {an(row.resource)} stays: {row.evidence}."
            yield step(RULE, row, message, f"Describe an operation that can {row.transition}.", 30, row.transition, "info")
    made = {row.whose for row in context.facts.lifecycles if row.status == "present" and row.transition.split(" ")[0] == "create"}
    kept = kept_things(context.facts.lifecycles)
    for row in rows:
        if row.transition.split(" ")[0] == "delete" and row.whose in made:
            sure = row.whose in kept
            message = f"{an(row.resource, True)} can be created and not taken back: {row.evidence}."
            advice = f"Describe an operation that deletes or cancels {an(row.resource)}; build it where there is none."
            yield step(RULE, row, message, advice, 45 if sure else 15, severity="warning" if sure else "info")

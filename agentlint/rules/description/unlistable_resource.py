"""
What it finds
-------------
A resource that the described API creates and that no described operation lists, or of which none shows a single one.

Why it hurts
------------
An agent that did not create it itself, or lost the answer, can never find it again; a retry makes a second one.

How to fix
----------
Describe the operation that lists them (with a filter), and the one that reads one by its identifier.

Limits
------
Things that another answer shows (a list inside its owner), secrets that are shown once, things of which there is one, and entries of a list that is changed
as a whole are not reported. A search, a list through a holder, and a list at another address count where their path, id or summary names the thing.
Where nothing changes, ends or acts on it either, it is told as a note: it may be a question with its answer.
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
    post:
      operationId: createProject
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Project'}}}}
      responses:
        '201': {description: made, content: {application/json: {schema: {$ref: '#/components/schemas/Project'}}}}
%s  /projects/{id}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string}}
    get:
      operationId: readProject
      responses:
        '200': {description: one, content: {application/json: {schema: {$ref: '#/components/schemas/Project'}}}}
    delete:
      operationId: deleteProject
      responses:
        '204': {description: gone}
components:
  schemas:
    Project: {type: object, properties: {id: {type: string, readOnly: true}, name: {type: string}}}
"""
_LIST = """\
    get:
      operationId: listProjects
      responses:
        '200': {description: all, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Project'}}}}}
"""

RULE = Rule(
    name="unlistable-resource",
    summary="what the API creates, nothing lists or shows again",
    category="description",
    severity="warning",
    confidence="medium",
    affects=("agent_ready.reach", "agent_ready.operate"),
    requires=("lifecycles",),
    bad={"openapi.yaml": _DOCUMENT % ""},
    good={"openapi.yaml": _DOCUMENT % _LIST},
)


def check(context: RuleContext) -> Iterator[Finding]:
    """One finding per missing list, milder ones for what nothing gives back. What a list shows is found there, also where nothing reads a single one."""
    kept = kept_things(context.facts.lifecycles)
    lists = {row.whose for row in context.facts.lifecycles if row.transition == "list" and row.status == "present"}
    for row in context.facts.lifecycles:
        if row.thought == "hole" or (row.transition == "read one" and row.whose in lists and "uploads" not in row.evidence):
            continue
        if row.status == "missing" and row.transition in ("list", "read one"):
            listed = row.transition == "list"
            message = f"{an(row.resource, True)} is not to be found again: {row.evidence}."
            advice = f"Describe the operation that does it ({row.transition})."
            sure = listed and row.whose in kept
            yield step(RULE, row, message, advice, 40 if sure else 15, row.transition, "warning" if sure else "info")

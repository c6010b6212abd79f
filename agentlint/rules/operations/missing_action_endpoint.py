"""
What it finds
-------------
A change of state that the product has an action for (cancel, approve, publish, archive ...) and that the API offers no action endpoint for: a program
must write the bare field, or cannot do it at all although the API knows the resource. In an API description: a transition that the states of a
resource imply and that no operation performs.

Why it hurts
------------
The action on the page does more than set a field: it checks, mails, restocks, records. A program that writes the field skips all of that, silently.
One that finds no endpoint invents one, or gives up.

How to fix
----------
Add an endpoint named after the action (`POST /orders/{id}/cancel`) that calls the function behind the page, and make the state field read-only
elsewhere.

Limits
------
Actions are known by their verb together with the state that they write. A product that speaks of states in words of its own may be missed. In
descriptions only states that a person decides on are counted, not those that the system reaches by itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.findings.finding import Finding, Related
from agentlint.findings.fingerprint import fingerprint
from agentlint.ir.contracts import Lifecycle
from agentlint.ir.operations import Operation, OperationEffect
from agentlint.rules.base import Rule, RuleContext
from agentlint.rules.consequence import Change, severity, weight
from agentlint.rules.operations.transitions import action_word, is_plain_write, state_change, writes_state
from agentlint.rules.operations.wording import doing, fields_of, listed, machine_callable, weight_of

_DOCUMENT = """\
openapi: 3.1.0
info: {title: Library, version: "1"}
paths:
  /loans:
    get:
      operationId: listLoans
      responses: {"200": {description: All loans, content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Loan"}}}}}}
    post:
      operationId: createLoan
      requestBody: {content: {application/json: {schema: {type: object, required: [book], properties: {book: {type: string}}}}}}
      responses: {"201": {description: The loan, content: {application/json: {schema: {$ref: "#/components/schemas/Loan"}}}}}
  /loans/{loanId}:
    parameters: [{name: loanId, in: path, required: true, schema: {type: string}}]
    get:
      operationId: getLoan
      responses: {"200": {description: The loan, content: {application/json: {schema: {$ref: "#/components/schemas/Loan"}}}}}
    patch:
      operationId: updateLoan
      requestBody: {content: {application/json: {schema: {type: object, properties: {note: {type: string}}}}}}
      responses: {"200": {description: The loan, content: {application/json: {schema: {$ref: "#/components/schemas/Loan"}}}}}
    delete:
      operationId: deleteLoan
      responses: {"204": {description: Gone}}
%scomponents:
  schemas:
    Loan:
      type: object
      required: [id, status]
      properties:
        id: {type: string}
        note: {type: string}
        status: {type: string, readOnly: true, enum: [open, cancelled]}
"""
_ACTION = """\
  /loans/{loanId}/cancel:
    parameters: [{name: loanId, in: path, required: true, schema: {type: string}}]
    post:
      operationId: cancelLoan
      responses: {"200": {description: The loan, content: {application/json: {schema: {$ref: "#/components/schemas/Loan"}}}}}
"""

RULE = Rule(
    name="missing-action-endpoint",
    summary="the API has no endpoint for an action of the product",
    category="operations",
    severity="error",
    affects=("agent_ready.reach",),
    requires=("operations", "lifecycles"),
    references=("https://google.aip.dev/136", "https://google.aip.dev/216"),
    bad={"openapi.yaml": _DOCUMENT % ""},
    good={"openapi.yaml": _DOCUMENT % _ACTION},
)
_THOUGHTS = ("plain", "state", "link", "declared")
_OTHERS = ("read", "list", "delete")
"""Steps that `unlistable-resource` and `no-undo` report."""


def check(context: RuleContext) -> Iterator[Finding]:
    """One finding per action of the GUI that the API lacks, and per missing transition of a described resource."""
    api = machine_callable(context)
    known = {e.target for o in api for e in o.effects} | {o.resource.lower() for o in api}
    reported = set()
    for operation in context.facts.operations:
        if operation.surface == "gui" and operation.changes_state and operation.status != "human-by-design":
            for finding in _of_action(operation, context, known):
                reported.add((action_word(operation), operation.resource.lower()))
                yield finding
    for lifecycle in context.facts.lifecycles:
        named = (lifecycle.transition.lower().split(" ")[0], lifecycle.resource.lower())
        if lifecycle.status == "missing" and lifecycle.thought in _THOUGHTS and named not in reported and named[0] not in _OTHERS:
            yield _of_lifecycle(lifecycle)


def _of_action(operation: Operation, context: RuleContext, known: set[str]) -> Iterator[Finding]:
    moved, word = state_change(operation), action_word(operation)
    if moved is None:
        return
    if operation.status == "gui-only":
        if moved.target in known or operation.resource.lower() in known:
            yield _finding(operation, moved, f"the API works on {moved.target} but has no operation that does this", ())
        return
    others = [context.operations[i] for i in operation.counterparts if i in context.operations]
    if others and writes_state(moved) and all(is_plain_write(o, word) and not _shares_code(operation, o) for o in others):
        first = others[0]
        lost = _lost(operation, others)
        skipped = f" and skips that the page also {listed(lost)}" if lost else ""
        fields = f" the bare field{'s' if len(moved.fields) > 1 else ''} {fields_of(moved.fields)}" if moved.fields else " bare fields"
        yield _finding(operation, moved, f"a program has to write{fields} by {first.method} {first.path}{skipped}", tuple(others), milder=not lost)


def _finding(operation: Operation, moved: OperationEffect, lack: str, others: tuple[Operation, ...], milder: bool = False) -> Finding:
    heavy = weight_of(operation)
    word = action_word(operation)
    places = [Related(moved.file, moved.line, f"the page's action changes {moved.target} here")]
    places += [Related(o.file, o.line, f"{o.method} {o.path}") for o in others]
    return Finding(
        rule=RULE.name, severity=severity(heavy, "info" if milder else "warning" if others else RULE.severity, operation.confidence), weight=heavy,
        confidence=operation.confidence, message=f"The product can {doing(operation)} ({operation.method} {operation.path}), but {lack}.",
        help=f"Add an endpoint for the action, e.g. `POST .../{{id}}/{word}`, that calls what {operation.symbol or 'the page'} calls.",
        file=operation.file, line=operation.line, symbol=operation.symbol, operation=operation.id, related=tuple(dict.fromkeys(places)),
        fingerprint=fingerprint(RULE.name, operation.file, operation.symbol, word, moved.target),
    )


def _shares_code(operation: Operation, other: Operation) -> bool:
    """True when both reach the same line: then the endpoint does what the page does, whatever it is called."""
    return bool({(e.file, e.line) for e in operation.effects if e.line} & {(e.file, e.line) for e in other.effects})


def _lost(operation: Operation, others: list[Operation]) -> list[str]:
    """What the page does beyond the write and none of the counterparts does."""
    offered = {(e.kind, e.target) for o in others for e in o.effects}
    kinds = {e.kind for o in others for e in o.effects}
    lost = []
    for effect in operation.effects:
        if effect.kind == "mail" and "mail" not in kinds:
            lost.append("sends mail")
        elif effect.kind in ("orm-write", "payment", "queue", "permission") and (effect.kind, effect.target) not in offered:
            lost.append(f"{effect.operation}s {effect.target or effect.kind}")
    return list(dict.fromkeys(lost))[:4]


def _of_lifecycle(lifecycle: Lifecycle) -> Finding:
    heavy = weight([Change("orm-write", "delete" if lifecycle.transition == "delete" else "update", lifecycle.resource)], lifecycle.transition)
    return Finding(
        rule=RULE.name, severity=severity(heavy, "warning", "low"), weight=heavy, confidence="low",
        message=f"No operation can {lifecycle.transition} `{lifecycle.resource}`: {lifecycle.evidence}.",
        help="Describe (and build) an operation that does it, or say in the description that only the system does.",
        file=lifecycle.file, line=lifecycle.line, symbol=lifecycle.resource,
        fingerprint=fingerprint(RULE.name, lifecycle.file, lifecycle.resource, lifecycle.transition),
    )

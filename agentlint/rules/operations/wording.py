"""Sentences that the rules on operations share: what an operation does, said as a person would."""

from __future__ import annotations

from collections.abc import Sequence

from agentlint.findings.finding import Related
from agentlint.ir.operations import Operation, OperationEffect
from agentlint.rules.base import RuleContext
from agentlint.rules.consequence import Change, weight
from agentlint.rules.operations.transitions import SPOKEN_VERBS

_MACHINE_SURFACES = frozenset({"api", "graphql", "rpc", "mcp"})
_VERBS = {"create": "creates", "update": "changes", "delete": "deletes", "write": "writes", "send": "sends", "call": "calls", "run": "runs", "grant": "grants",
          "revoke": "revokes", "login": "signs in", "logout": "signs out"}
_THINGS = {"mail": "mail", "outbound-http": "an outside service", "queue": "a job", "file": "a file", "payment": "a payment", "process": "a process",
           "raw-sql": "rows by SQL", "message": "a message", "permission": "a permission", "model-call": "a model"}
_MOST_EFFECTS = 4
_MOST_FIELDS = 5


def gui_gaps(context: RuleContext, status: str) -> list[Operation]:
    """The state-changing operations of the GUI that have a status."""
    return [o for o in context.facts.operations if o.surface == "gui" and o.changes_state and o.status == status]


def machine_callable(context: RuleContext) -> list[Operation]:
    """The operations that a program can start over the network."""
    return [o for o in context.facts.operations if o.surface in _MACHINE_SURFACES]


def name_of(operation: Operation) -> str:
    """`cancel order` in words; the route where the code gives no words. A noun that the verb already ends with is not said twice."""
    action, resource = operation.action.strip(), operation.resource.strip()
    if resource and action.lower().endswith(resource.lower()):
        resource = ""
    return " ".join(filter(None, (action, resource))) or f"{operation.method} {operation.path}"


def doing(operation: Operation) -> str:
    """What one does with it, after "can": `cancel order`; an action that the code names by no verb is quoted: `do "missed appointment"`."""
    name = name_of(operation)
    return name if name.split(" ")[0].lower() in SPOKEN_VERBS else f'do "{name}"'


def done_by(operation: Operation) -> str:
    """What the operation does: `changes Order (status) and sends mail`."""
    said = list(dict.fromkeys(_said(e) for e in operation.effects))
    if not said:
        return "changes state"
    shown = said[:_MOST_EFFECTS]
    if len(said) > len(shown):
        shown.append(f"{len(said) - len(shown)} more")
    return listed(shown)


def listed(parts: Sequence[str]) -> str:
    """`a, b and c`."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""


def _said(effect: OperationEffect) -> str:
    thing = effect.target or _THINGS.get(effect.kind, effect.kind)
    if effect.kind in ("mail", "queue", "file", "outbound-http", "process", "payment") and effect.target:
        thing = f"{_THINGS[effect.kind]} ({effect.target})"
    fields = f" ({fields_of(effect.fields)})" if effect.operation == "update" and effect.fields else ""
    return f"{_VERBS.get(effect.operation, effect.operation)} {thing}{fields}"


def fields_of(fields: Sequence[str]) -> str:
    """A short list of field names."""
    rest = f" and {len(fields) - _MOST_FIELDS} more" if len(fields) > _MOST_FIELDS else ""
    return ", ".join(fields[:_MOST_FIELDS]) + rest


def effect_places(operation: Operation) -> tuple[Related, ...]:
    """Where the operation's effects happen."""
    places = (Related(e.file, e.line, f"{_said(e)} here") for e in operation.effects[:_MOST_EFFECTS] if (e.file, e.line) != (operation.file, operation.line))
    return tuple(dict.fromkeys(places))


def weight_of(operation: Operation) -> int:
    """How much hangs on the operation."""
    return weight((Change(e.kind, e.operation, e.target, e.fields) for e in operation.effects), f"{operation.action} {operation.resource}")

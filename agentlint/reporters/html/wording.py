"""Sentences of the page: what an effect does, what a blocker asks for."""

from __future__ import annotations

from collections.abc import Sequence

from agentlint.findings.plan import Blocker
from agentlint.ir.operations import Operation

_VERBS = {"create": "creates", "update": "changes", "delete": "deletes", "write": "writes", "send": "sends", "call": "calls", "run": "runs", "grant": "grants",
          "revoke": "revokes", "login": "signs in", "logout": "signs out"}
_THINGS = {"mail": "mail", "outbound-http": "an outside service", "queue": "a job", "file": "a file", "payment": "a payment", "process": "a process",
           "raw-sql": "rows by SQL", "message": "a message", "permission": "a permission", "model-call": "a model", "orm-write": "rows"}
_ASKS = {
    "record": "Record who and what when {} changes", "model-record": "Record what the model decided about {}",
    "describe": "Give {} the operations that its life needs", "operate": "Let a token use what a browser uses on {}", "explain": "Let the records say why",
}
_MOST_ACTIONS, _MOST_FIELDS = 3, 4


def effect_words(kind: str, operation: str, target: str, fields: Sequence[str]) -> str:
    """`changes Order (status)`."""
    rest = f" and {len(fields) - _MOST_FIELDS} more" if len(fields) > _MOST_FIELDS else ""
    which = f" ({', '.join(fields[:_MOST_FIELDS])}{rest})" if fields and operation == "update" else ""
    thing = target if kind == "orm-write" and target else " ".join(filter(None, (_THINGS.get(kind, kind), target)))
    return f"{_VERBS.get(operation, operation)} {thing}{which}"


def blocker_title(blocker: Blocker, operations: Sequence[Operation]) -> str:
    """What to do, in one line."""
    if blocker.kind != "reach":
        return _ASKS[blocker.kind].format(blocker.subject)
    wanted = set(blocker.operations)
    actions = list(dict.fromkeys(o.action for o in operations if o.id in wanted and o.action))
    more = f" and {len(actions) - _MOST_ACTIONS} more" if len(actions) > _MOST_ACTIONS else ""
    listed = f": {', '.join(actions[:_MOST_ACTIONS])}{more}" if actions else ""
    return f"Let programs act on {blocker.subject}{listed}"

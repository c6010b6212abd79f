"""Telling an action from a field write: which operations move a thing from one state to another, and by which words and fields one sees it."""

from __future__ import annotations

import re

from agentlint.ir.operations import Operation, OperationEffect

_ACTIONS = frozenset((
    "accept", "acknowledge", "activate", "admit", "allow", "answer", "approve", "archive", "assign", "authorize", "ban", "block", "book", "cancel",
    "capture", "certify", "check", "claim", "close", "complete", "confirm", "convert", "deactivate", "decline", "demote", "deny", "disable", "discharge",
    "dismiss", "dispatch", "enable", "end", "escalate", "expire", "finalize", "finish", "flag", "forward", "freeze", "fulfil", "fulfill", "grant", "halt",
    "hide", "hold", "invite", "issue", "lock", "mark", "merge", "mute", "open", "pause", "pay", "promote", "publish", "reactivate", "recall", "refund",
    "reject", "release", "renew", "reopen", "reschedule", "resend", "reset", "resolve", "restart", "restore", "resume", "retire", "return", "review",
    "revoke", "run", "schedule", "settle", "ship", "sign", "snooze", "start", "stop", "submit", "suspend", "terminate", "toggle", "transfer",
    "transition", "unarchive", "unassign", "unban", "unblock", "undo", "unfreeze", "unlock", "unmute", "unpause", "unpublish", "unsuspend", "verify",
    "void", "waive", "withdraw",
))
_ALSO_NOUNS = frozenset((
    "answer", "block", "book", "check", "claim", "end", "flag", "forward", "hold", "invite", "issue", "lock", "mark", "open", "pause", "pay", "recall",
    "refund", "release", "reset", "return", "review", "run", "schedule", "ship", "sign", "start", "stop", "transfer", "transition", "void",
))
"""Words that name things as often as actions: they count at the beginning only, and not where they are the resource."""
_PLAIN = frozenset((
    "create", "update", "delete", "list", "read", "add", "edit", "change", "remove", "new", "save", "set", "patch", "put", "post", "replace",
    "form", "view", "manage",
))
SPOKEN_VERBS = _ACTIONS | _PLAIN | frozenset((
    "attach", "clone", "copy", "decide", "deploy", "detach", "download", "export", "import", "link", "manage", "move", "notify", "order", "place", "purge",
    "register", "rename", "rotate", "send", "show", "sort", "subscribe", "switch", "sync", "test", "trigger", "unlink", "unsubscribe", "upload", "use",
)) - {"form", "view", "new", "put", "post"}
"""Words that begin an action as a person would say it."""
_STATE_FIELD = re.compile(
    r"^((\w+_)?(status|state|stage|phase|decision|outcome)|is_\w+|(\w+)?(approved|rejected|cancel+ed|archived|closed|published|suspended|locked|blocked|enabled"
    r"|disabled|active|paid|refunded|verified|accepted|confirmed|completed|deleted|resolved|assigned)(_at|_on|_by|_date)?|assignee(_id)?|assigned_to(_id)?)$"
)


def action_word(operation: Operation) -> str:
    """The verb of an action that is more than a plain write (`cancel`, `approve`), the empty string for plain operations."""
    if _begins_plainly(operation.action) and _begins_plainly(_last(operation.symbol)):
        return ""
    things = set(_words(operation.resource))
    for source in (operation.action, _last(operation.symbol)):
        for position, word in enumerate(_words(source)):
            if word in _ACTIONS and (word not in _ALSO_NOUNS or (position == 0 and word not in things)):
                return word
    return next((w for w in _words(operation.action) if w not in _PLAIN), "") if _moves_state(operation) and not _is_plain(operation) else ""


def state_change(operation: Operation) -> OperationEffect | None:
    """The write that an action makes: of a state's field when there is one, else of whatever row it changes."""
    updates = [e for e in operation.effects if e.operation == "update" and e.target] if action_word(operation) else []
    return next(iter((*(e for e in updates if writes_state(e)), *updates)), None)


def writes_state(effect: OperationEffect) -> bool:
    """True when an update is known to write a field that holds a state, or may write any."""
    return effect.operation == "update" and (not effect.fields or any(map(_STATE_FIELD.match, effect.fields)))


def _moves_state(operation: Operation) -> bool:
    return any(e.operation == "update" and e.fields and any(map(_STATE_FIELD.match, e.fields)) for e in operation.effects)


def _begins_plainly(name: str) -> bool:
    return next(iter(_words(name)), "") in _PLAIN


def _is_plain(operation: Operation) -> bool:
    """True for edit forms and the like: their verb, in action or symbol, is one of the plain ones."""
    return bool({*_words(operation.action), *_words(_last(operation.symbol))} & _PLAIN)


def is_plain_write(operation: Operation, word: str) -> bool:
    """True when a machine-callable operation only writes fields: neither its words nor its path speak of an action."""
    spoken = {*_words(operation.action), *_words(_last(operation.symbol)), *_words(operation.path)}
    stem = word[:5]
    if operation.surface in ("graphql", "rpc", "mcp", "cli"):
        return not any(w.startswith(stem) for w in spoken) and not spoken & _ACTIONS
    return not any(w.startswith(stem) for w in spoken) and operation.method in ("PUT", "PATCH", "POST") and not set(_words(operation.action)) & _ACTIONS


def _last(symbol: str) -> str:
    return symbol.rsplit(".", 1)[-1]


def _words(name: str) -> list[str]:
    plain = re.sub(r"\{[^}]*\}", " ", name)
    return [w.lower() for w in re.findall(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+", plain)]

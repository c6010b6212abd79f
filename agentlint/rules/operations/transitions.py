"""Telling an action from a field write: which operations move a thing from one state to another, and by which words and fields one sees it."""

from __future__ import annotations

import re

from agentlint.ir.operations import Operation, OperationEffect

_ACTIONS = frozenset(
    "accept acknowledge activate admit allow answer approve archive assign authorize ban block book cancel capture certify check claim close complete confirm "
    "convert deactivate decline demote deny disable discharge dismiss dispatch enable end escalate expire finalize finish flag forward freeze fulfil fulfill "
    "grant halt hide hold invite issue lock mark merge mute open pause pay promote publish reactivate recall refund reject release renew reopen reschedule "
    "resend reset resolve restart restore resume retire return review revoke run schedule settle ship sign snooze start stop submit suspend terminate toggle "
    "transfer transition unarchive unassign unban unblock undo unfreeze unlock unmute unpause unpublish unsuspend verify void waive withdraw".split()
)
_STATE_FIELD = re.compile(
    r"^((\w+_)?(status|state|stage|phase|decision|outcome)|is_\w+|(\w+)?(approved|rejected|cancel+ed|archived|closed|published|suspended|locked|blocked|enabled"
    r"|disabled|active|paid|refunded|verified|accepted|confirmed|completed|deleted|resolved|assigned)(_at|_on|_by|_date)?|assignee(_id)?|assigned_to(_id)?)$"
)


def action_word(operation: Operation) -> str:
    """The verb of an action that is more than a plain write (`cancel`, `approve`), the empty string for plain operations."""
    for source in (operation.action, _last(operation.symbol)):
        for word in _words(source):
            if word in _ACTIONS:
                return word
    return ""


def state_change(operation: Operation) -> OperationEffect | None:
    """The write that moves the state, when the operation is an action: an update whose fields are a state's, or whose fields are not known."""
    if not action_word(operation):
        return None
    updates = [e for e in operation.effects if e.operation == "update" and e.target]
    named = [e for e in updates if any(map(_STATE_FIELD.match, e.fields))]
    unnamed = [e for e in updates if not e.fields]
    return next(iter((*named, *unnamed)), None)


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

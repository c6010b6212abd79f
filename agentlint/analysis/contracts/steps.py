"""One step in the life of a resource, before it is put into the report's form."""

from __future__ import annotations

import msgspec

from agentlint.ir.contracts import Thought
from agentlint.ir.description import Node


class Step(msgspec.Struct, frozen=True, eq=False):
    """A step that is there, or one that is missing."""

    transition: str
    operation: str | None
    """`METHOD /path`, None when nothing does it."""
    evidence: str
    node: Node
    thought: Thought


def leads_to(verb: str) -> str:
    """`cancel` -> `cancel (-> cancelled)`: the verb with the state after it."""
    head, _, rest = verb.partition(" ")
    if rest:
        return verb
    if head in _PARTICIPLES:
        return f"{head} (-> {_PARTICIPLES[head]})"
    if head.endswith("e"):
        done = head + "d"
    elif head.endswith("y") and head[-2:-1] not in "aeiou":
        done = head[:-1] + "ied"
    elif head in ("cancel", "ban", "pin", "unpin", "unban", "submit", "refer", "stop", "ship", "unsub", "tag", "snap"):
        done = head + head[-1] + "ed"
    else:
        done = head + "ed"
    return f"{head} (-> {done})"


_PARTICIPLES = {
    "freeze": "frozen", "unfreeze": "unfrozen", "hide": "hidden", "unhide": "shown", "show": "shown", "withdraw": "withdrawn",
    "pay": "paid", "hold": "on hold",
    "begin": "begun", "send": "sent", "read": "read", "leave": "left", "reopen": "open", "open": "open", "undo": "undone",
    "take": "taken", "begin again": "begun",
}

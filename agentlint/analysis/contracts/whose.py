"""Who did something, as answers show it and as calls say it."""

from __future__ import annotations

from agentlint.analysis.contracts import vocabulary as v
from agentlint.analysis.contracts.payloads import Payloads
from agentlint.analysis.contracts.schemas import Shape
from agentlint.analysis.wording import words
from agentlint.ir.description import DescribedOperation, Node

_DOERS = frozenset("actor author creator editor modifier updater initiator requester requestor approver reviewer operator performer submitter reporter".split())
_PEOPLE = frozenset(
    "user username login account member person agent principal subject identity admin administrator moderator sender caller who uid userid email employee "
    "staff owner client application app source by".split()
)
"""Who a line of a history is about, as far as it says so."""
_CHANGED = frozenset("create update modify change edit delete add make perform initiate request approve submit assign complete close open publish last".split())
_OPEN = frozenset(
    "data details detail payload metadata meta context attributes properties extra body content object resource message text description summary".split()
)
"""Fields of a history's entry that may hold who did it without saying so."""
_MOST_OF_A_PAGE = 5
_FOR_ANOTHER = (("on", "behalf"), ("act", "as"), ("impersonate",), ("impersonation",), ("impersonated",), ("x", "actor"), ("sudo",), ("run", "as"), ("acting",))
"""Words of headers and parameters by which a caller says for whom it acts."""


def tells_who(entity: Node | None, payloads: Payloads, history: bool) -> bool | None:
    """True when the fields of a thing, or of an entry of its history, say by whom; None when the fields are not described well enough to tell."""
    shape = _one(payloads.schemas.shape(entity), payloads)
    if not shape.properties:
        return None
    open_ended = shape.values is not None
    for name, node in shape.properties.items():
        said = words(name)
        if _by(said) or set(said) & _DOERS or (history and set(said) & _PEOPLE):
            return True
        below = payloads.schemas.shape(node)
        open_ended = open_ended or (not below.properties and (bool(set(said) & _OPEN) or below.kind == "object"))
        if below.kind == "object" and below.properties and any(_by(words(n)) or set(words(n)) & _DOERS for n in below.properties):
            return True
    return None if open_ended else False


def _one(shape: Shape, payloads: Payloads) -> Shape:
    """An entry of a page that wraps them."""
    inside = [payloads.schemas.shape(node) for node in shape.properties.values()]
    lists = [below for below in inside if below.kind == "array"]
    if len(lists) == 1 and all(below.kind in ("array", "integer", "string", "boolean", "number") for below in inside) and len(inside) <= _MOST_OF_A_PAGE:
        return payloads.schemas.shape(lists[0].items)
    return shape


def acts_for_another(operation: DescribedOperation) -> bool:
    """True when a call can say for whom it is made."""
    for parameter in operation.parameters:
        said = tuple(words(parameter.name))
        if parameter.location in ("header", "query") and any(_holds(said, phrase) for phrase in _FOR_ANOTHER):
            return True
    return False


def _by(said: list[str]) -> bool:
    """True for `updated_by`, `createdByUser`, `last_modified_by_id`."""
    return "by" in said and any(v.has_verb(verb, said[: said.index("by")]) for verb in _CHANGED)


def _holds(said: tuple[str, ...], phrase: tuple[str, ...]) -> bool:
    return any(said[at : at + len(phrase)] == phrase for at in range(len(said)))

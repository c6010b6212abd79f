"""States of a resource: which values and flags a person decides on, which ones the system reports, and whether any operation sets them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from agentlint.analysis.contracts import vocabulary as v
from agentlint.analysis.contracts.payloads import Payloads
from agentlint.analysis.contracts.resources import Resource
from agentlint.analysis.contracts.roles import Role
from agentlint.analysis.wording import words
from agentlint.ir.description import Node

GENERIC_ACTIONS = frozenset("kind decision review verdict outcome "
    "activity activities action actions transition transitions state status event events lifecycle operation operations command commands verb".split())
_PROPERTY = frozenset("property field attribute setting".split())
_DEEPEST = 2
_MOST_VALUES = 40
_PART_OF_FIELDS = 3
_MANY_ACTIONS = 3
_REFUSALS = frozenset("reject decline deny".split())
_RICH = 8
"""Fields from which an update leaves out what it leaves out on purpose."""
_VAGUE = ("remove", "activate", "cancel", "enable", "start")
"""Verbs of which the description may mean something else."""
_STOPPING = frozenset("stop stops abort aborts terminate terminates end ends".split())
_SYSTEM = re.compile(
    r"\b(pending|in progress|currently|prevent(s|ing|ed)?|detected|seen by|automatically|by the (system|server|scheduler)|while|computed)\b", re.IGNORECASE
)
"""Words of a flag's description that tell of what the system does or sees."""


class Transition(msgspec.Struct, frozen=True, eq=False):
    """A change of state that the schema shows."""

    verb: str
    said: str
    """What shows it: `status: archived`, `locked`."""
    node: Node
    role: Role | None
    """The operation that causes it, None when there is none."""
    how: str


def transitions(resource: Resource, roles: tuple[Role, ...], payloads: Payloads) -> Iterator[Transition]:
    """The decisions that the states of a resource ask for, each with the operation, among those on the same schema, that makes it."""
    if resource.entity is None:
        return
    shape = payloads.schemas.shape(resource.entity)
    writable = settable(roles, payloads)
    if any(takes_anything(role, payloads) for role in roles):
        return
    made = any(r.kind == "create" and r.place != "single" for r in roles)
    for name, node in shape.properties.items():
        field = payloads.schemas.shape(node)
        key = v.state_word(name)
        if field.choices and not field.constant and len(field.choices) <= _MOST_VALUES and v.STATE_FIELD.match(key):
            yield from _of_values(roles, name, node, field.choices, writable, payloads)
        elif field.kind == "boolean" and made and not _SYSTEM.search(field.description):
            # flags of things that nobody makes here are what the system sees of them
            yield from _of_flag(roles, name, key, node, writable)


def takes_anything(role: Role, payloads: Payloads) -> bool:
    """True for an update that takes a patch document, or of which nothing is described: any field can be set by it."""
    schema = payloads.body_schema(role.operation.body)
    if sets_properties(role) and not payloads.schemas.shape(schema).properties:
        return True
    if role.kind == "update" and role.operation.method in ("PUT", "PATCH") and schema is None:
        asked = sum(p.location == "query" for p in role.operation.parameters)
        shown = len(payloads.schemas.shape(role.answer.entity).properties)
        return asked * _PART_OF_FIELDS < (shown or _RICH) or not asked  # a few parameters only say which one is meant
    if role.kind not in ("update", "action") or role.operation.body is None:
        return False
    if any("json-patch" in media.name for media in role.operation.body.content):
        return True
    shape = payloads.schemas.shape(schema)
    held = next((shape.properties[name] for name in ("patch", "Operations", "operations") if name in shape.properties), None)  # SCIM: RFC 7644, 3.5.2
    patch = shape if shape.kind == "array" else payloads.schemas.shape(held)
    below = payloads.schemas.shape(patch.items) if patch.items is not None else shape
    return "op" in below.properties and bool({"path", "value"} & set(below.properties))


def takes_actions(role: Role) -> bool:
    """True for a call that takes the action to do: `POST /transfers/{id}/actions`, `POST /cards/activities`."""
    return bool(set(words(role.operation.path.rsplit("/", 1)[-1])) & GENERIC_ACTIONS)


def sets_properties(role: Role) -> bool:
    """True for `POST /subscriptions/properties`, which changes those that it names."""
    last = next((s.text for s in reversed(role.path.segments) if not s.hole), "")
    return role.operation.method != "GET" and v.noun_words(last) in {(word,) for word in _PROPERTY - {"setting"}}


def settable(roles: Iterable[Role], payloads: Payloads) -> dict[str, tuple[Role, frozenset[str]]]:
    """Fields that some operation takes in its body, with the values it takes (empty: any)."""
    found: dict[str, tuple[Role, frozenset[str]]] = {}
    for role in roles:
        if role.kind not in ("update", "action", "create"):
            continue
        for name, choices in taken(role, payloads):
            known = found.get(name)
            if known is None or (known[1] and not choices) or (known[0].kind == "create" and role.kind != "create"):
                found[name] = (role, choices)
    return found


def taken(role: Role, payloads: Payloads, deep: bool = True) -> Iterator[tuple[str, frozenset[str]]]:
    """Names and values of the fields that a request carries, two levels of nesting, also in lists, included."""
    schema = payloads.body_schema(role.operation.body)
    below_top = _DEEPEST if deep else 0
    shapes = [(payloads.schemas.shape(schema), below_top)] if schema is not None else []
    for parameter in role.operation.parameters:
        if parameter.location == "query":
            yield v.state_word(parameter.name), frozenset(v.state_word(c) for c in payloads.schemas.shape(parameter.schema).choices)
    while shapes:
        shape, levels = shapes.pop()
        if shape.kind == "array" and shape.items is not None:
            shape = payloads.schemas.shape(shape.items)
        for name, node in shape.properties.items():
            below = payloads.schemas.shape(node)
            if not below.read_only:
                yield v.state_word(name), frozenset(v.state_word(c) for c in below.choices)
                each = payloads.schemas.shape(below.items) if below.kind == "array" and below.items is not None else below
                if levels and each.properties:
                    shapes.append((each, levels - 1))


Writable = dict[str, tuple[Role, frozenset[str]]]


def _of_values(
    roles: tuple[Role, ...], name: str, node: Node, choices: tuple[str, ...], writable: Writable, payloads: Payloads
) -> Iterator[Transition]:
    values = list(dict.fromkeys(v.state_word(c) for c in choices))
    setter = writable.get(v.state_word(name))
    working = 2 * sum(value in v.JOB_STATES for value in values) > len(values)
    for value in values:
        verb = v.DECISIONS.get(value)
        if verb is None or (working and verb in v.WEAK_DECISIONS):
            continue
        if verb == "submit" and any(one.startswith("pending_") for one in values):
            continue  # what waits for its submission is submitted by the system
        said = f"{name}: {value}"
        if setter is not None and (not setter[1] or value in setter[1]) and setter[0].kind != "create":
            yield Transition(verb, said, node, setter[0], f"its body sets {name}")
            continue
        asked = writable.get(verb) or writable.get(value) or writable.get(f"is_{value}")
        role = doing(verb, roles) or (asked[0] if asked is not None else None) or generic(verb, roles, payloads) or _ending(verb, roles)
        if role is None and setter is not None and (not setter[1] or value in setter[1]):
            role = setter[0]
        if role is None and setter is None and _left_out(writable):
            continue  # an update takes nearly everything and leaves the state to the system
        if role is None and value == "inactive" and doing("activate", roles):
            continue  # where it starts
        if role is None and verb in _REFUSALS and doing("approve", roles) and doing("cancel", roles):
            continue  # a person cancels what waits for approval; refusing is the other side's
        if role is None and (setter is not None and setter[0].kind != "create" or _released(verb, roles)):
            continue  # the operation that sets the field leaves this value out, or only the way back exists: the system takes it there
        yield Transition(verb, said, node, role, f"{role.operation.name} does it" if role else f"{name} can be {value}, no operation takes it there")


def _released(verb: str, roles: tuple[Role, ...]) -> bool:
    """True when some operation takes the action back although none does it."""
    vague = (*_VAGUE, "restore")
    return any(doing(back, roles) is not None for back in v.INVERSES.get(verb, ()) if back not in vague)


def _of_flag(roles: tuple[Role, ...], name: str, key: str, node: Node, writable: Writable) -> Iterator[Transition]:
    plain = key.removeprefix("is_").removeprefix("has_been_")
    verbs = v.DECISION_FLAGS.get(plain)
    if verbs is None or (plain in ("public", "private") and plain not in writable and key not in writable):
        return
    setter = writable.get(key) or writable.get(plain) or _any_state(writable) or _by_name(writable, {key, plain})
    if setter is None and plain in ("active", "enabled", "disabled") and (_switched(roles) or _left_out(writable)):
        return
    if setter is None and plain in ("active", "enabled", "disabled") and not any(r.kind == "update" for r in roles):
        return  # where nothing is ever updated, the flag tells of creation and deletion
    if setter is None and sum(r.kind == "action" for r in roles) >= _MANY_ACTIONS and not any(doing(one, roles) for one in verbs if one):
        return  # an API that has its actions leaves this one to the system
    for verb in filter(None, verbs):
        role = setter[0] if setter is not None else doing(verb.split(" ")[-1], roles)
        if role is None and verb == verbs[1]:
            role = next((found for back in v.INVERSES.get(verbs[0], ()) if back not in _VAGUE and (found := doing(back, roles))), None)
        if role is None and _released(verb, roles):
            continue
        how = f"its body sets {name}" if setter is not None else f"{role.operation.name} does it" if role else f"{name} is shown, no operation sets it"
        yield Transition(verb, name, node, role, how)


def _switched(roles: tuple[Role, ...]) -> bool:
    """True where a thing of which there is one is put there and taken away: that is what the flag shows."""
    methods = {r.operation.method for r in roles if r.place == "single"}
    return "DELETE" in methods and bool(methods & {"POST", "PUT"})


def _left_out(writable: Writable) -> bool:
    """True when an update takes nearly everything and leaves the flag to the system."""
    return sum(role.kind == "update" for role, _ in writable.values()) >= _RICH


def doing(verb: str, roles: Iterable[Role]) -> Role | None:
    """An operation whose own words are the verb."""
    for role in roles:
        if not role.writes:
            continue
        operation = role.operation
        said = {role.verb, *words(role.path.verb), *words(operation.path.rsplit("/", 1)[-1]), *words(operation.operation_id), *words(operation.summary)}
        if v.has_verb(verb, filter(None, said)):
            return role
    return None


def generic(verb: str, roles: Iterable[Role], payloads: Payloads) -> Role | None:
    """An operation that takes the action's name, or the new state, in its body, or a body of its own for each action."""
    for role in roles:
        if not role.writes:
            continue
        last = {"action"} if manages(role) else set(words(role.operation.path.rsplit("/", 1)[-1]))
        if last & GENERIC_ACTIONS and any(v.has_verb(verb, words(name)) for name in payloads.schemas.variants(payloads.body_schema(role.operation.body))):
            return role
        for name, choices in taken(role, payloads):
            if v.has_verb(verb, {w for c in choices for w in c.split("_")}) and (set(name.split("_")) & GENERIC_ACTIONS or last & GENERIC_ACTIONS):
                return role
    return None


def manages(role: Role) -> bool:
    """True for "Manage a conversation", which takes one of several actions in its body."""
    return words(role.operation.summary)[:1] in (["manage"], ["manages"])


def _any_state(writable: Writable) -> tuple[Role, frozenset[str]] | None:
    """An update that takes the state to go to without saying which ones there are."""
    return next((w for name, w in writable.items() if name.startswith(("to_", "new_", "target_")) and v.STATE_FIELD.match(name) and not w[1]), None)


def _by_name(writable: Writable, names: set[str]) -> tuple[Role, frozenset[str]] | None:
    """An update that takes the name of the property to set beside its value."""
    return next((w for field, w in writable.items() if field.split("_")[-1] in _PROPERTY and w[1] & names), None)


def _ending(verb: str, roles: tuple[Role, ...]) -> Role | None:
    """Deleting stands for the ends of a life."""
    if verb in ("cancel", "revoke", "terminate", "deactivate", "archive", "void", "trash", "withdraw", "disable"):
        for role in (r for r in roles if r.kind == "delete"):
            said = set(words(f"{role.operation.summary} {role.operation.description[:300]}"))
            if verb in ("trash", "revoke", "terminate") or v.has_verb(verb, said) or (verb == "cancel" and said & _STOPPING):
                return role
    return None

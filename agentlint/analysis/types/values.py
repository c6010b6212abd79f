"""The nouns of type inference: a type, and an assignment to an attribute."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from agentlint.ir import syntax as s

MOST_ALTERNATIVES = 24
"""Alternatives followed inside the analysis; registries of classes and handlers are that large."""
MOST_SHOWN = 4
"""Alternatives that `Types.of` gives."""


class Type(msgspec.Struct, frozen=True, order=True, gc=False, cache_hash=True):
    """A class of the project or a library, with its type arguments."""

    name: str
    args: tuple[Type, ...] = ()
    meta: bool = False
    """True for the named thing itself (class object, function, module), not an instance or result of it. A bound method has its receiver in `args`."""


class AttributeWrite(msgspec.Struct, frozen=True, eq=False):
    """An assignment to an attribute, `receiver.attr = value`."""

    function: str
    receiver: tuple[Type, ...]
    attr: str
    value: s.Expr | None
    line: int
    name: str
    """Source text of the receiver (`self`, `order`, `form.instance`)."""
    methods: tuple[str, ...] = ()
    """HTTP methods under which the line runs; empty means any."""


Types_ = tuple[Type, ...]

UNSEEN = Type("object")
"""Stands for an unknown type where a place must be kept, e.g. the first of a pair."""


def union(groups: Iterable[Types_]) -> Types_:
    """All alternatives without repetition, in order."""
    held = [group for group in groups if group]
    if not held:
        return ()
    if len(held) == 1 and len(held[0]) == 1:  # nearly every question: nothing to compare
        return () if held[0][0] == UNSEEN else held[0]
    found = tuple(dict.fromkeys([t for group in held for t in group if t != UNSEEN]))
    return found[:MOST_ALTERNATIVES]


def collection(kind: str, items: Types_) -> Types_:
    """A collection of each alternative; of unknown things when there is none."""
    return tuple(Type(kind, (item,)) for item in items) or (Type(kind),)


LINEAR = frozenset({"list", "set", "frozenset", "tuple", "collections.deque"})
"""Built-in collections whose arguments are their elements."""

"""Columns of a trail that keep what something was before and after, by what they are called."""

from __future__ import annotations

import re
from collections.abc import Iterable

from agentlint.analysis.wording import singular, words

_CHANGE_NAMES = re.compile(r"^(old|new|from|to|previous|prev|before|after|prior)_(\w+)$|^(\w+)_(old|new|from|to|before|after)$")
_SIDES = re.compile(r"^(pre|post)_?change_(\w+)$")
STATE_NAMES = re.compile(r"^(\w+_)?(status|state|stage|phase)$")
"""Columns that keep a state."""


def pairs(names: Iterable[str]) -> bool:
    """True when two columns keep the value before and after of the same thing: `old_status` and `new_status`."""
    sides: dict[str, set[str]] = {}
    for name in names:
        if match := _SIDES.match(name):
            sides.setdefault(match.group(2), set()).add("old" if match.group(1) == "pre" else "new")
        match = _CHANGE_NAMES.match(name)
        if match is not None:
            side, about = (match.group(1), match.group(2)) if match.group(1) else (match.group(4), match.group(3))
            sides.setdefault("state" if STATE_NAMES.match(about) else singular(about), set()).add(side)
    return any(found & _BEFORE and found & _AFTER for found in sides.values())


_BEFORE, _AFTER = {"old", "from", "previous", "prev", "before", "prior"}, {"new", "to", "after"}


def tells_state(name: str) -> bool:
    """True for a column that keeps the state that its subject had or got: `new_status`, `state_before`."""
    match = _CHANGE_NAMES.match(name)
    return match is not None and bool(STATE_NAMES.match(match.group(2) or match.group(3)))


def state_words(name: str) -> tuple[str, ...]:
    """The words of what it keeps the state of; empty for a column that keeps none."""
    match = _CHANGE_NAMES.match(name)
    if match:
        return tuple(w for part in (match.group(2), match.group(3)) if part for w in words(part))
    return tuple(words(name)) if STATE_NAMES.match(name) else ()

"""Values of set-up code: what names hold once the modules that build route tables, registries and routers have been imported."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from agentlint.analysis.constants.values import UNKNOWN, Unknown
from agentlint.ir import syntax as s

if TYPE_CHECKING:
    from agentlint.analysis.program import ClassInfo, FunctionInfo

    Scope: TypeAlias = FunctionInfo | ClassInfo | s.Module

Value: TypeAlias = Any
"""A constant, a list, tuple or dict of values, one of the classes below, or `UNKNOWN`."""


class Ref(msgspec.Struct, frozen=True):
    """A module, class or function of the project or of a library, by its canonical dotted name."""

    name: str


class Member(msgspec.Struct, frozen=True, eq=False):
    """An attribute of something that is not the project's own: `router.urls`, `View.as_view`."""

    owner: Value
    attr: str


class Made(msgspec.Struct, eq=False):
    """The result of a call that is not followed into: an object of a class, a URL pattern, a wrapped view, a registration."""

    callee: Value
    args: list[Value]
    keywords: dict[str, Value]
    file: str
    line: int
    attributes: dict[str, Value] = {}
    items: dict[Value, Value] | None = None
    """Of a mapping that a class of the project extends."""
    calls: list[Made] = []
    """Methods called on it, in order, each with its dotted name in `method`."""
    method: str = ""
    """Name under which this call stands in its owner's `calls`: `register`, `registry.extend`."""
    applied: list[Value] = []
    """What it was called with in turn: the functions and classes that it decorates."""
    result: Value = None
    """What a wrapper of the project gives in fact: its inner function."""


class Frame(msgspec.Struct, eq=False):
    """Names of a scope that runs."""

    scope: Scope
    names: dict[str, Value]
    outer: Frame | None = None
    receiver: Value = None
    owner: str = ""
    """Class whose method runs."""
    returns: list[Value] = []
    yields: list[Value] = []


class Given(msgspec.Struct, frozen=True, eq=False):
    """What a call is given, and where it stands."""

    args: list[Value]
    keywords: dict[str, Value]
    line: int
    frame: Frame

    def with_args(self, *args: Value) -> Given:
        """The same place with other arguments and no keywords."""
        return Given(list(args), {}, self.line, self.frame)


class Closure(msgspec.Struct, frozen=True, eq=False):
    """A function of the project with the frame around it, or a method with its receiver."""

    info: FunctionInfo
    frame: Frame | None
    receiver: Value = None


class Anonymous(msgspec.Struct, frozen=True, eq=False):
    """A lambda."""

    node: s.Function
    frame: Frame


class Above(msgspec.Struct, frozen=True, eq=False):
    """`super()`: the bases of a class, on a receiver."""

    owner: str
    receiver: Value


class Filling(dict[Value, Value]):
    """A mapping that makes missing values (`collections.defaultdict`)."""

    factory: Value = None


def is_known(value: Value) -> bool:
    """True for everything but `UNKNOWN`."""
    return not isinstance(value, Unknown)


def truth(value: Value) -> bool | None:
    """Whether a test on a value holds; None when the value does not tell."""
    if isinstance(value, Unknown | Made | Member):
        return None
    if isinstance(value, Ref | Closure | Anonymous | Above):
        return True
    return bool(value)


def joined(values: list[Value]) -> Value:
    """One value for what several branches give: lists are united, otherwise the first that is known."""
    known = [v for v in values if is_known(v) and v is not None]
    if not known:
        return values[0] if values else None
    if len(known) > 1 and all(isinstance(v, list | tuple) for v in known):
        return list(_unique(item for value in known for item in value))
    return known[0]


def given_by(value: Value) -> Member | None:
    """The attribute, read or called, by which something that is not the project's own gives a value."""
    if isinstance(value, Made) and isinstance(value.callee, Member):
        return value.callee
    return value if isinstance(value, Member) else None


def _unique(items: Iterator[Value]) -> Iterator[Value]:
    seen: set[int] = set()
    for item in items:
        if id(item) not in seen:
            seen.add(id(item))
            yield item


def concatenated(left: Value, right: Value) -> Value:
    """`left + right` where one side is a list or tuple: what is not known stays in it as one item."""
    parts = [list(side) if isinstance(side, list | tuple) else [side] if is_known(side) and side is not None else [] for side in (left, right)]
    items = parts[0] + parts[1]
    return tuple(items) if isinstance(left, tuple) and isinstance(right, tuple) else items


__all__ = [
    "UNKNOWN", "Above", "Anonymous", "Closure", "Filling", "Frame", "Given", "Made", "Member", "Ref", "Unknown", "Value", "concatenated", "given_by",
    "is_known", "joined", "truth",
]

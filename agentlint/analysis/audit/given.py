"""What variables are known to hold on a path: constants that the code assigns, and what one call hands over or leaves out.

`def send(event, source=None, sources=None)` makes its record under `if source:` or `elif sources:`. For the caller that hands over a source the record is
made; for the one that hands over neither it is not. So a function is looked at once more for what a call is known to give it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from agentlint.analysis.program import FunctionInfo
from agentlint.ir import syntax as s
from agentlint.ir import walk


class _Mark:
    """A value that is known in part."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


UNKNOWN = _Mark("unknown")
PRESENT = _Mark("present")
"""Something, whatever it is: true in a test."""
EMPTY = _Mark("empty")
"""A collection without anything in it."""


class Options(dict[str, object]):
    """What a parameter like `**kwargs` took, all of it: what is not in it was not handed over."""


Facts = Mapping[str, object]
Pairs = tuple[tuple[str, object], ...]



class Given(msgspec.Struct, frozen=True, gc=False):
    """What a call is known to hand over."""

    values: Pairs = ()
    """Parameters and what they hold, sorted by name."""
    rest: Pairs | None = None
    """Further keywords, which a parameter like `**kwargs` takes; None when they are not known."""
    more: int | None = None
    """How many further arguments a parameter like `*args` takes; None when that is not known."""


def handed(given: Given, info: FunctionInfo) -> dict[str, object]:
    """What the parameters of a function hold, the one that takes further keywords among them."""
    taking = next((p.name for p in info.node.params if p.kind == "double-star"), "")
    further = {taking: Options(given.rest)} if taking and given.rest is not None else {}
    return {**dict(given.values), **further}


def decide(test: s.Expr, facts: Facts) -> bool | None:
    """How a test comes out; None when what is known does not tell."""
    if not facts:
        return None
    if isinstance(test, (s.Name, s.Call, s.Subscript)):
        return _truth(value_of(test, facts))
    if not isinstance(test, s.Apply):
        return None
    if test.op == "not":
        inner = decide(test.operands[0], facts)
        return None if inner is None else not inner
    if test.op in ("and", "or"):
        found = [decide(operand, facts) for operand in test.operands]
        stops = test.op == "or"
        return stops if stops in found else None if None in found else not stops
    return _compared(test, facts) if len(test.operands) == 2 else None


def _compared(test: s.Apply, facts: Facts) -> bool | None:
    left, right = test.operands
    if isinstance(left, s.Constant) and test.op in ("in", "not in"):
        taken = facts.get(right.id) if isinstance(right, s.Name) else None
        return (left.value in taken) == (test.op == "in") if isinstance(taken, Options) else None
    value = facts.get(left.id, UNKNOWN) if isinstance(left, s.Name) else UNKNOWN
    if value is UNKNOWN:
        return None
    same = test.op in ("is", "==", "in")
    if test.op in ("in", "not in"):
        if not isinstance(right, s.Sequence) or isinstance(value, _Mark) or not all(isinstance(i, s.Constant) for i in right.items):
            return None
        return (value in [i.value for i in right.items if isinstance(i, s.Constant)]) == same
    if test.op not in ("is", "is not", "==", "!=") or not isinstance(right, s.Constant):
        return None
    if isinstance(value, _Mark):
        return not same if right.value is None else None
    return (value == right.value and isinstance(value, bool) == isinstance(right.value, bool)) == same


def _truth(value: object) -> bool | None:
    if value is UNKNOWN:
        return None
    return value is not EMPTY and (value is PRESENT or bool(value))


def value_of(expr: s.Expr | None, facts: Facts) -> object:
    """What an expression is known to hold."""
    if isinstance(expr, s.Constant):
        return expr.value
    if isinstance(expr, s.Name):
        return facts.get(expr.id, UNKNOWN)
    if isinstance(expr, s.Sequence):
        return PRESENT if expr.items else EMPTY
    if isinstance(expr, s.Mapping):
        return PRESENT if expr.keys else EMPTY
    return _option(expr, facts) if isinstance(expr, (s.Call, s.Subscript)) else UNKNOWN


def _option(expr: s.Call | s.Subscript, facts: Facts) -> object:
    """What is read from the further keywords of a call: `kwargs["lead"]`, `kwargs.get("lead")`, `kwargs.pop("lead", None)`."""
    if isinstance(expr, s.Subscript):
        held, key, default = expr.value, expr.index, None
    elif isinstance(expr.func, s.Attribute) and expr.func.attr in ("get", "pop") and expr.args:
        held, key, default = expr.func.value, expr.args[0], expr.args[1] if len(expr.args) > 1 else None
    else:
        return UNKNOWN
    taken = facts.get(held.id) if isinstance(held, s.Name) else None
    if not isinstance(taken, Options) or not isinstance(key, s.Constant):
        return UNKNOWN
    if key.value in taken:
        return taken[str(key.value)]
    return value_of(default, facts) if default is not None else None


def assigned_in(stmt: s.Stmt) -> Iterator[str]:
    """Variables that a statement sets, itself or in its blocks."""
    if isinstance(stmt, s.Loop) and stmt.target is not None:
        yield from bound_by(stmt.target)
    for inner in (one for block in walk.blocks(stmt) for one in walk.statements(block)):
        targets = inner.targets if isinstance(inner, s.Assign) else (inner.target,) if isinstance(inner, s.Loop) and inner.target is not None else ()
        yield from (name for target in targets for name in bound_by(target))


def bound_by(target: s.Expr) -> Iterator[str]:
    """The variables that an assignment target binds, in order."""
    if isinstance(target, s.Name):
        yield target.id
    elif isinstance(target, s.Sequence):
        for item in target.items:
            yield from bound_by(item)

"""What the statements of one scope do to each of its variables: assignments, additions, appends, item assignments, with the loops around them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from agentlint.ir import syntax as s
from agentlint.ir.walk import expressions

_ADDING = {"append": "append", "add": "append", "extend": "extend", "insert": "append", "update": "update", "appendleft": "append"}


class Change(msgspec.Struct, frozen=True, eq=False):
    """One statement that gives a variable a value or changes it."""

    kind: str
    """`set`, `append`, `extend`, `update`, `item` or `unknown`."""
    value: s.Expr | None
    key: s.Expr | None = None
    loops: tuple[s.Loop, ...] = ()
    nested: bool = False
    """True inside a branch, so that it may not happen."""
    refers: bool = False
    """True when the value mentions the variable itself."""


def history(body: Iterable[s.Stmt]) -> dict[str, tuple[Change, ...]]:
    """Changes by variable, in source order."""
    found: dict[str, list[Change]] = {}
    for stmt, loops, nested in _walk(body, (), False):
        for name, kind, value, key in _of(stmt):
            refers = value is not None and any(isinstance(e, s.Name) and e.id == name for e in expressions(value))
            found.setdefault(name, []).append(Change(kind, value, key, loops, nested, refers))
    return {name: tuple(changes) for name, changes in found.items()}


def _walk(body: Iterable[s.Stmt], loops: tuple[s.Loop, ...], nested: bool) -> Iterator[tuple[s.Stmt, tuple[s.Loop, ...], bool]]:
    for stmt in body:
        yield stmt, loops, nested
        if isinstance(stmt, s.If):
            yield from _walk(stmt.body, loops, True)
            yield from _walk(stmt.orelse, loops, True)
        elif isinstance(stmt, s.Loop):
            yield from _walk(stmt.body, (*loops, stmt), nested)
        elif isinstance(stmt, s.Try):
            yield from _walk((*stmt.body, *stmt.orelse, *stmt.final), loops, nested)
            for handler in stmt.handlers:
                yield from _walk(handler.body, loops, True)
        elif isinstance(stmt, s.With):
            yield from _walk(stmt.body, loops, nested)
        elif isinstance(stmt, s.Match):
            for case in stmt.cases:
                yield from _walk(case.body, loops, True)


_Found = tuple[str, str, s.Expr | None, s.Expr | None]


def _of(stmt: s.Stmt) -> Iterator[_Found]:
    if isinstance(stmt, s.Assign):
        for target in stmt.targets:
            yield from _target(stmt, target)
    elif isinstance(stmt, s.Loop) and stmt.target is not None:
        yield from ((name, "unknown", None, None) for name in _names(stmt.target))
    elif isinstance(stmt, s.With):
        yield from ((name, "unknown", None, None) for item in stmt.items if item.target is not None for name in _names(item.target))
    elif isinstance(stmt, s.Expression) and isinstance(stmt.value, s.Call):
        yield from _called(stmt.value)


def _target(stmt: s.Assign, target: s.Expr) -> Iterator[_Found]:
    if isinstance(target, s.Name):
        if stmt.op:
            yield target.id, "extend" if stmt.op == "+" else "unknown", stmt.value, None
        elif stmt.value is not None:
            yield target.id, "set", stmt.value, None
    elif isinstance(target, s.Subscript) and isinstance(target.value, s.Name):
        yield target.value.id, "item", stmt.value, target.index
    elif isinstance(target, s.Sequence):
        values = stmt.value.items if isinstance(stmt.value, s.Sequence) and len(stmt.value.items) == len(target.items) else None
        for position, item in enumerate(target.items):
            for name in _names(item):
                yield name, "set" if values else "unknown", values[position] if values else None, None


def _called(call: s.Call) -> Iterator[_Found]:
    func = call.func
    if isinstance(func, s.Attribute) and isinstance(func.value, s.Name) and func.attr in _ADDING and call.args:
        yield func.value.id, _ADDING[func.attr], call.args[-1], None


def _names(target: s.Expr) -> Iterator[str]:
    if isinstance(target, s.Name):
        yield target.id
    elif isinstance(target, (s.Sequence, s.Other)):
        for item in target.items if isinstance(target, s.Sequence) else target.children:
            yield from _names(item)

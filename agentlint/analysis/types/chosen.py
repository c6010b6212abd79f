"""The constant texts that a name may hold: an item of a table, one of two, what a loop over constants goes through."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from agentlint.analysis.constants.values import HOLE, Folded
from agentlint.analysis.types.bindings import Binding
from agentlint.ir import syntax as s

if TYPE_CHECKING:
    from agentlint.analysis.program import Program
    from agentlint.analysis.types.engine import Frame

_MOST = 24
"""Texts beyond which a table is no list of names any more."""
_DEEPEST = 6


def texts_of(expr: s.Expr, frame: Frame, program: Program) -> tuple[str, ...]:
    """The texts without holes that an expression may be, sorted; none when there are too many."""
    found = sorted({t for t in _values(expr, frame, program, _DEEPEST) if isinstance(t, str) and t and HOLE not in t})
    return tuple(found) if len(found) <= _MOST else ()


def _values(expr: s.Expr | None, frame: Frame, program: Program, left: int) -> list[Folded]:
    binding = frame.flow.reaching.get(id(expr)) if isinstance(expr, s.Name) else None
    if expr is None or not left:
        return []
    if binding is not None:
        return _held(binding, frame, program, left - 1)
    table = _table(expr)
    if table is not None:
        return _items(program.fold(table, frame.scope))
    if isinstance(expr, s.Apply) and expr.op in ("?:", "or"):
        return [v for o in expr.operands[expr.op == "?:":] for v in _values(o, frame, program, left - 1)]
    return [program.fold(expr, frame.scope)]


def _held(binding: Binding, frame: Frame, program: Program, left: int) -> list[Folded]:
    if not left:
        return []
    if binding.kind in ("joined", "changed"):
        return [v for b in binding.more for v in _held(b, frame, program, left - 1)]
    if binding.kind == "value":
        return _at(_values(binding.expr, frame, program, left), binding.path)
    if binding.kind == "element":
        return _at((i for v in _values(binding.expr, frame, program, left) for i in (list(v) if isinstance(v, dict) else _items(v))), binding.path)
    return []


def _table(expr: s.Expr) -> s.Expr | None:
    """What is looked into: `TABLE[key]`, `TABLE.get(key)`."""
    if isinstance(expr, s.Subscript):
        return expr.value
    if isinstance(expr, s.Call) and isinstance(expr.func, s.Attribute) and expr.func.attr == "get" and expr.args:
        return expr.func.value
    return None


def _items(value: Folded) -> list[Folded]:
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, (list, tuple)) else []


def _at(values: Iterable[Folded], path: tuple[int, ...]) -> list[Folded]:
    """What positions of tuples hold."""
    found = list(values)
    for place in path:
        found = [v[place] for v in found if isinstance(v, (list, tuple)) and place < len(v)]
    return found

"""Trails whose rows are tied to nothing in particular: what their relations may point to may as well be left empty."""

from __future__ import annotations

from collections.abc import Iterable

from agentlint.analysis.program import Program
from agentlint.analysis.wording import singular, words
from agentlint.ir import syntax as s

_EMPTY = frozenset({"null", "nullable"})


def is_untied(program: Program, model: str, relations: Iterable[tuple[str, str]]) -> bool:
    """True when every relation of a trail (column and model) says that it may be empty, and the trail's own name names none of those models:
    a `SiteLog` with a `target` that may be missing tells of anything, a `BoatLog` of boats."""
    named = {singular(word) for word in words(model.rpartition(".")[2])}
    found = [(_column(program, model, column), related) for column, related in relations]
    return bool(found) and all(_may_be_empty(expr) and not named & {singular(w) for w in words(related.rpartition(".")[2])} for expr, related in found)


def _column(program: Program, model: str, name: str) -> s.Expr | None:
    classes = (program.classes[base] for base in program.mro(model) if base in program.classes)
    return next((info.attributes[name] for info in classes if name in info.attributes), None)


def _may_be_empty(expr: s.Expr | None) -> bool:
    given = expr.keywords if isinstance(expr, s.Call) else ()
    return any(k.name in _EMPTY and isinstance(k.value, s.Constant) and k.value.value is True for k in given)

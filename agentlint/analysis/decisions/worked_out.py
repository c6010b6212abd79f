"""Columns that a statement works out from other rows: counts, sums, averages, the standing of a counter. They follow from what was decided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import msgspec

from agentlint.analysis.decisions.consequence import is_kept_by_itself
from agentlint.analysis.decisions.judge import Judged
from agentlint.analysis.program import FunctionInfo, Program
from agentlint.analysis.wording import words
from agentlint.ir import syntax as s
from agentlint.ir import walk
from agentlint.ir.effects import Effect

_COUNTING = frozenset({
    "count", "acount", "aggregate", "aaggregate", "sum", "len", "fsum", "mean", "median", "Count", "Sum", "Avg", "StdDev", "Variance", "Subquery",
})
"""Last names of calls that add up rows or take a value from them, Django's and SQLAlchemy's among them."""
_ROUNDING = frozenset({"round", "int", "float", "abs", "max", "min", "Coalesce", "coalesce", "Decimal", "Value", "Cast"})
_COLUMNS = frozenset({"F", "ExpressionWrapper"})
_ACCOUNTED = frozenset({
    "amount", "price", "balance", "credit", "credits", "paid", "due", "cost", "costs", "fee", "fees", "tax", "refund", "refunded", "quantity", "qty", "stock",
    "inventory", "seats", "quota", "limit", "max", "maximum", "allowance", "budget", "salary", "discount", "uses", "allocated", "reserved", "level",
    "priority", "severity", "rank", "position", "order", "stage", "step", "grade", "strikes", "warnings",
})
"""Words of numbers that are money, goods, rights or an order: how many there are, or where something stands, is what was decided."""
_DEEPEST = 4


class _Given(msgspec.Struct, frozen=True):
    """What a function puts into fields and names."""

    fields: dict[str, list[tuple[s.Expr, str]]]
    """Field to values, each with the operator of an augmented assignment."""
    names: dict[str, list[s.Expr]]


class WorkedOut:
    """Answers for one program; remembers what functions assign."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._given: dict[str, _Given] = {}

    def without(self, judged: Sequence[Judged]) -> list[Judged]:
        """Without sums, and without what else the same call writes of the same row: an overridden `save` says no more than that it is written."""
        sums = [self.tells(one.effect) for one in judged]
        sites = {(one.site, one.effect.model) for one, is_sum in zip(judged, sums, strict=True) if is_sum}
        return [
            one for one, is_sum in zip(judged, sums, strict=True)
            if not is_sum and not ((one.site, one.effect.model) in sites and one.effect.operation in ("update", "write") and not one.effect.fields)
        ]

    def tells(self, effect: Effect) -> bool:
        """True when every field that the effect writes is counted or added up from other rows, stamped, or put back to nothing."""
        if effect.kind != "orm-write" or effect.operation not in ("update", "write") or not effect.fields or effect.registered:
            return False
        info = self._program.functions.get(effect.function)
        if info is None or any(_is_accounted_for(field) for field in effect.fields):
            return False
        given = self._of(info)
        counted = 0
        for field in effect.fields:
            said = [_kind(value, op, field, given) for value, op in given.fields.get(field, ())]
            if not is_kept_by_itself(field) and (not said or "" in said):
                return False
            counted += "counted" in said
        return bool(counted)

    def _of(self, info: FunctionInfo) -> _Given:
        found = self._given.get(info.id)
        if found is None:
            found = self._given[info.id] = _read(info)
        return found


def _is_accounted_for(field: str) -> bool:
    said = words(field)
    return bool(_ACCOUNTED.intersection(said)) or said[-1:] == ["total"]


def _read(info: FunctionInfo) -> _Given:
    fields: dict[str, list[tuple[s.Expr, str]]] = defaultdict(list)
    names: dict[str, list[s.Expr]] = defaultdict(list)
    for stmt in walk.statements(info.node.body):
        if isinstance(stmt, s.Assign) and stmt.value is not None:
            for target in stmt.targets:
                if isinstance(target, s.Attribute):
                    fields[target.attr].append((stmt.value, stmt.op))
                elif isinstance(target, s.Name):
                    names[target.id].append(stmt.value)
        for call in (e for root in walk.own_expressions(stmt) for e in walk.expressions(root) if isinstance(e, s.Call)):
            if not _counts(call):
                for keyword in call.keywords:
                    if keyword.name:
                        fields[keyword.name].append((keyword.value, ""))
    return _Given(dict(fields), dict(names))


def _counts(expr: s.Expr) -> bool:
    return isinstance(expr, s.Call) and walk.dotted(expr.func).rpartition(".")[2] in _COUNTING or (
        isinstance(expr, s.Call) and isinstance(expr.func, s.Attribute) and expr.func.attr in _COUNTING
    )


def _kind(value: s.Expr, op: str, field: str, given: _Given) -> str:
    """`counted`, `nothing` for constants that say so, empty for anything else."""
    if op:
        steps = isinstance(value, s.Constant) and isinstance(value.value, (int, float)) and op in ("+", "-")
        return "counted" if steps or _worth(value, field, given, _DEEPEST) == "counted" else ""
    return _worth(value, field, given, _DEEPEST)


def _worth(value: s.Expr, field: str, given: _Given, depth: int) -> str:
    if not depth:
        return ""
    if isinstance(value, s.Constant):
        return "nothing" if value.value is None or (isinstance(value.value, (int, float)) and not isinstance(value.value, bool)) else ""
    if isinstance(value, s.Call):
        return _of_call(value, field, given, depth)
    if isinstance(value, s.Name):
        return _all([_worth(v, field, given, depth - 1) for v in given.names.get(value.id, ())])
    if isinstance(value, (s.Subscript, s.Attribute)):
        return "counted" if _worth(value.value, field, given, depth - 1) == "counted" else ""
    if isinstance(value, s.Apply):
        if value.op == "?:":
            return _all([_worth(v, field, given, depth) for v in value.operands[1:]])
        said = [_worth(v, field, given, depth) for v in value.operands]
        handed = _is_handed_in(value, given) and not _names_column(value, field)
        return "counted" if "counted" in said and not handed else ""  # `(rank + steps) % len(all)`: what a caller hands in is what is decided
    return ""


def _is_handed_in(value: s.Expr, given: _Given) -> bool:
    """True when a part of arithmetic is a name that the function does not set."""
    if isinstance(value, s.Apply):
        return any(_is_handed_in(v, given) for v in value.operands)
    return isinstance(value, s.Name) and value.id not in given.names


def _names_column(value: s.Expr, field: str) -> bool:
    """True for arithmetic on the column itself: `F("votes") + delta`."""
    named = (e for e in walk.expressions(value) if isinstance(e, s.Call) and walk.dotted(e.func).rpartition(".")[2] in _COLUMNS and e.args)
    return any(isinstance(e.args[0], s.Constant) and e.args[0].value == field for e in named)


def _of_call(value: s.Call, field: str, given: _Given, depth: int) -> str:
    name = value.func.attr if isinstance(value.func, s.Attribute) else walk.dotted(value.func)
    if _counts(value):
        return "counted"
    if name.rpartition(".")[2] in _COLUMNS and value.args:
        first = value.args[0]
        return "counted" if isinstance(first, s.Constant) and first.value == field else _worth(first, field, given, depth - 1)
    if name in _ROUNDING:
        return "counted" if "counted" in [_worth(a, field, given, depth - 1) for a in value.args] else ""
    return ""


def _all(said: Sequence[str]) -> str:
    """What values are together that a name may have."""
    if not said or "" in said:
        return ""
    return "counted" if "counted" in said else "nothing"

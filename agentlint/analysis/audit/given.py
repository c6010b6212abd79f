"""What variables are known to hold on a path: constants that the code assigns, and what one call hands over or leaves out.

`def send(event, source=None, sources=None)` makes its record under `if source:` or `elif sources:`. For the caller that hands over a source the record is
made; for the one that hands over neither it is not. So a function is looked at once more for what a call is known to give it.
"""

from __future__ import annotations

import re
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

Facts = Mapping[str, object]
Pairs = tuple[tuple[str, object], ...]

_MAYBE = frozenset({
    "first", "afirst", "last", "pop", "one_or_none", "scalar", "scalar_one_or_none", "getattr", "first_or_none", "getenv", "find", "match",
    "search", "bool", "any", "all", "isinstance", "hasattr",
})
"""Calls that may well give nothing."""
_LEFT_OPEN = re.compile(r"(^|_)(reason|comments?|notes?|message|description|details?|text|remarks?|memo|explanation|justification|extra|data|context)$")
"""Names of what a person may leave open."""
_YES_OR_NO = frozenset({"==", "!=", "<", ">", "<=", ">=", "in", "not in", "is", "is not", "not", "and", "or", "?:"})


class Given(msgspec.Struct, frozen=True, gc=False):
    """What a call is known to hand over."""

    values: Pairs = ()
    """Parameters and what they hold, sorted by name."""
    rest: Pairs | None = None
    """Further keywords, which a parameter like `**kwargs` takes; None when they are not known."""
    more: int | None = None
    """How many further arguments a parameter like `*args` takes; None when that is not known."""


def decide(test: s.Expr, facts: Facts) -> bool | None:
    """How a test comes out; None when what is known does not tell."""
    if not facts:
        return None
    if isinstance(test, s.Name):
        return _truth(facts.get(test.id, UNKNOWN))
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
    return UNKNOWN


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


class Handing:
    """Reads what calls hand over."""

    def __init__(self) -> None:
        self._doubtful: dict[str, frozenset[str]] = {}
        self._asked: dict[str, frozenset[str]] = {}

    def at(self, call: s.Call, callee: FunctionInfo, caller: FunctionInfo | None, outer: Given | None) -> Given | None:
        """What a call hands to a function, as far as the function asks for it; None when nothing is known. `outer` is what the caller itself was given."""
        asked = self.asked_by(callee)
        if not asked:
            return None
        known = dict(outer.values) if outer is not None else {}
        names = [p.name for p in callee.node.params if p.kind == "positional"]
        names = names[1:] if callee.owner and names[:1] in (["self"], ["cls"]) else names
        given, counted = self._positional(call, names, caller, known, outer)
        rest, told = self._named(call, caller, known, outer)
        own = {p.name for p in callee.node.params if p.kind in ("positional", "keyword")}
        given.update({name: value for name, value in rest.items() if name in own})
        for parameter in callee.node.params:
            missing = parameter.name not in given and parameter.default is not None and told
            if missing and parameter.kind in ("positional", "keyword") and (counted is not None or parameter.kind == "keyword"):
                given[parameter.name] = value_of(parameter.default, {})
        values = tuple(sorted((n, v) for n, v in given.items() if n in asked and v is not UNKNOWN))
        takes = {p.kind for p in callee.node.params}
        further = tuple(sorted((n, v) for n, v in rest.items() if n not in own)) if told and "double-star" in takes and "**" in asked else None
        more = max(counted - len(names), 0) if counted is not None and "star" in takes and "*" in asked else None
        return Given(values, further, more) if values or further is not None else None

    def _positional(
        self, call: s.Call, names: list[str], caller: FunctionInfo | None, known: Facts, outer: Given | None,
    ) -> tuple[dict[str, object], int | None]:
        """Arguments by position, and how many there are."""
        found: list[object] = []
        for argument in call.args:
            if not (isinstance(argument, s.Other) and argument.kind == "star"):
                found.append(self._value(argument, caller, known))
            elif outer is not None and outer.more is not None and _is_parameter(argument.children[0], caller, "star"):
                found += [UNKNOWN] * outer.more
            else:
                return dict(zip(names, found, strict=False)), None
        return dict(zip(names, found, strict=False)), len(found)

    def _named(self, call: s.Call, caller: FunctionInfo | None, known: Facts, outer: Given | None) -> tuple[dict[str, object], bool]:
        """Arguments by name, and whether these are all."""
        found: dict[str, object] = {}
        told = True
        for keyword in call.keywords:
            if keyword.name is not None:
                found[keyword.name] = self._value(keyword.value, caller, known)
            elif outer is not None and outer.rest is not None and _is_parameter(keyword.value, caller, "double-star"):
                found.update(outer.rest)
            else:
                told = False
        return found, told

    def _value(self, expr: s.Expr, caller: FunctionInfo | None, known: Facts) -> object:
        """What an argument holds: where nothing says that it may be missing, it is taken to be there."""
        if _LEFT_OPEN.search(_word(expr)):
            return UNKNOWN
        if isinstance(expr, s.Name):
            if caller is None:
                return UNKNOWN
            if expr.id in self.doubtful(caller):
                return known.get(expr.id, UNKNOWN)
            return known.get(expr.id, PRESENT)
        if isinstance(expr, s.Call):
            return UNKNOWN if _may_give_nothing(expr) else PRESENT
        if isinstance(expr, s.Apply):
            return UNKNOWN if expr.op in _YES_OR_NO else PRESENT
        if isinstance(expr, (s.Attribute, s.Comprehension, s.Lambda, s.Template)):
            return PRESENT
        return value_of(expr, known)

    def doubtful(self, info: FunctionInfo) -> frozenset[str]:
        """Names of a function that may hold nothing: parameters with defaults, and what is set from something that may be missing."""
        if info.id not in self._doubtful:
            found = {p.name for p in info.node.params if p.default is not None}
            for stmt in walk.statements(info.node.body):
                if isinstance(stmt, s.Assign) and self._may_miss(stmt.value):
                    found.update(name for target in stmt.targets for name in bound_by(target))
            self._doubtful[info.id] = frozenset(found)
        return self._doubtful[info.id]

    @staticmethod
    def _may_miss(value: s.Expr | None) -> bool:
        if isinstance(value, s.Call):
            return _may_give_nothing(value)
        if isinstance(value, s.Apply):
            return value.op in _YES_OR_NO
        return value is None or isinstance(value, (s.Constant, s.Name, s.Subscript)) or value_of(value, {}) is EMPTY

    def asked_by(self, info: FunctionInfo) -> frozenset[str]:
        """Parameters that a function tests or hands on, `*` and `**` for those that take the rest."""
        if info.id not in self._asked:
            own = {p.name: p.kind for p in info.node.params}
            tested = [stmt.test for stmt in walk.statements(info.node.body) if isinstance(stmt, s.If)]
            handed = [e for call in walk.calls(info.node.body) for e in (*call.args, *(k.value for k in call.keywords))]
            named = {e.id for root in (*tested, *handed) for e in walk.expressions(root) if isinstance(e, s.Name) and e.id in own}
            signs = {"star": "*", "double-star": "**"}
            self._asked[info.id] = frozenset(signs.get(own[name], name) for name in named)
        return self._asked[info.id]


def _may_give_nothing(call: s.Call) -> bool:
    """`rows.first()`, `form.get("lead")`; a row asked for by keywords (`objects.get(pk=1)`) is there, or an exception is raised."""
    name = call.func.attr if isinstance(call.func, s.Attribute) else call.func.id if isinstance(call.func, s.Name) else ""
    return name in _MAYBE or (name == "get" and bool(call.args))


def _word(expr: s.Expr) -> str:
    return expr.attr if isinstance(expr, s.Attribute) else expr.id if isinstance(expr, s.Name) else ""


def _is_parameter(expr: s.Expr, info: FunctionInfo | None, kind: str) -> bool:
    return info is not None and isinstance(expr, s.Name) and any(p.name == expr.id and p.kind == kind for p in info.node.params)

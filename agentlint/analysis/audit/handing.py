"""Reads what calls hand over to the functions they call: by position, by name, and what a function hands on of its own further arguments."""

from __future__ import annotations

import re

from agentlint.analysis.audit.given import EMPTY, PRESENT, UNKNOWN, Facts, Given, assigned_in, bound_by, handed, value_of
from agentlint.analysis.program import FunctionInfo
from agentlint.ir import syntax as s
from agentlint.ir import walk

_MAYBE = frozenset({
    "first", "afirst", "last", "pop", "one_or_none", "scalar", "scalar_one_or_none", "getattr", "first_or_none", "getenv", "find", "match",
    "search", "bool", "any", "all", "isinstance", "hasattr",
})
"""Calls that may well give nothing."""
_LEFT_OPEN = re.compile(r"(^|_)(reason|comments?|notes?|message|description|details?|text|remarks?|memo|explanation|justification|extra|data|context)$")
"""Names of what a person may leave open."""
_YES_OR_NO = frozenset({"==", "!=", "<", ">", "<=", ">=", "in", "not in", "is", "is not", "not", "and", "or", "?:"})


class Handing:
    """Reads what calls hand over."""

    def __init__(self) -> None:
        self._doubtful: dict[str, frozenset[str]] = {}
        self._asked: dict[str, frozenset[str]] = {}
        self._read: dict[str, tuple[tuple[str, s.Expr], ...]] = {}

    def at(self, call: s.Call, callee: FunctionInfo, caller: FunctionInfo | None, outer: Given | None) -> Given | None:
        """What a call hands to a function, as far as the function asks for it; None when nothing is known. `outer` is what the caller itself was given."""
        asked = self.asked_by(callee)
        if not asked:
            return None
        known = self._known(caller, outer)
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

    def _known(self, caller: FunctionInfo | None, outer: Given | None) -> dict[str, object]:
        """What the caller's parameters hold, and the variables that it reads from its further keywords once and for all."""
        if outer is None or caller is None:
            return {}
        held = handed(outer, caller)
        read = {name: value_of(expr, held) for name, expr in self._read_once(caller)} if outer.rest is not None else {}
        return {**held, **{name: value for name, value in read.items() if value is not UNKNOWN}}

    def _read_once(self, info: FunctionInfo) -> tuple[tuple[str, s.Expr], ...]:
        """Variables that one assignment alone sets, with what it sets them to, where that may be an option."""
        if info.id not in self._read:
            set_to: dict[str, list[s.Expr]] = {}
            for stmt in walk.statements(info.node.body):
                for name in assigned_in(stmt) if isinstance(stmt, s.Loop) else ():
                    set_to.setdefault(name, []).extend((s.Name(name, stmt.line), s.Name(name, stmt.line)))
                if isinstance(stmt, s.Assign) and stmt.value is not None:
                    for name in (n for target in stmt.targets for n in bound_by(target)):
                        set_to.setdefault(name, []).append(stmt.value)
            once = ((name, values[0]) for name, values in set_to.items() if len(values) == 1)
            self._read[info.id] = tuple((name, value) for name, value in once if isinstance(value, (s.Call, s.Subscript)))
        return self._read[info.id]

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
            if "double-star" in own.values():
                read = (e for e in walk.body_expressions(info.node.body) if isinstance(e, s.Name))
                named.update(e.id for e in read if own.get(e.id) == "double-star")
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

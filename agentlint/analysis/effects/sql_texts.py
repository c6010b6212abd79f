"""Texts that an expression may be when it runs: constants, texts put together with holes in them, and what functions of the program return."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from agentlint.analysis.calls.sites import CallSite
from agentlint.analysis.effects.arguments import parameter_names
from agentlint.analysis.effects.places import Places
from agentlint.analysis.program import FunctionInfo
from agentlint.ir import syntax as s
from agentlint.ir.walk import blocks, child_expressions, expressions, own_expressions, statements

_DEPTH = 3
_DIGITS = 9
"""More than any hole's number has."""
_PERCENT = re.compile(r"%(?:\((?P<name>\w+)\))?[-+ #0]*\d*(?:\.\d+)?[sdrifu]")
_BRACES = re.compile(r"\{(?P<name>\w*)(?:![rsa])?(?::[^{}]*)?\}")


_COLUMNS = re.compile(r"(?:\bset\s+|\binto\s+\S+\s*\(\s*)hole_(\d+)_", re.IGNORECASE)
"""A hole for all columns that a statement sets."""


class SqlText(msgspec.Struct, frozen=True):
    """An SQL text, what stands in its holes (`hole_0_`, `hole_1_`, ...), and the function whose names those are."""

    text: str
    holes: tuple[s.Expr, ...]
    function: str

    def in_hole(self, number: str) -> s.Expr:
        """What stands in the hole of a number; nothing known where a constant text only reads like one."""
        return self.holes[int(number)] if len(number) < _DIGITS and int(number) < len(self.holes) else s.Other("unknown", (), 0)


class SqlTexts:
    """Answers for one program."""

    def __init__(self, places: Places) -> None:
        self._places = places

    def of(self, expr: s.Expr, site: CallSite) -> Iterator[SqlText]:
        """Texts that an expression of a call may be there: of a name that is given several in turn, those that can still hold at the call."""
        held = self._places.assigned(site.caller, expr.id) if isinstance(expr, s.Name) else ()
        info = self._places.program.functions.get(site.caller)
        if isinstance(expr, s.Name) and len(held) > 1 and info is not None:
            for value in _holding(info.node.body, expr.id, site.call) or held:
                yield from self._texts(value, site.caller, _DEPTH - 1)
        else:
            yield from self._texts(expr, site.caller, _DEPTH)

    def _texts(self, expr: s.Expr, function: str, depth: int) -> Iterator[SqlText]:
        """Texts through wrappers such as `text(...)`, local names, and functions that build them."""
        spelled = _spelled(expr)
        if spelled is not None:
            yield self._template(spelled, function)
            return
        value = self._places.constant(expr, function)
        assigned_here = self._places.assigned(function, expr.id) if isinstance(expr, s.Name) else ()
        with_holes = isinstance(value, str) and "{}" in value and any(_spelled(a) is not None for a in assigned_here)
        if isinstance(value, str) and not with_holes:
            yield SqlText(value, (), function)
        elif isinstance(expr, s.Name) and depth:
            for assigned in assigned_here:
                yield from self._texts(assigned, function, depth - 1)
        elif isinstance(expr, s.Call) and depth:
            if isinstance(expr.func, s.Attribute) and isinstance(expr.func.value, (s.Call, s.Constant, s.Template, s.Name)):
                yield from self._texts(expr.func.value, function, depth - 1)
            made = tuple(self._made(expr, function, depth))
            yield from made
            if not made and expr.args:
                yield from self._texts(expr.args[0], function, depth - 1)

    def _made(self, call: s.Call, function: str, depth: int) -> Iterator[SqlText]:
        """Texts that a function of the program returns; the holes that its parameters fill become those of the call."""
        for type_ in self._places.typed(call.func, function):
            info = self._places.program.functions.get(type_.name) if type_.meta else None
            if info is None:
                continue
            for returned in self._places.program.returned(info):
                for text in self._texts(returned, type_.name, depth - 1):
                    yield SqlText(text.text, tuple(_passed(hole, info, call) for hole in text.holes), function)

    def columns(self, text: SqlText) -> str:
        """Function and parameter, where the columns that a statement sets are those of one mapping that a caller hands in; empty where they are not."""
        hole = _COLUMNS.search(text.text)
        known = parameter_names(self._places.program.functions.get(text.function))
        if hole is None or not known:
            return ""
        named = self._named(text.in_hole(hole[1]), text.function) & known
        return f"{text.function} {named.pop()}" if len(named) == 1 else ""

    def is_handed_in(self, expr: s.Expr, function: str) -> bool:
        """True when an expression is made of something that the function's caller hands in."""
        return bool(self._named(expr, function) & parameter_names(self._places.program.functions.get(function)))

    def _named(self, expr: s.Expr, function: str) -> set[str]:
        """Names that an expression is made of, with those that local names stand for."""
        found: set[str] = set()
        waiting = [expr]
        while waiting:
            for name in {e.id for e in expressions(waiting.pop()) if isinstance(e, s.Name)} - found:
                found.add(name)
                waiting.extend(self._places.assigned(function, name))
        return found

    def _template(self, template: s.Template, function: str) -> SqlText:
        parts: list[str] = []
        holes: list[s.Expr] = []
        for part in template.parts:
            value = self._places.constant(part, function)
            if isinstance(value, (str, int)) and "{}" not in str(value):
                parts.append(str(value))
            else:
                parts.append(f"hole_{len(holes)}_")
                holes.append(part)
        return SqlText("".join(parts), tuple(holes), function)


def _spelled(expr: s.Expr) -> s.Template | None:
    """A text that is put together here, as a template: `f"..."`, `"..." + name`, `"... %s" % name`, `"... {}".format(name)`."""
    if isinstance(expr, s.Template):
        return expr
    if isinstance(expr, s.Apply) and expr.op == "+":
        parts = tuple(_added(expr))
        said = any(isinstance(p, s.Template) or (isinstance(p, s.Constant) and isinstance(p.value, str)) for p in parts)
        return s.Template(parts, expr.line) if said and len(parts) > 1 else None
    if isinstance(expr, s.Apply) and expr.op == "%" and len(expr.operands) == 2:
        given = expr.operands[1]
        return _filled(expr.operands[0], _PERCENT, given.items if isinstance(given, s.Sequence) else (given,), _by_key(given), expr.line)
    if isinstance(expr, s.Call) and isinstance(expr.func, s.Attribute) and expr.func.attr == "format":
        return _filled(expr.func.value, _BRACES, expr.args, {k.name: k.value for k in expr.keywords if k.name}, expr.line)
    return None


def _added(expr: s.Expr) -> Iterator[s.Expr]:
    """The operands of nested additions from left to right; a template among them gives its parts."""
    if isinstance(expr, s.Apply) and expr.op == "+":
        for operand in expr.operands:
            yield from _added(operand)
    elif (inner := _spelled(expr)) is not None:
        yield from inner.parts
    else:
        yield expr


def _by_key(given: s.Expr) -> dict[str, s.Expr]:
    pairs = zip(given.keys, given.values, strict=True) if isinstance(given, s.Mapping) else ()
    return {str(key.value): value for key, value in pairs if isinstance(key, s.Constant)}


def _filled(text: s.Expr, hole: re.Pattern[str], by_position: Iterable[s.Expr], by_name: dict[str, s.Expr], line: int) -> s.Template | None:
    """A constant text with what is given for its holes; None where it has none."""
    if not isinstance(text, s.Constant) or not isinstance(text.value, str):
        return None
    parts: list[s.Expr] = []
    given, end = list(by_position), 0
    number = 0
    for match in hole.finditer(text.value):
        name = match["name"] or ""
        at = int(name) if name.isdecimal() and len(name) < _DIGITS else number
        value = by_name.get(name) if name and not name.isdecimal() else given[at] if at < len(given) else None
        parts += [s.Constant(text.value[end:match.start()], line), value if value is not None else s.Other("unknown", (), line)]
        end, number = match.end(), number + 1
    return s.Template((*parts, s.Constant(text.value[end:], line)), line) if parts else None


def _holding(body: Iterable[s.Stmt], name: str, call: s.Call, before: tuple[s.Expr, ...] = ()) -> tuple[s.Expr, ...]:
    """The values that a local name can hold at a call: the last given to it on the way there, and what branches before may have put in its place."""
    found = before
    for stmt in body:
        if _has(stmt, call):
            inner = next((block for block in blocks(stmt) if any(_has(i, call) for i in block)), ())
            return _holding(inner, name, call, found)
        if _gives(stmt, name):
            found = ()
        found = (*found, *(i.value for i in statements((stmt,)) if isinstance(i, s.Assign) and i.value is not None and _gives(i, name)))
    return found


def _gives(stmt: s.Stmt, name: str) -> bool:
    return isinstance(stmt, s.Assign) and not stmt.op and any(isinstance(t, s.Name) and t.id == name for t in stmt.targets)


def _has(stmt: s.Stmt, call: s.Call) -> bool:
    """True when the call stands in a statement or in a block of it."""
    return any(_within(expr, call) for inner in statements((stmt,)) for expr in own_expressions(inner))


def _within(expr: s.Expr, call: s.Call) -> bool:
    return expr is call or any(_within(child, call) for child in child_expressions(expr))


def _passed(hole: s.Expr, info: FunctionInfo, call: s.Call) -> s.Expr:
    """What the call gives where a hole is a parameter of the function; other holes stay as they are."""
    names = [p.name for p in info.node.params]
    if not isinstance(hole, s.Name) or hole.id not in names:
        return s.Other("unknown", (), hole.line)
    by_name = next((k.value for k in call.keywords if k.name == hole.id), None)
    position = names.index(hole.id) - (1 if info.owner and isinstance(call.func, s.Attribute) else 0)
    return by_name or (call.args[position] if 0 <= position < len(call.args) else hole)

"""Calls that register a function at an address: `register_endpoint("/history/list", ["GET"], self._handle_list)`, and lines of tables that hold all three."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agentlint.analysis.program import FunctionInfo, Program, Scope
from agentlint.analysis.wording import words
from agentlint.extension.own_layers.lines import Line, addresses, verbs
from agentlint.extension.own_layers.shown import Shown
from agentlint.ir import syntax as s
from agentlint.ir.walk import dotted

_REGISTERS = frozenset({"register", "add", "route", "expose", "map", "bind", "mount", "connect", "set", "on"})
_ROUTES = frozenset({"route", "routes", "endpoint", "endpoints", "url", "path", "http", "webhook", "rest", "rule"})
_NO_HANDLERS = frozenset({"property", "cached_property", "functools.cached_property"})
_TEXTS = (s.Constant, s.Template, s.Apply)


def registered(shown: Iterable[Shown], program: Program) -> Iterator[Line]:
    """A line for each call or tuple with an address and a function, where a verb or the name of the call says that it is about routes."""
    for one in shown:
        yield from _in(one.expressions, one.scope, one.module.path, program)


def _in(found: Iterable[s.Expr], scope: Scope, file: str, program: Program) -> Iterator[Line]:
    for expr in found:
        if isinstance(expr, s.Mapping):
            yield from _table(expr, scope, file, program)
        given: tuple[s.Expr, ...] = ()
        said: list[str] = []
        if isinstance(expr, s.Call) and len(expr.args) + len(expr.keywords) > 1:
            said = words(expr.func.attr if isinstance(expr.func, s.Attribute) else dotted(expr.func).rpartition(".")[2])
            given = (*expr.args[:5], *(k.value for k in expr.keywords)) if _REGISTERS & set(said) or _ROUTES & set(said) else ()
        elif isinstance(expr, s.Sequence) and expr.kind == "tuple" and 3 <= len(expr.items) <= 6:
            given = expr.items
        if len(given) < 2 or not any(isinstance(e, _TEXTS) for e in given):
            continue
        yield from _line(given, bool(_ROUTES & set(said) and _REGISTERS & set(said)), scope, (file, expr.line), program)


def _table(table: s.Mapping, scope: Scope, file: str, program: Program) -> Iterator[Line]:
    """The lines of a mapping of addresses to functions; a single one may be anything."""
    found = []
    for key, value in zip(table.keys, table.values, strict=True):
        path = next(addresses((key,), program, scope), "") if isinstance(key, _TEXTS) else ""
        handler = _function(value, scope, program) if path else None
        if handler is not None:
            found.append(Line(path, (), handler, file, key.line if key is not None else table.line))
    yield from found if len(found) > 1 else ()


def _line(given: tuple[s.Expr, ...], about_routes: bool, scope: Scope, place: tuple[str, int], program: Program) -> Iterator[Line]:
    path = next(addresses((e for e in given if isinstance(e, _TEXTS)), program, scope), "")
    told = verbs(given, program, scope) if path else ()
    if path and (told or about_routes):
        for expr in given:
            handler = _function(expr, scope, program)
            if handler is not None:
                yield Line(path, told, handler, *place)
                return


def _function(expr: s.Expr, scope: Scope, program: Program) -> FunctionInfo | None:
    """The function that an expression names: by itself, or as a method of the object or class at hand."""
    if not isinstance(expr, s.Name | s.Attribute):
        return None
    found = program.functions.get(program.resolve(expr, scope))
    if found is None and isinstance(expr, s.Attribute) and dotted(expr.value) in ("self", "cls") and isinstance(scope, FunctionInfo) and scope.owner:
        found = program.method(scope.owner, expr.attr)
    return None if found is None or any(dotted(d) in _NO_HANDLERS for d in found.node.decorators) else found

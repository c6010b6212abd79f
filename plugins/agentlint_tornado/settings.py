"""The application's settings: what code puts into the dictionaries called so, handlers take out again by key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from agentlint.api import Element, Program, Scope, Type, syntax, walk

_PLACES = ("tornado.web.RequestHandler.settings", "tornado.web.RequestHandler.application.settings", "tornado.web.Application.settings")


def handler_settings(program: Program) -> dict[str, dict[str, Type | Element]]:
    """Access path of the settings to key to the expression that was put there; the first place wins."""
    found: dict[str, Type | Element] = {}
    for scope, body in _scopes(program):
        for stmt in walk.statements(body):
            for key, value in _entries(stmt):
                found.setdefault(key, Element(value, scope))
    return {place: dict(found) for place in _PLACES} if found else {}


def _scopes(program: Program) -> Iterator[tuple[Scope, tuple[syntax.Stmt, ...]]]:
    for info in program.functions.values():
        yield info, info.node.body
    for module in program.modules.values():
        if module.language == "python":
            yield module, module.body


def _entries(stmt: syntax.Stmt) -> Iterator[tuple[str, syntax.Expr]]:
    if isinstance(stmt, syntax.Assign) and stmt.value is not None:
        for target in stmt.targets:
            if isinstance(target, syntax.Subscript) and _is_settings(target.value) and isinstance(target.index, syntax.Constant):
                yield str(target.index.value), stmt.value
            elif _is_settings(target):
                yield from _pairs(stmt.value).items()
    elif isinstance(stmt, syntax.Expression) and isinstance(stmt.value, syntax.Call):
        func = stmt.value.func
        if isinstance(func, syntax.Attribute) and func.attr == "update" and _is_settings(func.value):
            for argument in stmt.value.args:
                yield from _pairs(argument).items()
            yield from ((k.name, k.value) for k in stmt.value.keywords if k.name)


def _is_settings(expr: syntax.Expr) -> bool:
    return walk.dotted(expr).rpartition(".")[2].endswith("settings")


def _pairs(value: syntax.Expr) -> Mapping[str, syntax.Expr]:
    """Keys and values of a dict display or `dict(...)`."""
    if isinstance(value, syntax.Mapping):
        return {str(k.value): v for k, v in zip(value.keys, value.values, strict=True) if isinstance(k, syntax.Constant)}
    if isinstance(value, syntax.Call) and walk.dotted(value.func) == "dict":
        return {k.name: k.value for k in value.keywords if k.name}
    return {}

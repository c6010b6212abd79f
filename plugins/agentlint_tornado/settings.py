"""What handlers find on their application: its settings by key, its attributes, and what the table of handlers gives to `initialize`."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import Element, FunctionInfo, Program, Scope, Type, kept_items, syntax, walk

_PLACES = ("tornado.web.RequestHandler.settings", "tornado.web.RequestHandler.application.settings", "tornado.web.Application.settings")
_APPLICATION = "tornado.web.Application"
_HANDLERS = ("tornado.web.RequestHandler", "tornado.websocket.WebSocketHandler")

Told = dict[str, dict[str, Type | Element]]


def handler_types(program: Program) -> Told:
    """Access path, class or method to name to what was put there."""
    found: Told = {}
    settings: dict[str, Type | Element] = {**_constructed(program), **kept_items(program, _is_settings)}
    if settings:
        found.update({place: dict(settings) for place in _PLACES})
    own = [name for name in program.subclasses(_APPLICATION) if not program.subclasses(name)]
    if len(own) == 1:
        found.update({handler: {"application": Type(own[0])} for handler in _HANDLERS})
    for method, name, value in _given(program):
        found.setdefault(method, {}).setdefault(name, value)
    return found


def _is_settings(expr: syntax.Expr) -> bool:
    return walk.dotted(expr).rpartition(".")[2].endswith("settings")


def _constructed(program: Program) -> dict[str, Type | Element]:
    """Keywords with which applications are made: they become settings."""
    found: dict[str, Type | Element] = {}
    for scope, body in _scopes(program):
        owner = scope.owner if isinstance(scope, FunctionInfo) else ""
        for call in walk.calls(body):
            made = program.resolve(call.func, scope)
            direct = made == _APPLICATION or (made in program.classes and program.inherits(made, _APPLICATION))
            base = bool(owner) and walk.dotted(call.func).endswith("__init__") and program.inherits(owner, _APPLICATION)
            if direct or base or _is_super_init(call, owner, program):
                found.update({k.name: Element(k.value, scope) for k in call.keywords if k.name and k.name not in found})
    return found


def _is_super_init(call: syntax.Call, owner: str, program: Program) -> bool:
    func = call.func
    inner = func.value if isinstance(func, syntax.Attribute) and func.attr == "__init__" else None
    return isinstance(inner, syntax.Call) and walk.dotted(inner.func) == "super" and bool(owner) and program.inherits(owner, _APPLICATION)


def _given(program: Program) -> Iterator[tuple[str, str, Element]]:
    """`(r"/orders", Orders, dict(service=service))`: what the parameters of `initialize` are given."""
    for scope, body in _scopes(program):
        for stmt in walk.statements(body):
            for root in walk.own_expressions(stmt):
                for expr in walk.expressions(root):
                    items = expr.items if isinstance(expr, syntax.Sequence) else expr.args if isinstance(expr, syntax.Call) else ()
                    if len(items) < 3:
                        continue
                    handler = program.resolve(items[1], scope) if isinstance(items[1], (syntax.Name, syntax.Attribute)) else ""
                    method = program.method(handler, "initialize") if handler in program.classes else None
                    for name, value in _named(items[2]) if method is not None else ():
                        yield method.id if method is not None else "", name, Element(value, scope)


def _named(given: syntax.Expr) -> Iterator[tuple[str, syntax.Expr]]:
    if isinstance(given, syntax.Mapping):
        for key, value in zip(given.keys, given.values, strict=True):
            if isinstance(key, syntax.Constant) and isinstance(key.value, str):
                yield key.value, value
    elif isinstance(given, syntax.Call) and walk.dotted(given.func) == "dict":
        yield from ((k.name, k.value) for k in given.keywords if k.name)


def _scopes(program: Program) -> Iterator[tuple[Scope, tuple[syntax.Stmt, ...]]]:
    for info in program.functions.values():
        yield info, info.node.body
    for module in program.modules.values():
        if module.language == "python":
            yield module, module.body

"""URL rules of Flask: decorators, `add_url_rule`, class views and resources, on applications, blueprints and API objects."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal

from agentlint.api import ClassInfo, Context, FunctionInfo, Guard, MountTree, Route, Scope, join_paths, syntax, table_key, walk
from agentlint_flask.hooks import HOOKS, Hooks

_APPS = ("flask.Flask", "quart.Quart", "flask_openapi3.OpenAPI", "apiflask.APIFlask", "connexion.FlaskApp")
_BLUEPRINTS = (
    "flask.Blueprint",
    "quart.Blueprint",
    "flask_smorest.Blueprint",
    "apiflask.APIBlueprint",
    "flask_openapi3.APIBlueprint",
    "flask.blueprints.Blueprint",
    "flask_restx.Namespace",
    "flask_restplus.Namespace",
)
_APIS = ("flask_restful.Api", "flask_restx.Api", "flask_restplus.Api", "flask_smorest.Api")
_VIEWS = ("flask.views.View", "flask.views.MethodView", "flask_restful.Resource", "flask_restx.Resource", "flask_restplus.Resource", "quart.views.MethodView")
_RESOURCES = ("flask_restful.Resource", "flask_restx.Resource", "flask_restplus.Resource")
_METHODS = ("get", "post", "put", "patch", "delete")
_MOUNTS = {"register_blueprint": "url_prefix", "add_namespace": "path", "init_app": "", "register_api": "url_prefix"}


def collect_routes(context: Context) -> Iterator[Route]:
    """All URL rules of the program."""
    reader = _Reader(context)
    scopes = list(_scopes(context))
    for scope, body in scopes:
        reader.read_tables(scope, body)
    for scope, body in scopes:
        reader.read_mounts(scope, body)
    for function in context.program.functions.values():
        reader.read_hooks(function)
    for function in context.program.functions.values():
        yield from reader.decorated(function, function.node.decorators)
    for info in context.program.classes.values():
        yield from reader.decorated(info, info.node.decorators)
    for scope, body in scopes:
        yield from reader.listed(scope, body)


def _scopes(context: Context) -> Iterable[tuple[Scope, tuple[syntax.Stmt, ...]]]:
    for module in context.program.modules.values():
        if module.language == "python":
            yield module, module.body
    for info in context.program.functions.values():
        yield info, info.node.body


class _Reader:
    def __init__(self, context: Context) -> None:
        self._program = context.program
        self._library = context.library
        self._tree = MountTree()
        self._json: set[str] = set()
        self._hooks = Hooks(self._tree)

    # ---------------------------------------------------------------- tables

    def read_tables(self, scope: Scope, body: tuple[syntax.Stmt, ...]) -> None:
        """Applications, blueprints and API objects that a block creates."""
        for stmt in walk.statements(body):
            if isinstance(stmt, syntax.Assign) and isinstance(stmt.value, syntax.Call):
                for target in stmt.targets:
                    key = table_key(target, scope, self._program)
                    if key:
                        self._declare(key, stmt.value, scope)
        if isinstance(scope, FunctionInfo):
            for parameter in scope.node.params:
                annotation = self._program.resolve(parameter.annotation, scope) if parameter.annotation is not None else ""
                if self._is(annotation, *_APPS, *_BLUEPRINTS, *_APIS) or (not annotation and parameter.name in ("app", "application", "bp", "blueprint")):
                    self._tree.declare(f"{scope.id}.{parameter.name}")

    def _declare(self, key: str, call: syntax.Call, scope: Scope) -> None:
        name = self._program.resolve(call.func, scope)
        if self._is(name, *_APPS):
            self._tree.declare(key, root=True)
        elif self._is(name, *_BLUEPRINTS):
            is_namespace = "Namespace" in name
            prefix = self._text(_keyword(call, "path" if is_namespace else "url_prefix"), scope)
            if is_namespace and not prefix and call.args:
                prefix = "/" + self._text(call.args[0], scope).strip("/")
            self._tree.declare(key, prefix)
            if is_namespace or "smorest" in name or "apiflask" in name.lower():
                self._json.add(key)
        elif self._is(name, *_APIS):
            self._json.add(key)
            self._tree.declare(key, self._text(_keyword(call, "prefix"), scope))
            if call.args:
                parent = table_key(call.args[0], scope, self._program)
                if parent:
                    self._tree.mount(parent, key)

    def _is(self, name: str, *wanted: str) -> bool:
        return bool(name) and (name in wanted or (name in self._program.classes and self._program.inherits(name, *wanted)))

    # ---------------------------------------------------------------- mounts

    def read_mounts(self, scope: Scope, body: tuple[syntax.Stmt, ...]) -> None:
        """Registrations of blueprints and namespaces, hooks that run before requests, functions that take an application."""
        loops: dict[str, tuple[syntax.Expr, ...]] = {}
        for stmt in walk.statements(body):
            if isinstance(stmt, syntax.Loop) and isinstance(stmt.target, syntax.Name) and stmt.iterable is not None:
                items = stmt.iterable if isinstance(stmt.iterable, syntax.Sequence) else self._program.lookup(self._program.resolve(stmt.iterable, scope))
                loops[stmt.target.id] = items.items if isinstance(items, syntax.Sequence) else ()
            for root in walk.own_expressions(stmt):
                for expr in walk.expressions(root):
                    if isinstance(expr, syntax.Call):
                        self._mount(expr, scope, loops)

    def _mount(self, call: syntax.Call, scope: Scope, loops: dict[str, tuple[syntax.Expr, ...]]) -> None:
        func = call.func
        if isinstance(func, syntax.Attribute) and func.attr in _MOUNTS and call.args:
            owner = table_key(func.value, scope, self._program)
            prefix = self._text(_keyword(call, _MOUNTS[func.attr]), scope) if _MOUNTS[func.attr] else ""
            for argument in loops.get(call.args[0].id, call.args[:1]) if isinstance(call.args[0], syntax.Name) else call.args[:1]:
                key = table_key(argument, scope, self._program)
                if func.attr == "init_app":  # `api.init_app(app)`: the extension hangs on the application
                    owner, key = key, owner
                if owner and key and self._tree.known(key):
                    # Flask: a url_prefix given at registration takes the place of the blueprint's own
                    self._tree.mount(owner, key, prefix, replaces=bool(prefix) and func.attr == "register_blueprint")
            return
        if isinstance(func, syntax.Attribute) and func.attr in HOOKS and call.args:
            hook = self._program.lookup(self._program.resolve(call.args[0], scope))
            if isinstance(hook, FunctionInfo):
                self._hooks.add(table_key(func.value, scope, self._program), func.attr, hook.id)
            return
        target = self._program.lookup(self._program.resolve(func, scope))
        if isinstance(target, FunctionInfo):
            for parameter, argument in zip(target.node.params, call.args, strict=False):
                key = table_key(argument, scope, self._program)
                if key and self._tree.known(key) and self._tree.known(f"{target.id}.{parameter.name}"):
                    self._tree.mount(key, f"{target.id}.{parameter.name}")
                    self._hooks.same(f"{target.id}.{parameter.name}", key)

    def read_hooks(self, info: FunctionInfo) -> None:
        """Decorators that make a function run before requests."""
        scope = self._outer(info)
        for decorator in info.node.decorators:
            if isinstance(decorator, syntax.Attribute) and decorator.attr in HOOKS:
                self._hooks.add(table_key(decorator.value, scope, self._program), decorator.attr, info.id)

    # ---------------------------------------------------------------- routes

    def decorated(self, info: FunctionInfo | ClassInfo, decorators: tuple[syntax.Expr, ...]) -> Iterator[Route]:
        """Rules that decorators declare on functions, method views and resources."""
        scope: Scope = self._outer(info)
        for decorator in decorators:
            if not isinstance(decorator, syntax.Call) or not isinstance(decorator.func, syntax.Attribute):
                continue
            verb = decorator.func.attr
            key = table_key(decorator.func.value, scope, self._program)
            if verb not in ("route", *_METHODS) or not self._tree.known(key):
                continue
            paths = decorator.args if "Namespace" in key or isinstance(info, ClassInfo) else decorator.args[:1]
            methods = (verb.upper(),) if verb in _METHODS else self._methods(decorator, scope, ("GET",))
            for path in paths or ((_keyword(decorator, "rule"),) if _keyword(decorator, "rule") is not None else ()):
                yield from self._rules(key, self._text(path, scope), methods, info, scope, decorator)

    def _outer(self, info: FunctionInfo | ClassInfo) -> Scope:
        outer = info.parent or (info.owner if isinstance(info, FunctionInfo) else "")
        return self._program.scope_of(outer) if outer else info.module

    def listed(self, scope: Scope, body: tuple[syntax.Stmt, ...]) -> Iterator[Route]:
        """Rules that calls add: `add_url_rule` and `add_resource`."""
        for call in walk.calls(body):
            if not isinstance(call.func, syntax.Attribute):
                continue
            key = table_key(call.func.value, scope, self._program)
            if call.func.attr == "add_url_rule" and self._tree.known(key):
                view = _keyword(call, "view_func") if _keyword(call, "view_func") is not None else call.args[2] if len(call.args) > 2 else None
                path = self._text(call.args[0] if call.args else _keyword(call, "rule"), scope)
                target = self._view(view, scope)
                if target is not None:
                    yield from self._rules(key, path, self._methods(call, scope, ()), target, scope, call)
            elif call.func.attr == "add_resource" and call.args and self._tree.known(key):
                resource = self._program.lookup(self._program.resolve(call.args[0], scope))
                for url in call.args[1:]:
                    if isinstance(resource, ClassInfo):
                        yield from self._rules(key, self._text(url, scope), (), resource, scope, call)

    def _view(self, expr: syntax.Expr | None, scope: Scope) -> FunctionInfo | ClassInfo | None:
        """The function or class behind a view expression: a name, `Class.as_view("x")`, a decorated call, a variable that holds one."""
        for _ in range(4):
            if isinstance(expr, syntax.Call):
                if isinstance(expr.func, syntax.Attribute) and expr.func.attr == "as_view":
                    expr = expr.func.value
                elif expr.args:
                    expr = expr.args[0]
                else:
                    return None
            elif expr is None:
                return None
            target = self._program.lookup(self._program.resolve(expr, scope)) if not isinstance(expr, syntax.Call) else expr
            if isinstance(target, (FunctionInfo, ClassInfo)):
                return target
            if isinstance(target, syntax.Call):
                expr = target
                continue
            expr = _local_value(expr, scope)
        return None

    def _rules(self, key: str, path: str, methods: tuple[str, ...], target: FunctionInfo | ClassInfo, scope: Scope, call: syntax.Call) -> Iterator[Route]:
        file = scope.path if isinstance(scope, syntax.Module) else scope.module.path
        for place in self._tree.places(key):
            full = _holes(join_paths(place.prefix, path)) or "/"
            for method, handler in self._handlers(target, methods):
                renders = self._renders(key, target, handler)
                yield Route(
                    framework="flask",
                    method=method,
                    path=full,
                    handler=handler.id,
                    symbol=handler.node.qualname,
                    file=handler.module.path,
                    line=handler.node.line,
                    owner=target.id if isinstance(target, ClassInfo) else "",
                    guards=self._guards(target),
                    renders=renders,
                    name=self._text(_keyword(call, "endpoint"), scope) or handler.node.name,
                    table_file=file,
                    table_line=call.line,
                    guard_handlers=self._hooks.of(key, renders == "json"),
                )

    def _handlers(self, target: FunctionInfo | ClassInfo, methods: tuple[str, ...]) -> Iterator[tuple[str, FunctionInfo]]:
        if isinstance(target, FunctionInfo):
            for method in methods or ("GET",):
                yield method, target
            return
        for name in _METHODS:
            handler = self._program.method(target.id, name)
            if handler is not None and (not methods or name.upper() in methods or methods == ("GET",)):
                yield name.upper(), handler
        dispatch = self._program.method(target.id, "dispatch_request")
        if dispatch is not None and self._program.inherits(target.id, "flask.views.View"):
            for method in methods or ("GET",):
                yield method, dispatch

    def _guards(self, target: FunctionInfo | ClassInfo) -> tuple[Guard, ...]:
        """Guards of a class's `decorators = [...]` and `method_decorators = [...]`."""
        found: list[Guard] = []
        for name in ("decorators", "method_decorators") if isinstance(target, ClassInfo) else ():
            held = self._program.attribute(target.id, name)
            for expr in walk.expressions(held[0]) if held is not None else ():
                known = self._program.resolve(expr, held[1]) if held is not None and isinstance(expr, (syntax.Name, syntax.Attribute)) else ""
                kind = self._library.guard(known) if known else None
                if kind is not None:
                    found.append(Guard(kind, known, target.module.path, expr.line))
        return tuple(found)

    def _renders(self, key: str, target: FunctionInfo | ClassInfo, handler: FunctionInfo) -> Literal["html", "json", "redirect", ""]:
        if key in self._json or (isinstance(target, ClassInfo) and self._program.inherits(target.id, *_RESOURCES)):
            return "json"
        answer: Literal["html", "json", "redirect", ""] = ""
        for call in walk.calls(handler.node.body):
            name = self._program.resolve(call.func, handler)
            if name.endswith(("render_template", "render_template_string")):
                return "html"
            if name.endswith("jsonify"):
                answer = "json"
            elif name.endswith(".redirect") and not answer:
                answer = "redirect"
        if not answer:
            returned = [s.value for s in walk.statements(handler.node.body) if isinstance(s, syntax.Return) and s.value is not None]
            if any(isinstance(v.items[0] if isinstance(v, syntax.Sequence) and v.items else v, (syntax.Mapping, syntax.Comprehension)) for v in returned):
                return "json"
        return answer

    def _methods(self, call: syntax.Call, scope: Scope, default: tuple[str, ...]) -> tuple[str, ...]:
        expr = _keyword(call, "methods")
        folded = self._program.fold(expr, scope) if expr is not None else None
        return tuple(str(m).upper() for m in folded) if isinstance(folded, (list, tuple, set)) else default

    def _text(self, expr: syntax.Expr | None, scope: Scope) -> str:
        folded = self._program.fold(expr, scope) if expr is not None else ""
        return folded if isinstance(folded, str) else ""


def _local_value(expr: syntax.Expr, scope: Scope) -> syntax.Expr | None:
    """What a local variable was last assigned in the same block."""
    if not isinstance(expr, syntax.Name) or not isinstance(scope, FunctionInfo):
        return None
    values = [
        s.value
        for s in walk.statements(scope.node.body)
        if isinstance(s, syntax.Assign) and any(isinstance(t, syntax.Name) and t.id == expr.id for t in s.targets)
    ]
    return values[-1] if values else None


def _holes(path: str) -> str:
    """`/u/<int:id>` -> `/u/{id}`."""
    return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", path)


def _keyword(call: syntax.Call, name: str) -> syntax.Expr | None:
    return next((k.value for k in call.keywords if k.name == name), None)

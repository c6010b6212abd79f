"""Procedures registered on an object: dispatchers of the standard library and of JSON-RPC packages, by call or by decorator."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import Context, FunctionInfo, Guard, Program, Scope, syntax, walk
from agentlint_fastapi.dependencies import Dependencies
from agentlint_rpc.procedures import Procedure, public_methods, told_name

_DISPATCHERS: dict[str, tuple[str, ...]] = {
    "xmlrpc.server.SimpleXMLRPCDispatcher": ("register_function",),
    "jsonrpc.dispatcher.Dispatcher": ("add_method",),
    "fastapi_jsonrpc.Entrypoint": ("method", "add_method_route"),
    "flask_jsonrpc.JSONRPC": ("method",),
    "pjrpc.server.MethodRegistry": ("add", "add_method"),
    "tinyrpc.dispatch.RPCDispatcher": ("public", "add_method"),
}
"""Library class to the methods that publish one function."""
_INSTANCES = ("register_instance", "add_object", "add_class", "view")
_METHODS = frozenset(m for methods in _DISPATCHERS.values() for m in methods) | frozenset(_INSTANCES)


def dispatched(context: Context) -> Iterator[Procedure]:
    """Procedures of all dispatchers."""
    reader = _Reader(context)
    for info in context.program.functions.values():
        for decorator in info.node.decorators:
            yield from reader.decorated(info, decorator)
    for module in context.program.modules.values():
        yield from reader.listed(module, module.body)
    for info in context.program.functions.values():
        yield from reader.listed(info, info.node.body)


class _Reader:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._program: Program = context.program
        self._dependencies = Dependencies(context)

    def decorated(self, info: FunctionInfo, decorator: syntax.Expr) -> Iterator[Procedure]:
        """`@server.register_function`, `@api.method(...)`."""
        call = decorator if isinstance(decorator, syntax.Call) else None
        func = call.func if call is not None else decorator
        scope = self._program.scope_of(info.owner or info.parent) if info.owner or info.parent else info.module
        if isinstance(func, syntax.Attribute) and func.attr in _METHODS and self._publishes(func, scope):
            name = told_name(call, self._program, scope) or info.node.name
            yield self._procedure(name, info, call or syntax.Call(func, (), (), decorator.line, -1), scope)

    def listed(self, scope: Scope, body: tuple[syntax.Stmt, ...]) -> Iterator[Procedure]:
        """`server.register_function(add, "add")`, `server.register_instance(Service())`."""
        for call in walk.calls(body):
            if not isinstance(call.func, syntax.Attribute) or call.func.attr not in _METHODS or not call.args:
                continue
            if call.func.attr in _INSTANCES:
                if self._dispatcher(call.func.value, scope):
                    yield from self._instance(call, scope)
            elif self._publishes(call.func, scope):
                for info in self._functions(call.args[0], scope):
                    yield self._procedure(told_name(call, self._program, scope, 1) or info.node.name, info, call, scope)

    def _publishes(self, func: syntax.Attribute, scope: Scope) -> bool:
        library = self._dispatcher(func.value, scope)
        return bool(library) and func.attr in _DISPATCHERS[library]

    def _dispatcher(self, expr: syntax.Expr, scope: Scope) -> str:
        """The library class that an object is of; empty for anything else."""
        for type_ in self._context.types.of(expr, self._program.id_of(scope)):
            if type_.meta:
                continue
            bases = self._program.mro(type_.name) if type_.name in self._program.classes else self._context.library.ancestors(type_.name)
            for base in (type_.name, *bases):
                if base in _DISPATCHERS:
                    return base
        name = self._program.resolve(expr, scope)
        return "jsonrpc.dispatcher.Dispatcher" if name in ("jsonrpc.dispatcher", "jsonrpc.dispatcher.dispatcher") else ""

    def _functions(self, expr: syntax.Expr, scope: Scope) -> Iterator[FunctionInfo]:
        for type_ in self._context.types.of(expr, self._program.id_of(scope)):
            if type_.meta and type_.name in self._program.functions:
                yield self._program.functions[type_.name]

    # ------------------------------------------------------------- instances

    def _instance(self, call: syntax.Call, scope: Scope) -> Iterator[Procedure]:
        """Public methods of an object; of what it hands calls on to, when it takes them apart itself."""
        for type_ in self._context.types.of(call.args[0], self._program.id_of(scope)):
            if type_.name not in self._program.classes:
                continue
            for class_id in self._behind(type_.name, call, scope):
                owner = self._program.classes[class_id]
                for method in public_methods(class_id, self._program):
                    yield Procedure(method.node.name, method, _path(scope), call.line, owner)

    def _behind(self, class_id: str, call: syntax.Call, scope: Scope) -> list[str]:
        """The class itself; with a `_dispatch` of its own, the classes whose methods it looks up by name."""
        dispatch = self._program.method(class_id, "_dispatch")
        if dispatch is None:
            return [class_id]
        found: dict[str, None] = {}
        for inner in walk.calls(dispatch.node.body):
            if walk.dotted(inner.func) == "getattr" and len(inner.args) > 1 and isinstance(inner.args[1], syntax.Name):
                for type_ in self._context.types.of(inner.args[0], dispatch.id, class_id):
                    if type_.name in self._program.classes:
                        found[type_.name] = None
        if not found:
            self._handed_on(call, scope, found)
        if not found:
            self._context.gap(_path(scope), call.line, "what this service hands its calls on to is not known")
        return list(found)

    def _handed_on(self, call: syntax.Call, scope: Scope, found: dict[str, None]) -> None:
        """Classes given to the constructor: `Proxy(api, Service)` makes a `Service` and calls it."""
        made = call.args[0]
        if isinstance(made, syntax.Name) and not isinstance(scope, syntax.Module):
            made = _assigned(made, scope.node.body)
        for argument in made.args if isinstance(made, syntax.Call) else ():
            name = self._program.resolve(argument, scope) if isinstance(argument, syntax.Name | syntax.Attribute) else ""
            held = [name] if name in self._program.classes else [t.name for t in self._context.types.of(argument, self._program.id_of(scope)) if t.meta]
            found.update(dict.fromkeys(h for h in held if h in self._program.classes))

    # ----------------------------------------------------------------- parts

    def _procedure(self, name: str, info: FunctionInfo, call: syntax.Call, scope: Scope) -> Procedure:
        found = [*self._dependencies.of_function(info), *self._of_entry(call, scope)]
        for keyword in call.keywords:
            if keyword.name == "dependencies":
                found += self._dependencies.of_expression(keyword.value, scope)
        guards = tuple(dict.fromkeys(g for g in found if isinstance(g, Guard)))
        checks = tuple(dict.fromkeys(c for c in found if isinstance(c, str)))
        owner = self._program.classes.get(info.owner) if info.owner else None
        return Procedure(name, info, _path(scope), call.line, owner, guards, checks)

    def _of_entry(self, call: syntax.Call, scope: Scope) -> Iterator[Guard | str]:
        """Dependencies of the entry point that a method stands on."""
        name = self._program.resolve(call.func.value, scope) if isinstance(call.func, syntax.Attribute) else ""
        made = self._program.lookup(name)
        home = self._program.modules.get(name.rpartition(".")[0])
        if isinstance(made, syntax.Call) and home is not None:
            for keyword in made.keywords:
                if keyword.name in ("dependencies", "common_dependencies"):
                    yield from self._dependencies.of_expression(keyword.value, home)


def _assigned(name: syntax.Name, body: tuple[syntax.Stmt, ...]) -> syntax.Expr:
    """What a local variable was made of."""
    for stmt in walk.statements(body):
        if isinstance(stmt, syntax.Assign) and stmt.value is not None and any(walk.dotted(t) == name.id for t in stmt.targets):
            return stmt.value
    return name


def _path(scope: Scope) -> str:
    return scope.path if isinstance(scope, syntax.Module) else scope.module.path

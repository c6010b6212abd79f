"""Routers: which viewset is registered under which path, through functions that take a router, nested routers, and routers that extend others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from agentlint.api import ClassInfo, Context, FunctionInfo, MountTree, Scope, join_paths, syntax, table_key, walk
from agentlint_django.urlconf import UrlEntry, holes

_ROUTERS = ("rest_framework.routers.BaseRouter", "rest_framework.routers.SimpleRouter", "rest_framework.routers.DefaultRouter", "rest_framework_nested.routers.SimpleRouter",
            "rest_framework_nested.routers.DefaultRouter", "rest_framework_extensions.routers.ExtendedDefaultRouter")
_NESTED = ("rest_framework_nested.routers.NestedSimpleRouter", "rest_framework_nested.routers.NestedDefaultRouter")


class Registered(msgspec.Struct, frozen=True, eq=False):
    """A viewset at a full path."""

    viewset: ClassInfo
    path: str
    file: str
    line: int


def read_routers(context: Context, entries: Iterable[UrlEntry]) -> Iterator[Registered]:
    """Every registration, at every place where its router is included; a router that nothing includes stands at its own root."""
    reader = _Routers(context)
    scopes = list(_scopes(context))
    for scope, body in scopes:
        reader.declare(scope, body)
    for scope, body in scopes:
        reader.link(scope, body)
    for entry in entries:
        if isinstance(entry.view, syntax.Attribute) and entry.view.attr == "urls":
            reader.place(entry)
    for scope, body in scopes:
        yield from reader.registrations(scope, body)


def _scopes(context: Context) -> Iterator[tuple[Scope, tuple[syntax.Stmt, ...]]]:
    for module in context.program.modules.values():
        yield module, module.body
    for info in context.program.functions.values():
        yield info, info.node.body


class _Routers:
    def __init__(self, context: Context) -> None:
        self._program = context.program
        self._tree = MountTree()

    def declare(self, scope: Scope, body: tuple[syntax.Stmt, ...]) -> None:
        program = self._program
        for stmt in walk.statements(body):
            if not isinstance(stmt, syntax.Assign) or not isinstance(stmt.value, syntax.Call):
                continue
            name = program.resolve(stmt.value.func, scope)
            if not (name in _ROUTERS or name in _NESTED or (name in program.classes and program.inherits(name, *_ROUTERS, *_NESTED))):
                continue
            for target in stmt.targets:
                key = table_key(target, scope, program)
                if key:
                    self._tree.declare(key)
                    if stmt.value.args and len(stmt.value.args) > 1:  # a nested router: its parent, the parent's prefix, and the name of the parent's id
                        lookup = next((program.fold(k.value, scope) for k in stmt.value.keywords if k.name == "lookup"), "parent")
                        prefix = program.fold(stmt.value.args[1], scope)
                        if isinstance(prefix, str):
                            self._tree.mount(table_key(stmt.value.args[0], scope, program), key, f"{prefix}/{{{lookup}_pk}}")
        if isinstance(scope, FunctionInfo):
            for parameter in scope.node.params:
                annotation = program.resolve(parameter.annotation, scope) if parameter.annotation is not None else ""
                if "router" in parameter.name.lower() or annotation in _ROUTERS:
                    self._tree.declare(f"{scope.id}.{parameter.name}")

    def link(self, scope: Scope, body: tuple[syntax.Stmt, ...]) -> None:
        program = self._program
        for call in walk.calls(body):
            func = call.func
            if isinstance(func, syntax.Attribute) and func.attr == "extend" and isinstance(func.value, syntax.Attribute) and func.value.attr == "registry" and call.args:
                given = call.args[0]
                if isinstance(given, syntax.Attribute) and given.attr == "registry":
                    self._tree.mount(table_key(func.value.value, scope, program), table_key(given.value, scope, program))
                continue
            target = program.lookup(program.resolve(func, scope)) if call.args or call.keywords else None
            if not isinstance(target, FunctionInfo):
                continue
            names = [p.name for p in target.node.params]
            given_by_name = [(k.name, k.value) for k in call.keywords if k.name]
            for name, argument in [*zip(names, call.args, strict=False), *given_by_name]:
                key = table_key(argument, scope, program)
                if key and self._tree.known(key) and self._tree.known(f"{target.id}.{name}"):
                    self._tree.mount(key, f"{target.id}.{name}")

    def place(self, entry: UrlEntry) -> None:
        """A router included in the URLconf."""
        key = table_key(entry.view.value, entry.scope, self._program) if isinstance(entry.view, syntax.Attribute) else ""
        if self._tree.known(key):
            place = f"url:{entry.path}"
            self._tree.declare(place, entry.path if entry.path.startswith("/") else f"/{entry.path}", root=True)
            self._tree.mount(place, key)

    def registrations(self, scope: Scope, body: tuple[syntax.Stmt, ...]) -> Iterator[Registered]:
        program = self._program
        for call in walk.calls(body):
            if not isinstance(call.func, syntax.Attribute) or call.func.attr != "register":
                continue
            key = table_key(call.func.value, scope, program)
            if not self._tree.known(key):
                continue
            given = {k.name: k.value for k in call.keywords}
            prefix = call.args[0] if call.args else given.get("prefix")
            viewset = call.args[1] if len(call.args) > 1 else given.get("viewset")
            info = program.lookup(program.resolve(viewset, scope)) if viewset is not None else None
            text = program.fold(prefix, scope) if prefix is not None else None
            if isinstance(info, ClassInfo):
                spoken = holes(text, True) if isinstance(text, str) else "{}"
                for place in self._tree.places(key):
                    file = scope.path if isinstance(scope, syntax.Module) else scope.module.path
                    yield Registered(info, join_paths(place.prefix or "/", f"{spoken}/" if spoken else ""), file, call.line)

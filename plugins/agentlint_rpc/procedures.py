"""Procedures: what a remote caller names, the function that answers, and plain decorators that publish one."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from agentlint.api import ClassInfo, Context, FunctionInfo, Guard, Program, Scope, syntax, walk

_PUBLISHERS = frozenset({
    "jsonrpcserver.method", "jsonrpcserver.async_method", "jsonrpcserver.methods.method", "jsonrpcserver.async_methods.async_method",
    "modernrpc.core.rpc_method", "modernrpc.rpc_method", "xmlrpc.decorators.xmlrpc_func",
})
"""Decorators that publish a function under its own name or the one that `name=` gives."""


class Procedure(msgspec.Struct, frozen=True, eq=False):
    """One procedure."""

    name: str
    info: FunctionInfo
    file: str
    line: int
    """Where it is published."""
    owner: ClassInfo | None = None
    """Concrete class whose method it is."""
    guards: tuple[Guard, ...] = ()
    checks: tuple[str, ...] = ()


def decorated(context: Context) -> Iterator[Procedure]:
    """Functions under a publishing decorator, or under one of the project that publishes what it is put on."""
    program = context.program
    publishing: dict[str, bool] = {}
    for info in program.functions.values():
        for decorator in info.node.decorators:
            func = decorator.func if isinstance(decorator, syntax.Call) else decorator
            name = program.resolve(func, info.module)
            if name in program.functions and name not in publishing:
                publishing[name] = _publishes(program.functions[name], program)
            if name in _PUBLISHERS or publishing.get(name):
                call = decorator if isinstance(decorator, syntax.Call) else None
                yield Procedure(told_name(call, program, info.module) or info.node.name, info, info.module.path, decorator.line)
                break


def _publishes(decorator: FunctionInfo, program: Program) -> bool:
    """True for a function that applies a publishing decorator to what it, or a function made in it, is given."""
    inner = (decorator, *program.inner(decorator.id))
    for info in inner:
        given = {p.name for p in info.node.params}
        for call in walk.calls(info.node.body):
            func = call.func.func if isinstance(call.func, syntax.Call) else call.func
            handed = {e.id for a in call.args for e in walk.expressions(a) if isinstance(e, syntax.Name)}
            if program.resolve(func, info) in _PUBLISHERS and handed & given:
                return True
    return False


def told_name(call: syntax.Call | None, program: Program, scope: Scope, position: int = 0) -> str:
    """The name that `name=` or a text argument gives; empty when the call gives none."""
    if call is None:
        return ""
    named = next((k.value for k in call.keywords if k.name in ("name", "method_name")), None)
    placed = call.args[position] if len(call.args) > position else None
    for expr in (named, placed):
        value = program.fold(expr, scope) if expr is not None else None
        if isinstance(value, str):
            return value
    return ""


def public_methods(class_id: str, program: Program) -> Iterator[FunctionInfo]:
    """Methods without a leading underscore, inherited ones of the project included."""
    seen: set[str] = set()
    for base in program.mro(class_id):
        info = program.classes.get(base)
        for name, method in info.methods.items() if info is not None else ():
            if not name.startswith("_") and name not in seen:
                seen.add(name)
                yield program.functions[method]

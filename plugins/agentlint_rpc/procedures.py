"""Procedures: what a remote caller names, the function that answers, and plain decorators that publish one."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from agentlint.api import ClassInfo, Context, FunctionInfo, Guard, Program, Scope, syntax

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
    """Functions under a publishing decorator."""
    for info in context.program.functions.values():
        for decorator in info.node.decorators:
            func = decorator.func if isinstance(decorator, syntax.Call) else decorator
            if context.program.resolve(func, info.module) in _PUBLISHERS:
                call = decorator if isinstance(decorator, syntax.Call) else None
                yield Procedure(told_name(call, context.program, info.module) or info.node.name, info, info.module.path, decorator.line)
                break


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

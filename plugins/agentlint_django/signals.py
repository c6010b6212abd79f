"""Signals: receivers connected by decorator or call, as edges from every place of the program that makes the model send the signal."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import Context, FunctionInfo, Scope, Target, syntax, walk

_OWN = ("send", "send_robust", "asend")


def signal_edges(context: Context) -> Iterator[tuple[str, Target]]:
    """Edges from functions that send a project's own signal to its receivers. Model signals are the effects' matter: they fire inside the library."""
    receivers: dict[str, list[str]] = {}
    program = context.program
    for info in program.functions.values():
        for decorator in info.node.decorators:
            if isinstance(decorator, syntax.Call) and program.resolve(decorator.func, info.module) == "django.dispatch.receiver" and decorator.args:
                given = decorator.args[0]
                for one in given.items if isinstance(given, syntax.Sequence) else (given,):
                    receivers.setdefault(program.resolve(one, info.module), []).append(info.id)
    for scope, body in _bodies(context):
        for call in walk.calls(body):
            if isinstance(call.func, syntax.Attribute) and call.func.attr == "connect" and call.args:
                target = program.lookup(program.resolve(call.args[0], scope))
                if isinstance(target, FunctionInfo):
                    receivers.setdefault(program.resolve(call.func.value, scope), []).append(target.id)
    receivers.pop("", None)
    for info in program.functions.values():
        for call in walk.calls(info.node.body):
            if isinstance(call.func, syntax.Attribute) and call.func.attr in _OWN:
                for receiver in receivers.get(program.resolve(call.func.value, info), ()):
                    yield info.id, Target(receiver, "high", "signal")


def _bodies(context: Context) -> Iterator[tuple[Scope, tuple[syntax.Stmt, ...]]]:
    for module in context.program.modules.values():
        yield module, module.body
    for info in context.program.functions.values():
        yield info, info.node.body

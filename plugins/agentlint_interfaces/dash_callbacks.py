"""Dash: callbacks that the page runs when an input changes. Dash documentation, "Basic Callbacks" and "Advanced Callbacks"."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import Context, FunctionInfo, Route, syntax, walk
from agentlint_interfaces.handling import page_route

_CALLBACKS = frozenset({"callback", "long_callback", "cb_callback"})
_INPUTS = frozenset({"Input", "Output", "Trigger", "ServersideOutput"})


def dash_routes(context: Context) -> Iterator[Route]:
    """One operation for each function under a callback decorator."""
    for info in context.program.functions.values():
        for decorator in info.node.decorators:
            if isinstance(decorator, syntax.Call) and walk.dotted(decorator.func).rpartition(".")[2] in _CALLBACKS and _has_input(decorator, info, context):
                yield page_route("dash", (info,), decorator, info.module, path=f"/_dash-update-component#{info.node.qualname}")
                break


def _has_input(call: syntax.Call, info: FunctionInfo, context: Context) -> bool:
    """True when an argument is one of Dash's dependencies."""
    for value in (*call.args, *(k.value for k in call.keywords)):
        for expr in walk.expressions(value):
            if isinstance(expr, syntax.Call) and walk.dotted(expr.func).rpartition(".")[2] in _INPUTS:
                if context.program.resolve(expr.func, info.module).startswith(("dash.", "dash_extensions.")):
                    return True
    return False

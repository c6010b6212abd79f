"""Commands of a project's own protocol: `@api_command("players/play")`, `@websocket_command({"type": "areas/create"})`, which messages call by name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentlint.analysis.program import FunctionInfo, Program
from agentlint.analysis.wording import words
from agentlint.extension.own_layers.lines import CALL, Line
from agentlint.ir import syntax as s
from agentlint.ir.walk import dotted

_PROTOCOLS = frozenset({"api", "rpc", "jsonrpc", "ws", "websocket", "websockets", "socket"})
_ASKS = frozenset({"command", "cmd", "method", "message", "handler", "action", "call", "exposed", "expose", "event", "on", "register", "endpoint"})
_NAME = re.compile(r"^[A-Za-z][\w.:-]*(/[\w.:-]+)*$")
_TYPE = "type"
"""The field of a message that says what it asks for."""


def commands(program: Program) -> Iterator[Line]:
    """A line for each function under a decorator that names a protocol and is told what messages call it."""
    for info in program.functions.values():
        for decorator in info.node.decorators:
            if isinstance(decorator, s.Call) and _is_command(decorator.func) and (name := _told(decorator, info, program)):
                yield Line(name, (CALL,), info, info.module.path, decorator.line)
                break


def _is_command(func: s.Expr) -> bool:
    said = set(words(".".join(dotted(func).split(".")[-2:])))  # `@ws_command(...)`, `@rpc.method(...)`
    return bool(said & _PROTOCOLS and said & _ASKS)


def _told(call: s.Call, info: FunctionInfo, program: Program) -> str:
    """The command: a text, or what a mapping has under `type` (`vol.Required("type")`)."""
    for expr in call.args[:1]:
        if isinstance(expr, s.Mapping):
            expr = next((v for k, v in zip(expr.keys, expr.values, strict=True) if _is_type(k, info, program)), expr)
        value = program.fold(expr, info.module)
        if isinstance(value, str) and _NAME.match(value):
            return value
    return ""


def _is_type(key: s.Expr | None, info: FunctionInfo, program: Program) -> bool:
    inner = key.args[0] if isinstance(key, s.Call) and key.args else key
    return inner is not None and program.fold(inner, info.module) == _TYPE

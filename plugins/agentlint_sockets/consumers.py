"""Consumers of Django Channels: what answers messages at the addresses of `URLRouter`.

Channels documentation, "Consumers", "Routing", "Authentication".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentlint.api import ClassInfo, Context, FunctionInfo, Guard, Route, Scope, syntax, walk

_RECEIVING = ("receive_json", "receive", "websocket_receive")
_OPENING = ("connect", "websocket_connect")
_SESSIONS = ("channels.auth.AuthMiddlewareStack", "channels.auth.AuthMiddleware", "channels.sessions.SessionMiddlewareStack")


def consumer_routes(context: Context) -> Iterator[Route]:
    """One operation for each consumer that takes messages, at each of its addresses."""
    guards = tuple(_by_session(context))
    scopes: list[tuple[Scope, tuple[syntax.Stmt, ...]]] = [(m, m.body) for m in context.program.modules.values() if m.language == "python"]
    scopes += [(f, f.node.body) for f in context.program.functions.values()]
    for scope, body in scopes:
        for call in walk.calls(body):
            consumer = _consumer(call, scope, context)
            method = _receiver(consumer, context) if consumer is not None else None
            if consumer is not None and method is not None:
                told = context.program.fold(call.args[0], scope)
                before = (context.program.method(consumer.id, n) for n in _OPENING)
                own = method.owner == consumer.id
                yield Route(
                    framework="sockets", method="CALL", path=_holes(told if isinstance(told, str) else "{}"), handler=method.id,
                    symbol=f"{consumer.node.qualname}.{method.node.name}", file=consumer.module.path, line=method.node.line if own else consumer.node.line,
                    owner=consumer.id, guards=guards, table_file=scope.path if isinstance(scope, syntax.Module) else scope.module.path,
                    table_line=call.line, guard_handlers=tuple(m.id for m in before if m is not None),
                )


def _consumer(call: syntax.Call, scope: Scope, context: Context) -> ClassInfo | None:
    """`re_path(r"ws/board/$", BoardConsumer.as_asgi())`."""
    made = call.args[1] if len(call.args) > 1 else None
    if not isinstance(made, syntax.Call) or not isinstance(made.func, syntax.Attribute) or made.func.attr != "as_asgi":
        return None
    return context.program.classes.get(context.program.resolve(made.func.value, scope))


def _receiver(consumer: ClassInfo, context: Context) -> FunctionInfo | None:
    methods = (context.program.method(consumer.id, name) for name in _RECEIVING)
    return next((m for m in methods if m is not None), None)


def _by_session(context: Context) -> Iterator[Guard]:
    """The browser's session, where the program puts it around its consumers."""
    for module in context.program.modules.values():
        for call in walk.calls(module.body):
            if context.program.resolve(call.func, module) in _SESSIONS:
                yield Guard("session", "AuthMiddlewareStack", module.path, call.line)
                return


def _holes(path: str) -> str:
    """`^ws/board/(?P<id>\\d+)/$` and `ws/board/<int:id>/` -> `/ws/board/{id}/`."""
    named = re.sub(r"\(\?P<(\w+)>[^()]*\)", r"{\1}", path.lstrip("^").rstrip("$"))
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", named).lstrip("/")

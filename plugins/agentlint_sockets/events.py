"""Events of Socket.IO: handlers that a server's decorators name, and methods of namespaces.

Flask-SocketIO documentation, "Receiving Messages", "Class-Based Namespaces", "Authentication"; python-socketio documentation, "The Socket.IO Servers".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import msgspec

from agentlint.api import Context, FunctionInfo, Route, Scope, syntax, walk

_SERVERS = frozenset({
    "flask_socketio.SocketIO", "socketio.Server", "socketio.AsyncServer", "socketio.server.Server", "socketio.async_server.AsyncServer",
    "socketio.SimpleServer",
})
_NAMESPACES = (
    "flask_socketio.Namespace", "flask_socketio.namespace.Namespace", "socketio.Namespace", "socketio.AsyncNamespace", "socketio.namespace.Namespace",
)
_OPENING = "connect"
_CLOSING = frozenset({"disconnect", "connect_error", "close"})
_PREFIX = "on_"


class _Event(msgspec.Struct, frozen=True, eq=False):
    name: str
    namespace: str
    handler: FunctionInfo


def event_routes(context: Context) -> Iterator[Route]:
    """One operation for each event that a client may send; who may open the connection is who may send."""
    events = [*_decorated(context), *_methods(context)]
    opening: dict[str, list[str]] = defaultdict(list)
    for event in events:
        if event.name == _OPENING:
            opening[event.namespace].append(event.handler.id)
    for event in events:
        if event.name != _OPENING and event.name not in _CLOSING:
            info = event.handler
            yield Route(
                framework="sockets", method="CALL", path=f"{event.namespace.rstrip('/')}/{event.name}", handler=info.id, symbol=info.node.qualname,
                file=info.module.path, line=info.node.line, owner=info.owner, name=event.name, table_file=info.module.path, table_line=info.node.line,
                guard_handlers=tuple(opening.get(event.namespace, ())),
            )


def _decorated(context: Context) -> Iterator[_Event]:
    """`@socketio.on("rename", namespace="/board")`, `@sio.event`."""
    program = context.program
    for info in program.functions.values():
        scope: Scope = program.scope_of(info.parent) if info.parent else info.module
        for decorator in info.node.decorators:
            call = decorator if isinstance(decorator, syntax.Call) else None
            func = call.func if call is not None else decorator
            if not isinstance(func, syntax.Attribute) or func.attr not in ("on", "event") or not _is_server(func.value, scope, context):
                continue
            told = program.fold(call.args[0], scope) if call is not None and call.args and func.attr == "on" else info.node.name
            space = next((program.fold(k.value, scope) for k in call.keywords if k.name == "namespace"), "/") if call is not None else "/"
            yield _Event(told if isinstance(told, str) else "{}", space if isinstance(space, str) else "/", info)


def _is_server(expr: syntax.Expr, scope: Scope, context: Context) -> bool:
    program = context.program
    found = (t.name for t in context.types.of(expr, program.id_of(scope)))
    return any(name in _SERVERS or (name in program.classes and program.inherits(name, *_SERVERS)) for name in found)


def _methods(context: Context) -> Iterator[_Event]:
    """Methods `on_<event>` of namespace classes, where they were registered when that can be read."""
    program = context.program
    for class_id in (c for base in _NAMESPACES for c in program.subclasses(base)):
        spaces = [program.fold(call.args[0], program.classes[class_id].module) for call in _made(class_id, context) if call.args]
        space = next((s for s in spaces if isinstance(s, str)), "/")
        for name in sorted({n for b in program.mro(class_id) if b in program.classes for n in program.classes[b].methods if n.startswith(_PREFIX)}):
            method = program.method(class_id, name)
            if method is not None:
                yield _Event(name.removeprefix(_PREFIX), space, method)


def _made(class_id: str, context: Context) -> Iterator[syntax.Call]:
    for module in context.program.modules.values():
        for call in walk.calls(module.body):
            if context.program.resolve(call.func, module) == class_id:
                yield call

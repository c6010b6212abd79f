"""Servers of the `websockets` library: the function that is given each connection.

websockets documentation, "Server (asyncio)", "Server (threading)" and "Legacy API".
"""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import Context, FunctionInfo, Route, Scope, syntax, walk

_SERVES = frozenset({
    "websockets.serve", "websockets.unix_serve", "websockets.server.serve", "websockets.asyncio.server.serve", "websockets.asyncio.server.unix_serve",
    "websockets.sync.server.serve", "websockets.legacy.server.serve",
})


def server_routes(context: Context) -> Iterator[Route]:
    """One operation for each function that takes connections: what it reads of one are messages of whoever opened it."""
    scopes: list[tuple[Scope, tuple[syntax.Stmt, ...]]] = [(m, m.body) for m in context.program.modules.values() if m.language == "python"]
    scopes += [(f, f.node.body) for f in context.program.functions.values()]
    for scope, body in scopes:
        file = scope.path if isinstance(scope, syntax.Module) else scope.module.path
        for call in walk.calls(body):
            if context.program.resolve(call.func, scope) not in _SERVES:
                continue
            given = call.args[0] if call.args else next((k.value for k in call.keywords if k.name in ("handler", "ws_handler")), None)
            handler = _function(given, scope, context)
            if handler is None:
                context.gap(file, call.line, "the function that takes the connections of this server is not known")
                continue
            yield Route(
                framework="sockets", method="CALL", path="/", handler=handler.id, symbol=handler.node.qualname, file=handler.module.path,
                line=handler.node.line, owner=handler.owner, renders="json", name=handler.node.name, table_file=file, table_line=call.line,
            )


def _function(given: syntax.Expr | None, scope: Scope, context: Context) -> FunctionInfo | None:
    """A function, a method of an object, or what `functools.partial` makes of one."""
    if isinstance(given, syntax.Call) and given.args:
        given = given.args[0]
    owner = getattr(scope, "owner", "")
    if isinstance(given, syntax.Attribute) and owner and walk.dotted(given.value) == "self":
        return context.program.method(owner, given.attr)
    if given is None:
        return None
    home = context.program.id_of(scope)
    named = context.program.functions.get(context.program.resolve(given, scope))
    found = (context.program.functions.get(t.name) for t in context.types.of(given, home) if t.meta)
    return named or next((f for f in found if f is not None), None)

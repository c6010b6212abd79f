"""Servers that make tools of functions: decorators and calls on a FastMCP object, the same mounted into another server."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import Context, FunctionInfo, Guard, Program, Route, Scope, syntax, table_key, walk

SERVERS = ("mcp.server.fastmcp.FastMCP", "fastmcp.FastMCP", "mcp.server.mcpserver.MCPServer")
_KINDS = {"tool": "tool", "add_tool": "tool", "resource": "resource", "add_resource": "resource", "prompt": "prompt", "add_prompt": "prompt"}
_LOOSE = frozenset({"fastmcp.contrib.mcp_mixin.mcp_tool", "fastmcp.contrib.mcp_mixin.mcp_mixin.mcp_tool", "fastmcp.tools.tool", "fastmcp.tool"})
"""Decorators that stand without a server."""
_MOUNTS = ("mount", "import_server")
_DEEPEST = 6


def declared_routes(context: Context) -> Iterator[Route]:
    """Everything that functions are registered as."""
    reader = _Reader(context)
    yield from reader.decorated()
    yield from reader.called()


class _Reader:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._program: Program = context.program
        self._mounts: dict[str, list[tuple[str, str]]] = {}
        """Server to the servers that it is mounted into, each with what goes before its names."""
        self._closed: dict[str, Guard] = {}
        """Server to what it asks of callers."""
        for scope, body in self._scopes():
            for call in walk.calls(body):
                self._mount(call, scope)
            for stmt in walk.statements(body):
                if isinstance(stmt, syntax.Assign) and isinstance(stmt.value, syntax.Call):
                    self._asks(stmt.value, table_key(stmt.targets[0], scope, self._program), scope)

    def _scopes(self) -> Iterator[tuple[Scope, tuple[syntax.Stmt, ...]]]:
        yield from ((m, m.body) for m in self._program.modules.values())
        yield from ((f, f.node.body) for f in self._program.functions.values())

    # --------------------------------------------------------------- servers

    def is_server(self, expr: syntax.Expr, scope: Scope) -> bool:
        """True for an object of a server class, also of the project's own subclass."""
        for type_ in self._context.types.of(expr, self._program.id_of(scope)):
            if not type_.meta and (type_.name in SERVERS or (type_.name in self._program.classes and self._program.inherits(type_.name, *SERVERS))):
                return True
        return False

    def _mount(self, call: syntax.Call, scope: Scope) -> None:
        """`main.mount(orders, namespace="orders")`, `main.mount("orders", orders)`."""
        if not isinstance(call.func, syntax.Attribute) or call.func.attr not in _MOUNTS or not self.is_server(call.func.value, scope):
            return
        said = (*(k.value for k in call.keywords if k.name in ("prefix", "namespace")), *call.args)
        texts = [t for a in said if isinstance(t := self._program.fold(a, scope), str)]
        parts = [*call.args, *(k.value for k in call.keywords if k.name == "server")]
        child = next((table_key(a, scope, self._program) for a in parts if not isinstance(a, syntax.Constant) and self.is_server(a, scope)), "")
        if child:
            self._mounts.setdefault(child, []).append((table_key(call.func.value, scope, self._program), f"{texts[0]}_" if texts else ""))

    def _asks(self, made: syntax.Call, key: str, scope: Scope) -> None:
        given = next((k.value for k in made.keywords if k.name in ("auth", "token_verifier", "auth_server_provider")), None)
        if given is None or not key or (isinstance(given, syntax.Constant) and given.value is None) or not self.is_server(made, scope):
            return
        path = scope.path if isinstance(scope, syntax.Module) else scope.module.path
        self._closed[key] = Guard("oauth", walk.dotted(given.func if isinstance(given, syntax.Call) else given), path, made.line)

    def _names(self, key: str, depth: int = 0) -> list[tuple[str, str]]:
        """What may stand before a server's names, with the outermost server that it comes from."""
        if depth > _DEEPEST or key not in self._mounts:
            return [("", key)]
        return [(f"{outer}{prefix}", root) for parent, prefix in self._mounts[key] for outer, root in self._names(parent, depth + 1)]

    # ----------------------------------------------------------------- tools

    def decorated(self) -> Iterator[Route]:
        """Functions under a decorator of a server."""
        for info in self._program.functions.values():
            scope = self._program.scope_of(info.owner or info.parent) if info.owner or info.parent else info.module
            for decorator in info.node.decorators:
                call = decorator if isinstance(decorator, syntax.Call) else None
                func = call.func if call is not None else decorator
                if self._program.resolve(func, scope) in _LOOSE:
                    yield self._route(info, "tool", self._told(call, scope) or info.node.name, (decorator.line, ""), only_reads(call))
                elif isinstance(func, syntax.Attribute) and _KINDS.get(func.attr) and self.is_server(func.value, scope):
                    yield from self._routes(info, func, call, decorator.line, scope)

    def called(self) -> Iterator[Route]:
        """`server.add_tool(f)`, `server.tool()(f)`, `server.add_tool(Tool.from_function(f))`."""
        for scope, body in self._scopes():
            for call in walk.calls(body):
                maker = call.func if isinstance(call.func, syntax.Call) else None
                func = maker.func if maker is not None else call.func
                if isinstance(func, syntax.Attribute) and _KINDS.get(func.attr) and call.args and self.is_server(func.value, scope):
                    for info in self._functions(call.args[0], scope):
                        yield from self._routes(info, func, maker or _inner(call), call.line, scope)

    def _functions(self, expr: syntax.Expr, scope: Scope) -> list[FunctionInfo]:
        if isinstance(expr, syntax.Call):
            return [f for a in expr.args[:1] for f in self._functions(a, scope)] if walk.dotted(expr.func).endswith("from_function") else []
        types = self._context.types.of(expr, self._program.id_of(scope))
        return [self._program.functions[t.name] for t in types if t.meta and t.name in self._program.functions]

    def _routes(self, info: FunctionInfo, func: syntax.Attribute, call: syntax.Call | None, line: int, scope: Scope) -> Iterator[Route]:
        name = self._told(call, scope) or info.node.name
        for prefix, root in self._names(table_key(func.value, scope, self._program)):
            yield self._route(info, _KINDS[func.attr], f"{prefix}{name}", (line, root), only_reads(call))

    def _told(self, call: syntax.Call | None, scope: Scope) -> str:
        told = next((k.value for k in call.keywords if k.name == "name"), None) if call is not None else None
        value = self._program.fold(told, scope) if told is not None else None
        return value if isinstance(value, str) and "{}" not in value else ""

    def _route(self, info: FunctionInfo, kind: str, name: str, place: tuple[int, str], reads: bool) -> Route:
        line, server = place
        guard = self._closed.get(server, Guard("unknown", "the server's transport decides"))
        return Route(
            framework="mcp", method="GET" if reads or kind == "resource" else "CALL", path=f"{kind}:{name}", handler=info.id, symbol=info.node.qualname,
            file=info.module.path, line=info.node.line, owner=info.owner, surface="mcp", guards=(guard,), table_file=info.module.path, table_line=line,
        )


def only_reads(call: syntax.Call | None) -> bool:
    """True for a tool that is declared with `readOnlyHint`."""
    given = next((k.value for k in call.keywords if k.name == "annotations"), None) if call is not None else None
    if isinstance(given, syntax.Mapping):
        pairs = [(k.value, v) for k, v in zip(given.keys, given.values, strict=True) if isinstance(k, syntax.Constant)]
    else:
        pairs = [(k.name, k.value) for k in given.keywords] if isinstance(given, syntax.Call) else []
    return any(name in ("readOnlyHint", "read_only_hint") and isinstance(v, syntax.Constant) and v.value is True for name, v in pairs)


def _inner(call: syntax.Call) -> syntax.Call:
    """The call that says the name: `Tool.from_function(f, name=...)` inside, else the registration itself."""
    first = call.args[0]
    return first if isinstance(first, syntax.Call) else call

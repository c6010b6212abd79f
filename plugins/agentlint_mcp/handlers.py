"""Servers of the low-level SDK: one function lists the tools, one is called for all of them and tells them apart by name."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import Context, FunctionInfo, Guard, Program, Route, syntax, walk
from agentlint_mcp.servers import only_reads

_SERVER = "mcp.server.lowlevel.Server"
_LISTS, _CALLS = ("list_tools", "on_list_tools"), ("call_tool", "on_call_tool")


def handled_routes(context: Context) -> Iterator[Route]:
    """One route a listed tool; what it does is what its branch of the calling function does."""
    reader = _Reader(context)
    calling = list(reader.registered(_CALLS))
    listing = list(reader.registered(_LISTS))
    for called in calling:
        beside = [f for f in listing if f.parent == called.parent and f.module is called.module and f.owner == called.owner]
        names = dict.fromkeys(name for f in beside or listing for name in reader.listed(f))
        for name, reads in names:
            yield reader.route(name, called, reads)
        if not names:
            context.gap(called.module.path, called.node.line, "the names of the tools that this function answers for are not constant")


class _Reader:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._program: Program = context.program

    def registered(self, words: tuple[str, str]) -> Iterator[FunctionInfo]:
        """Functions under `@server.call_tool()`, or given to the server as `on_call_tool=`."""
        for info in self._program.functions.values():
            scope = self._program.scope_of(info.owner or info.parent) if info.owner or info.parent else info.module
            for decorator in info.node.decorators:
                func = decorator.func if isinstance(decorator, syntax.Call) else decorator
                if isinstance(func, syntax.Attribute) and func.attr == words[0] and self._is_server(func.value, self._program.id_of(scope)):
                    yield info
        bodies = [(m.name, m.body) for m in self._program.modules.values()]
        for home, body in (*bodies, *((f.id, f.node.body) for f in self._program.functions.values())):
            for call in walk.calls(body):
                for keyword in call.keywords:
                    if keyword.name == words[1]:
                        types = self._context.types.of(keyword.value, home)
                        yield from (self._program.functions[t.name] for t in types if t.meta and t.name in self._program.functions)

    def _is_server(self, expr: syntax.Expr, scope: str) -> bool:
        types = self._context.types.of(expr, scope)
        return any(t.name == _SERVER or (t.name in self._program.classes and self._program.inherits(t.name, _SERVER)) for t in types)

    def listed(self, info: FunctionInfo) -> Iterator[tuple[str, bool]]:
        """Names of the tools that a function lists, and whether each is declared to read only."""
        for call in walk.calls(info.node.body):
            if walk.dotted(call.func).rpartition(".")[2] == "Tool":
                for keyword in call.keywords:
                    name = self._text(keyword.value, info) if keyword.name == "name" else ""
                    if name:
                        yield name, only_reads(call)

    def _text(self, expr: syntax.Expr, info: FunctionInfo) -> str:
        """A constant text; members of an enumeration stand for their value."""
        if isinstance(expr, syntax.Attribute) and expr.attr == "value":
            expr = expr.value
        value = self._program.fold(expr, info)
        return value if isinstance(value, str) and "{}" not in value else ""

    # -------------------------------------------------------------- branches

    def route(self, name: str, called: FunctionInfo, reads: bool) -> Route:
        """The route of one tool."""
        branch = self._branch(name, called)
        targets = self._targets(branch, called) if branch is not None else ()
        only = self._program.functions[targets[0]] if len(targets) == 1 else None
        shown = only or called
        return Route(
            framework="mcp", method="GET" if reads else "CALL", path=f"tool:{name}", handler=only.id if only else "" if targets else called.id,
            symbol=shown.node.qualname, file=shown.module.path, line=shown.node.line, owner=shown.owner, surface="mcp",
            guards=(Guard("unknown", "the server's transport decides"),),
            table_file=called.module.path, table_line=called.node.line, extra_handlers=() if only else targets, action=name if only is None else "",
            confidence="high" if branch is not None else "medium",
        )

    def _branch(self, name: str, called: FunctionInfo) -> tuple[syntax.Stmt, ...] | None:
        """The statements that run for a tool of that name."""
        for stmt in walk.statements(called.node.body):
            if isinstance(stmt, syntax.If) and isinstance(stmt.test, syntax.Apply) and stmt.test.op in ("==", "in"):
                if any(self._means(o, name, called) for o in stmt.test.operands):
                    return stmt.body
            elif isinstance(stmt, syntax.Match):
                for case in stmt.cases:
                    if any(self._means(p, name, called) for p in case.patterns):
                        return case.body
        return None

    def _means(self, expr: syntax.Expr, name: str, called: FunctionInfo) -> bool:
        if isinstance(expr, syntax.Sequence):
            return any(self._means(item, name, called) for item in expr.items)
        return isinstance(expr, syntax.Constant | syntax.Attribute | syntax.Name) and self._text(expr, called) == name

    def _targets(self, branch: tuple[syntax.Stmt, ...], called: FunctionInfo) -> tuple[str, ...]:
        """Functions of the project that a branch calls."""
        sites = {call.site for call in walk.calls(branch)}
        found: dict[str, None] = {}
        for site in self._context.calls.sites(called.id):
            if site.call.site in sites:
                found.update(dict.fromkeys(t.function for t in site.targets if t.kind == "call" and t.confidence != "low"))
        return tuple(found)

"""Model Context Protocol servers: tools that an agent calls, from FastMCP and the official SDK."""

from __future__ import annotations

from collections.abc import Iterable

from agentlint.api import Context, FrameworkBase, Guard, Program, Route, imports, syntax, walk

_SERVERS = ("mcp.server.fastmcp.FastMCP", "fastmcp.FastMCP", "mcp.server.FastMCP", "fastmcp.server.FastMCP")
_DECORATORS = frozenset({"tool", "resource", "prompt"})


class ModelContextProtocol(FrameworkBase):
    """The plugin object that the entry point names."""

    name = "mcp"
    version = "0.1.0"

    def detect(self, program: Program) -> bool:
        """True when a module imports an MCP server library."""
        return imports(program, "mcp", "fastmcp")

    def routes(self, context: Context) -> Iterable[Route]:
        """One route a decorated or added tool."""
        program = context.program
        for info in program.functions.values():
            for decorator in info.node.decorators:
                func = decorator.func if isinstance(decorator, syntax.Call) else decorator
                if isinstance(func, syntax.Attribute) and func.attr in _DECORATORS and _is_server(func.value, info.module, program):
                    yield _route(info, func.attr, decorator.line)
        for module in program.modules.values():
            for call in walk.calls(module.body):
                func = call.func
                if isinstance(func, syntax.Attribute) and func.attr in ("add_tool", "tool") and call.args and _is_server(func.value, module, program):
                    target = program.functions.get(program.resolve(call.args[0], module))
                    if target is not None:
                        yield _route(target, "tool", call.line)


def _is_server(expr: syntax.Expr, module: syntax.Module, program: Program) -> bool:
    made = program.lookup(program.resolve(expr, module))
    if isinstance(made, syntax.Call):
        home = program.modules.get(program.resolve(expr, module).rpartition(".")[0], module)
        name = program.resolve(made.func, home)
        return name in _SERVERS or (name in program.classes and program.inherits(name, *_SERVERS))
    return False


def _route(info: object, kind: str, line: int) -> Route:
    node, module = info.node, info.module  # type: ignore[attr-defined]
    return Route(
        framework="mcp", method="GET" if kind == "resource" else "CALL", path=f"{kind}:{node.name}", handler=info.id, symbol=node.qualname,  # type: ignore[attr-defined]
        file=module.path, line=node.line, owner=info.owner, surface="mcp", guards=(Guard("unknown", "the server's transport decides"),),  # type: ignore[attr-defined]
        table_file=module.path, table_line=line,
    )


plugin = ModelContextProtocol()

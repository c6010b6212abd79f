"""Model Context Protocol servers: tools, resources and prompts that an agent calls, from FastMCP and the official SDK."""

from __future__ import annotations

from collections.abc import Iterable

from agentlint.api import Context, FrameworkBase, Program, Route, imports
from agentlint_mcp.handlers import handled_routes
from agentlint_mcp.servers import declared_routes


class ModelContextProtocol(FrameworkBase):
    """The plugin object that the entry point names."""

    name = "mcp"
    version = "0.2.0"

    def detect(self, program: Program) -> bool:
        """True when a module imports an MCP server library."""
        return imports(program, "mcp", "fastmcp")

    def routes(self, context: Context) -> Iterable[Route]:
        """One route a tool, resource or prompt, under each name that it is offered by."""
        seen: set[tuple[str, str]] = set()
        for route in (*declared_routes(context), *handled_routes(context)):
            if (route.path, route.handler or route.symbol) not in seen:
                seen.add((route.path, route.handler or route.symbol))
                yield route


plugin = ModelContextProtocol()

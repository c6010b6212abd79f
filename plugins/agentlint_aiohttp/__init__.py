"""aiohttp: route tables, routers, class-based views, sub-applications, middleware, identity policies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from agentlint.api import Context, Element, FrameworkBase, Program, Route, Type, called, imports, kept_items
from agentlint_aiohttp.routes import collect_routes


class AioHttp(FrameworkBase):
    """The plugin object that the entry point names."""

    name = "aiohttp"
    version = "0.1.0"

    def detect(self, program: Program) -> bool:
        """True when a module makes something of aiohttp's server side; clients alone do not count."""
        return imports(program, "aiohttp") and any(name.startswith("aiohttp.web") for name in _named(program))

    def attribute_types(self, context: Context) -> Mapping[str, Mapping[str, Type | Element]]:
        """Handlers are given a request; what the application and requests hold under keys."""
        program = context.program
        return {
            "*": {"request": Type("aiohttp.web.Request")},
            "aiohttp.web.Application": {**kept_items(program, called("app", "application", "_app"))},
            "aiohttp.web.Request": {**kept_items(program, called("request"))},
        }

    def routes(self, context: Context) -> Iterable[Route]:
        """Every handler at every path of every application."""
        return collect_routes(context)


def _named(program: Program) -> Iterable[str]:
    from agentlint.api import syntax, walk

    for module in program.modules.values():
        for stmt in walk.statements(module.body):
            if isinstance(stmt, syntax.Import) and stmt.module.partition(".")[0] == "aiohttp":
                yield from (f"{stmt.module}.{n.name}" for n in stmt.names)
                yield stmt.module
        if any(isinstance(e, syntax.Attribute) and walk.dotted(e) == "aiohttp.web" for e in walk.body_expressions(module.body)):
            yield "aiohttp.web"


plugin = AioHttp()

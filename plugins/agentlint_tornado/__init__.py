"""Tornado: handler tables, URL specs, and the HTTP methods that handler classes define or inherit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from agentlint.api import Context, Element, FrameworkBase, Program, Route, Type, imports
from agentlint_tornado.routes import collect_routes
from agentlint_tornado.settings import handler_types


class Tornado(FrameworkBase):
    """The plugin object that the entry point names."""

    name = "tornado"
    version = "0.1.0"

    def detect(self, program: Program) -> bool:
        """True when a module imports Tornado."""
        return imports(program, "tornado")

    def attribute_types(self, context: Context) -> Mapping[str, Mapping[str, Type | Element]]:
        """What handlers find on the application and are given by its table."""
        return handler_types(context.program)

    def routes(self, context: Context) -> Iterable[Route]:
        """Every (pattern, handler class) pair of a handler table."""
        return collect_routes(context)


plugin = Tornado()

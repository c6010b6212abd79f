"""Tornado: handler tables, URL specs, and the HTTP methods that handler classes define or inherit."""

from __future__ import annotations

from collections.abc import Iterable

from agentlint.api import Context, FrameworkBase, Program, Route, imports
from agentlint_tornado.routes import collect_routes


class Tornado(FrameworkBase):
    """The plugin object that the entry point names."""

    name = "tornado"
    version = "0.1.0"

    def detect(self, program: Program) -> bool:
        """True when a module imports Tornado."""
        return imports(program, "tornado")

    def routes(self, context: Context) -> Iterable[Route]:
        """Every (pattern, handler class) pair of a handler table."""
        return collect_routes(context)


plugin = Tornado()

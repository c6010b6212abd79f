"""Sanic: decorated handlers, class-based views, blueprints and their groups, request middleware."""

from __future__ import annotations

from collections.abc import Iterable

from agentlint.api import Context, FrameworkBase, Program, Route, imports
from agentlint_sanic.routes import collect_routes


class Sanic(FrameworkBase):
    """The plugin object that the entry point names."""

    name = "sanic"
    version = "0.1.0"

    def detect(self, program: Program) -> bool:
        """True when a module imports Sanic."""
        return imports(program, "sanic")

    def routes(self, context: Context) -> Iterable[Route]:
        """Every handler of an application and of the blueprints that it takes."""
        return collect_routes(context)


plugin = Sanic()

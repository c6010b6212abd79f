"""Litestar: handlers of functions, controllers and routers, layered guards, authentication backends."""

from __future__ import annotations

from collections.abc import Iterable

from agentlint.api import Context, FrameworkBase, Program, Route, imports
from agentlint_litestar.routes import collect_routes


class Litestar(FrameworkBase):
    """The plugin object that the entry point names."""

    name = "litestar"
    version = "0.1.0"

    def detect(self, program: Program) -> bool:
        """True when a module imports Litestar."""
        return imports(program, "litestar")

    def routes(self, context: Context) -> Iterable[Route]:
        """Every handler at every place where its layers put it."""
        return collect_routes(context)


plugin = Litestar()

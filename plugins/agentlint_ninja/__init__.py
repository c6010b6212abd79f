"""Django Ninja: API objects, nested routers, controllers of Ninja Extra. Extends the Django plugin, which reads the URLconf."""

from __future__ import annotations

from collections.abc import Iterable

from agentlint.api import Context, FrameworkBase, Program, Route, imports
from agentlint_ninja.routes import collect_routes


class Ninja(FrameworkBase):
    """The plugin object that the entry point names."""

    name = "ninja"
    version = "0.1.0"

    def detect(self, program: Program) -> bool:
        """True when a module imports Ninja or Ninja Extra."""
        return imports(program, "ninja", "ninja_extra")

    def routes(self, context: Context) -> Iterable[Route]:
        """Every operation of every API, router and controller."""
        return collect_routes(context)


plugin = Ninja()

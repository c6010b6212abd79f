"""AWS Chalice: routes and blueprints behind a gateway, authorizers, and functions that events start."""

from __future__ import annotations

from collections.abc import Iterable

from agentlint.api import Context, FrameworkBase, Program, Route, imports
from agentlint_chalice.routes import collect_routes


class Chalice(FrameworkBase):
    """The plugin object that the entry point names."""

    name = "chalice"
    version = "0.1.0"

    def detect(self, program: Program) -> bool:
        """True when a module imports Chalice."""
        return imports(program, "chalice")

    def routes(self, context: Context) -> Iterable[Route]:
        """Every decorated function of an application and of the blueprints that it registers."""
        return collect_routes(context)


plugin = Chalice()

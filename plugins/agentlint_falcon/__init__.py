"""Falcon: resources at the paths of `add_route`, their responders, middleware and hooks."""

from __future__ import annotations

from collections.abc import Iterable

from agentlint.api import Context, FrameworkBase, Program, Route, imports
from agentlint_falcon.routes import collect_routes


class Falcon(FrameworkBase):
    """The plugin object that the entry point names."""

    name = "falcon"
    version = "0.1.0"

    def detect(self, program: Program) -> bool:
        """True when a module imports Falcon."""
        return imports(program, "falcon")

    def routes(self, context: Context) -> Iterable[Route]:
        """Every responder of a resource that an application has at a path."""
        return collect_routes(context)


plugin = Falcon()

"""Twisted Web: trees of resources that render what is asked for."""

from __future__ import annotations

from collections.abc import Iterable

from agentlint.api import Context, FrameworkBase, Program, Route, imports
from agentlint_twisted.routes import collect_routes


class TwistedWeb(FrameworkBase):
    """The plugin object that the entry point names."""

    name = "twisted"
    version = "0.1.0"

    def detect(self, program: Program) -> bool:
        """True when a module imports Twisted."""
        return imports(program, "twisted")

    def routes(self, context: Context) -> Iterable[Route]:
        """Every resource of the project that renders something, at the places where it hangs."""
        return collect_routes(context)


plugin = TwistedWeb()

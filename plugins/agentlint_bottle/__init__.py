"""Bottle: handlers on the default application and on others, what is mounted and merged, and templates."""

from __future__ import annotations

from collections.abc import Iterable

from agentlint.api import Context, FrameworkBase, Program, Route, imports
from agentlint_bottle.routes import collect_routes


class Bottle(FrameworkBase):
    """The plugin object that the entry point names."""

    name = "bottle"
    version = "0.1.0"

    def detect(self, program: Program) -> bool:
        """True when a module imports Bottle."""
        return imports(program, "bottle")

    def routes(self, context: Context) -> Iterable[Route]:
        """Every handler of an application, the one that is always there included."""
        return collect_routes(context)


plugin = Bottle()

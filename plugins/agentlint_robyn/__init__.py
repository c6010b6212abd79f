"""Robyn: decorated handlers, sub-routers, and the functions that look at requests first."""

from __future__ import annotations

from collections.abc import Iterable

from agentlint.api import Context, FrameworkBase, Program, Route, imports
from agentlint_robyn.routes import collect_routes


class Robyn(FrameworkBase):
    """The plugin object that the entry point names."""

    name = "robyn"
    version = "0.1.0"

    def detect(self, program: Program) -> bool:
        """True when a module imports Robyn."""
        return imports(program, "robyn")

    def routes(self, context: Context) -> Iterable[Route]:
        """Every handler of an application and of the routers that it includes."""
        return collect_routes(context)


plugin = Robyn()

"""CherryPy: trees of objects whose exposed methods answer, and the tools that run before them."""

from __future__ import annotations

from collections.abc import Iterable

from agentlint.api import Context, FrameworkBase, Program, Route, imports
from agentlint_cherrypy.routes import collect_routes


class CherryPy(FrameworkBase):
    """The plugin object that the entry point names."""

    name = "cherrypy"
    version = "0.1.0"

    def detect(self, program: Program) -> bool:
        """True when a module imports CherryPy."""
        return imports(program, "cherrypy")

    def routes(self, context: Context) -> Iterable[Route]:
        """Every exposed method of the objects that are mounted, and of those that hang below them."""
        return collect_routes(context)


plugin = CherryPy()

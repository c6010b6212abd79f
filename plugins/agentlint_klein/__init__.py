"""Klein: routes that stand in decorators, on Twisted Web."""

from __future__ import annotations

from collections.abc import Iterable

from agentlint.api import Context, FrameworkBase, Program, Route, imports
from agentlint_klein.routes import collect_routes


class Klein(FrameworkBase):
    """The plugin object that the entry point names."""

    name = "klein"
    version = "0.1.0"

    def detect(self, program: Program) -> bool:
        """True when a module imports Klein."""
        return imports(program, "klein")

    def routes(self, context: Context) -> Iterable[Route]:
        """Every handler of an application, the one that is always there included."""
        return collect_routes(context)


plugin = Klein()

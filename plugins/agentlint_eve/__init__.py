"""Eve: an interface that is made of a description of resources."""

from __future__ import annotations

from collections.abc import Iterable

from agentlint.api import Context, FrameworkBase, Program, Route, imports
from agentlint_eve.routes import collect_routes


class Eve(FrameworkBase):
    """The plugin object that the entry point names."""

    name = "eve"
    version = "0.1.0"

    def detect(self, program: Program) -> bool:
        """True when a module imports Eve, and `eve` is no package of the project's own."""
        return imports(program, "eve") and not any(name.partition(".")[0] == "eve" for name in program.modules)

    def routes(self, context: Context) -> Iterable[Route]:
        """What the framework does for each resource, with the project's hooks around it."""
        return collect_routes(context)


plugin = Eve()

"""TurboGears 2: trees of controllers whose exposed methods answer."""

from __future__ import annotations

from collections.abc import Iterable

from agentlint.api import Context, FrameworkBase, Program, Route, imports
from agentlint_turbogears.routes import collect_routes


class TurboGears(FrameworkBase):
    """The plugin object that the entry point names."""

    name = "turbogears"
    version = "0.1.0"

    def detect(self, program: Program) -> bool:
        """True when a module imports TurboGears, and `tg` is no package of the project's own."""
        return imports(program, "tg") and not any(name.partition(".")[0] == "tg" for name in program.modules)

    def routes(self, context: Context) -> Iterable[Route]:
        """Every exposed method of the root controller and of what is reached through it."""
        return collect_routes(context)


plugin = TurboGears()

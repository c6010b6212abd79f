"""web2py: functions of controllers that answer without a table of routes, and what the database layer's tables are called there."""

from __future__ import annotations

from collections.abc import Iterable

from agentlint.api import CallSite, Context, Effect, FrameworkBase, Program, Route
from agentlint_web2py.applications import applications
from agentlint_web2py.database import database_effects
from agentlint_web2py.routes import collect_routes


class Web2py(FrameworkBase):
    """The plugin object that the entry point names."""

    name = "web2py"
    version = "0.1.0"

    def detect(self, program: Program) -> bool:
        """True when a folder holds controllers and models, and the code uses what web2py puts there without an import."""
        return bool(applications(program))

    def call_effects(self, site: CallSite, context: Context) -> Iterable[Effect]:
        """Writes of tables, by the names that the tables have in the database object."""
        return database_effects(site, context.program)

    def routes(self, context: Context) -> Iterable[Route]:
        """Every function of a controller that takes nothing, services, and what stands for a verb below one."""
        return collect_routes(context)


plugin = Web2py()

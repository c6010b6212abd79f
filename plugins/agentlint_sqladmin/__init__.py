"""SQLAdmin and Starlette-Admin: pages on which people make, change and delete rows of models beside a FastAPI or Starlette application."""

from __future__ import annotations

from collections.abc import Iterable

from agentlint.api import Context, FrameworkBase, Program, Route, imports
from agentlint_sqladmin.routes import admin_routes


class SqlAdmin(FrameworkBase):
    """The plugin object that the entry point names."""

    name = "sqladmin"
    version = "0.1.0"

    def detect(self, program: Program) -> bool:
        """True when a module imports one of the two."""
        return imports(program, "sqladmin", "starlette_admin")

    def routes(self, context: Context) -> Iterable[Route]:
        """Pages of every model view, its actions and exposed methods."""
        return admin_routes(context)


plugin = SqlAdmin()

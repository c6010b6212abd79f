"""Flask-Admin: model views with their forms, inlines and actions, file views, and views with exposed methods."""

from __future__ import annotations

from collections.abc import Iterable

from agentlint.api import Context, FrameworkBase, Program, Route, imports
from agentlint_flaskadmin.routes import admin_routes


class FlaskAdmin(FrameworkBase):
    """The plugin object that the entry point names."""

    name = "flaskadmin"
    version = "0.1.0"

    def detect(self, program: Program) -> bool:
        """True when a module imports Flask-Admin."""
        return imports(program, "flask_admin", "flask_superadmin")

    def routes(self, context: Context) -> Iterable[Route]:
        """Pages of every view that an admin interface is given."""
        return admin_routes(context)


plugin = FlaskAdmin()

"""Flask-AppBuilder: model views, REST APIs of models, views with exposed methods, actions, forms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from agentlint.api import CallSite, Context, Effect, FrameworkBase, Program, Route, Type, imports
from agentlint_appbuilder.interface import interface_effects, interface_types
from agentlint_appbuilder.routes import view_routes


class AppBuilder(FrameworkBase):
    """The plugin object that the entry point names."""

    name = "appbuilder"
    version = "0.1.0"

    def detect(self, program: Program) -> bool:
        """True when a module imports Flask-AppBuilder."""
        return imports(program, "flask_appbuilder")

    def attribute_types(self, context: Context) -> Mapping[str, Mapping[str, Type]]:
        """Data interfaces of views."""
        return interface_types(context.program)

    def call_effects(self, site: CallSite, context: Context) -> Iterable[Effect]:
        """What a view's data interface, and the framework's own handlers that a view calls, write."""
        return interface_effects(site, context)

    def routes(self, context: Context) -> Iterable[Route]:
        """Exposed methods of registered views, with those that the framework adds."""
        return view_routes(context)


plugin = AppBuilder()

"""Flask: applications, blueprints, function and method views, Flask-RESTful, RESTX and smorest resources, registered classes of Flask-Classful."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from agentlint.api import Context, Element, FrameworkBase, Program, Route, Target, Type, imports
from agentlint_flask.people import given_to_resources, on_application, people
from agentlint_flask.routes import collect_routes
from agentlint_flask.signals import signal_edges


class Flask(FrameworkBase):
    """The plugin object that the entry point names."""

    name = "flask"
    version = "0.1.0"

    def detect(self, program: Program) -> bool:
        """True when a module imports Flask, its async twin Quart, or an extension that adds routes or holds an application."""
        return imports(program, "flask", "quart", "flask_restful", "flask_restx", "flask_smorest", "flask_openapi3", "apiflask", "dash",
                       "flask_rest_jsonapi", "flask_combo_jsonapi", "flask_classful", "flask_classy")

    def attribute_types(self, context: Context) -> Mapping[str, Mapping[str, Type | Element]]:
        """Who `current_user` is, what `g` and the application hold, and what resources are made with."""
        return {**people(context.program), **given_to_resources(context.program), **on_application(context.program)}

    def deferred(self, context: Context) -> Iterable[tuple[str, Target]]:
        """Receivers of signals."""
        return signal_edges(context)

    def routes(self, context: Context) -> Iterable[Route]:
        """Every URL rule."""
        return collect_routes(context)


plugin = Flask()

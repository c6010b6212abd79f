"""Django Tastypie: resources over models, registered with an API, and the authentication that each asks for."""

from __future__ import annotations

from collections.abc import Iterable

from agentlint.api import Context, FrameworkBase, Program, Route, imports
from agentlint_tastypie.resources import resource_routes


class Tastypie(FrameworkBase):
    """The plugin object that the entry point names."""

    name = "tastypie"
    version = "0.1.0"

    def detect(self, program: Program) -> bool:
        """True when a module imports Tastypie."""
        return imports(program, "tastypie")

    def routes(self, context: Context) -> Iterable[Route]:
        """List and detail addresses of every resource, and what it adds by hand."""
        return resource_routes(context)


plugin = Tastypie()

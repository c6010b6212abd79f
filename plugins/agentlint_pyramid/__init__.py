"""Pyramid: routes and includes of the configurator, declared and imperative views, security policies, request methods, Cornice services."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from agentlint.api import Context, Element, FrameworkBase, Program, Route, Type, imports
from agentlint_pyramid.attributes import attribute_types
from agentlint_pyramid.routes import collect_routes


class Pyramid(FrameworkBase):
    """The plugin object that the entry point names."""

    name = "pyramid"
    version = "0.1.0"

    def detect(self, program: Program) -> bool:
        """True when a module imports Pyramid or Cornice."""
        return imports(program, "pyramid", "cornice", "pyramid_rpc")

    def attribute_types(self, context: Context) -> Mapping[str, Mapping[str, Type | Element]]:
        """What `request` is, and what the configuration adds to it."""
        return attribute_types(context)

    def routes(self, context: Context) -> Iterable[Route]:
        """Every view at every route that it answers."""
        return collect_routes(context)


plugin = Pyramid()

"""Django REST framework: routers, viewsets, generic views, actions, serializers, authentication. Reads the URLconf through the Django plugin, which it extends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from agentlint.api import CallSite, Context, Effect, FrameworkBase, Program, Route, Type, imports
from agentlint_drf.serializers import serializer_attributes, serializer_effects
from agentlint_drf.views import api_routes


class RestFramework(FrameworkBase):
    """The plugin object that the entry point names."""

    name = "drf"
    version = "0.1.0"

    def detect(self, program: Program) -> bool:
        """True when a module imports the framework."""
        return imports(program, "rest_framework")

    def attribute_types(self, context: Context) -> Mapping[str, Mapping[str, Type]]:
        """The instance that a model serializer works on."""
        return serializer_attributes(context.program)

    def call_effects(self, site: CallSite, context: Context) -> Iterable[Effect]:
        """What `serializer.save()` writes."""
        return serializer_effects(site, context)

    def routes(self, context: Context) -> Iterable[Route]:
        """Operations of routers, API views and decorated functions."""
        return api_routes(context)


plugin = RestFramework()

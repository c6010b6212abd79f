"""Django REST framework: routers, viewsets, generic views, actions, serializers, authentication. Extends the Django plugin, which reads the URLconf."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from agentlint.api import CallSite, Context, Effect, FrameworkBase, Lineage, Program, Route, Target, Type, imports
from agentlint_drf.attributes import handed_instances, view_types
from agentlint_drf.copies import copies_of, spare_copies
from agentlint_drf.serializers import saving_edges, serializer_effects, serializer_types
from agentlint_drf.views import api_routes


class RestFramework(FrameworkBase):
    """The plugin object that the entry point names."""

    name = "drf"
    version = "0.1.0"

    def detect(self, program: Program) -> bool:
        """True when a module imports the framework, or the project carries a copy of it."""
        return imports(program, "rest_framework") or bool(copies_of(program))

    def lineages(self, context: Context) -> Mapping[str, Lineage]:
        """Classes of a copied framework are what they are copies of."""
        spare_copies(context.program)
        return copies_of(context.program)

    def attribute_types(self, context: Context) -> Mapping[str, Mapping[str, Type]]:
        """What the framework hands to serializers and to hooks of views."""
        program, found = context.program, dict[str, dict[str, Type]]()
        for owner, name, given in (*serializer_types(program), *handed_instances(program), *view_types(program)):
            found.setdefault(owner, {})[name] = given
        return found

    def deferred(self, context: Context) -> Iterable[tuple[str, Target]]:
        """`serializer.save()` runs the serializer's own `create` or `update`."""
        for caller, hook, serializer in saving_edges(context):
            yield caller, Target(hook, "high", "override", serializer)

    def call_effects(self, site: CallSite, context: Context) -> Iterable[Effect]:
        """What `serializer.save()` writes."""
        return serializer_effects(site, context)

    def routes(self, context: Context) -> Iterable[Route]:
        """Operations of routers, API views and decorated functions."""
        return api_routes(context)


plugin = RestFramework()

"""Django: URLconfs, function, class-based and generic views, forms, the admin site, management commands, models and signals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from agentlint.api import CallSite, Context, Effect, Element, FrameworkBase, Mechanism, Program, Route, Target, Type, imports
from agentlint_django.admin import admin_routes
from agentlint_django.admin_log import admin_histories, admin_mechanisms
from agentlint_django.attributes import attribute_types
from agentlint_django.commands import command_routes
from agentlint_django.saving import form_effects
from agentlint_django.signals import signal_edges
from agentlint_django.views import view_routes


class Django(FrameworkBase):
    """The plugin object that the entry point names."""

    name = "django"
    version = "0.1.0"

    def detect(self, program: Program) -> bool:
        """True when a module imports Django."""
        return imports(program, "django")

    def attribute_types(self, context: Context) -> Mapping[str, Mapping[str, Type | Element]]:
        """Relations, reverse relations, managers, the request's user, what the framework hands to hooks."""
        return attribute_types(context.program)

    def deferred(self, context: Context) -> Iterable[tuple[str, Target]]:
        """Receivers of the project's own signals."""
        return signal_edges(context)

    def call_effects(self, site: CallSite, context: Context) -> Iterable[Effect]:
        """What saving a form or formset writes."""
        return form_effects(site, context)

    def routes(self, context: Context) -> Iterable[Route]:
        """Views of the URLconf, the admin site, management commands."""
        yield from view_routes(context)
        yield from admin_routes(context)
        yield from command_routes(context)

    def mechanisms(self, context: Context) -> Iterable[Mechanism]:
        """The admin site's own log."""
        return (*admin_mechanisms(context), *admin_histories(context))


plugin = Django()

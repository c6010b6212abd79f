"""Odoo: models put together from classes of many add-ons, buttons and forms of XML views, controllers, scheduled jobs, and the external API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from agentlint.api import CallSite, Context, Effect, Element, FrameworkBase, Lineage, Mechanism, Program, Route, Type, imports
from agentlint_odoo.chatter import chatter, tracked_elsewhere
from agentlint_odoo.controllers import controller_routes
from agentlint_odoo.declared import declared_in
from agentlint_odoo.registry import registry_of
from agentlint_odoo.routes import external_routes, page_routes
from agentlint_odoo.wizards import wizard_rows


class Odoo(FrameworkBase):
    """The plugin object that the entry point names."""

    name = "odoo"
    version = "0.1.0"

    def detect(self, program: Program) -> bool:
        """True when a module imports Odoo."""
        return imports(program, "odoo", "openerp")

    def lineages(self, context: Context) -> Mapping[str, Lineage]:
        """What `_name` and `_inherit` say of classes."""
        return registry_of(context.program).lineages()

    def attribute_types(self, context: Context) -> Mapping[str, Mapping[str, Type | Element]]:
        """The environment's models, and what relational fields hold."""
        return registry_of(context.program).types()

    def call_effects(self, site: CallSite, context: Context) -> Iterable[Effect]:
        """Rows of wizards, which Odoo clears away by itself."""
        return wizard_rows(site, registry_of(context.program))

    def routes(self, context: Context) -> Iterable[Route]:
        """Controllers, buttons and forms, jobs, and what the external API reaches."""
        registry, declared = registry_of(context.program), declared_in(context)
        yield from controller_routes(context)
        yield from page_routes(registry, declared)
        yield from external_routes(registry, declared, context)

    def mechanisms(self, context: Context) -> Iterable[Mechanism]:
        """What the chatter keeps of models."""
        yield from chatter(registry_of(context.program))
        yield from tracked_elsewhere(registry_of(context.program))


plugin = Odoo()

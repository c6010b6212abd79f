"""Frappe Framework: DocTypes declared in JSON files, the forms and the REST interface generated from them, whitelisted functions, and hooks of apps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from agentlint.api import CallSite, Context, Effect, Element, FrameworkBase, Lineage, Mechanism, Program, Route, Target, Type, imports
from agentlint_frappe.database import database_effects
from agentlint_frappe.doctypes import doctypes_of
from agentlint_frappe.events import document_events
from agentlint_frappe.routes import document_routes, job_routes, method_routes
from agentlint_frappe.versions import kept_versions


class Frappe(FrameworkBase):
    """The plugin object that the entry point names."""

    name = "frappe"
    version = "0.1.0"

    def detect(self, program: Program) -> bool:
        """True when a module imports the framework."""
        return imports(program, "frappe")

    def lineages(self, context: Context) -> Mapping[str, Lineage]:
        """DocTypes of other apps that the code names."""
        return doctypes_of(context).lineages()

    def attribute_types(self, context: Context) -> Mapping[str, Mapping[str, Type | Element]]:
        """What `frappe.get_doc("Leave Application")` gives, and the rows of table fields."""
        return doctypes_of(context).types()

    def deferred(self, context: Context) -> Iterable[tuple[str, Target]]:
        """What a document's `save()` runs."""
        return document_events(context, doctypes_of(context))

    def call_effects(self, site: CallSite, context: Context) -> Iterable[Effect]:
        """Writes past the documents."""
        return database_effects(site, doctypes_of(context))

    def routes(self, context: Context) -> Iterable[Route]:
        """Forms and REST resources of DocTypes, whitelisted functions, scheduled jobs."""
        doctypes = doctypes_of(context)
        yield from document_routes(doctypes)
        yield from method_routes(doctypes)
        yield from job_routes(doctypes)

    def mechanisms(self, context: Context) -> Iterable[Mechanism]:
        """Versions of documents, and what is kept of deleted ones."""
        return kept_versions(doctypes_of(context))


plugin = Frappe()

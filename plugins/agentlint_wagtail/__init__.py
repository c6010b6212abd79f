"""Wagtail: the editors' pages for page types, snippets, model viewsets and settings, and its audit log. Extends the Django plugin, which reads the URLconf."""

from __future__ import annotations

from collections.abc import Iterable

from agentlint.api import Context, FrameworkBase, Mechanism, Program, Route, imports
from agentlint_wagtail.editing import editing_routes, log_mechanisms


class Wagtail(FrameworkBase):
    """The plugin object that the entry point names."""

    name = "wagtail"
    version = "0.1.0"

    def detect(self, program: Program) -> bool:
        """True when a module imports Wagtail."""
        return imports(program, "wagtail")

    def routes(self, context: Context) -> Iterable[Route]:
        """One route for all that editors do to rows of one model."""
        return editing_routes(context)

    def mechanisms(self, context: Context) -> Iterable[Mechanism]:
        """The audit log of what editors do."""
        return log_mechanisms(context)


plugin = Wagtail()

"""Werkzeug without Flask: rules of a URL map and the functions or methods that their endpoints name."""

from __future__ import annotations

from collections.abc import Iterable

from agentlint.api import Context, FrameworkBase, Program, Route, syntax, walk
from agentlint_werkzeug.rules import collect_routes


class Werkzeug(FrameworkBase):
    """The plugin object that the entry point names."""

    name = "werkzeug"
    version = "0.1.0"

    def detect(self, program: Program) -> bool:
        """True when a module imports rules of URL maps; most programs that import Werkzeug leave its routing to a framework above it."""
        return any(_imports_rules(module) for module in program.modules.values())

    def routes(self, context: Context) -> Iterable[Route]:
        """Every rule whose endpoint is known."""
        return collect_routes(context)


def _imports_rules(module: syntax.Module) -> bool:
    imports = (stmt for stmt in walk.statements(module.body) if isinstance(stmt, syntax.Import) and stmt.module.startswith("werkzeug.routing"))
    return any(imported.name == "Rule" for stmt in imports for imported in stmt.names)


plugin = Werkzeug()

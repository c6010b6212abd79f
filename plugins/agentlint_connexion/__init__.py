"""connexion: operations live in the API description, which names the function that answers each."""

from __future__ import annotations

from collections.abc import Iterable

from agentlint.api import Context, FrameworkBase, Program, Route, imports
from agentlint_connexion.routes import described_routes


class Connexion(FrameworkBase):
    """The plugin object that the entry point names."""

    name = "connexion"
    version = "0.1.0"

    def detect(self, program: Program) -> bool:
        """True when a module imports connexion."""
        return imports(program, "connexion")

    def routes(self, context: Context) -> Iterable[Route]:
        """Described operations whose functions the project holds."""
        return described_routes(context)


plugin = Connexion()

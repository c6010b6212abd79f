"""Litestar: handlers of functions, controllers and routers, layered guards, authentication backends."""

from __future__ import annotations

from agentlint.api import FrameworkBase, Program, imports


class Litestar(FrameworkBase):
    """The plugin object that the entry point names."""

    name = "litestar"
    version = "0.1.0"

    def detect(self, program: Program) -> bool:
        """True when a module imports Litestar."""
        return imports(program, "litestar")


plugin = Litestar()

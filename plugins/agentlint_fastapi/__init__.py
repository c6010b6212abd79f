"""FastAPI and Starlette: routers, mounts, dependencies that authenticate, class-based routers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from agentlint.api import Context, Element, FrameworkBase, Program, Route, Type, imports
from agentlint_fastapi.routes import collect_routes


class FastAPI(FrameworkBase):
    """The plugin object that the entry point names."""

    name = "fastapi"
    version = "0.1.0"

    def detect(self, program: Program) -> bool:
        """True when a module imports FastAPI, Starlette, or a library that hands out such an application."""
        return imports(program, "fastapi", "starlette", "nicegui")

    def attribute_types(self, context: Context) -> Mapping[str, Mapping[str, Type | Element]]:
        """Endpoints of Starlette are given a request."""
        return {"*": {"request": Type("starlette.requests.Request")}}

    def routes(self, context: Context) -> Iterable[Route]:
        """Every path operation, with the guards of its dependencies."""
        return collect_routes(context)


plugin = FastAPI()

"""Sanic: decorated handlers, class-based views, blueprints and their groups, request middleware."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from agentlint.api import Context, Element, FrameworkBase, Program, Route, Type, called, imports, kept_attributes
from agentlint_sanic.routes import collect_routes

_OWNERS = ("sanic.Sanic", "sanic.Request")


class Sanic(FrameworkBase):
    """The plugin object that the entry point names."""

    name = "sanic"
    version = "0.1.0"

    def detect(self, program: Program) -> bool:
        """True when a module imports Sanic."""
        return imports(program, "sanic")

    def attribute_types(self, context: Context) -> Mapping[str, Mapping[str, Type | Element]]:
        """Handlers are given a request; what programs keep in the contexts of applications and requests."""
        kept = kept_attributes(context.program, called("ctx"))
        contexts = {f"{owner}.ctx": dict[str, Type | Element](kept) for owner in _OWNERS}
        return {"*": {"request": Type("sanic.Request")}, **{owner: {"ctx": Type(f"{owner}.ctx")} for owner in _OWNERS}, **contexts}

    def routes(self, context: Context) -> Iterable[Route]:
        """Every handler of an application and of the blueprints that it takes."""
        return collect_routes(context)


plugin = Sanic()

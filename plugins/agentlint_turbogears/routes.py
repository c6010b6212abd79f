"""Handlers of TurboGears: exposed methods, by name below the names of the controllers that hold theirs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agentlint.api import ClassInfo, Context, FunctionInfo, Guard, Route, once, walk
from agentlint_turbogears.crud import admin_routes, crud_routes
from agentlint_turbogears.exposing import Exposing
from agentlint_turbogears.tree import Tree

_DEEPEST = 8
_REST = ("tg.RestController", "tg.controllers.RestController", "tg.controllers.restcontroller.RestController")
_BY_VERB = {
    "get_all": ("GET", ""), "get_one": ("GET", "/{id}"), "get": ("GET", "/{id}"), "new": ("GET", "/new"), "edit": ("GET", "/{id}/edit"), "post": ("POST", ""),
    "put": ("PUT", "/{id}"), "delete": ("DELETE", "/{id}"), "post_delete": ("DELETE", "/{id}"), "get_delete": ("GET", "/{id}/delete"),
}
"""Verb and place of the methods of a `RestController` (TurboGears 2.5, "RESTful Requests Routing")."""
_ENTERING = ("_check_security", "_before", "_visit")
"""What runs when a controller is entered on the way to a method."""
_REQUIRE = ("tg.require", "tg.decorators.require")


def collect_routes(context: Context) -> Iterator[Route]:
    """All routes, each once."""
    reader = _Reader(context)
    return once(route for root in reader.tree.roots() for route in reader.below(root, "", (), ()))


class _Reader:
    def __init__(self, context: Context) -> None:
        self._context, self._program = context, context.program
        self._exposing = Exposing(context)
        self.tree = Tree(context, self._exposing)
        self._at: set[tuple[str, str]] = set()

    def below(self, controller: str, prefix: str, entered: tuple[str, ...], above: tuple[str, ...]) -> Iterator[Route]:
        """Routes of a controller and of those that it holds; one that holds itself is not entered twice on a way."""
        if controller in above or len(above) > _DEEPEST or (controller, prefix) in self._at:
            return
        self._at.add((controller, prefix))
        checks = (*entered, *self._entering(controller))
        for base in self._program.mro(controller):
            for name in self._program.classes[base].methods if base in self._program.classes else ():
                method = self._program.method(controller, name)
                if method is not None and method.owner == base and self._exposing.told(method) and name != "_lookup":
                    yield from self._routes(method, controller, prefix, checks)
        yield from crud_routes(controller, prefix, checks, self._required([], controller), self._context)
        yield from admin_routes(controller, prefix, self._context)
        for name, child in self.tree.below(controller, above):
            yield from self.below(child, f"{prefix}/{name or self.tree.part(controller)}", checks, (*above, controller))

    def _routes(self, method: FunctionInfo, controller: str, prefix: str, checks: tuple[str, ...]) -> Iterator[Route]:
        info, name = self.tree.info(controller), method.node.name
        verbs, place = self._place(method, controller)
        for verb in verbs:
            yield Route(
                framework="turbogears", method=verb, path=f"{prefix}{place}" or "/", handler=method.id, symbol=f"{info.node.qualname}.{name}",
                file=method.module.path, line=method.node.line, owner=controller, renders=self._exposing.answer(method), name=name,
                table_file=info.module.path, table_line=info.node.line, guards=self._required([method], controller), guard_handlers=checks,
            )

    def _place(self, method: FunctionInfo, controller: str) -> tuple[tuple[str, ...], str]:
        """The verbs and the end of the address of a method."""
        name = method.node.name
        if name in _BY_VERB and self._program.inherits(controller, *_REST):
            verb, place = _BY_VERB[name]
            return (verb,), place
        verbs = self._exposing.verbs(method) or (("GET",) if _takes_nothing(method) else ("ANY",))
        return verbs, "" if name == "index" else "/{}" if name == "_default" else f"/{name}"

    def _entering(self, controller: str) -> Iterator[str]:
        found = (self._program.method(controller, name) for name in _ENTERING)
        yield from (method.id for method in found if method is not None)

    def _required(self, methods: Sequence[FunctionInfo], controller: str) -> tuple[Guard, ...]:
        """`@require(predicate)` on a method or the class, and `allow_only` of the class: who is signed in is told by a session."""
        decorated: tuple[FunctionInfo | ClassInfo, ...] = (*methods, self.tree.info(controller))
        told = ((d, one) for one in decorated for d in one.node.decorators)
        found = [Guard("session", _REQUIRE[0], one.module.path, d.line) for d, one in told if self._program.resolve(getattr(d, "func", d), one) in _REQUIRE]
        allowed = self._program.attribute(controller, "allow_only")
        if allowed is not None:
            found.append(Guard("session", "allow_only", allowed[1].module.path, allowed[1].node.line))
        return tuple(found)


def _takes_nothing(method: FunctionInfo) -> bool:
    """True for a method that uses nothing a request can bring: whatever the verb, it is only shown."""
    given = {p.name for p in method.node.params[1:]}
    return not any(name in given or name.startswith("request.") for name in map(walk.dotted, walk.body_expressions(method.node.body)))

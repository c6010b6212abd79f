"""URL rules of Flask: decorators, `add_url_rule`, class views and resources, on applications, blueprints and API objects."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from agentlint.api import ClassInfo, Context, FunctionInfo, Made, Route, Value, join_paths
from agentlint_flask.answers import Answer, Answers
from agentlint_flask.classful import Classful
from agentlint_flask.csrf import BrowserCheck
from agentlint_flask.hooks import Hooks
from agentlint_flask.jsonapi import Answered, JsonApi
from agentlint_flask.own_handlers import METHODS, RESOURCES, shown
from agentlint_flask.tables import Tables
from agentlint_flask.views import View, Views

_DECORATORS = ("route", "resource", "websocket", *METHODS)


def collect_routes(context: Context) -> Iterator[Route]:
    """All URL rules of the program, each once however often a factory runs."""
    reader = _Reader(context)
    seen = set()
    for route in reader.routes():
        key = (route.method, route.path, route.handler, route.owner)
        if key not in seen:
            seen.add(key)
            yield route


class _Reader:
    def __init__(self, context: Context) -> None:
        self._program = context.program
        self._tables = Tables(context.program)
        self._hooks = Hooks(self._tables, context.program)
        self._views = Views(context.program, context.library, self._tables.setup)
        self._browser = BrowserCheck(self._tables, context.program)
        self._answers = Answers(context.program)
        self._jsonapi = JsonApi(self._tables, context.program, context.library)
        self._classful = Classful(context.program, self._tables.setup)
        self._around = {self._tables.key(m): m for m in self._tables.calls if self._tables.key(m)}

    def routes(self) -> Iterator[Route]:
        """Rules in the order in which set-up code makes them."""
        for made in self._tables.calls:
            yield from self._registered(made)
            table, verb = self._tables.called_on(made)
            if not table:
                continue
            if verb == "route" and made.args and self._jsonapi.is_resource(made.args[0]):
                yield from self._json_resource(made, table)
            elif verb in _DECORATORS:
                yield from self._decorated(made, table, verb)
            elif verb == "add_url_rule":
                yield from self._added(made, table)
            elif verb == "add_resource":
                yield from self._resource(made, table)

    def _decorated(self, made: Made, table: str, verb: str) -> Iterator[Route]:
        """`@table.route("/x", methods=[...])` on functions, method views and resources."""
        for value in made.applied:
            view = self._views.of(value)
            if view is None:
                continue
            several = isinstance(view.target, ClassInfo)
            paths = made.args if several else [*made.args[:1], made.keywords.get("rule")][:1]
            open_connection = verb == "websocket" or table in self._tables.sockets
            methods = ("CALL",) if open_connection else (verb.upper(),) if verb in METHODS else _methods(made.keywords.get("methods"))
            for path in paths:
                yield from self._rule(table, path, methods, view, made)

    def _added(self, made: Made, table: str) -> Iterator[Route]:
        given = dict(zip(("rule", "endpoint", "view_func"), made.args, strict=False)) | made.keywords
        view = self._views.of(given.get("view_func"))
        if view is not None:
            yield from self._rule(table, given.get("rule"), _methods(given.get("methods")), view, made)

    def _resource(self, made: Made, table: str) -> Iterator[Route]:
        view = self._views.of(made.args[0] if made.args else made.keywords.get("resource"))
        if view is not None:
            for path in made.args[1:]:
                yield from self._rule(table, path, (), view, made)

    def _registered(self, made: Made) -> Iterator[Route]:
        """`OrdersView.register(app)`: every public method of the class."""
        found = self._classful.registered(made)
        if found is None:
            return
        table, view = self._tables.key(found[1]), View(found[0])
        for rule in self._classful.rules(found[0], made) if table else ():
            for place in self._tables.tree.places(table):
                path = join_paths(_holes(place.prefix), _holes(f"/{rule.path}")) or "/"
                for method in rule.methods:
                    route = self._route(table, (method, path), view, rule.handler, made)
                    yield msgspec.structs.replace(route, guard_handlers=tuple(dict.fromkeys((*route.guard_handlers, *rule.before))))

    def _json_resource(self, made: Made, table: str) -> Iterator[Route]:
        """`api.route(ArticleList, "articles", "/articles", "/people/<int:id>/articles")`."""
        view = self._views.of(made.args[0])
        table = self._tables.key(made.keywords.get("blueprint")) or table
        if view is None or not isinstance(view.target, ClassInfo):
            return
        for path in (p for p in made.args[2:] if isinstance(p, str)):
            for place in self._tables.tree.places(table):
                full = join_paths(_holes(place.prefix), _holes(path)) or "/"
                for answered in self._jsonapi.answered(view.target):
                    yield self._json_route(made, table, full, answered, view)

    def _json_route(self, made: Made, table: str, path: str, answered: Answered, view: View) -> Route:
        info, handler = view.target, answered.handler
        checks = self._views.checks(view, answered.method, self._decorators_of(table))
        guards, asked = self._jsonapi.guards(info) if isinstance(info, ClassInfo) else ((), ())
        shown_in = handler or info
        return Route(
            framework="flask", method=answered.method, path=path, handler=handler.id if handler is not None else "", symbol=shown_in.node.qualname,
            file=shown_in.module.path, line=shown_in.node.line, owner=info.id, guards=(*checks.guards, *guards), effects=answered.effects, renders="json",
            name=str(made.args[1]) if len(made.args) > 1 else "", resource=answered.model, table_file=made.file, table_line=made.line,
            extra_handlers=answered.hooks, guard_handlers=tuple(dict.fromkeys((*checks.functions, *asked, *self._hooks.of(table, True)))),
        )

    def _rule(self, table: str, path: Value, methods: tuple[str, ...], view: View, made: Made) -> Iterator[Route]:
        spoken = _holes(path) if isinstance(path, str) else "{}"
        for place in self._tables.tree.places(table):
            full = join_paths(_holes(place.prefix), spoken) or "/"
            for method, handler in self._views.handlers(view, methods):
                yield self._route(table, (method, full if full.startswith("/") else f"/{full}"), view, handler, made)

    def _route(self, table: str, address: tuple[str, str], view: View, handler: FunctionInfo, made: Made) -> Route:
        symbol, shown_in = self._place(view, handler)
        renders = self._renders(table, view.target, shown_in if isinstance(shown_in, FunctionInfo) else handler)
        checks = self._views.checks(view, address[0], self._decorators_of(table))
        owner = view.target.id if isinstance(view.target, ClassInfo) else ""
        guards = (*checks.guards, *self._browser.guards(table, handler, owner, address))
        endpoint = made.keywords.get("endpoint")
        entry = self._program.method(owner, view.entry) if view.entry else None
        before = (*checks.functions, *self._hooks.of(table, renders == "json"), *((entry.id,) if entry is not None else ()))
        return Route(
            framework="flask", method=address[0], path=address[1], handler=handler.id, symbol=symbol, file=shown_in.module.path, line=shown_in.node.line,
            owner=owner, guards=guards, renders=renders, name=endpoint if isinstance(endpoint, str) else handler.node.name, table_file=made.file,
            table_line=made.line, guard_handlers=tuple(dict.fromkeys(before)),
        )

    def _place(self, view: View, handler: FunctionInfo) -> tuple[str, FunctionInfo | ClassInfo]:
        """Where a person looks for the view: at the class when its handler is inherited, in the method of its own that the handler runs."""
        target = view.target
        if not isinstance(target, ClassInfo) or handler.owner == target.id:
            return handler.node.qualname, handler
        place = shown(target, handler, self._program) or target
        return place.node.qualname, place

    def _decorators_of(self, table: str) -> tuple[str, ...]:
        """Decorators that an API object or a namespace puts around all of its resources."""
        names: list[str] = []
        for key in self._tables.tree.above(table):
            made = self._around.get(key)
            names += self._views.names(made.keywords.get("decorators")) if made is not None else []
        return tuple(names)

    def _renders(self, table: str, target: FunctionInfo | ClassInfo, handler: FunctionInfo) -> Answer:
        answer = self._answers.of(handler)
        is_resource = isinstance(target, ClassInfo) and self._program.inherits(target.id, *RESOURCES)
        return "json" if (table in self._tables.answers_programs and answer != "html") or is_resource else answer


def _methods(value: Value) -> tuple[str, ...]:
    return tuple(m.upper() for m in value if isinstance(m, str)) if isinstance(value, list | tuple) else ()


def _holes(path: str) -> str:
    """`/u/<int:id>` -> `/u/{id}`."""
    return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", path)



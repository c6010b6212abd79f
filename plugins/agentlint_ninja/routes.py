"""Operations of APIs, routers and controllers, each at its full path."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import msgspec

from agentlint.api import ClassInfo, Confidence, Context, FunctionInfo, Made, Member, Ref, Route, Value, join_paths, syntax, walk
from agentlint_django.project import settings_of
from agentlint_django.urlconf import url_table
from agentlint_ninja.authentication import Authentication, Demand, demand_of

_VERBS = frozenset({"get", "post", "put", "patch", "delete"})
_APIS, _ROUTERS = ("NinjaAPI", "NinjaExtraAPI"), ("Router",)
_PACKAGES = ("ninja.", "ninja_extra.")
_DEEPEST = 12


class _Place(msgspec.Struct, frozen=True, eq=False):
    """Where a table of operations hangs, and what it hands down."""

    prefix: str
    demand: Demand
    csrf: bool = False
    confidence: Confidence = "high"
    namespace: str = ""


def collect_routes(context: Context) -> Iterator[Route]:
    """All operations; routers that nothing includes stand at their own root."""
    reader = _Reader(context)
    yield from reader.all()


class _Reader:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._program = context.program
        self._setup = settings_of(context.program).setup
        self._authentication = Authentication(context)
        self._reached: set[int] = set()
        self._controllers = {c.id: d for c in self._program.classes.values() for d in c.node.decorators if self._names(d, c, "api_controller")}
        self._registered: set[str] = set()

    def all(self) -> Iterator[Route]:
        """APIs at the places of the URLconf, then what none of them reaches."""
        made = list(self._setup.made)
        apis = [m for m in made if self._is(m, _APIS)]
        homes: list[tuple[Made, _Place]] = []
        for api in apis:
            places = self._places(api)
            homes += [(api, place) for place in places]
            for place in places:
                yield from self._table(api, place, ())
        for router in made:
            if self._is(router, _ROUTERS) and id(router) not in self._reached:
                yield from self._table(router, _Place("/", demand_of(router), confidence="medium"), ())
        open_apis = [(a, p) for a, p in homes if any(c.method == "auto_discover_controllers" for c in a.calls)] or homes[:1]
        for class_id, decorator in self._controllers.items():
            for _api, place in open_apis if class_id not in self._registered else ():
                yield from self._controller(self._program.classes[class_id], decorator, place)

    def _is(self, made: Made, names: tuple[str, ...]) -> bool:
        name = made.callee.name if isinstance(made.callee, Ref) else ""
        bases = self._program.mro(name) if name in self._program.classes else (name,)
        return any(b.startswith(_PACKAGES) and b.rpartition(".")[2] in names for b in bases if b not in self._program.classes)

    def _places(self, api: Made) -> list[_Place]:
        csrf = api.keywords.get("csrf") is True
        space = api.keywords.get("urls_namespace", api.attributes.get("urls_namespace", "api-1.0.0"))
        found = []
        for entry in url_table(self._program).entries:
            view = entry.view
            if isinstance(view, Member) and view.attr in ("urls", "_get_urls") and view.owner is api:
                found.append(_Place(entry.path, demand_of(api), csrf, entry.confidence, space if isinstance(space, str) else ""))
        return found or [_Place("/", demand_of(api), csrf, "medium")]

    # ---------------------------------------------------------------- tables

    def _table(self, table: Made, place: _Place, seen: tuple[int, ...]) -> Iterator[Route]:
        """Operations of an API or router, and of everything hung below it."""
        if id(table) in seen or len(seen) > _DEEPEST:
            return
        self._reached.add(id(table))
        for call in table.calls:
            if call.method == "add_router":
                yield from self._include(call, place, (*seen, id(table)))
            elif call.method == "register_controllers":
                yield from self._register(call, place)
            elif call.method in _VERBS or call.method == "api_operation":
                yield from self._operations(call, place)

    def _include(self, call: Made, place: _Place, seen: tuple[int, ...]) -> Iterator[Route]:
        given = dict(zip(("prefix", "router"), call.args, strict=False)) | call.keywords
        router, prefix = given.get("router"), given.get("prefix")
        if isinstance(router, str):
            router = self._setup.evaluator.named(router)
        if not isinstance(router, Made):
            self._context.gap(call.file, call.line, "the router added here is not known")
            return
        demand = place.demand.below(call) if "auth" in call.keywords else place.demand.below(router)
        inner = msgspec.structs.replace(place, prefix=join_paths(place.prefix, prefix if isinstance(prefix, str) else "{}"), demand=demand)
        yield from self._table(router, inner, seen)

    def _operations(self, call: Made, place: _Place) -> Iterator[Route]:
        args = list(call.args)
        listed = call.keywords.get("methods", args.pop(0) if call.method == "api_operation" and args else None)
        verbs = [str(v).upper() for v in listed] if isinstance(listed, list | tuple) else [call.method.upper()]
        path = call.keywords.get("path", args[0] if args else "")
        for target in call.applied:
            info = self._function(target)
            for verb in verbs if info is not None else ():
                yield self._route(verb, path, info, place, place.demand.below(call), call)  # type: ignore[arg-type]

    def _function(self, value: Value) -> FunctionInfo | None:
        return self._program.functions.get(value.name) if isinstance(value, Ref) else getattr(value, "info", None)

    # ----------------------------------------------------------- controllers

    def _register(self, call: Made, place: _Place) -> Iterator[Route]:
        for value in call.args:
            name = value.name if isinstance(value, Ref) else ""
            if name in self._controllers:
                self._registered.add(name)
                yield from self._controller(self._program.classes[name], self._controllers[name], place)
            elif isinstance(value, str):  # import strings of controllers
                self._context.gap(call.file, call.line, f"the controller {value} was not followed")

    def _controller(self, info: ClassInfo, decorator: syntax.Expr, place: _Place) -> Iterator[Route]:
        """Methods of a controller class with a route decorator, inherited ones too."""
        told = self._setup.value(decorator, info.module)
        made = told if isinstance(told, Made) else Made(None, [], {}, info.module.path, decorator.line)
        prefix = made.keywords.get("prefix_or_class", made.args[0] if made.args else "")
        inner = msgspec.structs.replace(place, prefix=join_paths(place.prefix, prefix if isinstance(prefix, str) else ""), demand=place.demand.below(made))
        seen: set[str] = set()
        for base in self._program.mro(info.id):
            for name, method_id in self._program.classes[base].methods.items() if base in self._program.classes else ():
                if name not in seen:
                    seen.add(name)
                    yield from self._action(self._program.functions[method_id], inner, info, self._permissions(made))

    def _action(self, method: FunctionInfo, place: _Place, owner: ClassInfo, checks: tuple[str, ...]) -> Iterator[Route]:
        for decorator in method.node.decorators:
            verb = self._verb(decorator, method)
            if not verb or not isinstance(decorator, syntax.Call):
                continue
            call = self._setup.value(decorator, method.module)
            if isinstance(call, Made):
                path = call.keywords.get("path", call.args[0] if call.args else "")
                route = self._route(verb, path, method, place, place.demand.below(call), call)
                yield msgspec.structs.replace(route, owner=owner.id, guard_handlers=(*route.guard_handlers, *checks, *self._permissions(call)))

    def _verb(self, decorator: syntax.Expr, method: FunctionInfo) -> str:
        name = self._program.resolve(decorator.func if isinstance(decorator, syntax.Call) else decorator, method.module)
        last = name.rpartition(".")[2].removeprefix("http_")
        return last.upper() if name.startswith("ninja_extra.") and last in _VERBS else ""

    def _permissions(self, made: Made) -> tuple[str, ...]:
        """The `has_permission` of the project's own permission classes."""
        listed = made.keywords.get("permissions")
        names = [v.callee if isinstance(v, Made) else v for v in listed] if isinstance(listed, list | tuple) else []
        found = [self._program.method(n.name, "has_permission") for n in names if isinstance(n, Ref) and n.name in self._program.classes]
        return tuple(m.id for m in found if m is not None)

    def _names(self, decorator: syntax.Expr, info: ClassInfo, last: str) -> bool:
        name = self._program.resolve(decorator.func if isinstance(decorator, syntax.Call) else decorator, info.module)
        return name.startswith("ninja_extra.") and name.rpartition(".")[2] == last

    # ----------------------------------------------------------------- parts

    def _route(self, verb: str, path: Value, info: FunctionInfo, place: _Place, demand: Demand, call: Made) -> Route:
        guards, checks = self._authentication.of(demand, place.csrf)
        told = call.keywords.get("url_name", info.node.name)
        text = path if isinstance(path, str) else "{}"
        return Route(
            framework="ninja", method=verb, path=_holes(join_paths(place.prefix, text)) or "/", handler=info.id, symbol=info.node.qualname,
            file=info.module.path, line=info.node.line, guards=guards, renders=self._renders(info),
            name=f"{place.namespace}:{told}" if place.namespace else str(told), table_file=call.file, table_line=call.line, guard_handlers=checks,
            confidence=place.confidence,
        )

    @staticmethod
    def _renders(info: FunctionInfo) -> Literal["html", "json"]:
        names = {walk.dotted(c.func).rpartition(".")[2] for c in walk.calls(info.node.body)}
        return "html" if names & {"render", "TemplateResponse", "redirect"} else "json"


def _holes(path: str) -> str:
    """`/u/{int:id}` -> `/u/{id}`."""
    return re.sub(r"\{(?:[^:{}]+:)([^{}]+)\}", r"{\1}", path)

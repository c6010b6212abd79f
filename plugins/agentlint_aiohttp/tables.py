"""Applications, route tables and resources of aiohttp that set-up code makes, and where they hang."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from agentlint.api import Closure, Factories, Made, Member, MountTree, Program, Ref, Value

_APP, _TABLE, _WEB = "aiohttp.web.Application", "aiohttp.web.RouteTableDef", "aiohttp.web."
VERBS = ("get", "post", "put", "patch", "delete", "head", "options")
_ADDS = frozenset({*(f"add_{v}" for v in VERBS), "add_route", "add_view", "add_routes", "add_subapp", "add_resource"})
_STAND_INS = {_APP: _APP, _TABLE: _TABLE, "app": _APP, "application": _APP, "web_app": _APP, "routes": _TABLE, "aiohttp.web.UrlDispatcher": _APP}
_SETUP = ("aiohttp_security.setup", "aiohttp_security.api.setup")


class Entry(msgspec.Struct, frozen=True, eq=False):
    """One line of a route table: a method (`*` for all, empty for a class-based view), a path, a handler, and the table it stands in."""

    key: str
    method: str
    path: str
    handler: Value
    call: Made


class Tables:
    """All tables of a program, with their entries and middleware."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self.tree = MountTree()
        factories = Factories(program, _ADDS, frozenset({*VERBS, "route", "view"}))
        factories.run(frozenset({_APP, _TABLE}), _STAND_INS)
        self._calls = tuple(factories.setup.made)
        self._keys: dict[int, str] = {}
        self.middleware: dict[str, list[Value]] = {}
        self.policies: list[Value] = []
        for number, made in enumerate(self._calls):
            if self._is(made, _APP, _TABLE):
                self._keys[id(made)] = str(number)
                self.tree.declare(str(number), root=self._is(made, _APP))
                self.middleware[str(number)] = _items(made.keywords.get("middlewares"))
        for made in self._calls:
            self._mount(made)

    def entries(self) -> Iterator[Entry]:
        """Every line of every table."""
        for made in self._calls:
            callee = made.callee
            if not isinstance(callee, Member):
                continue
            owner = _root(callee.owner)
            key = self._keys.get(id(owner), "") if owner is not None else ""
            if key and self._is(owner, _TABLE):
                yield from self._decorated(key, callee.attr, made)
            elif key:
                yield from self._added(key, callee.attr, made)
            elif callee.attr == "add_route" and owner is not None:
                yield from self._of_resource(owner, made)

    # --------------------------------------------------------------- entries

    def _decorated(self, key: str, attr: str, made: Made) -> Iterator[Entry]:
        """`@routes.post("/x")`, `@routes.route("*", "/x")`, `@routes.view("/x")`."""
        if attr not in (*VERBS, "route", "view") or not made.args:
            return
        path, method = made.args[0], attr.upper()
        if attr == "route":
            method, path = _text(made.args[0]).upper(), made.args[1] if len(made.args) > 1 else ""
        for handler in made.applied:
            yield Entry(key, "" if attr == "view" else method, _text(path), handler, made)

    def _added(self, key: str, attr: str, made: Made) -> Iterator[Entry]:
        """`app.router.add_post("/x", f)`, `app.router.add_route("POST", "/x", f)`, `app.add_routes([web.post("/x", f)])`."""
        args = made.args
        verb = attr.removeprefix("add_")
        if attr.startswith("add_") and verb in VERBS and args:
            yield Entry(key, verb.upper(), _text(args[0]), _given(made, "handler", 1), made)
        elif attr == "add_route" and len(args) > 1:
            yield Entry(key, _text(args[0]).upper(), _text(args[1]), _given(made, "handler", 2), made)
        elif attr == "add_view" and args:
            yield Entry(key, "", _text(args[0]), _given(made, "handler", 1), made)
        elif attr == "add_routes" and args:
            for item in _items(args[0]):
                if isinstance(item, Made) and isinstance(item.callee, Ref) and item.callee.name.startswith(_WEB):
                    yield from self._listed(key, item.callee.name.removeprefix(_WEB), item)

    def _listed(self, key: str, name: str, item: Made) -> Iterator[Entry]:
        if name in VERBS and item.args:
            yield Entry(key, name.upper(), _text(item.args[0]), _given(item, "handler", 1), item)
        elif name == "route" and len(item.args) > 1:
            yield Entry(key, _text(item.args[0]).upper(), _text(item.args[1]), _given(item, "handler", 2), item)
        elif name == "view" and item.args:
            yield Entry(key, "", _text(item.args[0]), _given(item, "handler", 1), item)

    def _of_resource(self, owner: Made, made: Made) -> Iterator[Entry]:
        """`resource = app.router.add_resource("/x")`, then `resource.add_route("GET", f)`; wrappers such as `cors.add(...)` give what they are given."""
        for _ in range(3):
            if isinstance(owner.callee, Member) and owner.callee.attr == "add_resource":
                app = _root(owner.callee.owner)
                key = self._keys.get(id(app), "") if app is not None else ""
                if key and owner.args and made.args:
                    yield Entry(key, _text(made.args[0]).upper(), _text(owner.args[0]), _given(made, "handler", 1), made)
                return
            if not owner.args or not isinstance(owner.args[0], Made):
                return
            owner = owner.args[0]

    # ---------------------------------------------------------------- mounts

    def _mount(self, made: Made) -> None:
        if isinstance(made.callee, Ref) and made.callee.name in _SETUP:
            self.policies += made.args[1:2]
        if not isinstance(made.callee, Member):
            return
        owner = _root(made.callee.owner)
        key = self._keys.get(id(owner), "") if owner is not None else ""
        if not key or not made.args:
            return
        if made.callee.attr == "add_subapp" and len(made.args) > 1:
            self._link(key, made.args[1], _text(made.args[0]))
        elif made.callee.attr == "add_routes":
            self._link(key, made.args[0], "")
        elif made.method in ("middlewares.append", "middlewares.insert", "middlewares.extend"):
            self.middleware[key] += _items(made.args[-1])

    def _link(self, parent: str, child: Value, prefix: str) -> None:
        below = self._keys.get(id(child), "") if isinstance(child, Made) else ""
        if below and below != parent:
            self.tree.mount(parent, below, prefix)

    def _is(self, made: Made | None, *wanted: str) -> bool:
        name = made.callee.name if made is not None and isinstance(made.callee, Ref) else ""
        return name in wanted or (name in self._program.classes and self._program.inherits(name, *wanted))


def _root(value: Value) -> Made | None:
    """The object at the start of `app.router`."""
    while isinstance(value, Member):
        value = value.owner
    return value if isinstance(value, Made) else None


def _given(made: Made, name: str, position: int) -> Value:
    return made.keywords.get(name, made.args[position] if len(made.args) > position else None)


def _items(value: Value) -> list[Value]:
    return list(value) if isinstance(value, list | tuple) else [value] if isinstance(value, Made | Ref | Closure) else []


def _text(value: Value) -> str:
    return value if isinstance(value, str) else "{}"

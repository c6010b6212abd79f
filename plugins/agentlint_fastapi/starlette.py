"""Route objects of Starlette: `Route`, `Mount` and endpoint classes, in lists that applications and routers are given."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from agentlint.api import ClassInfo, Closure, Context, Factories, FunctionInfo, Made, Ref, Value, join_paths, syntax

_TABLES = ("starlette.applications.Starlette", "starlette.routing.Router", "fastapi.FastAPI", "fastapi.APIRouter")
_SOCKETS = ("starlette.routing.WebSocketRoute", "fastapi.routing.APIWebSocketRoute")
_ROUTE, _MOUNT = ("starlette.routing.Route", *_SOCKETS), ("starlette.routing.Mount", "starlette.routing.Host")
_VERBS = ("get", "post", "put", "patch", "delete")
_DEEPEST = 10


class Found(msgspec.Struct, frozen=True, eq=False):
    """One method of one route object."""

    method: str
    path: str
    handler: FunctionInfo
    owner: ClassInfo | None
    call: Made
    wrappers: tuple[str, ...] = ()


def starlette_routes(context: Context) -> Iterator[Found]:
    """Everything that route objects of the program declare, at its full path."""
    program = context.program
    wanted = {n.name for m in program.modules.values() for stmt in m.body if isinstance(stmt, syntax.Import) for n in stmt.names}
    if not wanted & {"Route", "WebSocketRoute", "Mount", "routing"}:
        return
    factories = Factories(program, frozenset({"add_route", "mount"}), frozenset())
    factories.run(frozenset(_TABLES[:2]), {"starlette.applications.Starlette": _TABLES[0]})
    reader = _Reader(context)
    made = list(factories.setup.made)
    for table in (m for m in made if reader.is_a(m, *_TABLES)):
        reader.note(table)
    for table in (m for m in made if reader.is_a(m, *_TABLES) and id(m) not in reader.below):
        yield from reader.table(table, "", 0)
    for single in (m for m in made if reader.is_a(m, *_ROUTE) and id(m) not in reader.seen and id(m) not in reader.below):
        yield from reader.route(single, "")


class _Reader:
    def __init__(self, context: Context) -> None:
        self._program = context.program
        self.below: set[int] = set()
        self.seen: set[int] = set()

    def is_a(self, made: Made, *wanted: str) -> bool:
        """True for an object of one of the classes or of a project class below it."""
        name = made.callee.name if isinstance(made.callee, Ref) else ""
        return name in wanted or (name in self._program.classes and self._program.inherits(name, *wanted))

    def note(self, table: Made) -> None:
        """Remembers what hangs below a table: it is no root."""
        waiting = list(_routes_of(table))
        while waiting:
            one = waiting.pop()
            if isinstance(one, Made) and id(one) not in self.below:
                self.below.add(id(one))
                app = one.keywords.get("app", one.args[1] if len(one.args) > 1 else None)
                if self.is_a(one, *_MOUNT):
                    waiting += [*_items(one.keywords.get("routes")), *((app,) if isinstance(app, Made) else ())]

    def table(self, table: Made, prefix: str, depth: int) -> Iterator[Found]:
        """Routes of an application or router."""
        for item in _routes_of(table) if depth < _DEEPEST else ():
            yield from self._item(item, prefix, depth)

    def _item(self, item: Value, prefix: str, depth: int) -> Iterator[Found]:
        if not isinstance(item, Made):
            return
        if self.is_a(item, *_ROUTE):
            yield from self.route(item, prefix)
        elif self.is_a(item, *_MOUNT) or item.method in ("mount", "host"):
            inner = join_paths(prefix, _text(item, "path", 0))
            app = item.keywords.get("app", item.args[1] if len(item.args) > 1 else None)
            for below in _items(item.keywords.get("routes")):
                yield from self._item(below, inner, depth + 1)
            if isinstance(app, Made) and self.is_a(app, *_TABLES[:2]):
                yield from self.table(app, inner, depth + 1)
        elif item.method in ("add_route", "add_websocket_route"):
            yield from self.route(item, prefix)

    def route(self, item: Made, prefix: str) -> Iterator[Found]:
        """`Route("/x", endpoint, methods=["POST"])`: a function, or a class with a method for each HTTP method."""
        self.seen.add(id(item))
        target, wrappers = self._endpoint(item.keywords.get("endpoint", item.args[1] if len(item.args) > 1 else None))
        path = plain(join_paths(prefix, _text(item, "path", 0))) or "/"
        if self.is_a(item, *_SOCKETS) or item.method == "add_websocket_route":
            handler = target if isinstance(target, FunctionInfo) else self._program.method(target.id, "on_receive") if target is not None else None
            if handler is not None:
                yield Found("CALL", path, handler, target if isinstance(target, ClassInfo) else None, item, wrappers)
        elif isinstance(target, FunctionInfo):
            told = item.keywords.get("methods", item.args[2] if len(item.args) > 2 else None)
            for method in [str(m).upper() for m in told] if isinstance(told, list | tuple) else ["GET"]:
                yield Found(method, path, target, None, item, wrappers)
        elif isinstance(target, ClassInfo):
            for verb in _VERBS:
                handler = self._program.method(target.id, verb)
                if handler is not None:
                    yield Found(verb.upper(), path, handler, target, item, wrappers)

    def _endpoint(self, value: Value) -> tuple[FunctionInfo | ClassInfo | None, tuple[str, ...]]:
        wrappers: list[str] = []
        for _ in range(6):
            if isinstance(value, Closure):
                return value.info, tuple(wrappers)
            if isinstance(value, Ref):
                return self._program.functions.get(value.name) or self._program.classes.get(value.name), tuple(wrappers)
            if not isinstance(value, Made):
                break
            callee = value.callee.callee if isinstance(value.callee, Made) else value.callee
            wrappers += [callee.name] if isinstance(callee, Ref) else [callee.info.id] if isinstance(callee, Closure) else []
            value = value.args[0] if value.args else None
        return None, tuple(wrappers)


def _routes_of(table: Made) -> list[Value]:
    positional = table.args[1] if len(table.args) > 1 and isinstance(table.args[1], list) else table.args[0] if table.args else None
    return [*_items(table.keywords.get("routes", positional)), *(c for c in table.calls if c.method in ("mount", "add_route", "add_websocket_route", "host"))]


def _items(value: Value) -> list[Value]:
    return list(value) if isinstance(value, list | tuple) else []


def _text(item: Made, name: str, position: int) -> str:
    value = item.keywords.get(name, item.args[position] if len(item.args) > position else "")
    return re.sub(r"\{(\w+):\w+\}", r"{\1}", value) if isinstance(value, str) else "{}"


def plain(path: str) -> str:
    """A path without the converters of its parameters: `/files/{path:path}` -> `/files/{path}` (https://www.starlette.io/routing/#path-parameters)."""
    return re.sub(r"\{(\w+):\w+\}", r"{\1}", path)

"""Layers of Litestar: applications and routers with what they hold, what they demand, and the authentication that an application starts with."""

from __future__ import annotations

import re

import msgspec

from agentlint.api import AuthKind, ClassInfo, Closure, Context, Factories, Guard, Made, Ref, Value, join_paths

_APPS = ("litestar.Litestar", "litestar.app.Litestar")
_ROUTERS = ("litestar.Router", "litestar.router.Router")
_BACKENDS: dict[str, AuthKind] = {
    "JWTAuth": "token", "JWTCookieAuth": "token", "OAuth2PasswordBearerAuth": "oauth", "SessionAuth": "session",
}
"""`JWTCookieAuth` takes the header as well as the cookie."""
_DEEPEST = 10
_STAND_INS = {"litestar.config.app.AppConfig": "litestar.config.app.AppConfig", "app_config": "litestar.config.app.AppConfig"}


class Place(msgspec.Struct, frozen=True, eq=False):
    """Where a handler or controller hangs: its prefix, and the functions that check callers on the way."""

    prefix: str = ""
    checks: tuple[str, ...] = ()


class Layers:
    """All applications and routers of a program."""

    def __init__(self, context: Context) -> None:
        self._program = context.program
        factories = Factories(context.program, frozenset({"register"}), frozenset())
        factories.run(frozenset({*_APPS, *_ROUTERS}), _STAND_INS)
        self.setup = factories.setup
        self._made = tuple(factories.setup.made)
        self.places: dict[str, list[Place]] = {}
        """Id of a function or controller to where layers put it."""
        self.guards: list[Guard] = []
        self.checks: list[str] = []
        """Functions that say who calls, for every handler that is not excluded."""
        self.excluded: list[re.Pattern[str]] = []
        self.csrf = False
        self._read()

    def names(self, value: Value) -> tuple[str, ...]:
        """Ids of the functions in a list of guards or hooks."""
        found = []
        for item in value if isinstance(value, list | tuple) else (value,):
            one = item.callee if isinstance(item, Made) else item
            if isinstance(one, Closure):
                found.append(one.info.id)
            elif isinstance(one, Ref) and one.name in self._program.functions:
                found.append(one.name)
            elif isinstance(one, Ref) and one.name in self._program.classes:
                method = self._program.method(one.name, "__call__")
                found += [method.id] if method is not None else []
        return tuple(found)

    # ------------------------------------------------------------------ read

    def _read(self) -> None:
        below: set[int] = set()
        tables = [m for m in self._made if self._is(m, *_APPS, *_ROUTERS)]
        for made in tables:
            below |= {id(v) for v in self._held(made) if isinstance(v, Made)}
        for made in tables:
            if self._is(made, *_APPS):
                self.csrf = self.csrf or made.keywords.get("csrf_config") is not None
                self.checks += self.names(made.keywords.get("guards")) + self._middleware(made.keywords.get("middleware"))
            if id(made) not in below:
                self._place(made, Place(), 0)
        for made in self._made:
            self._backend(made)

    def _place(self, made: Made, place: Place, depth: int) -> None:
        """Hands a layer's prefix and checks to what it holds."""
        path = made.keywords.get("path", made.args[0] if made.args and self._is(made, *_ROUTERS) else "")
        own = (*self.names(made.keywords.get("guards")), *self.names(made.keywords.get("before_request")), *self._middleware(made.keywords.get("middleware")))
        inner = Place(join_paths(place.prefix, path if isinstance(path, str) else ""), (*place.checks, *own))
        for value in self._held(made) if depth < _DEEPEST else ():
            if isinstance(value, Made) and self._is(value, *_ROUTERS):
                self._place(value, inner, depth + 1)
            elif isinstance(value, Ref | Closure):
                name = value.name if isinstance(value, Ref) else value.info.id
                self.places.setdefault(name, []).append(inner)

    def _held(self, made: Made) -> list[Value]:
        found: list[Value] = []
        value = made.keywords.get("route_handlers", made.args[0] if made.args and self._is(made, *_APPS) else None)
        found += value if isinstance(value, list | tuple) else []
        return found + [c.args[0] for c in made.calls if c.method == "register" and c.args]

    def _middleware(self, value: Value) -> tuple[str, ...]:
        found = []
        for item in value if isinstance(value, list | tuple) else (value,):
            inner = item.args[0] if isinstance(item, Made) and item.args else item.callee if isinstance(item, Made) else item
            if isinstance(inner, Ref) and inner.name in self._program.classes:
                methods = (self._program.method(inner.name, n) for n in ("authenticate_request", "__call__"))
                found += [m.id for m in methods if m is not None]
        return tuple(found)

    def _backend(self, made: Made) -> None:
        """An authentication object that the project makes: applications take it by `on_app_init`."""
        name = made.callee.name if isinstance(made.callee, Ref) else ""
        held = next((b for b in (self._program.mro(name) if name in self._program.classes else (name,)) if b.rpartition(".")[2] in _BACKENDS), "")
        if not held.startswith("litestar."):
            return
        self.guards.append(Guard(_BACKENDS[held.rpartition(".")[2]], held, made.file, made.line))
        listed = made.keywords.get("exclude")
        for text in listed if isinstance(listed, list | tuple) else (listed,):
            if isinstance(text, str):
                try:
                    self.excluded.append(re.compile(text))
                except re.error:
                    continue

    def _is(self, made: Made, *wanted: str) -> bool:
        name = made.callee.name if isinstance(made.callee, Ref) else ""
        return name in wanted or (name in self._program.classes and self._program.inherits(name, *wanted))


def attribute(owner: ClassInfo, name: str, context: Context, layers: Layers) -> Value:
    """The value of a controller's attribute, inherited too; None when it has none."""
    held = context.program.attribute(owner.id, name)
    return layers.setup.value(held[0], held[1]) if held is not None else None

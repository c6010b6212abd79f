"""Routers that libraries make whole: those of FastAPI Users, and of FastAPI CRUDRouter.

FastAPI Users documentation, "Routers" and "Routes"; FastAPI CRUDRouter documentation, "Routing". With a bearer transport programs sign in, with cookies
browsers do.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from agentlint.api import AuthKind, Context, Effect, EffectOperation, Guard, MountTree, Program, Route, Scope, join_paths, syntax, walk

_USERS = ("fastapi_users.FastAPIUsers", "fastapi_users.fastapi_users.FastAPIUsers")
_MANAGER = ("fastapi_users.BaseUserManager", "fastapi_users.manager.BaseUserManager")
_TRANSPORTS: dict[str, AuthKind] = {"BearerTransport": "token", "CookieTransport": "session"}
_ROUTERS: dict[str, tuple[tuple[str, str, str, str], ...]] = {
    "get_auth_router": (("POST", "/login", "login", "on_after_login"), ("POST", "/logout", "logout", "")),
    "get_register_router": (("POST", "/register", "create", "on_after_register"),),
    "get_reset_password_router": (
        ("POST", "/forgot-password", "send", "on_after_forgot_password"), ("POST", "/reset-password", "update", "on_after_reset_password"),
    ),
    "get_verify_router": (("POST", "/request-verify-token", "send", "on_after_request_verify"), ("POST", "/verify", "update", "on_after_verify")),
    "get_users_router": (
        ("GET", "/me", "", ""), ("PATCH", "/me", "update", "on_after_update"), ("GET", "/{id}", "", ""), ("PATCH", "/{id}", "update", "on_after_update"),
        ("DELETE", "/{id}", "delete", "on_after_delete"),
    ),
}
"""Method that makes the router to its routes: HTTP method, address, what it does, and the user manager's hook."""
_CRUD = (
    ("GET", "", "", "get_all_route"), ("POST", "", "create", "create_route"), ("DELETE", "", "delete", "delete_all_route"),
    ("GET", "/{item_id}", "", "get_one_route"), ("PUT", "/{item_id}", "update", "update_route"), ("DELETE", "/{item_id}", "delete", "delete_one_route"),
)
_APIS = {"create": "sqlalchemy.orm.Session.add()", "update": "sqlalchemy.orm.Session.merge()", "delete": "sqlalchemy.orm.Session.delete()"}


class _Made(msgspec.Struct, frozen=True, eq=False):
    call: syntax.Call
    scope: Scope
    kind: str


class ReadyRouters:
    """The routers of a program that libraries make."""

    def __init__(self, context: Context) -> None:
        self._program: Program = context.program
        self._found: dict[str, _Made] = {}

    def key(self, expr: syntax.Expr, scope: Scope) -> str:
        """What tells a ready-made router from other tables; empty for what is none."""
        for _ in range(2):
            if isinstance(expr, syntax.Name | syntax.Attribute):  # a variable that holds one
                name = self._program.resolve(expr, scope)
                held = self._program.lookup(name)
                home = self._program.modules.get(name.rpartition(".")[0])
                if not isinstance(held, syntax.Call) or home is None:
                    return ""
                expr, scope = held, home
        kind = self._kind(expr, scope) if isinstance(expr, syntax.Call) else ""
        if not kind or not isinstance(expr, syntax.Call):
            return ""
        key = f"ready-made {_path(scope)}:{expr.line}:{expr.column}"
        self._found[key] = _Made(expr, scope, kind)
        return key

    def _kind(self, call: syntax.Call, scope: Scope) -> str:
        if isinstance(call.func, syntax.Attribute) and call.func.attr in _ROUTERS and self._users(call.func.value, scope) is not None:
            return call.func.attr
        name = self._program.resolve(call.func, scope)
        return "crud" if name.startswith("fastapi_crudrouter.") and name.endswith("CRUDRouter") else ""

    def _users(self, expr: syntax.Expr, scope: Scope) -> syntax.Call | None:
        """The call that made the object whose method makes a router."""
        made = self._program.lookup(self._program.resolve(expr, scope))
        if not isinstance(made, syntax.Call):
            return None
        func = made.func.value if isinstance(made.func, syntax.Subscript) else made.func
        home = self._program.modules.get(self._program.resolve(expr, scope).rpartition(".")[0]) or scope
        return made if self._program.resolve(func, home) in _USERS else None

    def demanded(self, provider: syntax.Expr, scope: Scope) -> tuple[Guard, ...]:
        """What `fastapi_users.current_user(...)` as a dependency demands."""
        if not isinstance(provider, syntax.Call) or not isinstance(provider.func, syntax.Attribute) or provider.func.attr != "current_user":
            return ()
        if self._users(provider.func.value, scope) is None:
            return ()
        optional = any(k.name == "optional" and isinstance(k.value, syntax.Constant) and k.value.value is True for k in provider.keywords)
        return tuple(msgspec.structs.replace(g, optional=optional) for g in self._signs_in(_path(scope), provider.line))

    def _signs_in(self, file: str, line: int) -> tuple[Guard, ...]:
        """Who may call what only users may: by the transports that the program makes."""
        kinds = set()
        for module in self._program.modules.values():
            for stmt in walk.statements(module.body):
                for root in walk.own_expressions(stmt):
                    for expr in walk.expressions(root):
                        name = self._program.resolve(expr.func, module) if isinstance(expr, syntax.Call) else ""
                        if name.startswith("fastapi_users."):
                            kinds.add(_TRANSPORTS.get(name.rpartition(".")[2], ""))
        return tuple(Guard(kind, "FastAPI Users", file, line) for kind in ("token", "session") if kind in kinds)

    # ---------------------------------------------------------------- routes

    def routes(self, tree: MountTree) -> Iterator[Route]:
        """The routes of all ready-made routers, where they are mounted."""
        for key, made in sorted(self._found.items()):
            for place in tree.places(key) or ():
                yield from self._crud(made, place.prefix, place.guards) if made.kind == "crud" else self._of_users(made, place.prefix, place.guards)

    def _of_users(self, made: _Made, prefix: str, above: tuple[Guard, ...]) -> Iterator[Route]:
        users = self._users(made.call.func.value, made.scope) if isinstance(made.call.func, syntax.Attribute) else None
        model = self._user_model(users, made) if users is not None else ""
        file = _path(made.scope)
        signed_in, anybody = self._signs_in(file, made.call.line), (Guard("anonymous", "", file, made.call.line),)
        hooks = [c for c, info in self._program.classes.items() if self._program.inherits(c, *_MANAGER)]
        for method, path, done, hook in _ROUTERS[made.kind]:
            extra = tuple(m.id for c in hooks if hook and (m := self._program.method(c, hook)) is not None)
            guards = signed_in if made.kind == "get_users_router" or done == "logout" else anybody
            yield self._route(made, method, join_paths(prefix, path), _effects(done, model, file, made.call.line), (*above, *guards), extra)

    def _user_model(self, users: syntax.Call, made: _Made) -> str:
        holder = made.call.func.value if isinstance(made.call.func, syntax.Attribute) else None
        home = self._program.modules.get(self._program.resolve(holder, made.scope).rpartition(".")[0])
        index = users.func.index if isinstance(users.func, syntax.Subscript) else None
        first: syntax.Expr | None = index.items[0] if isinstance(index, syntax.Sequence) and index.items else index
        name = self._program.resolve(first, home) if home is not None and first is not None else ""
        return name if name in self._program.classes else ""

    def _crud(self, made: _Made, prefix: str, above: tuple[Guard, ...]) -> Iterator[Route]:
        told = {k.name: k.value for k in made.call.keywords if k.name}
        model = self._program.resolve(told.get("db_model"), made.scope) if "db_model" in told else ""
        own = self._program.fold(told.get("prefix"), made.scope)
        for method, path, done, switch in _CRUD:
            flag = told.get(switch)
            if isinstance(flag, syntax.Constant) and flag.value is False:
                continue
            address = join_paths(prefix, f"/{own.strip('/')}" if isinstance(own, str) and own else "", path)
            yield self._route(made, method, address, _effects(done, model, _path(made.scope), made.call.line), above, ())

    def _route(self, made: _Made, method: str, path: str, effects: tuple[Effect, ...], guards: tuple[Guard, ...], extra: tuple[str, ...]) -> Route:
        file, name = _path(made.scope), walk.dotted(made.call.func) or made.kind
        return Route(
            framework="fastapi", method=method, path=path or "/", handler="", symbol=name, file=file, line=made.call.line, guards=guards, effects=effects,
            renders="json", table_file=file, table_line=made.call.line, extra_handlers=extra, action=path.rstrip("/").rpartition("/")[2] if not effects else "",
        )


def _effects(done: str, model: str, file: str, line: int) -> tuple[Effect, ...]:
    if done in ("login", "logout"):
        return (Effect("authentication", done, "", file, line, "", registered=True),)  # type: ignore[arg-type]
    if done not in _APIS:
        return ()
    operation: EffectOperation = done  # type: ignore[assignment]
    return (Effect("orm-write", operation, model.rpartition(".")[2], file, line, "", model=model, api=_APIS[done], registered=True),)


def _path(scope: Scope) -> str:
    return scope.path if isinstance(scope, syntax.Module) else scope.module.path

"""Servers of django-modern-rpc: procedures registered on a server or namespace, whatever code of the project calls the registration, and who may call."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import Closure, Context, FunctionInfo, Guard, Made, Ref, Value, imports
from agentlint_django.project import settings_of
from agentlint_rpc.procedures import Procedure

_SERVERS = frozenset({"modernrpc.server.RpcServer", "modernrpc.RpcServer", "modernrpc.server.RpcNamespace", "modernrpc.RpcNamespace"})
_SIGN_IN = frozenset({"django.contrib.auth.login", "django.contrib.auth.alogin"})
_DEEPEST = 3


def django_procedures(context: Context) -> Iterator[Procedure]:
    """Procedures of all servers; those of a service with a procedure that signs callers in can be called by programs that hold a password."""
    if not imports(context.program, "modernrpc"):
        return
    found = list(_Reader(context).all())
    place = next(((p.info.module.path, p.info.node.line) for p in found if _signs_in(p.info.id, context, 0, set())), None)
    handed = (Guard("token", "a procedure takes credentials and hands out the session", *place),) if place is not None else ()
    for procedure in found:
        yield Procedure(
            procedure.name, procedure.info, procedure.file, procedure.line, procedure.owner, (*procedure.guards, *handed), procedure.checks,
        )


class _Reader:
    def __init__(self, context: Context) -> None:
        self._program = context.program
        setup = settings_of(context.program).setup
        self._servers = [m for m in list(setup.made) if self._is_server(m)]

    def all(self) -> Iterator[Procedure]:
        """Every registration, under each name that a namespace is registered with."""
        for server in self._servers:
            for call in server.calls:
                if call.method == "register_procedure":
                    yield from self._registered(call, server)

    def _is_server(self, made: Made) -> bool:
        name = made.callee.name if isinstance(made.callee, Ref) else ""
        return name in _SERVERS or (name in self._program.classes and self._program.inherits(name, *_SERVERS))

    def _registered(self, call: Made, server: Made) -> Iterator[Procedure]:
        given = [*call.applied, *call.args[:1], *([call.keywords["procedure"]] if "procedure" in call.keywords else [])]
        auth = call.keywords.get("auth", server.keywords.get("auth"))
        for value in given:
            info = self._function(value)
            if info is None:
                continue
            told = call.keywords.get("name", call.args[1] if len(call.args) > 1 else None)
            name = told if isinstance(told, str) else info.node.name
            guards = (Guard("csrf-exempt", "the server switches the browser check off", call.file, call.line),)
            for prefix in self._prefixes(server):
                yield Procedure(f"{prefix}{name}", info, call.file, call.line, guards=guards, checks=tuple(self._checks(auth)))

    def _prefixes(self, space: Made) -> list[str]:
        """What stands before the names of a namespace; nothing for a server."""
        calls = (c for s in self._servers for c in s.calls if c.method == "register_namespace")
        registered = [c for c in calls if (c.args[0] if c.args else c.keywords.get("namespace")) is space]
        told = [c.keywords.get("name", c.args[1] if len(c.args) > 1 else None) for c in registered]
        return [f"{name}." if isinstance(name, str) and name else "" for name in told] or [""]

    def _checks(self, auth: Value) -> Iterator[str]:
        """Functions that say who calls."""
        for one in auth if isinstance(auth, list | tuple) else (auth,):
            info = self._function(one)
            if info is not None:
                yield info.id

    def _function(self, value: Value) -> FunctionInfo | None:
        if isinstance(value, Closure):
            return value.info
        if isinstance(value, Made) and value.args:  # a decorator of the project around it
            return self._function(value.args[0])
        return self._program.functions.get(value.name) if isinstance(value, Ref) else None


def _signs_in(function: str, context: Context, depth: int, seen: set[str]) -> bool:
    if function in seen or depth > _DEEPEST:
        return False
    seen.add(function)
    for site in context.calls.sites(function):
        if site.library in _SIGN_IN:
            return True
        if any(t.confidence != "low" and t.kind == "call" and _signs_in(t.function, context, depth + 1, seen) for t in site.targets):
            return True
    return False

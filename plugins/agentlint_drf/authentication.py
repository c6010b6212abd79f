"""Who may call: authentication and permission classes of a view, of the settings, or the framework's defaults."""

from __future__ import annotations

from collections.abc import Iterable

from agentlint.api import AuthKind, ClassInfo, Context, Guard, Made, Program, Ref, Value, syntax, walk
from agentlint_django.project import settings_of

_KINDS: tuple[tuple[str, AuthKind], ...] = (
    ("SessionAuthentication", "session"), ("BasicAuthentication", "basic"), ("OAuth2Authentication", "oauth"), ("OAuthAuthentication", "oauth"),
    ("JWTAuthentication", "token"), ("JSONWebTokenAuthentication", "token"), ("TokenAuthentication", "token"), ("APIKeyAuthentication", "api-key"),
    ("RemoteUserAuthentication", "session"), ("JWTCookieAuthentication", "session"), ("CookieAuthentication", "session"),
)
_DEFAULT = ("rest_framework.authentication.SessionAuthentication", "rest_framework.authentication.BasicAuthentication")
_KEY_PERMISSIONS = ("HasAPIKey", "BaseHasAPIKey")

Guards = tuple[tuple[Guard, ...], tuple[str, ...]]


class Authentication:
    """Guards of views."""

    def __init__(self, context: Context) -> None:
        self._program: Program = context.program
        told = settings_of(context.program).mapping("REST_FRAMEWORK")
        names = self._names(told.get("DEFAULT_AUTHENTICATION_CLASSES"))
        self._default = _DEFAULT if names is None else names
        self._default_permissions = self._names(told.get("DEFAULT_PERMISSION_CLASSES")) or ()

    def of(self, authentication: Value, permission: Value, info: ClassInfo | None, place: tuple[str, int]) -> Guards:
        """Guards, and functions that check the caller, from what a view names (None: it names nothing)."""
        names = self._names(authentication)
        guards, checks = self._of_names(self._default if names is None else names, place)
        permissions = self._names(permission)
        for name in self._default_permissions if permissions is None else permissions:
            if self._key_permission(name):
                guards = (*guards, Guard("api-key", name, *place))
            method = self._program.method(name, "has_permission") if name in self._program.classes else None
            checks = (*checks, method.id if method is not None else name)
        if info is not None:
            own = self._program.method(info.id, "get_authenticators") or self._program.method(info.id, "perform_authentication")
            checks = (*checks, *((own.id,) if own is not None else ()))
        return guards, checks

    def _key_permission(self, name: str) -> bool:
        names = self._program.mro(name) if name in self._program.classes else (name,)
        return any(n.rpartition(".")[2] in _KEY_PERMISSIONS for n in names)

    def _of_names(self, names: Iterable[str], place: tuple[str, int]) -> Guards:
        """Guards of authentication classes, the project's own ones judged by what they derive from and read."""
        listed = tuple(names)
        guards = [] if listed else [Guard("anonymous", "no authentication class", *place)]
        checks: list[str] = []
        for name in listed:
            method = self._program.method(name, "authenticate") if name in self._program.classes else None
            if method is not None and not _finds_anybody(method.node.body):
                continue  # it is there to turn a kind of credentials away
            guards.append(Guard(self._kind(name), name, *place))
            if method is not None:
                checks.append(method.id)
        return tuple(guards), tuple(checks)

    def _kind(self, name: str) -> AuthKind:
        for base in self._program.mro(name) if name in self._program.classes else (name,):
            last = base.rpartition(".")[2]
            for ending, kind in _KINDS:
                if last.endswith(ending):
                    return kind
        return "token"  # an authentication class that is neither session nor a known one reads some credential of the caller's own

    def _names(self, value: Value) -> tuple[str, ...] | None:
        """Dotted names of classes, None when nothing is said."""
        if not isinstance(value, list | tuple):
            return None
        found = []
        for item in value:
            if isinstance(item, str):
                found.append(self._program.canonical(item))
            elif isinstance(item, Ref):
                found.append(item.name)
            elif isinstance(item, Made) and isinstance(item.callee, Ref):  # `IsOwner(...)`, `IsAuthenticated | HasAPIKey` made by a call
                found.append(item.callee.name)
        return tuple(found)


def _finds_anybody(body: tuple[syntax.Stmt, ...]) -> bool:
    """True when a block gives anything but None back somewhere."""
    given = [stmt.value for stmt in walk.statements(body) if isinstance(stmt, syntax.Return)]
    return any(value is not None and not (isinstance(value, syntax.Constant) and value.value is None) for value in given)

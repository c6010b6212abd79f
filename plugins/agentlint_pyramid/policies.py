"""Who may call: the security policy of the application, the permissions of its views, the check for forged requests."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentlint.api import AuthKind, ClassInfo, Context, FunctionInfo, Guard, Made, Ref, Value, syntax, walk
from agentlint_pyramid.configuration import Configuration, named

_TOKENS = re.compile(r"token|bearer|macaroon|jwt|oauth|api_?key|basic_?auth|auth_?client", re.IGNORECASE)
_COOKIES = re.compile(r"cookie|session|ticket|tkt|remember", re.IGNORECASE)
_HEADER = re.compile(r"^(http_)?authorization$|^bearer$|^basic$|^x-.*(key|token)$", re.IGNORECASE)
_IDENTIFIES = ("identity", "authenticated_userid", "unauthenticated_userid", "authenticate", "callback")
_OF_POLICIES = ("identity", "permits", "effective_principals", "forget")
_DEPTH = 3


class Policies:
    """The kinds of credentials that the application's policies accept, and what of them a view takes."""

    def __init__(self, context: Context, configuration: Configuration) -> None:
        self._program = context.program
        self._library = context.library
        self._configuration = configuration
        self._guards: list[Guard] = []
        seen: set[str] = set()
        for value in configuration.policies:
            self._value(value, seen, ("", 0))
        self._guards = list(dict.fromkeys(self._guards)) or [Guard("session", "security policy") for _ in configuration.policies[:1]]

    def of(self, settings: dict[str, Value], method: str, page: bool) -> tuple[Guard, ...]:
        """Guards of a view. A page is for browsers; what must bring a CSRF token cannot be sent by a program that has no session."""
        told = settings.get("require_csrf")
        checked = method not in ("GET", "HEAD", "OPTIONS") and (told is True or (told is None and self._configuration.csrf))
        found = [Guard("csrf", "require_csrf")] if checked else []
        if told is False and self._configuration.csrf:
            found.append(Guard("csrf-exempt", "require_csrf=False"))
        browser = checked or (page and told is not False)
        both = {(g.file, g.line) for g in self._guards if g.kind != "session" and g.file} if not browser else set()
        wanted = [g for g in self._guards if (g.kind == "session") == browser or (g.file, g.line) in both]  # one policy may take either
        if self._demands(settings):
            found += wanted or self._guards or [Guard("session" if browser else "unknown", "permission")]
        elif not browser and told is not False and settings.get("permission") is None:
            found += [g for g in wanted if g.kind != "session"]
        return tuple(found)

    def _demands(self, settings: dict[str, Value]) -> bool:
        permission = settings.get("permission")
        if isinstance(permission, Ref) and permission.name.endswith("NO_PERMISSION_REQUIRED"):
            return False
        if permission == "__no_permission_required__":
            return False
        needs = permission is not None or self._configuration.permission
        return needs or settings.get("is_authenticated") is True or settings.get("effective_principals") is not None

    # -------------------------------------------------------------- policies

    def _value(self, value: Value, seen: set[str], place: tuple[str, int]) -> None:
        """A policy object, a class, or a list of them; what a policy is made with counts too."""
        if isinstance(value, list | tuple):
            for item in value:
                self._value(item, seen, place)
        elif isinstance(value, Made):
            at = (value.file, value.line)
            if value.method.endswith("jwt_authentication_policy"):
                self._guards.append(Guard("token", value.method, *at))
                return
            self._value(value.callee, seen, at)
            for inner in (*value.args, *value.keywords.values()):
                if isinstance(inner, Made | list | tuple | Ref):
                    self._value(inner, seen, at)
        elif isinstance(value, str):
            self._value(named(value, "", self._program), seen, place)
        elif isinstance(value, Ref) and value.name not in seen:
            seen.add(value.name)
            self._name(value.name, seen, place)

    def _name(self, name: str, seen: set[str], place: tuple[str, int]) -> None:
        info = self._program.classes.get(name)
        for base in self._program.mro(name) if info is not None else (name,):
            kind = self._library.guard(base)
            if kind is not None:
                self._guards.append(Guard(kind, base, *place))
        if info is None:
            return
        inner = list(self._classes_in(info))
        for kind in self._judged(info) if not inner else ():
            self._guards.append(Guard(kind, info.node.name, info.module.path, info.node.line))
        for held in inner:
            self._value(Ref(held), seen, place)

    def _judged(self, info: ClassInfo) -> tuple[AuthKind, ...]:
        """What a policy of the project accepts, by its name first, then by what its methods read and what they call for that."""
        if _COOKIES.search(info.node.name):
            return ("session",)
        if _TOKENS.search(info.node.name):
            return ("token",)
        said: set[str] = set()
        called: set[str] = set()
        for base in self._program.mro(info.id):
            held = self._program.classes.get(base)
            for name in _IDENTIFIES if held is not None else ():
                method = self._program.functions.get(held.methods.get(name, ""))  # type: ignore[union-attr]
                if method is not None:
                    said |= set(_said(method))
                    called |= {walk.dotted(c.func).rpartition(".")[2] for c in walk.calls(method.node.body)}
        takes = any(_HEADER.search(word) for word in said) or any(_TOKENS.search(name) for name in called)
        found: list[AuthKind] = ["token"] if takes else []
        if any(_COOKIES.search(word) for word in said):
            found.append("session")
        return tuple(found)

    def _classes_in(self, info: ClassInfo) -> Iterator[str]:
        """Policies of the project that a policy makes for itself, in its methods and in the functions that they call."""
        waiting = [(self._program.functions[m], 0) for m in info.methods.values()]
        seen: set[str] = set()
        while waiting:
            function, depth = waiting.pop(0)
            for call in walk.calls(function.node.body) if function.id not in seen else ():
                name = self._program.resolve(call.func, function)
                held = self._program.classes.get(name)
                if held is not None and name != info.id and any(m in held.methods for m in _OF_POLICIES):
                    yield name
                target = self._program.functions.get(name)
                if target is not None and depth < _DEPTH:
                    waiting.append((target, depth + 1))
            seen.add(function.id)


def _said(function: FunctionInfo) -> Iterator[str]:
    for expr in walk.body_expressions(function.node.body):
        if isinstance(expr, syntax.Constant) and isinstance(expr.value, str):
            yield expr.value
        elif isinstance(expr, syntax.Attribute):
            yield expr.attr

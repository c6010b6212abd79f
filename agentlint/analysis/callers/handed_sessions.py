"""Sign-ins for programs: endpoints that take credentials without a browser and hand out the session that the other endpoints live on.

A page with a form is none: its check of the browser, its captcha or its redirect keeps programs out, or was never meant for them. What stands here asks
for a header (a token, a name and password), or for a password in a body of JSON that no check of the browser protects.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import msgspec

from agentlint.analysis.callers.sessions import NOT_CREDENTIAL, SESSION_COOKIE, WHO
from agentlint.analysis.program import FunctionInfo, Program
from agentlint.analysis.wording import words
from agentlint.ir import syntax as s
from agentlint.ir.effects import Effect, ReachedEffect
from agentlint.ir.operations import Guard, Route
from agentlint.ir.walk import body_expressions, dotted, expressions, statements

Guarded = tuple[Route, tuple[Guard, ...]]

_SIGN_IN = frozenset("login logon signin auth authenticate authentication session sessions token".split())
"""Words of addresses and handlers that sign somebody in; `log in` and `sign in` are two."""
_SIGN_OUT = frozenset("logout logoff signout register signup reset forgot".split())
_PASSWORD = re.compile(r"^(pass_?word|passwd|passphrase|pwd)$", re.IGNORECASE)
_KEPT_BY_BROWSERS = re.compile(r"access_?token|auth_?token", re.IGNORECASE)
"""Values that a provider's redirect leaves in an address: the browser that comes back with one is no program."""
_FOR_PEOPLE = re.compile(r"captcha|turnstile|csrf|xsrf", re.IGNORECASE)
_BODY = frozenset({"json", "get_json", "json_body", "data", "media", "get_media"})
_HEADERS = frozenset({"token", "basic", "api-key", "oauth"})
_MACHINE = frozenset({"token", "api-key", "basic", "oauth", "mutual-tls", "signature", "internal"})
_UNTOLD = "a value in the session"


class _Door(msgspec.Struct, frozen=True):
    route: Route
    keys: frozenset[str]
    """Keys of the session or cookies that it sets."""
    by_library: bool
    """True where a library keeps who is signed in, under a key of its own."""
    by_header: bool

    def opens(self, route: Route, guards: Sequence[Guard]) -> bool:
        """True for data behind the same session: what a check of the browser protects besides, only who shows a header of a program gets at."""
        kinds = {g.kind for g in guards}
        if route.surface is not None or route.renders != "json" or "session" not in kinds or kinds & _MACHINE:
            return False
        return (self.by_header or "csrf" not in kinds) and any(g.kind == "session" and self._keeps(g.detail) for g in guards)

    def _keeps(self, detail: str) -> bool:
        return detail == _UNTOLD or detail in self.keys or (self.by_library and not WHO.match(detail))


def with_handed_sessions(routes: Sequence[Guarded], program: Program, reached: Iterable[tuple[Route, Sequence[ReachedEffect]]]) -> list[Guarded]:
    """The routes with their guards; those whose session a program can get for its credentials take a token as well."""
    if not any(g.kind == "session" for _, guards in routes for g in guards):
        return list(routes)
    guards_of = {id(route): guards for route, guards in routes}
    doors = [door for route, found in reached if (door := _door(route, guards_of[id(route)], found, program)) is not None]
    return [(route, _opened(route, guards, doors)) for route, guards in routes]


def _opened(route: Route, guards: tuple[Guard, ...], doors: Sequence[_Door]) -> tuple[Guard, ...]:
    door = next((d for d in doors if d.opens(route, guards)), None)
    if door is None:
        return guards
    said = Guard("token", f"{door.route.symbol} takes credentials and hands out the session", door.route.file, door.route.line)
    return (*(g for g in guards if g.kind != "csrf"), said)  # whoever was let in as a program gets the browser's token as well


def _door(route: Route, guards: Sequence[Guard], reached: Sequence[ReachedEffect], program: Program) -> _Door | None:
    said = {w for text in (route.symbol, route.path) for w in _joined(words(text))}
    if not said & _SIGN_IN or said & _SIGN_OUT:
        return None
    written = [r.effect for r in reached if _signs_in(r.effect)]
    if not written:
        return None
    keys = frozenset(e.target for e in written if e.target)
    library = len(keys) < len(written)
    if any(g.kind in _HEADERS and not g.optional and not g.whole and not _KEPT_BY_BROWSERS.search(g.detail) for g in guards):
        return _Door(route, keys, library, by_header=True)
    plain = route.renders not in ("html", "redirect") and not any(g.kind == "csrf" for g in guards)
    return _Door(route, keys, library, by_header=False) if plain and _takes_password(route, program) else None


def _joined(said: Sequence[str]) -> Iterator[str]:
    """Words, and `log in` and `sign out` as one."""
    yield from said
    yield from (f"{a}{b}" for a, b in pairwise(said) if b in ("in", "on", "out", "off", "up"))


def _signs_in(effect: Effect) -> bool:
    """True for a library's sign-in, and for who it is being kept in the session or in a cookie."""
    if effect.kind == "authentication":
        return effect.operation == "login"
    if effect.kind != "session" or effect.incidental or not effect.target or NOT_CREDENTIAL.search(effect.target):
        return False
    cookie = effect.api.endswith("cookie()")
    return bool(SESSION_COOKIE.search(effect.target) if cookie else WHO.match(effect.target)) and "delete" not in effect.api and "pop" not in effect.api


def _takes_password(route: Route, program: Program) -> bool:
    """True when a handler looks for a password in a body of JSON, and for no sign of a person at a browser."""
    info = program.functions.get(route.handler)
    if info is None or route.method not in ("POST", "PUT", "ANY"):
        return False
    exprs = list(body_expressions(info.node.body))
    if any(_FOR_PEOPLE.search(e.attr if isinstance(e, s.Attribute) else e.id) for e in exprs if isinstance(e, s.Attribute | s.Name)):
        return False
    if any(_described(p.annotation, info, program) for p in info.node.params if p.annotation is not None):
        return True
    return any(map(reads_body, exprs)) and any(_says_password(e) for e in exprs)


def _says_password(expr: s.Expr) -> bool:
    said = expr.value if isinstance(expr, s.Constant) else expr.attr if isinstance(expr, s.Attribute) else ""
    return isinstance(said, str) and bool(_PASSWORD.match(said))


def reads_body(expr: s.Expr) -> bool:
    """True for `request.get_json()` and its kin in other frameworks, and for `json.loads(request.body)`."""
    if isinstance(expr, s.Call) and dotted(expr.func).endswith("loads"):
        return any("req" in dotted(e).lower() for a in expr.args for e in expressions(a) if isinstance(e, s.Attribute))
    return isinstance(expr, s.Attribute) and expr.attr in _BODY and "req" in dotted(expr.value).lower()


def _described(annotation: s.Expr, info: FunctionInfo, program: Program) -> bool:
    """True for a class of the project that describes a body with a password among its fields."""
    for expr in expressions(annotation):
        name = program.resolve(expr, info) if isinstance(expr, s.Name | s.Attribute) else ""
        for base in program.mro(name) if name in program.classes else ():
            held = program.classes.get(base)
            fields = (t.id for stmt in statements(held.node.body) if isinstance(stmt, s.Assign) for t in stmt.targets if isinstance(t, s.Name)) if held else ()
            if any(_PASSWORD.match(f) for f in fields) and program.inherits(name, "pydantic.BaseModel", "pydantic.main.BaseModel", "msgspec.Struct"):
                return True
    return False

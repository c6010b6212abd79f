"""Who may call a handler: credentials that its decorators, guards and callees read or demand, beside what the framework declares.

Decorators and checks that a project writes itself are judged by what they do: a function that reads `Authorization` or an API key from the request
asks for a token; one that verifies an HMAC of the body asks for a vendor's signature; one that looks at the session's user asks for a browser session.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

import msgspec

from agentlint.analysis.callers.flags import Flags, Where
from agentlint.analysis.callers.refusals import REFUSED, turns_tokens_away
from agentlint.analysis.callers.sessions import NOT_CREDENTIAL, SESSION_COOKIE, WHO, demands_session
from agentlint.analysis.calls.sites import Calls
from agentlint.analysis.program import FunctionInfo, Program
from agentlint.ir import syntax as s
from agentlint.ir.operations import AuthKind, Guard, Route
from agentlint.ir.walk import dotted, expressions, statements
from agentlint.knowledge import LibraryFacts

_DEPTH = 3
"""Calls followed from a handler into its guards: a decorator, its wrapper, a loader of credentials."""
_CHECK_DEPTH = 5
"""The same for functions that do nothing but find out who asks."""

_REQUEST_TEXT = re.compile(r"(^|\.)(request|req|self|handler|ctx|info|g|environ|conn|connection)(\.|$)", re.IGNORECASE)
_HEADER_SOURCE = re.compile(r"([hH]eaders|META|environ)$")
_VALUE_SOURCE = re.compile(r"(GET|POST|args|form|query_params|query|params|values|body|json|data|payload)$")
_TOKEN_HEADER = re.compile(r"^(http[-_])?(proxy[-_])?authorization([-_](bearer|token))?$", re.IGNORECASE)
_SIGNATURE = re.compile(r"signature|hmac|hub-sha", re.IGNORECASE)
_KEY_HEADER = re.compile(r"(api[-_]?key|apikey|access[-_]?key|auth[-_]?key|token|secret|x[-_]?auth|^(x[-_])?key$)", re.IGNORECASE)
_KEY_VALUE = re.compile(r"^(api[-_]?key|apikey|access[-_]?token|api[-_]?token|auth[-_]?token)$", re.IGNORECASE)
_HOLE = re.compile(r"\{([^{}]+)\}")
_SESSION_SOURCE = re.compile(r"(^|\.)session$")
_COOKIE_SOURCE = re.compile(r"(^|\.)(cookies|COOKIES|request\.cookie)$")
_KEPT_SESSION = re.compile(r"(^|\.)request\.(?!db|sql|http)\w+_session$")
"""Where a middleware of the project leaves the session of a browser."""
_GETTERS = frozenset("get get_argument get_cookie get_secure_cookie get_signed_cookie get_header getHeader getRawHeaders getCookie".split())
_PLACES = {"get_header": "headers", "getHeader": "headers", "get_cookie": "cookies", "getCookie": "cookies"}
"""What methods of a request itself look into."""
_TOKENS = frozenset({"req.auth", "request.token", "handler.token"})
"""What requests of Falcon and Sanic, and handlers handed to a check, keep of the `Authorization` header; Werkzeug's `request.authorization` likewise."""
_COOKIES = ("get_secure_cookie", "get_signed_cookie")
_AUTHENTICATES = ("get_current_user", "authenticate_request")
"""Methods whose whole purpose is to say who calls: where a class has one, nothing else in its set-up accepts a credential."""
_CREDENTIALS = frozenset({"session", "token", "api-key", "basic", "oauth", "signature", "mutual-tls", "internal"})
_FIRST_LINE_OF_DEFENCE = ("dispatch", "prepare", "initial", "check_permissions", "before_request")


class GuardFinder:
    """Finds the guards of routes; remembers what each function demands."""

    def __init__(self, program: Program, calls: Calls, library: LibraryFacts) -> None:
        self._program = program
        self._calls = calls
        self._library = library
        self._flags = Flags(program)
        self._methods: dict[str, str] | None = None
        self._seen: dict[tuple[str, Where, int], frozenset[Guard]] = {}
        self._lines: dict[tuple[str, tuple[bool | None, ...], Where], tuple[frozenset[Guard], frozenset[int]]] = {}

    def guards(self, route: Route) -> tuple[Guard, ...]:
        """Guards of a route, those of the framework first; sorted, without repetition."""
        found: set[Guard] = set()
        checks = frozenset((*route.guard_handlers, *self._entry_hooks(route.owner)))
        for function_id in dict.fromkeys((route.handler, *route.extra_handlers, *sorted(checks))):
            where = Where(route.owner, checks=function_id in route.guard_handlers)
            found |= self._of_function(function_id, _CHECK_DEPTH if function_id in checks else _DEPTH, where)
        if route.owner in self._program.classes:
            info = self._program.classes[route.owner]
            for decorator in info.node.decorators:
                found |= self._of_decorator(decorator, info, _DEPTH)
        found |= _in_address(route)
        if any(g.detail == REFUSED for g in found):
            found = {g for g in found if g.kind not in ("token", "api-key")}
        declared = {(g.kind, g.detail) for g in route.guards}
        return _demanded((*route.guards, *sorted(g for g in found if (g.kind, g.detail) not in declared)), route.renders in ("html", "redirect"))

    def _entry_hooks(self, owner: str) -> Iterable[str]:
        if owner not in self._program.classes:
            return
        wraps = self._program.method(owner, "__init_subclass__")
        if wraps is not None:
            yield wraps.id  # what a base puts around the methods of each class below it
        says_who = any(self._program.method(owner, name) is not None for name in _AUTHENTICATES)
        for name in _AUTHENTICATES if says_who else _FIRST_LINE_OF_DEFENCE:
            method = self._program.method(owner, name)
            if method is not None:
                yield method.id

    def _of_function(self, function_id: str, depth: int, where: Where) -> frozenset[Guard]:
        """What a function demands where it runs."""
        info = self._program.functions.get(function_id)
        if info is None or depth < 0:
            return frozenset()
        if where.owner and not info.owner:
            where = msgspec.structs.replace(where, owner="")
        key = (function_id, where, depth)
        if key in self._seen:
            return self._seen[key]
        self._seen[key] = frozenset()  # a cycle adds nothing
        reads, sites = self._own(info, where)
        found: set[Guard] = set(reads)
        for decorator in info.node.decorators:
            found |= self._of_decorator(decorator, info, depth)
        below = msgspec.structs.replace(where, told=())
        handed = self._handed(info) if where.checks else frozenset()
        for site in self._calls.sites(function_id):
            if site.call.site not in sites or (isinstance(site.call.func, s.Name) and site.call.func.id in handed):
                continue
            kind = self._library.guard(site.library) if site.library else None
            if kind is not None:
                found.add(Guard(kind, site.library, site.file, site.line))
            targets = self._calls.targets_for(site, where.owner) if where.owner else site.targets
            if where.checks and not targets and not site.library and isinstance(site.call.func, s.Attribute):
                found |= self._of_function(self._only_one(site.call.func.attr), depth - 1, below)
            for target in targets:
                if target.confidence != "low" and target.kind != "deferred" and target.function != function_id:
                    found |= self._of_function(target.function, depth - 1, below)
        for nested in _nested(info):
            found |= self._of_function(nested, depth, where)  # what a decorator gives back is its own doing, no call further down
        result = frozenset(found)
        self._seen[key] = result
        return result

    def _handed(self, info: FunctionInfo) -> frozenset[str]:
        """What a check is handed to call when it is satisfied, by name: the view that a decorator wraps, the next handler. It checks for itself."""
        outer = self._program.functions.get(info.parent)
        return frozenset(p.name for held in (info, outer) if held is not None for p in held.node.params)

    def _only_one(self, name: str) -> str:
        """The one method of a name where nothing tells what it is called on: `auth.is_signed_in(request)`. Empty for several, and for single words."""
        if self._methods is None:
            self._methods = {}
            for info in self._program.functions.values():
                abstract = any(dotted(d).endswith("abstractmethod") for d in info.node.decorators)
                if info.owner and not abstract:
                    self._methods[info.node.name] = "" if info.node.name in self._methods else info.id
        return self._methods.get(name, "") if "_" in name.strip("_") else ""

    def _own(self, info: FunctionInfo, where: Where) -> tuple[frozenset[Guard], frozenset[int]]:
        """What a function's own lines that can run there read of the caller, and the numbers of their calls; the same at every depth."""
        key = (info.id, self._flags.verdicts(info, where), msgspec.structs.replace(where, owner=""))
        known = self._lines.get(key)
        if known is None:
            exprs = [e for stmt, root in self._flags.asked(info.node.body, where) if not _is_set(root, stmt) for e in expressions(root)]
            sites = frozenset(e.site for e in exprs if type(e) is s.Call)
            reads = set(_reads(exprs, (info.module.path, _aliases(info)), lambda key: self._program.fold(key, info), where.checks))
            reads |= set(_cookies(exprs, info))
            refused = turns_tokens_away(info, self._program, lambda source, name: _credential(source, name) in ("token", "api-key"))
            if refused:
                reads.add(Guard("session", REFUSED, info.module.path, refused))
            demanded = demands_session(info.node.body) if not any(g.kind == "session" for g in reads) else None
            if demanded is not None:
                reads.add(Guard("session", demanded[1] or "a value in the session", info.module.path, demanded[0]))
            known = self._lines[key] = (frozenset(reads), sites)
        return known

    def _of_decorator(self, decorator: s.Expr, scope: object, depth: int) -> frozenset[Guard]:
        func = decorator.func if isinstance(decorator, s.Call) else decorator
        name = self._program.resolve(func, scope)  # type: ignore[arg-type]
        found: set[Guard] = set()
        if name:
            for spelled in (name, *self._of_objects(func, scope)):
                kind = self._library.guard(spelled)
                if kind is not None:
                    found.add(Guard(kind, spelled, _file(scope), func.line))
                    break
            found |= self._of_function(name, depth - 1, self._flags.of_decorator(decorator, name, scope))  # type: ignore[arg-type]
        if isinstance(decorator, s.Call):
            for argument in decorator.args:
                if isinstance(argument, (s.Name, s.Attribute, s.Call)):
                    found |= self._of_decorator(argument, scope, depth)
        return frozenset(found)

    def _of_objects(self, func: s.Expr, scope: object) -> Iterator[str]:
        """What a decorator is where an object of a library gives it (`auth.login_required`), or is it (`@protect("scope")`, `auth_required(auth)`)."""
        hierarchy, place = self._program.hierarchy, str(getattr(scope, "id", getattr(scope, "name", "")))
        for owner, member in ((func.value if isinstance(func, s.Attribute) else None, getattr(func, "attr", "")), (func, "__call__")):
            held = hierarchy.object_named(owner, place) if owner is not None else ""
            yield from (f"{base}.{member}" for base in (hierarchy.mro(held) if held else ()) if base not in self._program.classes)


def _demanded(guards: tuple[Guard, ...], page: bool) -> tuple[Guard, ...]:
    """Guards without the credentials that may be absent, where another is demanded: they open nothing. Nor do tokens that a page could do without, and those
    that stand in for a session, where none is asked for, a page answers, or the browser's own check turns programs away."""
    kinds = {g.kind for g in guards if not g.optional}
    if page or "session" not in kinds or ("csrf" in kinds and "csrf-exempt" not in kinds):
        guards = tuple(g for g in guards if not g.standing)
    if any(g.kind in _CREDENTIALS and not g.optional for g in guards):
        return tuple(g for g in guards if not g.optional)
    return tuple(g for g in guards if not g.optional or g.kind == "session") if page else guards


def _in_address(route: Route) -> set[Guard]:
    """The key that a program carries in the address itself (`/sync/{auth_token}/items`); links that people follow to a page are none."""
    if route.renders in ("html", "redirect"):
        return set()
    return {Guard("api-key", hole, route.file, route.line) for hole in _HOLE.findall(route.path) if _KEY_VALUE.match(hole)}


def _is_set(root: s.Expr, stmt: s.Stmt) -> bool:
    """True for what an assignment writes to: `self.headers["Authorization"] = ...` sends a credential and asks for none."""
    return isinstance(stmt, s.Assign) and isinstance(root, s.Subscript) and any(root is target for target in stmt.targets)


def _file(scope: object) -> str:
    module = getattr(scope, "module", scope)
    return str(getattr(module, "path", ""))


def _nested(info: FunctionInfo) -> list[str]:
    return [f"{info.id}.{stmt.definition.name}" for stmt in info.node.body if isinstance(stmt, s.Define)]


_TAKING = (s.Attribute, s.Call, s.Subscript, s.Apply)
"""Expressions that take something out of something, and those that compare it."""


def _aliases(info: FunctionInfo) -> dict[str, str]:
    """Local names for a part of the request: `headers = request.headers`."""
    found = {}
    for stmt in statements(info.node.body):
        if isinstance(stmt, s.Assign) and isinstance(stmt.value, s.Attribute) and len(stmt.targets) == 1 and isinstance(stmt.targets[0], s.Name):
            source = dotted(stmt.value)
            if _REQUEST_TEXT.search(source) and _HEADER_SOURCE.search(source):
                found[stmt.targets[0].id] = source
    return found


def _reads(exprs: Iterable[s.Expr], place: tuple[str, dict[str, str]], constant: Callable[[s.Expr], object], checks: bool) -> Iterable[Guard]:
    """Credentials that expressions take out of a request, where its parts may go by other names; in a decorator's `checks` the keyword arguments of what
    it wraps are the request's too."""
    file, aliases = place
    for expr in exprs:
        if type(expr) not in _TAKING:  # most of what stands in a body
            continue
        if isinstance(expr, s.Apply):
            yield from _compared(expr, file, constant)
            continue
        source, key = "", None
        if isinstance(expr, s.Call) and isinstance(expr.func, s.Attribute) and expr.func.attr in _GETTERS and expr.args:
            source, key = _place(expr.func.value), expr.args[0]
            if expr.func.attr in _PLACES:
                source = f"{source}.{_PLACES[expr.func.attr]}"
            if expr.func.attr in _COOKIES:
                yield Guard("session", "signed cookie", file, expr.line)
                continue
        elif isinstance(expr, s.Subscript):
            source, key = _place(expr.value), expr.index
        elif isinstance(expr, s.Attribute) and expr.attr == "user" and dotted(expr.value) in ("request", "self.request"):
            yield Guard("session", "request.user", file, expr.line)
            continue
        elif checks and isinstance(expr, s.Attribute) and _KEPT_SESSION.search(dotted(expr)):
            yield Guard("session", dotted(expr), file, expr.line)
            continue
        elif isinstance(expr, s.Attribute) and (dotted(expr) in _TOKENS or (expr.attr == "authorization" and _REQUEST_TEXT.search(dotted(expr.value)))):
            yield Guard("token" if dotted(expr) in _TOKENS else "basic", dotted(expr), file, expr.line)
            continue
        source = aliases.get(source, source)
        name = constant(key) if isinstance(key, s.Constant | s.Name | s.Attribute) and source else None
        kind = _credential("request.args" if checks and source == "kwargs" else source, name) if isinstance(name, str) else None
        if kind is not None:
            yield Guard(kind, str(name), file, expr.line)


def _place(expr: s.Expr) -> str:
    """Where a value is taken from, in dots; requests of some frameworks hold the session as an item: `request["session"].get("user")`."""
    item = expr.index if isinstance(expr, s.Subscript) else None
    return f"{dotted(expr.value)}.session" if isinstance(expr, s.Subscript) and isinstance(item, s.Constant) and item.value == "session" else dotted(expr)


def _compared(expr: s.Apply, file: str, constant: Callable[[s.Expr], object]) -> Iterator[Guard]:
    """A key among keyword arguments that is compared with the right one: `if kwargs["apikey"] != config.API_KEY`."""
    for part in expr.operands if expr.op in ("==", "!=") else ():
        taken = part.index if isinstance(part, s.Subscript) and dotted(part.value) == "kwargs" else None
        name = constant(taken) if isinstance(taken, s.Constant) else None
        if isinstance(name, str) and _KEY_VALUE.match(name):
            yield Guard("api-key", name, file, expr.line)


def _cookies(exprs: Iterable[s.Expr], info: FunctionInfo) -> Iterator[Guard]:
    """Cookies of a session whose name is a setting: `request.cookies.get(settings.SESSION_COOKIE)`, also as a parameter's default."""
    defaults = {p.name: dotted(p.default) for p in info.node.params if p.default is not None}
    for expr in exprs:
        source, key = "", None
        if isinstance(expr, s.Call) and isinstance(expr.func, s.Attribute) and expr.func.attr == "get" and expr.args:
            source, key = dotted(expr.func.value), expr.args[0]
        elif isinstance(expr, s.Subscript):
            source, key = dotted(expr.value), expr.index
        if key is None or isinstance(key, s.Constant) or not _COOKIE_SOURCE.search(source):
            continue
        name = (defaults.get(dotted(key)) or dotted(key)).rpartition(".")[2]
        if SESSION_COOKIE.search(name) and not NOT_CREDENTIAL.search(name):
            yield Guard("session", name, info.module.path, expr.line)


def _credential(source: str, key: str) -> AuthKind | None:
    """What a value named `key`, read from `source`, proves about the caller."""
    if _COOKIE_SOURCE.search(source):
        return "session" if SESSION_COOKIE.search(key) and not NOT_CREDENTIAL.search(key) else None
    if _SESSION_SOURCE.search(source):
        return "session" if WHO.match(key) else None
    if NOT_CREDENTIAL.search(key) or not _REQUEST_TEXT.search(source):
        return None
    if source.endswith("environ") and not key.startswith("HTTP_"):
        return None  # the process's own settings; a server keeps what a request brings under other names
    if _HEADER_SOURCE.search(source):
        if _TOKEN_HEADER.match(key):
            return "token"
        if _SIGNATURE.search(key):
            return "signature"
        return "api-key" if _KEY_HEADER.search(key) else None
    if _VALUE_SOURCE.search(source):
        return "api-key" if _KEY_VALUE.match(key) else None
    return None

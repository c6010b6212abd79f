"""Who may call a handler: credentials that its decorators, guards and callees read or demand, beside what the framework declares.

Decorators and checks that a project writes itself are judged by what they do: a function that reads `Authorization` or an API key from the request
asks for a token; one that verifies an HMAC of the body asks for a vendor's signature; one that looks at the session's user asks for a browser session.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from agentlint.analysis.calls import Calls
from agentlint.analysis.program import FunctionInfo, Program
from agentlint.ir import syntax as s
from agentlint.ir.operations import AuthKind, Guard, Route
from agentlint.ir.walk import body_expressions, dotted
from agentlint.knowledge import LibraryFacts

_DEPTH = 3
"""Calls followed from a handler into its guards: a decorator, its wrapper, a loader of credentials."""

_REQUEST_TEXT = re.compile(r"(^|\.)(request|req|self|handler|ctx|info|g|environ)(\.|$)", re.IGNORECASE)
_HEADER_SOURCE = re.compile(r"(headers|META|environ)$")
_VALUE_SOURCE = re.compile(r"(GET|POST|args|form|query_params|query|params|values|body|json|data|payload)$")
_TOKEN_HEADER = re.compile(r"^(http[-_])?(proxy[-_])?authorization$", re.IGNORECASE)
_SIGNATURE = re.compile(r"signature|hmac|hub-sha", re.IGNORECASE)
_KEY_HEADER = re.compile(r"(api[-_]?key|apikey|access[-_]?key|auth[-_]?key|token|secret|x[-_]?auth)", re.IGNORECASE)
_KEY_VALUE = re.compile(r"^(api[-_]?key|apikey|access[-_]?token|api[-_]?token|auth[-_]?token)$", re.IGNORECASE)
_NOT_CREDENTIAL = re.compile(r"csrf|xsrf|idempoten|page[-_]?token|continuation", re.IGNORECASE)
_FIRST_LINE_OF_DEFENCE = ("dispatch", "prepare", "get_current_user", "initial", "check_permissions", "before_request")


class GuardFinder:
    """Finds the guards of routes; remembers what each function demands."""

    def __init__(self, program: Program, calls: Calls, library: LibraryFacts) -> None:
        self._program = program
        self._calls = calls
        self._library = library
        self._seen: dict[str, frozenset[Guard]] = {}

    def guards(self, route: Route) -> tuple[Guard, ...]:
        """Guards of a route, those of the framework first; sorted, without repetition."""
        found: set[Guard] = set()
        for function_id in dict.fromkeys((route.handler, *route.extra_handlers, *self._entry_hooks(route.owner))):
            found |= self._of_function(function_id, _DEPTH)
        if route.owner in self._program.classes:
            info = self._program.classes[route.owner]
            for decorator in info.node.decorators:
                found |= self._of_decorator(decorator, info, _DEPTH)
        declared = {(g.kind, g.detail) for g in route.guards}
        return (*route.guards, *sorted(g for g in found if (g.kind, g.detail) not in declared))

    def _entry_hooks(self, owner: str) -> Iterable[str]:
        if owner not in self._program.classes:
            return
        for name in _FIRST_LINE_OF_DEFENCE:
            method = self._program.method(owner, name)
            if method is not None:
                yield method.id

    def _of_function(self, function_id: str, depth: int) -> frozenset[Guard]:
        info = self._program.functions.get(function_id)
        if info is None or depth < 0:
            return frozenset()
        if function_id in self._seen:
            return self._seen[function_id]
        self._seen[function_id] = frozenset()  # a cycle adds nothing
        found: set[Guard] = set(_reads(info))
        for decorator in info.node.decorators:
            found |= self._of_decorator(decorator, info, depth)
        for site in self._calls.sites(function_id):
            kind = self._library.guard(site.library) if site.library else None
            if kind is not None:
                found.add(Guard(kind, site.library, site.file, site.line))
            for target in site.targets:
                if target.confidence != "low" and target.kind != "deferred":
                    found |= self._of_function(target.function, depth - 1)
        for nested in _nested(info):
            found |= self._of_function(nested, depth - 1)
        result = frozenset(found)
        self._seen[function_id] = result
        return result

    def _of_decorator(self, decorator: s.Expr, scope: object, depth: int) -> frozenset[Guard]:
        func = decorator.func if isinstance(decorator, s.Call) else decorator
        name = self._program.resolve(func, scope)  # type: ignore[arg-type]
        found: set[Guard] = set()
        if name:
            kind = self._library.guard(name)
            if kind is not None:
                found.add(Guard(kind, name, _file(scope), func.line))
            found |= self._of_function(name, depth - 1)
        if isinstance(decorator, s.Call):
            for argument in decorator.args:
                if isinstance(argument, (s.Name, s.Attribute, s.Call)):
                    found |= self._of_decorator(argument, scope, depth)
        return frozenset(found)


def _file(scope: object) -> str:
    module = getattr(scope, "module", scope)
    return str(getattr(module, "path", ""))


def _nested(info: FunctionInfo) -> list[str]:
    return [f"{info.id}.{stmt.definition.name}" for stmt in info.node.body if isinstance(stmt, s.Define)]


def _reads(info: FunctionInfo) -> Iterable[Guard]:
    """Credentials that the function's own lines take out of a request."""
    for expr in body_expressions(info.node.body):
        source, key, line = "", None, 0
        if isinstance(expr, s.Call) and isinstance(expr.func, s.Attribute) and expr.func.attr in ("get", "get_argument", "get_cookie") and expr.args:
            source, key, line = dotted(expr.func.value), expr.args[0], expr.line
        elif isinstance(expr, s.Subscript):
            source, key, line = dotted(expr.value), expr.index, expr.line
        elif isinstance(expr, s.Attribute) and expr.attr == "user" and dotted(expr.value) in ("request", "self.request"):
            yield Guard("session", "request.user", info.module.path, expr.line)
            continue
        if isinstance(key, s.Constant) and isinstance(key.value, str) and source:
            kind = _credential(source, key.value)
            if kind is not None:
                yield Guard(kind, key.value, info.module.path, line)


def _credential(source: str, key: str) -> AuthKind | None:
    """What a value named `key`, read from `source`, proves about the caller."""
    if _NOT_CREDENTIAL.search(key) or not _REQUEST_TEXT.search(source):
        return None
    if _HEADER_SOURCE.search(source):
        if _TOKEN_HEADER.match(key):
            return "token"
        if _SIGNATURE.search(key):
            return "signature"
        return "api-key" if _KEY_HEADER.search(key) else None
    if _VALUE_SOURCE.search(source):
        return "api-key" if _KEY_VALUE.match(key) else None
    return None

"""Routes of aiohttp: entries of tables at the places of their applications, with the middleware that runs before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from agentlint.api import ClassInfo, Closure, Context, FunctionInfo, Guard, Made, Ref, Route, Value, join_paths, syntax, walk
from agentlint_aiohttp.tables import VERBS, Entry, Tables

_HOLE = re.compile(r"\{([^{}:]+):(?:[^{}]|\{[^{}]*\})*\}")
_PAGES = ("render_template", "render_template_async", "render_string")
_PAGE_DECORATORS = ("aiohttp_jinja2.template", "aiohttp_mako.template")
_REDIRECTS = ("HTTPFound", "HTTPSeeOther", "HTTPMovedPermanently", "HTTPTemporaryRedirect")
_SOCKETS = ("aiohttp.web.WebSocketResponse", "aiohttp.web_ws.WebSocketResponse")
_WRAPPERS = 6


def collect_routes(context: Context) -> Iterator[Route]:
    """All routes; tables that no application takes stand at their own root."""
    reader = _Reader(context)
    seen: set[tuple[str, str, str]] = set()
    entries = list(reader.tables.entries())
    below = {(e.call.file, e.call.line) for e in entries if len(reader.tables.tree.above(e.key)) > 1}
    for entry in entries:
        if (entry.call.file, entry.call.line) in below and len(reader.tables.tree.above(entry.key)) == 1:
            continue  # the same line of a factory that ran for itself, too
        for route in reader.routes(entry):
            key = (route.method, route.path, route.handler)
            if key not in seen:
                seen.add(key)
                yield route


class _Reader:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._program = context.program
        self.tables = Tables(context.program)
        self._policies = tuple(i for value in self.tables.policies for i in self._functions(value))

    def routes(self, entry: Entry) -> Iterator[Route]:
        """The routes of one line: one for each method that the handler answers."""
        target, wrappers = self._handler(entry.handler)
        if target is None:
            self._context.gap(entry.call.file, entry.call.line, f"the handler of {entry.path or '/'} is not known")
            return
        guards, checks = self._around(entry.key)
        for method, info, owner in self._methods(entry, target):
            for place in self.tables.tree.places(entry.key):
                yield Route(
                    framework="aiohttp", method=method, path=holes(join_paths(place.prefix, entry.path)) or "/", handler=info.id,
                    symbol=f"{owner.node.qualname}.{info.node.name}" if owner is not None else info.node.qualname, file=info.module.path,
                    line=info.node.line, owner=owner.id if owner is not None else info.owner, guards=guards, renders=self._renders(info),
                    name=str(entry.call.keywords.get("name") or ""), table_file=entry.call.file, table_line=entry.call.line,
                    guard_handlers=tuple(dict.fromkeys((*checks, *wrappers))),
                )

    def _methods(self, entry: Entry, target: FunctionInfo | ClassInfo) -> Iterator[tuple[str, FunctionInfo, ClassInfo | None]]:
        if isinstance(target, FunctionInfo):
            yield self._method(entry.method, target), target, None
            return
        for verb in VERBS[:5]:
            method = self._program.method(target.id, verb)
            if method is not None and entry.method in ("", "*", verb.upper()):
                yield self._method(verb.upper(), method), method, target

    def _method(self, told: str, info: FunctionInfo) -> str:
        """The method of a line; `CALL` for a connection that stays open: what its messages ask for has no method."""
        if told in ("GET", "*", "") and any(self._program.resolve(c.func, info) in _SOCKETS for c in walk.calls(info.node.body)):
            return "CALL"
        return "ANY" if told in ("*", "") else told

    def _handler(self, value: Value) -> tuple[FunctionInfo | ClassInfo | None, list[str]]:
        """The function or class that answers, and the functions of the project that are wrapped around it."""
        wrappers: list[str] = []
        for _ in range(_WRAPPERS):
            if isinstance(value, Closure):
                return value.info, wrappers
            if isinstance(value, Ref):
                return self._program.functions.get(value.name) or self._program.classes.get(value.name), wrappers
            if not isinstance(value, Made) or not value.args:
                return None, wrappers
            wrappers += self._functions(value.callee)
            value = value.args[0]
        return None, wrappers

    # ----------------------------------------------------------- who may call

    def _around(self, key: str) -> tuple[tuple[Guard, ...], tuple[str, ...]]:
        """Guards and functions of the middleware of a table's application and of those above it, and of the identity policy."""
        guards: list[Guard] = []
        checks: list[str] = list(self._policies)
        for above in self.tables.tree.above(key):
            for value in self.tables.middleware.get(above, ()):
                for name in self._names(value):
                    kind = self._context.library.guard(name)
                    if kind is not None:
                        guards.append(Guard(kind, name, *(value.file, value.line) if isinstance(value, Made) else ("", 0)))
                checks += self._functions(value)
        return tuple(dict.fromkeys(guards)), tuple(dict.fromkeys(checks))

    def _names(self, value: Value) -> Iterator[str]:
        while isinstance(value, Made):
            value = value.callee
        if isinstance(value, Ref):
            yield from self._program.mro(value.name) if value.name in self._program.classes else (value.name,)

    def _functions(self, value: Value) -> list[str]:
        """Functions of the project behind a middleware, a wrapper or an identity policy."""
        found: list[str] = []
        if isinstance(value, Made):
            found += self._functions(value.result) + self._functions(value.callee)
            found += [i for inner in (*value.args, *value.keywords.values()) if isinstance(inner, Made) for i in self._functions(inner)]
        elif isinstance(value, Closure):
            found.append(value.info.id)
        elif isinstance(value, Ref) and value.name in self._program.functions:
            found.append(value.name)
        elif isinstance(value, Ref) and value.name in self._program.classes:
            methods = (self._program.method(value.name, n) for n in ("identify", "__call__", "middleware", "authenticate"))
            found += [m.id for m in methods if m is not None]
        return found

    # ---------------------------------------------------------------- answers

    def _renders(self, info: FunctionInfo) -> Literal["html", "json", "redirect", "other", ""]:
        for decorator in info.node.decorators:
            if isinstance(decorator, syntax.Call) and self._program.resolve(decorator.func, info.module) in _PAGE_DECORATORS:
                return "html"
        names = {walk.dotted(c.func).rpartition(".")[2] for c in walk.calls(info.node.body)}
        pages = names & set(_PAGES) or any(n.startswith("render_") for n in names)
        sends_html = any(_says_html(c) for c in walk.calls(info.node.body))
        if pages or sends_html:
            return "html"
        return "json" if "json_response" in names or "dumps" in names else "redirect" if names & set(_REDIRECTS) else "other"


def _says_html(call: syntax.Call) -> bool:
    told = next((k.value for k in call.keywords if k.name == "content_type"), None)
    return isinstance(told, syntax.Constant) and told.value == "text/html"


def holes(path: str) -> str:
    """`/u/{id:\\d+}` -> `/u/{id}`."""
    return _HOLE.sub(r"{\1}", path)

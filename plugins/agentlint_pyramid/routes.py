"""Routes of Pyramid: every view at every pattern of its route, traversal views by context and name, services of Cornice, remote procedures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import msgspec

from agentlint.api import Context, Guard, Ref, Route, Value, syntax, walk
from agentlint_pyramid.asked import AskedProperties
from agentlint_pyramid.configuration import Pattern, configuration_of, listed, named
from agentlint_pyramid.cornice import cornice_routes
from agentlint_pyramid.policies import Policies
from agentlint_pyramid.views import View, Views

_PAGES = (".jinja2", ".html", ".htm", ".mako", ".mak", ".pt", ".txt.jinja2", ".chameleon")
_REDIRECTS = ("HTTPFound", "HTTPSeeOther", "HTTPMovedPermanently", "HTTPTemporaryRedirect")
_ERRORS = re.compile(r"^pyramid\.(httpexceptions|exceptions)\.|(Error|Exception)$|(^|\.)HTTP[A-Z]\w+$")
_HOLE = re.compile(r"\{([^{}:]+)(?::(?:[^{}]|\{[^{}]*\})*)?\}")
_RPC = re.compile(r"^pyramid_rpc\.(?:xmlrpc|jsonrpc|amfgateway)\.(?:xmlrpc_method|jsonrpc_method)$")


def collect_routes(context: Context) -> Iterator[Route]:
    """All routes of the program."""
    configuration = configuration_of(context.program)
    policies, asked = Policies(context, configuration), AskedProperties(context.program, configuration)
    seen: set[tuple[str, str, str, str]] = set()
    for view in Views(context, configuration).all():
        for route in _routes(view, configuration.routes, policies, context) if not _is_error(view.settings.get("context"), context) else ():
            key = (route.method, route.path, route.handler, route.owner)
            if key not in seen:  # one more predicate (`accept`, `request_param`) is no other operation
                seen.add(key)
                yield msgspec.structs.replace(route, guard_handlers=(*route.guard_handlers, *asked.by(view.handler)))
    yield from _said_once(cornice_routes(context, configuration, policies))
    yield from _procedures(context)


def _said_once(routes: Iterator[Route]) -> Iterator[Route]:
    """A service that answers in several formats says its method once for each; data are one operation, a page is another."""
    seen: set[tuple[str, str, str, str, bool]] = set()
    for route in routes:
        key = (route.method, route.path, route.handler, route.owner, route.renders in ("html", "redirect"))
        if key not in seen:
            seen.add(key)
            yield route


def _routes(view: View, table: dict[str, list[Pattern]], policies: Policies, context: Context) -> Iterator[Route]:
    name = view.settings.get("route_name")
    patterns: list[Pattern | None] = list(table.get(name, ())) if isinstance(name, str) else []
    if "route_name" in view.settings and not patterns:
        context.gap(view.file, view.line, f"no route {name if isinstance(name, str) else 'of that name'} was found for the view {view.symbol}")
    renders = _renders(view)
    for pattern in patterns or [None]:
        methods = listed(view.settings.get("request_method")) or (pattern.methods if pattern is not None else ())
        for method in methods or ("ANY",):
            guards = policies.of(view.settings, method, renders in ("html", "redirect"))
            yield Route(
                framework="pyramid", method=method, path=_path(view, pattern, context), handler=view.handler.id, symbol=view.symbol, file=view.file,
                line=view.handler.node.line, owner=view.owner, guards=_placed(guards, view), renders=renders, name=name if isinstance(name, str) else "",
                table_file=pattern.call.file if pattern is not None else view.file, table_line=pattern.call.line if pattern is not None else view.line,
                confidence="high" if pattern is not None or "route_name" not in view.settings else "low",
            )


def _placed(guards: tuple[Guard, ...], view: View) -> tuple[Guard, ...]:
    return tuple(g if g.file else Guard(g.kind, g.detail, view.file, view.line) for g in guards)


def _path(view: View, pattern: Pattern | None, context: Context) -> str:
    """The pattern with plain holes; for traversal the kind of thing that is found, and the view's name."""
    if pattern is not None:
        return holes(pattern.path)
    route = view.settings.get("route_name")
    if isinstance(route, str):
        return "/" + route.replace(".", "/")
    thing, name = named(view.settings.get("context"), "", context.program), view.settings.get("name")
    kind = thing.name.rpartition(".")[2].lower() if isinstance(thing, Ref) else ""
    return "/" + "/".join(p for p in (f"{{{kind}}}" if kind else "", name if isinstance(name, str) else "") if p)


def holes(pattern: str) -> str:
    """`/u/{id:\\d+}/*rest` -> `/u/{id}/{rest}`."""
    return "/" + re.sub(r"\*(\w+)", r"{\1}", _HOLE.sub(r"{\1}", pattern)).lstrip("/")


def _is_error(value: Value, context: Context) -> bool:
    """True for the view of an exception."""
    if not isinstance(value, Ref):
        return False
    bases = context.program.mro(value.name) if value.name in context.program.classes else (value.name,)
    return any(_ERRORS.search(base) for base in bases)


def _renders(view: View) -> Literal["html", "json", "redirect", "other", ""]:
    renderer = view.settings.get("renderer")
    text = renderer if isinstance(renderer, str) else ""
    if text.endswith(_PAGES):
        return "html"
    if text:
        return "json" if "json" in text else "other"
    names = {walk.dotted(c.func).rpartition(".")[2] for c in walk.calls(view.handler.node.body)}
    if names & {"render_to_response", "render"}:
        return "html"
    return "redirect" if names & set(_REDIRECTS) else "json" if "json_body" in names or "dumps" in names else ""


def _procedures(context: Context) -> Iterator[Route]:
    """`@xmlrpc_method(endpoint=...)` and `@jsonrpc_method(...)`."""
    for info in context.program.functions.values():
        for decorator in info.node.decorators:
            if isinstance(decorator, syntax.Call) and _RPC.match(context.program.resolve(decorator.func, info.module)):
                method = next((k.value for k in decorator.keywords if k.name == "method"), None)
                told = context.program.fold(method, info.module) if method is not None else info.node.name
                yield Route(
                    framework="pyramid", method="POST", path=str(told), handler=info.id, symbol=info.node.qualname, file=info.module.path,
                    line=info.node.line, owner=info.owner, surface="rpc", renders="other", table_file=info.module.path, table_line=decorator.line,
                )

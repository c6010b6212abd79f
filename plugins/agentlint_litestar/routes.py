"""Routes of Litestar: handlers as functions, and as methods of controllers with what these inherit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from agentlint.api import ClassInfo, Context, FunctionInfo, Guard, Route, Scope, Value, join_paths, syntax, walk
from agentlint_litestar.layers import Layers, Place, attribute

_VERBS = {v: v.upper() for v in ("get", "post", "put", "patch", "delete", "head")}
_SOCKETS = ("websocket", "websocket_listener")
_CONTROLLER = "litestar.Controller"
_HOLE = re.compile(r"\{([^{}:]+):[^{}]*\}")
_PAGES, _REDIRECTS = ("Template", "HTMXTemplate", "InertiaResponse"), ("Redirect", "InertiaRedirect", "InertiaBack")


def collect_routes(context: Context) -> Iterator[Route]:
    """All handlers; controllers that no application lists stand at their own path, since plugins and start-up code find them too."""
    reader = _Reader(context)
    for info in context.program.functions.values():
        if not info.owner:
            yield from reader.routes(info, None)
    controllers = context.program.subclasses(_CONTROLLER)
    bases = {b for c in controllers for b in context.program.mro(c)[1:]}
    for class_id in controllers:
        held = context.program.classes[class_id]
        if class_id in bases and class_id not in reader.layers.places and "path" not in held.attributes:
            continue  # only there to be inherited from
        seen: set[str] = set()
        for base in context.program.mro(class_id):
            for name, method in context.program.classes[base].methods.items() if base in context.program.classes else ():
                if name not in seen:
                    seen.add(name)
                    yield from reader.routes(context.program.functions[method], held)


class _Reader:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._program = context.program
        self.layers = Layers(context)

    def routes(self, info: FunctionInfo, owner: ClassInfo | None) -> Iterator[Route]:
        """The routes of one function or method."""
        scope: Scope = owner or info.module
        for decorator in info.node.decorators:
            name = self._program.resolve(decorator.func if isinstance(decorator, syntax.Call) else decorator, info.module)
            verb = name.rpartition(".")[2]
            if not name.startswith("litestar.") or (verb not in _VERBS and verb not in ("route", *_SOCKETS)):
                continue
            call = decorator if isinstance(decorator, syntax.Call) else syntax.Call(decorator, (), (), decorator.line, -1)
            told = {k.name: self.layers.setup.value(k.value, scope) for k in call.keywords if k.name}
            path = self.layers.setup.value(call.args[0], scope) if call.args else told.get("path", "")
            methods = [_VERBS[verb]] if verb in _VERBS else ["CALL"] if verb in _SOCKETS else _listed(told.get("http_method"))
            for text in path if isinstance(path, list | tuple) else (path,):
                yield from self._at(info, owner, methods, text if isinstance(text, str) else "{}", told)

    def _at(self, info: FunctionInfo, owner: ClassInfo | None, methods: list[str], path: str, told: dict[str, Value]) -> Iterator[Route]:
        base = attribute(owner, "path", self._context, self.layers) if owner is not None else ""
        layers = self.layers
        for place in layers.places.get(owner.id if owner is not None else info.id, [Place()]):
            full = _HOLE.sub(r"{\1}", "/" + join_paths(place.prefix, base if isinstance(base, str) else "", path).strip("/"))
            outside = self._is_excluded(full, told)
            checks = () if outside else (*layers.checks, *place.checks, *self._own(owner), *layers.names(told.get("guards")))
            for method in methods:
                yield Route(
                    framework="litestar", method=method, path=full, handler=info.id,
                    symbol=f"{owner.node.qualname}.{info.node.name}" if owner is not None else info.node.qualname, file=info.module.path,
                    line=info.node.line, owner=owner.id if owner is not None else "", guards=self._guards(method, outside), renders=self._renders(info, told),
                    name=str(told.get("name") or info.node.name), table_file=info.module.path, table_line=info.node.line,
                    guard_handlers=tuple(dict.fromkeys(checks)),
                )

    def _own(self, owner: ClassInfo | None) -> tuple[str, ...]:
        if owner is None:
            return ()
        held = (attribute(owner, name, self._context, self.layers) for name in ("guards", "before_request"))
        return tuple(i for value in held if value is not None for i in self.layers.names(value))

    def _guards(self, method: str, outside: bool) -> tuple[Guard, ...]:
        csrf = (Guard("csrf", "csrf_config"),) if self.layers.csrf and method not in ("GET", "HEAD", "OPTIONS") and self._by_session() else ()
        if outside:
            return (Guard("anonymous", "exclude_from_auth"), *csrf)
        return (*dict.fromkeys(self.layers.guards), *csrf)

    def _by_session(self) -> bool:
        return all(g.kind == "session" for g in self.layers.guards)

    def _is_excluded(self, path: str, told: dict[str, Value]) -> bool:
        opt = told.get("opt")
        said = told.get("exclude_from_auth") is True or (isinstance(opt, dict) and opt.get("exclude_from_auth") is True)
        return bool(self.layers.guards) and (said or any(p.search(path) for p in self.layers.excluded))

    def _renders(self, info: FunctionInfo, told: dict[str, Value]) -> Literal["html", "json", "redirect"]:
        returns = walk.dotted(info.node.returns) if info.node.returns is not None else ""
        names = {walk.dotted(c.func).rpartition(".")[2] for c in walk.calls(info.node.body)} | {returns.rpartition(".")[2]}
        media = str(getattr(told.get("media_type"), "name", told.get("media_type") or ""))
        if names & set(_PAGES) or "html" in media.lower():
            return "html"
        return "redirect" if names & set(_REDIRECTS) else "json"


def _listed(value: Value) -> list[str]:
    """Methods of `@route(http_method=[...])`, as texts or members of `HttpMethod`."""
    items = value if isinstance(value, list | tuple) else (value,)
    return [str(getattr(item, "name", getattr(item, "attr", item))).rpartition(".")[2].upper() for item in items]

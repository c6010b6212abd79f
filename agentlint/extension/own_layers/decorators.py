"""Decorators that are given an address: `@exposed("POST", "/power")`, `@api.post("scrobbles")`, on functions and on classes with a method for each verb."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from agentlint.analysis.program import ClassInfo, FunctionInfo, Program, Scope
from agentlint.analysis.wording import words
from agentlint.extension.own_layers.lines import VERBS, Line, address, relative, verbs
from agentlint.extension.own_layers.prefixes import Prefixes
from agentlint.extension.own_layers.servlets import responders
from agentlint.ir import syntax as s
from agentlint.ir.walk import dotted

_ROUTING = frozenset({
    "route", "endpoint", "expose", "exposed", "url", "http", "rest", "api", "view", "page", "webhook", "path", "action", "get", "post", "handler",
})
_PATHS = ("path", "url", "route", "rule", "uri", "endpoint", "pattern", "address")
_METHODS = ("method", "methods", "verb", "verbs", "http_method", "http_methods", "request_method")
_ASKING = frozenset({"uplink", "unittest", "mock", "pytest", "responses", "respx", "requests_mock", "locust", "click", "typer"})
"""Packages whose decorators are given addresses or names and answer nothing: what a client asks for, tests, commands."""
_PAGES = frozenset({"nicegui", "dash", "streamlit", "gradio", "flet", "solara", "reflex", "mesop"})
"""Packages whose pages are put together in code: what somebody does there has handlers of its own."""


def decorated(program: Program, known: Collection[str] = ()) -> Iterator[Line]:
    """A line for each decorator that names an address, but for those of a package of which a plugin has read others (`known`): it left them out."""
    read = _read_by_plugins(program, known)
    prefixes = Prefixes(program)
    for info in program.functions.values():
        for decorator in info.node.decorators:
            found = _read(decorator, info, program, bool(prefixes.of(info))) if isinstance(decorator, s.Call) else None
            if found is not None and found[2] not in read:
                checks = prefixes.method(info, decorator.func if isinstance(decorator, s.Call) else decorator)
                yield Line(prefixes.of(info) + found[0] or "/", found[1], info, info.module.path, decorator.line, library=found[2], checks=checks)
    for kind in program.classes.values():
        for decorator in kind.node.decorators:
            found = _read(decorator, kind, program) if isinstance(decorator, s.Call) else None
            if found is not None and found[2] not in read:
                yield from (Line(found[0], (v,), m, kind.module.path, decorator.line, kind.id, found[2]) for v, m in responders(kind, program))


def _read_by_plugins(program: Program, known: Collection[str]) -> frozenset[str]:
    """Packages whose decorators stand on handlers that plugins have read."""
    infos = [info for f in known if (info := program.functions.get(f)) is not None]
    found = {program.resolve(d.func, info.module).partition(".")[0] for info in infos for d in info.node.decorators if isinstance(d, s.Call)}
    return frozenset(found - {""})


def _read(call: s.Call, target: FunctionInfo | ClassInfo, program: Program, below: bool = False) -> tuple[str, tuple[str, ...], str] | None:
    """The address, the verbs and the library of one decorator; None for one that declares no route. One `below` an address may add nothing to it."""
    scope: Scope = target.module
    resolved = program.resolve(call.func, scope)
    name = call.func.attr if isinstance(call.func, s.Attribute) else dotted(call.func).rpartition(".")[2]
    top = resolved.partition(".")[0] or _package(call.func, scope, program)
    if top in _ASKING or top in _PAGES or not name:
        return None
    said = words(name)
    told = verbs((*call.args[:3], *(k.value for k in call.keywords if k.name in _METHODS)), program, scope)
    named = tuple(v for v in VERBS if v.lower() in said[:1] + said[-1:])
    path = _path(call, scope, program, plain=bool(named) and isinstance(call.func, s.Attribute))
    if (not path and not (below and _is_blank(call))) or not (told or named or _ROUTING.intersection(said)):
        return None
    own = top in {m.partition(".")[0] for m in program.modules} or resolved in program.functions
    return path, told or named, "" if own else top


def _is_blank(call: s.Call) -> bool:
    return bool(call.args) and isinstance(call.args[0], s.Constant) and call.args[0].value in ("", "/")


def _package(func: s.Expr, scope: Scope, program: Program) -> str:
    """The package of the class whose object carries a decorator: `api = API()`, `@api.get(...)`."""
    holder = func.value if isinstance(func, s.Attribute) else None
    while isinstance(holder, s.Attribute):
        holder = holder.value
    known = program.lookup(program.resolve(holder, scope)) if holder is not None else None
    made = known.func if isinstance(known, s.Call) else None
    return program.resolve(made, scope).partition(".")[0] if made is not None else ""


def _path(call: s.Call, scope: Scope, program: Program, plain: bool) -> str:
    """The address that a decorator is given; under the name of a verb one without its first slash counts too."""
    told = [k.value for k in call.keywords if k.name in _PATHS]
    for expr in (*told, *call.args[:2]):
        value = program.fold(expr, scope)
        found = address(value) or (relative(value) if plain else "") if isinstance(value, str) and value != "{}" else ""
        if found and found.strip("/").upper() not in VERBS:
            return found
    return ""

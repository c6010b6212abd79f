"""Middleware of the project that keeps a row of every request that changes something: who called what, at one place for all handlers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from agentlint.analysis.calls.sites import Calls
from agentlint.analysis.decisions.arms import PlaceIndex
from agentlint.analysis.operations import Entry
from agentlint.analysis.program import Program
from agentlint.analysis.records.mechanism_places import settings_texts
from agentlint.analysis.records.recorders import Records, RecordSite
from agentlint.analysis.records.shapes import Shapes
from agentlint.ir import syntax as s
from agentlint.ir import walk
from agentlint.ir.decisions import AuditSite, RecordContent
from agentlint.ir.effects import Effect

_METHODS = ("__call__", "__acall__", "dispatch", "process_request", "process_view", "process_response")
_HOOKS = frozenset({
    "after_request", "before_request", "teardown_request", "after_app_request", "before_app_request", "teardown_app_request", "middleware", "on_request",
    "on_response",
})
_ADDING = frozenset({"add_middleware", "Middleware", "DefineMiddleware", "register_middleware"})
"""Calls that take a class of middleware first. Starlette documentation, "Middleware"; Litestar, "Middleware"."""
_OF_REQUEST = re.compile(r"\b(method|user|current_user|is_authenticated|is_anonymous|status_code|path|SAFE_METHODS)\b")
"""Tests that only tell requests apart, so that what runs under them runs for every change that somebody asks for."""
_OF_CONTENT = re.compile(r"has_|data|entr|changes|pending|dirty|empty|finished")
"""Tests of the keeper of records that ask whether it was told anything."""
_ASIDE = frozenset({"tasks", "jobs", "cron", "crons", "cronjobs", "workers", "management"})
"""Modules and packages of what runs by itself: celery's `autodiscover_tasks` looks for `tasks`, Django for `management.commands`."""
_ATTENDED = frozenset({"views", "models", "admin", "serializers", "api", "viewsets", "forms", "urls", "routes", "signals", "receivers", "managers", "services"})
_SAYS_WHAT = re.compile(r"path|url|uri|view|endpoint|route|method|request|action|operation", re.IGNORECASE)
_DEPTH = 2


class RequestRecord(msgspec.Struct, frozen=True):
    """What the middleware keeps of each request, and where."""

    site: AuditSite
    content: RecordContent


def around_requests(program: Program, calls: Calls) -> frozenset[str]:
    """Functions that run around every request: middleware named in settings or added by call, hooks given by decorator."""
    found: set[str] = set()
    for text in settings_texts(program):
        found.update(_of_name(program, text))
    for function, info in program.functions.items():
        for decorator in info.node.decorators:
            name = walk.dotted(decorator.func if isinstance(decorator, s.Call) else decorator)
            if "." in name and name.rpartition(".")[2] in _HOOKS:
                found.add(function)
        for site in calls.sites(function):
            found.update(_added(program, site.name, site.call, function))
    for module in program.modules:
        for site in calls.sites(f"{module}.<module>"):
            found.update(_added(program, site.name, site.call, f"{module}.<module>"))
    return frozenset(found)


def never_for_requests(entries: Iterable[Entry], calls: Calls, program: Program) -> frozenset[str]:
    """Functions that jobs and commands run and no handler of a request does; what a handler leaves to a worker runs without its request, and so does
    what stands with the jobs and is at the most handed on."""
    asked: set[str] = set()
    unasked: set[str] = set()
    for entry in entries:
        unattended = entry.operation.surface in ("job", "cli")
        (unasked if unattended else asked).update(f for route in entry.routes for f in (route.handler, *route.extra_handlers) if f)
    unasked |= {f for f, info in program.functions.items() if _is_aside(info.module.name.split("."))} - asked
    return frozenset(_run_from(unasked, calls, (), frozenset()) - _run_from(asked, calls, ("deferred",), frozenset(unasked)))


def _is_aside(parts: list[str]) -> bool:
    """True for a module of jobs or commands; an application may be about tasks or jobs, and has views and models of them."""
    return bool(_ASIDE.intersection(parts)) and parts[-1] not in _ATTENDED


def run_for_requests(entries: Iterable[Entry], calls: Calls) -> frozenset[str]:
    """Functions that handlers of requests run while the request is answered."""
    attended = (e for e in entries if e.operation.surface not in ("job", "cli"))
    asked = {f for entry in attended for route in entry.routes for f in (route.handler, *route.extra_handlers) if f}
    return frozenset(_run_from(asked, calls, ("deferred",), frozenset()))


def _run_from(roots: set[str], calls: Calls, without: tuple[str, ...], left: frozenset[str]) -> set[str]:
    """`left` are functions that run elsewhere when they are only handed on."""
    found, waiting = set(roots), sorted(roots)
    while waiting:
        for site in calls.sites(waiting.pop()):
            for target in site.targets:
                if target.kind not in without and target.function not in found and not (target.kind == "reference" and target.function in left):
                    found.add(target.function)
                    waiting.append(target.function)
    return found


def _added(program: Program, name: str, call: s.Call, caller: str) -> Iterator[str]:
    """`app.add_middleware(AuditMiddleware)`, `Middleware(AuditMiddleware)` in a list of them, `app.after_request(keep)`."""
    if name in _ADDING and call.args:
        yield from _of_name(program, program.resolve(call.args[0], program.scope_of(caller)))
    elif name in _HOOKS and call.args:
        named = program.resolve(call.args[0], program.scope_of(caller))
        if named in program.functions:
            yield named


def _of_name(program: Program, name: str) -> Iterator[str]:
    if name in program.classes:
        yield from (m.id for method in _METHODS if (m := program.method(name, method)) is not None)
    elif name in program.functions:
        yield from (f for f in program.functions if f.startswith(f"{name}."))


def request_record(
    functions: frozenset[str], calls: Calls, records: Records, shapes: Shapes, effects: Mapping[str, tuple[Effect, ...]], program: Program,
) -> RequestRecord | None:
    """The row that one of the functions keeps of every request; none when a test beside the request itself decides whether it is kept."""
    places = PlaceIndex()
    for function in sorted(functions):
        made = _making(function, calls, records, effects, program, places, _DEPTH)
        table = made.table if made is not None else None
        if made is not None and table is not None and table.actors and any(_SAYS_WHAT.search(c.name) for c in shapes.columns(table.model)):
            return RequestRecord(AuditSite(made.file, made.line, f"{made.name} for every request"), RecordContent(who=True, what=True))
    return None


def _making(
    function: str, calls: Calls, records: Records, effects: Mapping[str, tuple[Effect, ...]], program: Program, places: PlaceIndex, depth: int,
) -> RecordSite | None:
    info = program.functions.get(function)
    if info is None or depth < 0:
        return None
    where = places.of(function, info.node)
    for site in calls.sites(function):
        place = where.get(site.call.site)
        if place is None or not all(a.transparent or _OF_REQUEST.search(a.text) or _asks_keeper(a.text, site.call) for a in place.arms):
            continue
        for effect in effects.get(function, ()):
            if effect.line == site.line and records.is_making(effect):
                return records.of_effect(effect)
        if id(site.call) in records.logged:
            return records.logged[id(site.call)]
        for target in site.targets:
            found = _making(target.function, calls, records, effects, program, places, depth - 1) if target.confidence != "low" else None
            if found is not None:
                return found
    return None


def _asks_keeper(test: str, call: s.Call) -> bool:
    """True for `if keeper.has_data: keeper.flush()`: a test of the very object on which the record is made, whether there is anything to keep."""
    keeper = walk.dotted(call.func).rpartition(".")[0]
    return bool(keeper) and test.startswith(f"{keeper}.") and bool(_OF_CONTENT.search(test.removeprefix(f"{keeper}.")))

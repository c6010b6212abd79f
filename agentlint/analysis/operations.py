"""Operations: what an actor can start, one row per handler on a surface, with what it changes and who may call it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from agentlint.analysis.asking import asks_to_act, is_deed, looks_up, reads
from agentlint.analysis.callers.callbacks import calls_back, is_callback, is_webhook
from agentlint.analysis.callers.guards import GuardFinder
from agentlint.analysis.callers.handed_sessions import with_handed_sessions
from agentlint.analysis.callers.own_rows import acts_on_caller
from agentlint.analysis.callers.permits import PermitChecks
from agentlint.analysis.callers.persons import human_by_design
from agentlint.analysis.callers.ranks import Ranks
from agentlint.analysis.decisions.consequence import changes_state, concerns_session, is_consequential
from agentlint.analysis.effects.made_when_missing import MadeWhenMissing
from agentlint.analysis.effects.summaries import Summaries
from agentlint.analysis.passing import done_around, named_verbs, sent_by_pages, shared_traces
from agentlint.analysis.program import FunctionInfo, Program
from agentlint.analysis.wording import DEEDS, HTTP_NAMES, VERBS, naming, nouns, spoken, words
from agentlint.ir.effects import Effect, ReachedEffect
from agentlint.ir.operations import Guard, Operation, OperationEffect, Route, Surface
from agentlint.ir.syntax import Attribute, Constant, Expr, Function, Raise
from agentlint.ir.walk import body_expressions, calls, dotted, statements

_MACHINE = frozenset({"token", "api-key", "basic", "oauth", "mutual-tls"})
_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "QUERY", "SUBSCRIPTION"})
_SIGNED_IN = re.compile(r"(login|permissions?|auth(entication)?)_?required|(Login|Permission)Required|require_login", re.IGNORECASE)
"""How checks are called that send people away who are not signed in."""
_WRITING_METHODS = ("POST", "PUT", "PATCH", "DELETE", "MUTATION")
"""Methods of HTTP, and the operation types of GraphQL."""
_DECLARED_MACHINE = frozenset({"graphql", "rpc"})
"""Surfaces that a framework declares for programs, whoever may call them in fact."""
_SUBMITTED = frozenset({
    "method", "form", "files", "values", "json", "get_json", "data", "get_data", "body", "stream", "POST", "FILES", "validate", "validate_on_submit",
    "is_submitted", "is_valid", "get_argument", "get_arguments", "get_body_argument", "parse_args", "load",
})
"""Attributes by which handlers look at a submission."""
_FORMS = frozenset({"POST", "FILES", "validate_on_submit", "is_submitted", "is_valid", "get_argument", "get_arguments", "get_body_argument", "parse_args"})
_PROCEDURE = "CALL"
"""The method of what is called by name: a procedure, a handler of a page that knows no HTTP."""
_READING = frozenset({"get", "fetch", "read", "show", "view", "display", "is", "has", "can", "open", "refresh", "reload", "load"})
_NEARBY = 2
"""Calls between a handler and code that looks at the submission for it."""
_MOST_EFFECTS = 24
"""Effects shown of one operation; the nearest ones."""


class Entry(msgspec.Struct, frozen=True):
    """An operation with what the matching needs beside the report's form."""

    operation: Operation
    reached: tuple[ReachedEffect, ...]
    guards: tuple[Guard, ...]
    routes: tuple[Route, ...]
    human: str = ""
    """Why it is human-by-design, empty when it is not."""
    administrators: bool = False
    """True when the code refuses everybody but administrators."""
    own: bool = False
    """True when it can only be about whoever calls."""
    domain: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Functions of the program outside the handler's module that it calls to get something done, each with those that it calls in turn."""
    sends: tuple[Entry, ...] = ()
    """Endpoints of the project to which its code sends requests: they do what it does."""

    @property
    def machine_callable(self) -> bool:
        """True when a program can start it with credentials of its own.

        No counterparts are: what a vendor's signature or a component's internal key opens, and callbacks, by name or because the framework's browser check
        was switched off by hand and they ask for no credentials.
        """
        kinds = {g.kind for g in self.guards if not g.whole}
        if self.operation.surface not in ("graphql", "rpc", "mcp", "api") or calls_back(self.operation):
            return False
        closed = {"signature", "internal", "csrf-exempt"} if self.operation.surface == "api" else {"signature", "internal"}
        return bool(kinds & _MACHINE) or not kinds & closed


class Reach:
    """What routes reach, without the bookkeeping of checks that stand in their way."""

    def __init__(self, program: Program, summaries: Summaries) -> None:
        self._summaries = summaries
        self._checks = PermitChecks(program)
        self.program = program
        self.ranks = Ranks(program)
        self.missing = MadeWhenMissing(program)
        self._abstract: dict[str, bool] = {"": False}
        self._found: dict[tuple[str, tuple[str, ...]], tuple[ReachedEffect, ...]] = {}
        self.passing: frozenset[tuple[str, int]] = frozenset()
        """Lines that leave a trace in the session, or send something outside, on the way to most handlers: what all go through none of them is for."""
        self.around: frozenset[tuple[str, int]] = frozenset()
        """Lines that decorators of many handlers reach: no handler is for what is done around it."""

    def of(self, route: Route) -> Iterable[ReachedEffect]:
        """Effects of a route's handlers."""
        for function_id in dict.fromkeys((route.handler, *route.extra_handlers)):
            if function_id:
                found = self._of_handler(function_id, (route.owner, *route.runs_on))
                if self.passing or self.around:
                    found = tuple(r for r in found if not self._passes_by(function_id, r))
                yield from found

    def _passes_by(self, function_id: str, reached: ReachedEffect) -> bool:
        place = (reached.effect.file, reached.effect.line)
        return place in self.passing or (place in self.around and self.is_around(function_id, reached))

    def is_around(self, function_id: str, reached: ReachedEffect) -> bool:
        """True for what a decorator of a function does."""
        info = self.program.functions.get(function_id)
        return info is not None and bool(reached.chain) and any(d.line == reached.chain[0].line for d in info.node.decorators)

    def _of_handler(self, function_id: str, classes: tuple[str, ...]) -> tuple[ReachedEffect, ...]:
        known = self._found.get((function_id, classes))
        if known is None:
            reached = self._summaries.reached_for(function_id, *classes)
            known = self._found[function_id, classes] = tuple(r for r in reached if not self._checks.hold(r) and not self._is_abstract(r.effect.model))
        return known

    def acts(self, routes: Iterable[Route]) -> bool:
        """True when a handler of the project does more than answer: it calls something.

        A page that answers GET and POST by one function, and looks at nothing that was submitted, only shows itself again.
        """
        routes = tuple(routes)
        infos = {f: self.program.functions.get(f) for r in routes for f in (r.handler, *r.extra_handlers) if f}
        shown = {r.handler for r in routes if r.method == "GET" and not r.extra_handlers}
        return any(info is not None and _calls_something(info.node) and (f not in shown or _reads_submission(info.node)) for f, info in infos.items())

    def only_shows(self, routes: Sequence[Route]) -> bool:
        """True for a page that answers every method alike: its code, and what it calls nearby, never looks at a submission or its method."""
        if any(r.method != "ANY" or r.owner or r.renders not in ("html", "json", "other") for r in routes):
            return False
        near = {f for r in routes for f in (r.handler, *r.extra_handlers)}
        for _ in range(_NEARBY):
            near |= {callee[0] for f in near for _, _, callee in self._summaries.edges((f, None))}
        infos = [info for f in near if (info := self.program.functions.get(f)) is not None]
        return bool(infos) and not any(_is_submission(e) for info in infos for e in body_expressions(info.node.body))

    def domain(self, routes: Iterable[Route]) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Functions of other modules that handlers, or helpers beside them, call to get something done, each with those that it calls for that."""
        found: set[str] = set()
        for handler in {r.handler for r in routes if r.handler in self.program.functions}:
            home = self.program.functions[handler].module.name
            near = {handler}
            for _ in range(_NEARBY):
                called = {f for one in near for f in self._called(one)}
                found |= {f for f in called if self.program.functions[f].module.name != home and _is_deed(self.program.functions[f])}
                near = {f for f in called if self.program.functions[f].module.name == home}
        return tuple((f, tuple(sorted(inner for inner in self._called(f) if _is_deed(self.program.functions[inner])))) for f in sorted(found))

    def _called(self, function: str) -> set[str]:
        edges = self._summaries.edges((function, None))  # what is tied by its name only clears nothing
        return {node[0] for _, target, node in edges if target.kind in ("call", "deferred") and target.confidence != "low"}

    def _is_abstract(self, model: str) -> bool:
        """True for a base class that no row is ever made of: a write of it says that the concrete class is not known."""
        if model not in self._abstract:
            info = self.program.classes.get(model)
            meta = self.program.classes.get(info.nested.get("Meta", "")) if info is not None else None
            flags = [info.attributes.get("__abstract__") if info is not None else None, meta.attributes.get("abstract") if meta is not None else None]
            self._abstract[model] = any(isinstance(f, Constant) and f.value is True for f in flags)
        return self._abstract[model]


def build_entries(routes: Iterable[Route], reach: Reach, finder: GuardFinder) -> list[Entry]:
    """Entries of all routes, one per GUI handler, one per method and path elsewhere; sorted by id."""
    by_handler: dict[tuple[str, str, int, str], list[tuple[Route, tuple[Guard, ...]]]] = defaultdict(list)
    entries: list[Entry] = []
    routes = tuple(routes)
    reach.passing, reach.around = shared_traces(routes, reach) | sent_by_pages(routes, reach), done_around(routes, reach)
    guarded = [(route, finder.guards(route)) for route in routes]
    has_pages = any(route.renders in ("html", "redirect") for route in routes)
    opened = with_handed_sessions(guarded, reach.program, ((r, tuple(reach.of(r))) for r in routes))
    for (route, guards), (_, found) in zip(opened, guarded, strict=True):
        writes = any(is_consequential(r.effect) for r in reach.of(route))
        surface = "api" if route.surface is None and is_webhook(route, guards, reach.program) else surface_of(route, guards, writes)
        lives_on = guards != found and has_pages and surface_of(route, found, writes) == "gui"  # pages live on the session still
        if surface == "gui" or lives_on or (surface == "api" and is_page(route, guards)):
            by_handler[(route.file, route.symbol, route.line, route.action if not route.handler else "")].append((route, guards))
        if surface == "gui":
            continue
        for method in _methods(route, reach):
            entries.append(_entry(surface, method, [(route, guards)], reach))
    entries += [_entry("gui", _gui_method([r for r, _ in group], reach), group, reach) for group in by_handler.values()]
    return _unique(_without_forms(entries))


def _without_forms(entries: Sequence[Entry]) -> list[Entry]:
    """Entries without the pages that only show the form of an action: a GET that a framework answers for a class whose other methods act."""
    acting = {(e.operation.file, e.routes[0].owner) for e in entries if e.operation.surface == "gui" and e.operation.changes_state and e.routes[0].owner}
    return [
        e for e in entries
        if e.operation.surface != "gui" or e.operation.changes_state or "." in e.operation.symbol or (e.operation.file, e.routes[0].owner) not in acting
    ]


def surface_of(route: Route, guards: Sequence[Guard], writes: bool) -> Surface:
    """Where a route stands: what its framework declares, else by who may call it and what it answers.

    A schema or service that takes nothing but the browser's session is part of the GUI, whatever its framework says.
    """
    kinds = {g.kind for g in guards}
    if route.surface is None and "session" in kinds and _checks_browser(route, guards):
        kinds -= _MACHINE  # whoever calls is turned away when the request does not come from the framework's own pages
    if route.surface is not None:
        return "gui" if route.surface in _DECLARED_MACHINE and "session" in kinds and not kinds & _MACHINE else route.surface
    if kinds & (_MACHINE | {"signature", "internal"}):
        return "api"
    if "session" in kinds:
        return "gui"
    if "csrf-exempt" in kinds and (route.renders not in ("html", "redirect") or is_callback(route)):
        return "api"
    if route.renders in ("html", "redirect"):
        return "gui"
    if "csrf" in kinds and writes and route.method != "GET":
        return "gui"  # the framework demands a token that only its own pages hold
    return "api" if "anonymous" in kinds or route.renders in ("json", "other") else "gui"


def is_page(route: Route, guards: Sequence[Guard]) -> bool:
    """True for a page that the browser's session opens, whatever credentials of programs it takes beside it."""
    return route.surface is None and route.renders in ("html", "redirect") and any(g.kind == "session" for g in guards)


def _checks_browser(route: Route, guards: Sequence[Guard]) -> bool:
    """True where a part of the framework that the guard names demands a CSRF token of every caller, whatever credentials there are."""
    return route.method not in _SAFE and not any(g.kind == "csrf-exempt" for g in guards) and any(g.kind == "csrf" and g.detail for g in guards)


def reached_by(route: Route, reach: Reach, method: str) -> tuple[ReachedEffect, ...]:
    """Every effect that a route reaches under a method, nearest first."""
    found: dict[tuple[object, ...], ReachedEffect] = {}
    told = {(e.file, e.line): e.model for e in route.effects if e.function and e.model}
    for reached in (*(ReachedEffect(e, (), e.methods) for e in route.effects), *reach.of(route)):
        if method not in ("ANY", "") and reached.methods and method not in reached.methods:
            continue
        effect = reached.effect
        if effect.model and told.get((effect.file, effect.line), effect.model) != effect.model:
            continue  # a line of a shared base: what it writes for others is not what it writes here
        key = (effect.kind, effect.operation, effect.model or effect.target, effect.file, effect.line)
        if key not in found or len(reached.chain) < len(found[key].chain):
            found[key] = reached
    return tuple(sorted(found.values(), key=lambda r: (len(r.chain), r.effect.file, r.effect.line, r.effect.kind, r.effect.target)))


def _methods(route: Route, reach: Reach) -> list[str]:
    """The methods a route stands for: its own, or those that the handler tells apart."""
    if route.method != "ANY":
        return [route.method]
    seen = {m for r in reach.of(route) for m in named_verbs(r.methods)}
    return sorted(seen) if seen - _SAFE else ["ANY"]


def _gui_method(routes: Sequence[Route], reach: Reach) -> str:
    methods = {r.method for r in routes}
    for route in routes:
        methods |= {m for r in reach.of(route) if is_consequential(r.effect) for m in r.methods}
    writing = [m for m in _WRITING_METHODS if m in methods]
    return writing[0] if writing else "ANY" if "ANY" in methods else sorted(methods)[0]


def demands_sign_in(guards: Sequence[Guard]) -> bool:
    """True when a check by its name lets nobody in who is not signed in."""
    return any(g.kind == "session" and _SIGNED_IN.search(g.detail) for g in guards)


def _entry(surface: Surface, method: str, group: Sequence[tuple[Route, tuple[Guard, ...]]], reach: Reach) -> Entry:
    routes = sorted((r for r, _ in group), key=lambda r: (len(r.path), r.path, r.method))
    first = routes[0]
    guards = tuple(sorted({g for _, found in group for g in found}))
    wanted = ("ANY",) if surface == "gui" and len({r.method for r in routes}) == 1 and first.method == "ANY" else tuple(dict.fromkeys(r.method for r in routes))
    asked = wanted if surface == "gui" else (method,)
    merged: dict[tuple[object, ...], ReachedEffect] = {}
    for route in routes:
        for one in asked:
            for reached in reached_by(route, reach, one):
                merged.setdefault((reached.effect, reached.methods), reached)
    reached_all = tuple(sorted(merged.values(), key=lambda r: (len(r.chain), r.effect.file, r.effect.line, r.effect.kind, r.effect.target)))
    names = [first.symbol, *(r.path for r in routes), *(r.name for r in routes)]
    human = human_by_design(names, reached_all, _administers(first), demands_sign_in(guards)) if surface == "gui" else ""
    verb = "GET" if method == "ANY" and reach.only_shows(routes) else method
    meant = [r for r in reached_all if not reach.missing.in_passing(r)] if verb in _SAFE or verb == "ANY" or looks_up(first) else reached_all
    changes = changes_by(routes, verb, meant, reach.acts(routes))
    action, resource = describe(first, reached_all)
    operation = Operation(
        id=f"{surface}:{method} {first.path}", surface=surface, method=method, path=first.path, file=first.file, line=first.line, symbol=first.symbol,
        action=action, resource=resource, changes_state=changes, effects=_shown(reached_all), auth=tuple(dict.fromkeys(g.kind for g in guards)),
        status="human-by-design" if surface == "gui" and changes and human else None, evidence=(human,) if changes and human else (),
        confidence=first.confidence, handler=first.handler,
    )
    administrators = all(reach.ranks.administrators(r) for r in routes) or _administers(first)
    own = acts_on_caller(routes, reach.program)
    return Entry(operation, reached_all, guards, tuple(routes), human if changes else "", administrators, own, reach.domain(routes) if changes else ())


def changes_by(routes: Sequence[Route], method: str, reached: Sequence[ReachedEffect], acts: bool) -> bool:
    """Whether an operation changes state: by what it reaches, and by what its methods promise where the code does not tell.

    RFC 9110, section 9.2.1: GET is safe, what it writes in passing is not what the caller asked for. Other methods ask for a change
    unless the words say that they only look something up.
    """
    asks = asks_to_act(routes)
    if method in _SAFE:
        return any(changes_state(r.effect) and (_asked_for(r, asks) or r.effect.registered) for r in reached)
    if reads(routes[0]):
        reached = [r for r in reached if _asked_for(r, False) or r.effect.registered]
    if any(is_consequential(r.effect) for r in reached):
        return True
    submitted = method in _WRITING_METHODS or (method == _PROCEDURE and not _only_reads(routes[0]))
    if any(changes_state(r.effect) and (submitted or r.methods or r.effect.kind == "authentication" or asks) for r in reached):
        return True
    return method in _WRITING_METHODS and acts and (method == "MUTATION" or not looks_up(routes[0]))


def _asked_for(reached: ReachedEffect, asks: bool) -> bool:
    """What a safe method does on purpose: when its words ask for it, what is no mere trace in the session; otherwise what stands in the handler itself."""
    if concerns_session(reached.effect):
        return asks and not reached.chain
    return asks or not (reached.chain or reached.effect.kind in ("queue", "file") or reached.effect.api.endswith("get_or_create()"))


def _calls_something(function: Function) -> bool:
    """True when a body calls anything beside what it raises."""
    raised = {id(c) for stmt in statements(function.body) if isinstance(stmt, Raise) for c in calls((stmt,))}
    return any(id(c) not in raised for c in calls(function.body))


def _reads_submission(function: Function) -> bool:
    """True when a body looks at the method, or at what a form or a body brings."""
    return any(isinstance(e, Attribute) and e.attr in _SUBMITTED for e in body_expressions(function.body))


def _is_submission(expr: Expr) -> bool:
    """True for what a form brings, and for what a request brings where a plain word names it: the `json` of other things is none."""
    if not isinstance(expr, Attribute) or expr.attr not in _SUBMITTED:
        return False
    return expr.attr in _FORMS or "req" in dotted(expr.value).lower()


def _is_deed(info: FunctionInfo) -> bool:
    """True for a function whose name asks for doing; one that is nothing but the verb says enough as a method only."""
    said, home = words(info.node.name), words(info.module.name.rpartition(".")[2])
    said = said[len(home) :] if said[: len(home)] == home else said  # `git_set_head` of a module `git`
    return bool(said) and (len(said) > 1 or bool(info.owner)) and (said[0] in DEEDS or is_deed(said))


def _only_reads(route: Route) -> bool:
    """True when the name of a procedure says that it gives something: what it writes in passing, nobody asked for."""
    said = words(route.symbol.rsplit(".", 1)[-1])
    return looks_up(route) or bool(said) and said[0] in _READING


def _administers(route: Route) -> bool:
    return "admin" in words(route.path)[:2] and (bool(route.owner) or not route.handler or "{" in route.path)


def _shown(reached: Sequence[ReachedEffect]) -> tuple[OperationEffect, ...]:
    kept: dict[tuple[str, str, str], OperationEffect] = {}
    for one in reached:
        effect: Effect = one.effect
        key = (effect.kind, effect.target, effect.operation)
        if changes_state(effect) and key not in kept:
            kept[key] = OperationEffect(effect.kind, effect.target, effect.operation, effect.file, effect.line, effect.fields)
    return tuple(kept.values())[:_MOST_EFFECTS]


def describe(route: Route, reached: Sequence[ReachedEffect]) -> tuple[str, str]:
    """The verb and the noun of a route in plain words."""
    main = next((r.effect for r in reached if is_consequential(r.effect)), None)
    name = naming(route.action or route.symbol, main is not None)
    said = words(name)
    verb = next((VERBS[w] for w in said if w in VERBS), "")
    if not verb:
        verb = spoken(name) if said and said[0] not in HTTP_NAMES else main.operation if main else spoken(name)
    resource = route.resource or (main.target if main and main.target else "")
    if not resource:
        known = nouns([route.symbol, route.path])
        resource = " ".join(w for w in words(route.symbol) if w in known) or next(iter(sorted(known)), "")
    return verb, " ".join(words(resource)) if resource else ""


def _unique(entries: Sequence[Entry]) -> list[Entry]:
    """Entries sorted by id, with ids told apart by symbol where one method and path has several handlers."""
    counts: dict[str, int] = defaultdict(int)
    result = []
    for entry in sorted(entries, key=lambda e: (e.operation.id, e.operation.file, e.operation.line, e.operation.symbol)):
        operation = entry.operation
        counts[operation.id] += 1
        if counts[operation.id] > 1:
            operation = msgspec.structs.replace(operation, id=f"{operation.id}#{counts[operation.id]}")
            entry = msgspec.structs.replace(entry, operation=operation)
        result.append(entry)
    return result

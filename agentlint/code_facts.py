"""What source code shows: the order of the passes from modules to operations, decisions and calls of models."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from agentlint.analysis.auditing import Linked, audit
from agentlint.analysis.callers.guards import GuardFinder
from agentlint.analysis.calls.sites import Calls, CallSite, resolve_calls
from agentlint.analysis.clients.own_requests import tie_own_requests
from agentlint.analysis.clients.ties import tie_pages, tie_sessions
from agentlint.analysis.clients.ties_by_name import tie_names
from agentlint.analysis.effects.direct import EffectFinder
from agentlint.analysis.effects.handed_values import HandedValues
from agentlint.analysis.effects.relations import Relations
from agentlint.analysis.effects.summaries import summarise
from agentlint.analysis.effects.tables import table_of
from agentlint.analysis.effects.when_failing import WhenFailing
from agentlint.analysis.facts import Facts, Inventory
from agentlint.analysis.given_modes import GivenModes
from agentlint.analysis.handing_on import HandingOn
from agentlint.analysis.operations import Reach, build_entries
from agentlint.analysis.program import Program, build_program
from agentlint.analysis.spelled_routes import spelled_out
from agentlint.analysis.types.inference import Type, Types, infer_types
from agentlint.client_side import ClientSide
from agentlint.extension.framework import Context, Framework
from agentlint.extension.own_layers import own_routes
from agentlint.extension.unread import unread_frameworks, unread_servers
from agentlint.graph.matching import Background, match_operations
from agentlint.ir.decisions import Mechanism
from agentlint.ir.description import Description
from agentlint.ir.effects import Effect
from agentlint.ir.operations import Route
from agentlint.ir.syntax import Module
from agentlint.knowledge import LibraryFacts
from agentlint.passes import Passes


def code_facts(
    python: tuple[Module, ...], clients: Callable[[], ClientSide], library: LibraryFacts, frameworks: tuple[Framework, ...],
    documents: tuple[Description, ...], state: Passes,
) -> tuple[Facts, tuple[Framework, ...]]:
    """What source code shows: operations, decisions, model calls."""
    with state.timed("link"):
        program = build_program(python, library)
    used = tuple(f for f in frameworks if state.guarded("detect", f, lambda f=f: [f] if f.detect(program) else []))  # type: ignore[misc]
    context = Context(program, library, state.gap, documents, state.beside)
    for framework in used:
        lineages = state.guarded("lineages", framework, lambda f=framework: list(f.lineages(context).items()))  # type: ignore[misc]
        program.add_lineages(dict(lineages))  # type: ignore[arg-type]
    types, calls, context = _types_and_calls(program, library, used, context, state)
    with state.timed("effects"):
        finder = EffectFinder(program, types, calls, library, tuple(_CallEffects(f, context, state) for f in used))
        effects = finder.all()
        summaries = summarise(program, calls, finder, effects)
    with state.timed("routes"):
        routes = [r for f in used for r in state.guarded("routes", f, lambda f=f: list(f.routes(context))) if isinstance(r, Route)]  # type: ignore[misc]
        routes = list(spelled_out(routes, types, program))
        routes = own_routes(routes, program)
        state.gaps += unread_frameworks(program, routes)
        mechanisms = [m for f in used for m in state.guarded("mechanisms", f, lambda f=f: list(f.mechanisms(context))) if isinstance(m, Mechanism)]  # type: ignore[misc]
        state.gaps += unread_servers(program, routes)
    with state.timed("client side"):
        client = clients()
        state.gaps += client.requests.gaps
    with state.timed("operations"):
        reach = Reach(program, summaries)
        entries = tie_own_requests(build_entries(routes, reach, GuardFinder(program, calls, library)), program, calls)
        entries += [*tie_pages(entries, client.actions), *tie_names(entries, client.read.modules)]
        entries += tie_sessions(entries, sum(m.lines for m in client.read.modules))
    with state.timed("decisions"):
        audited = audit(Linked(program, types, calls, library, finder.models, summaries, entries, tuple(mechanisms), state.migrations, state.sql_files))
    with state.timed("matching"):
        relations = Relations(types, program)
        background = Background(
            audited.record_models, relations.other_end, HandedValues(program).of, lambda model: table_of(model, program), reach.missing.in_passing,
            reach.missing.only_then, WhenFailing(program).only_then, HandingOn(summaries), GivenModes(program, summaries), links=relations.links,
        )
        operations = match_operations(entries, background)
    state.gaps += [*program.gaps, *summaries.gaps, *audited.gaps]
    resolved = sum(1 for r in routes if r.handler or r.effects)
    inventory = Inventory(routes=(resolved, len(routes)), calls=calls.resolved)
    found = Facts(
        inventory, operations, audited.decisions, model_calls=audited.model_calls, bypasses=audited.bypasses, unapproved=audited.unapproved,
    )
    return found, used


def _types_and_calls(program: Program, library: LibraryFacts, used: tuple[Framework, ...], context: Context, state: Passes) -> tuple[Types, Calls, Context]:
    with state.timed("types"):
        extra: dict[str, dict[str, Type]] = {}
        for framework in used:
            for pair in state.guarded("attribute types", framework, lambda f=framework: list(f.attribute_types(context).items())):  # type: ignore[misc]
                extra.setdefault(pair[0], {}).update(pair[1])  # type: ignore[index]
        types = infer_types(program, library, extra)
    with state.timed("calls"):
        later = context.with_facts(types)
        edges = [e for f in used for e in state.guarded("deferred calls", f, lambda f=f: list(f.deferred(later)))]  # type: ignore[misc]
        calls = resolve_calls(program, types, library, edges)  # type: ignore[arg-type]
    return types, calls, context.with_facts(types, calls)


class _CallEffects:
    """A framework's answer for one call site; a framework that breaks is not asked again."""

    def __init__(self, framework: Framework, context: Context, state: Passes) -> None:
        self._framework, self._context, self._state = framework, context, state
        self._broken = False

    def __call__(self, site: CallSite) -> Iterable[Effect]:
        if self._broken:
            return ()
        try:
            return tuple(self._framework.call_effects(site, self._context))
        except Exception as error:
            self._broken = True
            self._state.broken(self._framework, "call effects", error)
            return ()

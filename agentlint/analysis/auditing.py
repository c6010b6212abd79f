"""The second question as one pass: records, mechanisms, audit paths, decisions and model calls of a linked program."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import partial

import msgspec

from agentlint.analysis.audit.endings import EndingCalls
from agentlint.analysis.audit.ledger import Ledger, neighbours_of
from agentlint.analysis.audit.paths import AuditPaths, Linking
from agentlint.analysis.calls.listeners import find_listeners
from agentlint.analysis.calls.sites import Calls
from agentlint.analysis.decisions.answers import AnswerFinder
from agentlint.analysis.decisions.approvals import Approvals
from agentlint.analysis.decisions.arms import PlaceIndex
from agentlint.analysis.decisions.consequence import is_told_mark
from agentlint.analysis.decisions.endpoints import Endpoints
from agentlint.analysis.decisions.judge import Judge
from agentlint.analysis.decisions.lasting import Lasting
from agentlint.analysis.decisions.mattering import kept_by_people, matters
from agentlint.analysis.decisions.oversight import Oversight, Watched
from agentlint.analysis.decisions.paths import Callers, DecisionFinder, numbered
from agentlint.analysis.decisions.siblings import class_decisions
from agentlint.analysis.decisions.sign_ins import SignIns
from agentlint.analysis.effects.models import Models
from agentlint.analysis.effects.places import Places
from agentlint.analysis.effects.summaries import Node, Summaries
from agentlint.analysis.models.calls import find_model_calls
from agentlint.analysis.models.flow import Answers
from agentlint.analysis.models.tools import find_tools
from agentlint.analysis.models.values import Arguments
from agentlint.analysis.operations import Entry
from agentlint.analysis.program import Program
from agentlint.analysis.records.blocks import Blocks
from agentlint.analysis.records.cascades import Dependents
from agentlint.analysis.records.coverage import Coverage, bypassing_writes
from agentlint.analysis.records.making import Making
from agentlint.analysis.records.mechanisms import find_mechanisms
from agentlint.analysis.records.recorders import Records, Written, find_records
from agentlint.analysis.records.requests import around_requests, never_for_requests, request_record, run_for_requests
from agentlint.analysis.records.shapes import Shapes, Table
from agentlint.analysis.records.sinks import Sinks
from agentlint.analysis.records.streams import Streams
from agentlint.analysis.records.triggers import find_triggers
from agentlint.analysis.types.inference import Types
from agentlint.ir.decisions import Bypass, Decision, Mechanism, ModelCall, RecordContent, Unapproved
from agentlint.ir.effects import Effect
from agentlint.ir.source import Gap
from agentlint.ir.syntax import Module
from agentlint.knowledge import LibraryFacts


class Linked(msgspec.Struct, frozen=True):
    """What earlier passes found."""

    program: Program
    types: Types
    calls: Calls
    library: LibraryFacts
    models: Models
    summaries: Summaries
    entries: Sequence[Entry]
    told: tuple[Mechanism, ...] = ()
    """Mechanisms that framework plugins know of."""
    migrations: tuple[Module, ...] = ()
    """Migrations, read for the triggers that they make and for nothing else."""
    sql_files: Mapping[tuple[str, str], str] = {}
    """What stands in files of SQL, by the migration that runs them and the name by which it calls them."""


class Audited(msgspec.Struct, frozen=True):
    """What this pass found."""

    decisions: tuple[Decision, ...]
    model_calls: tuple[ModelCall, ...]
    mechanisms: tuple[Mechanism, ...]
    bypasses: tuple[Bypass, ...]
    unapproved: tuple[Unapproved, ...]
    record_models: frozenset[str]
    """Models whose rows are records of what happened."""
    gaps: tuple[Gap, ...]


def _helps_only(function: str, derived: Container[str], calls: Calls) -> bool:
    """True for what nothing calls but methods that work columns out."""
    callers = calls.callers(function)
    return bool(callers) and all(site.caller in derived for site in callers)


def audit(linked: Linked) -> Audited:
    """Runs the pass."""
    program, summaries = linked.program, linked.summaries
    for function in program.functions:
        summaries.entries(summaries.node(function))
    sinks = Sinks(program, linked.calls, linked.library)
    streams = Streams(program, linked.calls)
    nodes = tuple(_looked_at(linked, bool(sinks.found) or streams.found))
    effects = {node: summaries.own(node) for node in nodes}
    written = {e.model for found in effects.values() for e in found if e.kind == "orm-write" and e.operation == "create"}
    shapes = Shapes(program, linked.types, [name for name in program.classes if linked.models.style(name) or name in written])
    around = around_requests(program, linked.calls)
    listeners = around | sinks.functions | {one.function for one in find_listeners(program, linked.calls, linked.library)}
    records = find_records(program, linked.library, shapes, _changes(effects), _writers(summaries, nodes, listeners | _around_changes(linked)))
    records.logged = {**streams.records(), **sinks.records(lambda function: _row_made(summaries, records, function))}
    tables = linked.models.of_table
    found_triggers = find_triggers(program, linked.migrations, lambda table: found.name if (found := tables(table)) is not None else "", linked.sql_files)
    makes_record = Making(shapes, linked.calls, records, effects)
    mechanisms = find_mechanisms(program, linked.types, linked.calls, linked.library, makes_record, (*linked.told, *found_triggers))
    coverage = Coverage(program, linked.library, mechanisms, partial(never_for_requests, linked.entries, linked.calls, program))
    places = PlaceIndex()
    blocks = Blocks(program, linked.calls, linked.library, mechanisms)
    ledger = Ledger(records, neighbours_of(shapes), lambda effect: coverage.within(effect) is not None)
    concerns = partial(matters, kept=kept_by_people(linked.entries))
    endings = EndingCalls(program, linked.calls, linked.library)
    paths = AuditPaths(Linking(program, linked.calls, summaries, linked.types, places, endings), ledger, records, coverage, concerns, blocks)
    paths.compute(nodes)
    judge = Judge(program, summaries, paths, coverage, places)
    judge.look_up(nodes, (route for entry in linked.entries for route in entry.routes))
    at_calls = Places(program, linked.types, linked.library)
    assigned = at_calls.assigned
    models = find_model_calls(program, linked.calls, linked.library, at_calls, _by_function(effects))
    answers = Answers(program, linked.calls, ((one.site.caller, one.site.call.site) for one in models.sites))
    arguments = Arguments(program, assigned)
    tools = find_tools(program, linked.types, linked.calls, linked.library, arguments)
    run_by_models = frozenset(function for function, tool in tools.items() if not tool.served)
    callers = {function: _callers(linked.calls, function) for function in program.functions}
    rules = Answers(program, linked.calls, _rule_calls(linked))
    kept = request_record(around, linked.calls, records, shapes, _by_function(effects), program)
    asked = run_for_requests(linked.entries, linked.calls) if kept is not None else ()
    finder = DecisionFinder(program, summaries, judge, callers, linked.entries, answers, records.tables, rules, kept, run_by_models, asked)
    derived = {f for f, info in program.functions.items() if info.owner and linked.models.derives(info.owner, info)}
    deciding = (f for f in program.functions if f not in derived and not _helps_only(f, derived, linked.calls))
    rows = finder.find(sorted(deciding))
    rows += AnswerFinder(program, models, answers, finder.operations).find({row.function for row in rows if row.source == "model"})
    rows += SignIns(program, linked.calls, lambda f: paths.of(summaries.node(f)).transfer).find(finder.operations, {row.function for row in rows})
    rows += list(class_decisions(program, rows))
    watched = Watched(program, linked.calls, summaries, places, answers, tools, _agents_operations(linked.entries))
    approvals = Approvals(program, linked.calls, linked.library, arguments, _by_function(effects))
    lasting = Lasting(program, linked.library, coverage)
    endpoints = Endpoints(lasting, approvals, Dependents(program, shapes))
    unapproved = _nearest((*Oversight(watched, lasting, approvals).find(), *endpoints.find(linked.entries)))
    own = [e for found in effects.values() for e in found if matters(e) and not is_told_mark(e)]
    bypasses = bypassing_writes(own, coverage, judge.accounts_for)
    return Audited(numbered(rows), models.calls, mechanisms, bypasses, unapproved, frozenset(records.tables), tuple(sorted(paths.gaps)))


def _nearest(rows: Sequence[tuple[int, Unapproved]]) -> tuple[Unapproved, ...]:
    """One row for each line of effect that a model leads to, the cause nearest to it; one for what a handler does, whatever its methods and paths."""
    found: dict[tuple[object, ...], tuple[tuple[int, str, int, str, str], Unapproved]] = {}
    modelled = {(row.effect.file, row.effect.line) for _, row in rows if row.cause != "endpoint"}
    for distance, row in rows:
        effect, order = row.effect, (distance, row.file, row.line, row.symbol, row.operation)
        open_to_tokens = row.cause == "endpoint"
        if not (open_to_tokens and (effect.file, effect.line) in modelled):
            place = (row.file, row.symbol, effect.kind) if open_to_tokens else (effect.file, effect.line)
            key = (*place, effect.target, effect.operation)
            if key not in found or order < found[key][0]:
                found[key] = (order, row)
    return tuple(row for _, row in sorted(found.values(), key=lambda one: one[0][1:]))


def _agents_operations(entries: Iterable[Entry]) -> dict[str, str]:
    """Handlers of operations that only agents call, each with one operation."""
    return {route.handler: e.operation.id for e in entries if e.operation.surface == "mcp" and e.operation.changes_state for route in e.routes if route.handler}


_RULES = ("rule-engine", "policy", "flag")


def _rule_calls(linked: Linked) -> Iterator[tuple[str, int]]:
    """Calls that ask a rule engine, a policy or a feature flag."""
    for function in linked.program.functions:
        for site in linked.calls.sites(function):
            row = linked.library.decision(site.library) if site.library else None
            if row is not None and row.kind in _RULES:
                yield function, site.call.site


def _by_function(effects: Mapping[Node, tuple[Effect, ...]]) -> dict[str, tuple[Effect, ...]]:
    return {node[0]: own for node, own in effects.items() if node[1] is None}


def _changes(effects: Mapping[Node, tuple[Effect, ...]]) -> Iterator[Effect]:
    """All effects, without what a class does to its own instances while they are made."""
    for node, own in effects.items():
        for effect in own:
            if not (effect.api == "attribute" and node[1] is not None and node[1].name == effect.model):
                yield effect


def _looked_at(linked: Linked, logs: bool) -> Iterator[Node]:
    """Functions that do something, or call what may make a record, themselves or through others; callees first."""
    kept: set[Node] = set()
    for node in linked.summaries.nodes():
        if logs or any(True for _ in linked.summaries.entries(node)) or _calls_library(linked, node) or any(e[2] in kept for e in linked.summaries.edges(node)):
            kept.add(node)
            yield node


def _row_made(summaries: Summaries, records: Records, function: str) -> tuple[Table, RecordContent] | None:
    """The trail table in which a function makes a row, near or far, and what the row holds."""
    for entry in summaries.entries(summaries.node(function)):
        if records.is_making(entry.effect) and entry.confidence != "low":
            return records.tables[entry.effect.model], records.of_effect(entry.effect).content
    return None


def _calls_library(linked: Linked, node: Node) -> bool:
    """True when a function without effects calls something that may make a record."""
    return any(site.library for site in linked.calls.sites(node[0]))


def _callers(calls: Calls, function: str) -> Callers:
    sites = calls.callers(function)
    handed = any(t.kind == "reference" and t.function == function and site.targets[0].kind != "call" for site in sites for t in site.targets)
    return Callers(len({site.caller for site in sites}), handed)


def _around_changes(linked: Linked) -> frozenset[str]:
    """Functions that a framework runs around a change that it makes by itself, and the methods of models that it calls for it."""
    found: set[str] = set()
    for entry in linked.entries:
        for route in entry.routes:
            changed = [effect for effect in route.effects if matters(effect)]
            if changed:
                found.update(f for f in (route.handler, *route.extra_handlers) if f)
                methods = (linked.program.method(e.model, name) for e in changed for name in ("save", "delete") if e.model in linked.program.classes)
                found.update(m.id for m in methods if m is not None)
    above = {base for function in found for base in _handed_on_to(linked, function)}
    return frozenset(found | above)


def _handed_on_to(linked: Linked, function: str) -> Iterator[str]:
    """Methods of the project that a hook hands on to: `super().form_valid(form)`."""
    name = function.rpartition(".")[2]
    for site in linked.calls.sites(function):
        if site.name == name:
            yield from (t.function for t in site.targets if t.kind == "call" and t.function.rpartition(".")[2] == name)


_NEAR, _FAR = 2, 4


def _writers(summaries: Summaries, nodes: Iterable[Node], listeners: frozenset[str]) -> dict[str, Written]:
    """For each model, how far below functions that change something else its rows are made; a listener runs at such a change."""
    nearest: dict[str, int] = {}
    places: dict[str, set[str]] = {}
    for node in nodes:
        made: dict[str, int] = {}
        changed: set[str] = set()
        for entry in summaries.entries(node):
            effect, near = entry.effect, entry.distance <= _NEAR
            if effect.kind in ("orm-write", "raw-sql") and effect.model and not effect.registered and entry.distance <= _FAR:
                if effect.operation in ("create", "write"):
                    made[effect.model] = min(entry.distance, made.get(effect.model, _FAR))
                elif near:
                    changed.add(effect.model)
            elif near and effect.kind in ("orm-write", "raw-sql") and not effect.registered:
                changed.add(effect.target)
            elif near and effect.kind in ("mail", "outbound-http", "process", "payment"):
                changed.add(effect.kind)
        changed |= {model for model, distance in made.items() if distance <= _NEAR}
        for model, distance in made.items():
            if node[0] in listeners or changed - {model}:
                nearest[model] = min(distance, nearest.get(model, _FAR))
                places.setdefault(model, set()).add(node[0])
    return {model: Written(distance, len(places[model])) for model, distance in nearest.items()}

"""The composition root: files to facts to report; the only place that picks workers, plugins and the order of passes."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from agentlint import REPORTER_GROUP, __version__
from agentlint.analysis.facts import Facts, Inventory
from agentlint.cache.store import Store
from agentlint.client_side import ClientSide, client_side
from agentlint.describing import describe, load_descriptions, with_sessions
from agentlint.errors import BadKnowledge, NothingToAnalyse
from agentlint.extension.documents import Documents
from agentlint.extension.framework import Framework
from agentlint.extension.loading import Refused, knowledge_files, load_frameworks, names_of_group
from agentlint.findings import Plugin, Report, Tool, places_of
from agentlint.ir.description import Description
from agentlint.ir.source import Gap
from agentlint.ir.syntax import Module
from agentlint.isolation import isolated
from agentlint.judging import judge
from agentlint.knowledge import KnowledgeError, LibraryFacts, load_library
from agentlint.knowledge.controls import load_controls
from agentlint.options import Options
from agentlint.passes import Passes
from agentlint.planning import make_plan
from agentlint.project.excerpts import read_excerpts
from agentlint.project.files import Found, file_beside, find_files, read_within
from agentlint.project.settings import Settings, load_settings
from agentlint.project.settings_reading import Known
from agentlint.project.unread import unread_below
from agentlint.reading import Read, Reading, read_all
from agentlint.rules.base import LoadedRule
from agentlint.rules.catalog import all_rules, offered_rules
from agentlint.scores import Counted, scorecard
from agentlint.scores.controls import standing

_FRAMES = 12_000
"""Nesting that following code into code may take: what each pass allows itself stays well below."""


class Analysed(msgspec.Struct, frozen=True):
    """Facts with what made them."""

    facts: Facts
    plugins: tuple[Plugin, ...]
    settings: Settings
    root: str
    asked: tuple[tuple[str, bytes | None], ...] = ()
    """Further files that descriptions asked for, with the digests of what was there."""


class Answer(msgspec.Struct, frozen=True):
    """All that a run gives."""

    report: Report
    settings: Settings
    asked: tuple[tuple[str, bytes | None], ...] = ()


def run(options: Options) -> tuple[Report, Settings]:
    """One whole run. Raises errors of `agentlint.errors` for a user's mistakes."""
    answered = answer(options)
    return answered.report, answered.settings


def answer(options: Options, found: Found | None = None) -> Answer:
    """The same with what it rests on; `found` are the files when they were listed before."""
    start = time.perf_counter()
    analysed = analyse(options, found)
    facts, settings = analysed.facts, analysed.settings
    chosen = _chosen_rules(settings, options.select)
    findings = judge(facts, chosen, settings, options.today)
    counted = Counted(facts.inventory, facts.operations, facts.decisions, facts.lifecycles, facts.identifiers, facts.tools)
    scores = scorecard(counted)
    report = Report(
        Tool("agentlint", __version__, analysed.plugins),
        analysed.root,
        round(time.perf_counter() - start, 3),
        facts.inventory,
        scores,
        findings,
        facts.operations,
        facts.decisions,
        facts.lifecycles,
        facts.identifiers,
        facts.model_calls,
        tuple(r.info for r in chosen),
        facts.tools,
        contracts=facts.contracts,
        chains=facts.chains,
        not_applicable=facts.not_applicable,
        plan=make_plan(counted, findings),
        controls=standing(load_controls(), (r.info for r in chosen), counted, facts.model_calls),
        settings=settings.shown,
    )
    return Answer(report, settings, analysed.asked)


def with_code(report: Report) -> Report:
    """The report with the lines behind it, read again from the analysed root: for formats that show code."""
    return msgspec.structs.replace(report, excerpts=read_excerpts(Path(report.root), places_of(report)))


def _chosen_rules(settings: Settings, select: tuple[str, ...]) -> tuple[LoadedRule, ...]:
    wanted = frozenset(select or settings.select)
    return tuple(r for r in all_rules() if (not wanted or r.info.name in wanted) and r.info.name not in settings.ignore)


def analyse(options: Options, found: Found | None = None) -> Analysed:
    """Facts of a path. The collector of garbage rests meanwhile: trees live to the end, and looking at them again costs seconds."""
    enabled, limit = gc.isenabled(), sys.getrecursionlimit()
    gc.disable()
    sys.setrecursionlimit(max(limit, _FRAMES))
    try:
        return _analyse(options, found)
    finally:
        sys.setrecursionlimit(limit)
        if enabled:
            gc.enable()


def _analyse(options: Options, found: Found | None) -> Analysed:
    state = Passes(options.progress, options.workers, Store(options.cache) if options.cache is not None else None)
    names = tuple(r.info.name for r in all_rules())
    settings = load_settings(options.path, options.config, Known(names, names_of_group(REPORTER_GROUP)), options.stands_for)
    with state.timed("find files"):
        found = found or find_files(options.path, settings.exclude, settings.below)
    if not found.files:
        seen = [*(f"{gap.file} ({gap.reason.partition(',')[0]})" for gap in found.gaps), *unread_below(options.path)]
        told = f"; it holds {', '.join(seen[:3])}" if seen else ""
        raise NothingToAnalyse(
            f"{options.path} holds nothing that agentlint reads{told}",
            "it reads Python, templates, page scripts, and OpenAPI documents in YAML or JSON",
        )
    with state.timed("read and lower"):
        how = Reading(options.workers, options.seconds, state.store)
        read = read_all([f for f in found.files if f.role in ("python", "migrations")], how)
    clients = client_side([f for f in found.files if f.role in ("script", "markup")], how)
    library = _library(settings, any(m.language == "python" for m in read.modules))
    frameworks, unloadable = load_frameworks() if read.modules else ((), ())  # they read code, and take a while to load
    refused = (*unloadable, *knowledge_files()[1], *offered_rules()[1])
    with state.timed("read descriptions"):
        described = [f for f in found.files if f.role == "data"]
        documents = load_descriptions(found.root, described, state.gaps.append, state.note)
    migrations = frozenset(f.path for f in found.files if f.role == "migrations")
    state.migrations = tuple(m for m in read.modules if m.path in migrations)
    read = msgspec.structs.replace(read, modules=tuple(m for m in read.modules if m.path not in migrations))
    state.sql_files = dict(_sql_of(state.migrations, found.root, state))
    state.beside = Documents(found.beside, lambda path: _noted(found.root, path, state), state.gap)
    facts, used = _of_code(read.modules, clients, library, frameworks, documents, state)
    read = read.with_more(clients().read)
    with state.timed("descriptions"):
        facts = describe(facts, found.root, described, documents, state.gaps.append, state.workers)
        facts = with_sessions(facts, found.root, options.sessions, documents, state.gaps.append)
    gaps = [*found.gaps, *read.gaps, *(g for m in read.modules for g in m.gaps), *(g for p in read.pages for g in p.gaps), *state.gaps]
    gaps += [Gap("", 0, f"plugin of {r.package} refused: {r.reason}", "unresolved") for r in refused]
    inventory = _inventory(found, read, facts.inventory, used, gaps)
    root = str(options.path).replace("\\", "/")
    notes = tuple(sorted({*facts.notes, *(n for m in read.modules for n in m.comments), *(n for p in read.pages for n in p.comments)}))
    facts = msgspec.structs.replace(facts, inventory=inventory, notes=notes)
    return Analysed(facts, tuple(Plugin(f.name, f.version) for f in used), settings, root, tuple(sorted(state.asked.items())))


def _noted(root: str, path: str, state: Passes) -> bytes | None:
    """A file that a plugin asked for; the report rests on it from then on."""
    data = read_within(root, path)
    state.note(path, data)
    return data


def _sql_of(migrations: tuple[Module, ...], root: str, state: Passes) -> Iterator[tuple[tuple[str, str], str]]:
    """Files of SQL that migrations run, which may make triggers."""
    if not migrations:
        return
    from agentlint.analysis.records.trigger_texts import files_named

    for module in migrations:
        for said in files_named(module):
            path = file_beside(root, module.path, said)
            data = _noted(root, path, state) if path else None
            if data is not None:
                yield (module.path, said), data.decode("utf-8", "replace")


def _library(settings: Settings, code: bool) -> LibraryFacts:
    """What is known of libraries; without code only the user's own files are read, for their mistakes."""
    folder = Path(settings.file).parent
    try:
        return load_library([*knowledge_files()[0], *(folder / name for name in settings.knowledge)], built_in=code)
    except KnowledgeError as error:
        raise BadKnowledge(str(error), "mend the knowledge file; docs/knowledge.md describes its form") from error


def _of_code(
    python: tuple[Module, ...], clients: Callable[[], ClientSide], library: LibraryFacts, frameworks: tuple[Framework, ...],
    documents: tuple[Description, ...], state: Passes,
) -> tuple[Facts, tuple[Framework, ...]]:
    """What source code shows, and the plugins that read it; the passes over code are loaded where there is some."""
    if not python:
        state.gaps += clients().requests.gaps
        return Facts(), ()
    from agentlint.code_facts import code_facts

    def work(modules: tuple[Module, ...], last: bool) -> tuple[Facts, tuple[Framework, ...]]:
        state.last = last
        return code_facts(modules, clients, library, frameworks, documents, state)

    return isolated(python, work, state.gaps)


def _inventory(found: Found, read: Read, so_far: Inventory, used: tuple[Framework, ...], gaps: list[Gap]) -> Inventory:
    languages: dict[str, int] = {}
    files = [f for f in found.files if f.role != "migrations"]
    for file in files:
        name = {"python": "python", "script": "javascript", "markup": "markup", "data": "openapi"}.get(file.role, file.role)
        languages[name] = languages.get(name, 0) + 1
    lines = sum(m.lines for m in read.modules if "#" not in m.name) + sum(p.lines for p in read.pages)
    return msgspec.structs.replace(
        so_far,
        files=len(files),
        lines=lines,
        languages=dict(sorted(languages.items())),
        frameworks=tuple(f.name for f in used),
        specs=tuple(f.path for f in found.files if f.role == "data"),
        gaps=tuple(sorted(set(gaps))),
        set_aside=found.set_aside,
    )


__all__ = ["Analysed", "Answer", "Options", "Refused", "analyse", "answer", "run", "with_code"]

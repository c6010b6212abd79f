"""Judges every effect that a function applies, at the call site that applies it: recorded on every path, on some, on none, and by what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Literal

import msgspec

from agentlint.analysis.audit.paths import Account, AuditPaths
from agentlint.analysis.calls.sites import Target
from agentlint.analysis.decisions.arms import Place, PlaceIndex
from agentlint.analysis.decisions.hooks import Hooks
from agentlint.analysis.decisions.relevance import is_getter, is_index_work, is_reached_in_passing, is_upkeep, only_asks
from agentlint.analysis.effects.summaries import Node, Summaries
from agentlint.analysis.effects.summary_entries import Entry, joined_methods
from agentlint.analysis.models.values import handed_over
from agentlint.analysis.program import Program
from agentlint.analysis.records.coverage import Coverage
from agentlint.analysis.records.recorders import RecordSite
from agentlint.analysis.wording import RIGHTS, singular, words
from agentlint.ir import syntax as s
from agentlint.ir.decisions import AuditSite, AuditStatus, Mechanism, RecordContent
from agentlint.ir.effects import Confidence, Effect, Step, changes_state
from agentlint.ir.operations import Route

By = Literal["mechanism", "record", "caller", ""]


_STEP = {"property": 3, "deferred": 0, "reference": 4}
"""How far away callees count: what reading a property does is far, what is only passed on farther, the work of a job that is started here as near
as its start."""
_DEEPEST = 12
"""Calls below an effect's own that are looked into for the record of it."""

_HIGHEST = 4
"""Callers above a function that are looked into for the record of what it does."""


class Judged(msgspec.Struct, frozen=True):
    """One effect at one call site of a function."""

    effect: Effect
    site: int
    line: int
    """Line of the function through which it is applied."""
    place: Place
    status: AuditStatus
    content: RecordContent = RecordContent()
    audit: tuple[AuditSite, ...] = ()
    chain: tuple[Step, ...] = ()
    exit_line: int = 0
    distance: int = 0
    methods: tuple[str, ...] = ()
    confidence: Confidence = "high"
    function: str = ""
    """The function that holds the call site."""


class Judge:
    """Brings together accounts, mechanisms and callers."""

    def __init__(self, program: Program, summaries: Summaries, paths: AuditPaths, coverage: Coverage, places: PlaceIndex) -> None:
        self._program, self._summaries, self._paths, self._coverage, self._places = program, summaries, paths, coverage, places
        self._generic = frozenset(
            node[0] for node in summaries.nodes() if node[1] is None and _is_method(program, node[0])
            and any(e.open_model.startswith(("variable ", "attribute ")) for e in summaries.own(node))
        )
        """Functions of repositories and the like, which write whatever model their caller means: the caller is who acts."""
        self._hooks = Hooks(program, summaries, paths)
        self._recorders = frozenset(record.function for record in paths.ledger.records if record.opened is None)
        self._hooked: dict[Node, list[tuple[Node, int]]] = {}
        """Methods of forms and serializers to the calls in which the framework runs them."""
        self._open: dict[Node, int] = {}
        self._closed: dict[Node, int] = {}

    def look_up(self, nodes: Iterable[Node], routes: Iterable[Route]) -> None:
        """For every function, which of its unrecorded effects stay so in its callers. `nodes` come callees first; handlers of routes are entry points."""
        routes = tuple(routes)
        roots = frozenset(f for route in routes for f in (route.handler, *route.extra_handlers) if f)
        self._hooked = self._hooks.callers_by_framework(routes)
        for node in reversed(tuple(nodes)):
            told = self._hooked.get(node, [])
            callers = [] if node[0] in roots and not told else [*self._paths.callers(node), *told]
            if not callers:
                self._open[node], self._closed[node] = -1, 0
                continue
            opened = closed = 0
            for caller, site in callers:
                framework = (caller, site) in told
                outcome = self._paths.probe(caller, site, self._paths.of(node).transfer.pending) if framework else self._paths.of(caller).outcome
                left, done = outcome.pending.get(site, 0), outcome.covered.get(site, 0)
                further = left & self._open.get(caller, -1)
                left, done, further = (mask | self._paths.filled.seen_from(caller, site, node, mask) for mask in (left, done, further))
                opened |= further | ~(left | done)  # what the caller's account does not know, nobody has recorded
                closed |= done | (left & ~further)
            self._open[node], self._closed[node] = opened, closed

    def effects_of(self, node: Node, owner: str = "", wanted: Callable[[Judged], bool] = lambda _: True) -> Iterator[Judged]:
        """Every effect that matters which the function applies, own and through calls, each at its call site.

        `wanted` is asked by place and distance, before anything is judged.
        """
        info = self._program.functions.get(node[0])
        if info is None:
            return
        account = self._paths.of(node)
        known = {(applied.site, effect.model) for applied in account.own for effect in applied.effects if effect.fields and effect.model}
        started = {site.call.site for site, target, callee in account.edges if target.kind == "deferred" and self._is_seen(target.function, callee)}
        for applied in account.own:
            for effect in applied.effects:
                if not self._paths.counts(effect) or is_upkeep(effect) or (effect.kind == "queue" and applied.site in started) \
                        or only_asks(effect, info.id):
                    continue
                places = self._places.of(info.id, info.node)  # asked for here: most functions have nothing to place
                if wanted(_unjudged(effect, applied.site, places, 0, info.id)):
                    yield self._judged(node, account, applied.site, effect, places, owner)
        for site, target, callee in account.edges:
            if target.kind == "decorates":
                continue  # what surrounds every such function is no decision of this one
            getter, told = is_getter(target.function), set()
            for entry in self._summaries.entries(callee):
                methods = joined_methods(site.methods, entry.methods)
                filled = self._summaries.as_called(entry.effect, site, target, node[1])
                if filled is None or (filled != entry.effect and filled in told):
                    continue
                told.add(filled)
                if self._paths.filled.is_kept_whole(filled, self._summaries.entries(callee)):
                    continue
                if methods is None or not self._paths.counts(filled) or self._in_passing(entry, getter) or only_asks(entry.effect, info.id) \
                        or is_index_work(entry.effect, (info.id, target.function)) or self._summaries.is_said(entry.effect, site, target) \
                        or (_hands_on_saving(entry.effect, target.function) and (site.call.site, entry.effect.model) in known
                            and not _saves_what_is_handed_in(site.call, info.node)):
                    continue
                distance = 0 if entry.effect.function in self._generic else entry.distance + (0 if _is_own_part(target, info.id) else _STEP.get(target.kind, 1))
                places = self._places.of(info.id, info.node)
                parts = [e for e in self._paths.parts(filled) if wanted(_unjudged(e, site.call.site, places, distance, info.id))]
                if not parts:
                    continue
                steps = (Step(site.file, site.line, f"calls {_short(target.function)}"), *self._summaries.chain(entry))
                confidence: Confidence = "medium" if "medium" in (entry.confidence, target.confidence) else entry.confidence
                for effect in parts:
                    judged = self._judged(node, account, site.call.site, effect, places, owner)
                    yield msgspec.structs.replace(judged, chain=steps, distance=distance, methods=methods, confidence=confidence)

    def _is_seen(self, function: str, node: Node) -> bool:
        """True for a job whose work counts where it is done, and for one that only reads."""
        return is_getter(function) or any(changes_state(entry.effect) for entry in self._summaries.entries(node))

    def _in_passing(self, entry: Entry, getter: bool) -> bool:
        effect = entry.effect
        made = getter and effect.kind in ("orm-write", "file") and effect.operation != "delete"
        return made or is_upkeep(effect) or is_reached_in_passing(entry, self._recorders)

    def accounts_for(self, effect: Effect) -> bool:
        """True when the function that holds a write records it on every path, or everything that calls the function does."""
        found = [j for j in self.effects_of(self._summaries.node(effect.function)) if j.effect == effect]
        return bool(found) and all(j.status == "audited" for j in found)

    def framework_effect(self, effect: Effect, owner: str, nodes: Iterable[Node] = ()) -> Judged:
        """An effect that the framework performs by itself. `nodes` are the functions of the project that it runs around it: what one of them that
        hands on to its base records, before or after, counts."""
        mechanism = self._coverage.sees(effect, owner) or (self._coverage.within(effect) if self._paths.blocks.of_class(owner) else None)
        place = Place(effect.line)
        if mechanism is not None:
            status: AuditStatus = "partial" if _says_rights(self._coverage.unseen_relations(effect, owner)) else "audited"
            return Judged(effect, 0, effect.line, place, status, mechanism.content, (_site(mechanism),))
        best = Judged(effect, 0, effect.line, place, "unaudited")
        bit = self._paths.ledger.effect(effect)
        nodes = tuple(nodes)
        for node in filter(self._hooks.runs_beside, nodes):
            transfer = self._paths.of(node).transfer
            if self._paths.ledger.covers(transfer.may) & bit:
                every = bool(self._paths.ledger.covers(transfer.must) & bit)
                best = self._recorded(effect, node, transfer.must if every else transfer.may, every)
                if every:
                    return best
        for node, site in self._hooks.around(effect, owner, nodes):
            outcome = self._paths.probe(node, site, bit)
            if outcome.covered.get(site, 0) & bit:
                left = bool(outcome.pending.get(site, 0) & bit)
                best = self._recorded(effect, node, outcome.records.get(site, 0), not left, outcome.exits.get(site, 0))
                if not left:
                    return best
        return best

    def _recorded(self, effect: Effect, node: Node, records: int, every: bool, exit_line: int = 0) -> Judged:
        """A framework's effect that a hook records, on every path or on some."""
        found = self._paths.ledger.records_for(records, self._paths.ledger.effect(effect))
        held = [self._content_at(r, node) for r in found]
        content = RecordContent(any(c.who for c in held), any(c.what for c in held), any(c.why for c in held))
        sites = tuple(sorted({AuditSite(r.file, r.line, r.name) for r in found}))
        return Judged(effect, 0, effect.line, Place(effect.line), "audited" if every else "partial", content, sites, exit_line=exit_line)

    def _judged(self, node: Node, account: Account, site: int, effect: Effect, places: dict[int, Place], owner: str) -> Judged:
        place = _place(effect, site, places)
        mechanism = self._coverage.sees(effect, owner, node[0]) or (self._coverage.around(node[0], owner) if owner else None)
        if mechanism is not None:
            status: AuditStatus = "partial" if _says_rights(self._coverage.unseen_relations(effect, owner)) else "audited"
            return Judged(effect, site, place.line, place, status, mechanism.content, (_site(mechanism),), methods=effect.methods, function=node[0])
        bit = self._paths.ledger.effect(effect)
        status, exit_line = self._status(node, account, site, bit)
        content, audit = (RecordContent(), ()) if status == "unaudited" else self._held(node, account, site, bit)
        return Judged(effect, site, place.line, place, status, content, audit, exit_line=exit_line, methods=effect.methods, function=node[0])

    def _status(self, node: Node, account: Account, site: int, bit: int) -> tuple[AuditStatus, int]:
        outcome = account.outcome
        if outcome.pending.get(site, 0) & bit:
            if self._open.get(node, -1) & bit:
                some = outcome.covered.get(site, 0) & bit or self._closed.get(node, 0) & bit
                return ("partial" if some else "unaudited"), outcome.exits.get(site, 0)
            return "audited", 0
        return ("audited", 0) if outcome.covered.get(site, 0) & bit else ("unaudited", 0)

    def _held(self, node: Node, account: Account, site: int, bit: int) -> tuple[RecordContent, tuple[AuditSite, ...]]:
        """What the records that account for an effect hold, and where they are made: here, in callees, else in callers."""
        found = self._records_below(account, site, bit) or self._paths.ledger.records_for(self._paths.made_inside(account, site), bit)
        found = found or self._records_above(node, bit)
        held = [self._content_at(r, node) for r in found]
        content = RecordContent(any(c.who for c in held), any(c.what for c in held), any(c.why for c in held))
        return content, tuple(sorted({AuditSite(r.file, r.line, r.name) for r in found}))

    def _content_at(self, record: RecordSite, node: Node) -> RecordContent:
        """What the record holds when this function causes it: a parameter that nobody here fills in holds nothing."""
        if not record.parameters or record.function == node[0]:
            return record.content
        missing = {meaning for meaning, name in record.parameters if not self._fills(node, record.function, name)}
        return RecordContent(record.content.who and "who" not in missing, record.content.what, record.content.why and "why" not in missing)

    def _fills(self, node: Node, function: str, parameter: str) -> bool:
        info = self._program.functions.get(function)
        for edge, target, _ in self._paths.of(node).edges:
            if target.function == function and info is not None:
                value = handed_over(edge.call, info).get(parameter)
                if value is not None and not (isinstance(value, s.Constant) and value.value in (None, "")):
                    return True
        return False

    def _records_below(self, account: Account, site: int, bit: int) -> list[RecordSite]:
        """Records that callees make for an effect of theirs: of each way down the first ones, every place looked at once."""
        found: list[RecordSite] = []
        seen: set[tuple[Node, int]] = set()
        waiting = [(account, site, 0)]
        while waiting:
            here, number, depth = waiting.pop()
            made = self._paths.ledger.records_for(here.outcome.records.get(number, 0), bit)
            found += made
            if made or depth > _DEEPEST:
                continue
            for edge, _, callee in here.edges:
                below = self._paths.of(callee) if edge.call.site == number else None
                for inner, covered in below.outcome.covered.items() if below is not None else ():
                    if covered & bit and (callee, inner) not in seen and below is not None:
                        seen.add((callee, inner))
                        waiting.append((below, inner, depth + 1))
        return found

    def _records_above(self, node: Node, bit: int) -> list[RecordSite]:
        """Records that callers make for it, the nearest ones on each way up."""
        found: list[RecordSite] = []
        seen, waiting = {node}, [(node, 0)]
        while waiting:
            here, height = waiting.pop()
            for caller, site in self._paths.callers(here):
                made = self._paths.ledger.records_for(self._paths.of(caller).outcome.records.get(site, 0), bit)
                found += made
                if not made and height < _HIGHEST and caller not in seen:
                    seen.add(caller)
                    waiting.append((caller, height + 1))
        for caller, site in self._hooked.get(node, ()):
            found += self._paths.ledger.records_for(self._paths.probe(caller, site, bit).records.get(site, 0), bit)
        return found


def _hands_on_saving(effect: Effect, function: str) -> bool:
    """True for the write with which a model's own `save` hands on: where it is called is known which fields that writes."""
    return effect.operation == "write" and not effect.fields and effect.function == function and function.rpartition(".")[2] in ("save", "asave")


def _saves_what_is_handed_in(call: s.Call, node: s.Function) -> bool:
    """True for the row of a parameter, which a caller may have changed before: what is set here is not all."""
    value = call.func.value if isinstance(call.func, s.Attribute) else None
    return isinstance(value, s.Name) and value.id not in ("self", "cls") and any(p.name == value.id for p in node.params)


def _place(effect: Effect, site: int, places: Mapping[int, Place]) -> Place:
    found = places.get(site)
    return found if found is not None else Place(-site if site < 0 else effect.line)


def _unjudged(effect: Effect, site: int, places: Mapping[int, Place], distance: int, function: str) -> Judged:
    place = _place(effect, site, places)
    return Judged(effect, site, place.line, place, "unaudited", distance=distance, function=function)


def _is_method(program: Program, function: str) -> bool:
    info = program.functions.get(function)
    return info is not None and bool(info.owner)


def _says_rights(fields: Iterable[str]) -> bool:
    """True when a relation says who may do something, so that leaving it out leaves out the point."""
    return any(singular(w) in RIGHTS for field in fields for w in words(field))


def _site(mechanism: Mechanism) -> AuditSite:
    return AuditSite(mechanism.file, mechanism.line, mechanism.name)


def _is_own_part(target: Target, function: str) -> bool:
    """True for a function that stands in this one and is handed to another to be called: what it does, this one does."""
    return target.kind == "reference" and target.function.rpartition(".")[0] == function


def _short(function: str) -> str:
    parts = function.split(".")
    return ".".join(parts[-2:]) if len(parts) > 1 and parts[-2][:1].isupper() else parts[-1]

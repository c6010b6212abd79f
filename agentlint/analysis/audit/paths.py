"""Audit paths over the whole program: what every function leaves unrecorded, callees first, and what its callers then record for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import msgspec

from agentlint.analysis.audit.assignments import split_conditional
from agentlint.analysis.audit.endings import EndingCalls
from agentlint.analysis.audit.events import Events, Outcome, Transfer
from agentlint.analysis.audit.filled import Filled, is_left_open
from agentlint.analysis.audit.given import Given, handed
from agentlint.analysis.audit.handing import Handing
from agentlint.analysis.audit.leaving_out import as_called
from agentlint.analysis.audit.ledger import Ledger, bits, says_records
from agentlint.analysis.audit.reports import reports
from agentlint.analysis.audit.rounds import rounds
from agentlint.analysis.audit.unchanged import Unchanged
from agentlint.analysis.audit.walk import walk_function
from agentlint.analysis.calls.sites import Calls, CallSite
from agentlint.analysis.decisions.arms import PlaceIndex
from agentlint.analysis.decisions.relevance import is_notice
from agentlint.analysis.effects.summaries import Edge, Node, Summaries
from agentlint.analysis.program import FunctionInfo, Program
from agentlint.analysis.records.blocks import Blocks
from agentlint.analysis.records.coverage import Coverage
from agentlint.analysis.records.recorders import Records
from agentlint.analysis.types.inference import Types
from agentlint.analysis.types.results import is_abstract, is_left_empty
from agentlint.ir import syntax as s
from agentlint.ir import walk
from agentlint.ir.effects import Effect
from agentlint.ir.source import Gap

_TRANSACTIONS = frozenset({"atomic", "begin", "begin_nested", "transaction", "in_transaction"})
AROUND = -1
"""Number of a call site that no call in the source makes: a decorator's wrapper, a hook that the framework calls."""
_NOTHING = Transfer()
_EMPTY = Outcome()


class Linking(msgspec.Struct, frozen=True):
    """What the accounts are made from."""

    program: Program
    calls: Calls
    summaries: Summaries
    types: Types
    places: PlaceIndex
    endings: EndingCalls


class Applied(msgspec.Struct, frozen=True):
    """Own effects of a function at one of its call sites (or the negated line of an assignment)."""

    site: int
    effects: tuple[Effect, ...]


class Account(msgspec.Struct, frozen=True):
    """What one function does, records and leaves unrecorded."""

    transfer: Transfer = _NOTHING
    outcome: Outcome = _EMPTY
    own: tuple[Applied, ...] = ()
    edges: tuple[Edge, ...] = ()
    inside: int = 0
    """Records that were made for effects of the function's own and say nothing of its callers'."""


class AuditPaths:
    """Accounts of all functions, computed in the order in which the summaries were completed."""

    def __init__(
        self, linked: Linking, ledger: Ledger, records: Records, coverage: Coverage, matters: Callable[[Effect], bool], blocks: Blocks,
    ) -> None:
        self._program, self._calls, self._summaries, self._types, self._places = linked.program, linked.calls, linked.summaries, linked.types, linked.places
        self.ledger, self._records, self._coverage, self._matters = ledger, records, coverage, matters
        self.blocks = blocks
        self._endings, self._handing = linked.endings, Handing()
        self.filled = Filled(linked.summaries, ledger, records, lambda effect: self.counts(effect) and not coverage.sees_always(effect))
        self._unchanged = Unchanged(linked.program, linked.types)
        self._accounts: dict[Node, Account] = {}
        self._callers: dict[Node, list[tuple[Node, int]]] = {}
        self._parts: dict[Effect, tuple[Effect, ...]] = {}
        self._for_given: dict[tuple[Node, Given], Account] = {}
        self._told: dict[Node, bool] = {}  # whether a function says in its answer whether it did anything
        self._most_given = 4 * len(linked.program.functions) + 500
        self.gaps: list[Gap] = []

    def compute(self, nodes: Iterable[Node]) -> None:
        """Accounts of all nodes, which must come callees first; in a knot, what a record made by a later function of it means is seen in a second round."""
        for node in rounds(nodes, lambda node: (callee for _, _, callee in self._summaries.edges(node))):
            edges, known = self._summaries.edges(node), node in self._accounts
            if known and not any(self._records.is_making(e) for _, _, callee in edges for e in self._summaries.own(callee)):
                continue  # a record that is further away in a knot is as likely about something else
            for site, _, callee in () if known else edges:
                self._callers.setdefault(callee, []).append((node, site.call.site))
            self._accounts[node] = self._account(node)

    def of(self, node: Node) -> Account:
        """The account of a function."""
        return self._accounts.get(node) or Account()

    def callers(self, node: Node) -> list[tuple[Node, int]]:
        """Who calls a function, and at which call site."""
        return self._callers.get(node, [])

    def sites(self, node: Node) -> tuple[CallSite, ...]:
        """The calls of a function."""
        return self._calls.sites(node[0])

    def counts(self, effect: Effect) -> bool:
        """True for effects that need a record: they matter, and are not themselves the making or completing of one."""
        records = self._records
        return self._matters(effect) and not (records.is_making(effect) or records.is_completion(effect) or records.is_part(effect))

    # --------------------------------------------------------------- one function

    def _account(self, node: Node) -> Account:
        info = self._program.functions.get(node[0])
        edges = self._summaries.edges(node)
        own = tuple(self._own(node))
        calls = self._transfers(node, edges, own)
        if info is None or not (calls or self._endings.of(node[0]).settling):
            return Account(own=own, edges=edges)
        return self._summed(node, self._walked(node, info, edges, calls), own, edges)

    def probe(self, node: Node, site: int, effects: int) -> Outcome:
        """The paths of a function in which a call is taken to apply effects that its code does not show: what a framework does there."""
        info = self._program.functions.get(node[0])
        if info is None:
            return _EMPTY
        edges = tuple(self._summaries.edges(node))
        calls = self._transfers(node, edges, tuple(self._own(node)))
        calls[site] = calls.get(site, _NOTHING).beside(Transfer(pending=effects))
        return self._walked(node, info, edges, calls)

    def _walked(
        self, node: Node, info: FunctionInfo, edges: tuple[Edge, ...], calls: dict[int, Transfer], given: Given | None = None,
    ) -> Outcome:
        sites = {site: transfer for site, transfer in calls.items() if site >= AROUND}
        lines = {-site: transfer for site, transfer in calls.items() if site < AROUND}
        opened = frozenset(site.call.site for site in self._calls.sites(node[0]) if site.name in _TRANSACTIONS)
        whole = self.blocks.around(node[0], node[1].name if node[1] is not None else "")
        contexts = ((site.call.site, self.blocks.opened_at(site)) for site in self._calls.sites(node[0]))
        blocks = {number: self.ledger.record(record) for number, record in contexts if record is not None}
        inside = self.ledger.record(whole) if whole is not None else 0

        def unchanged(test: s.Expr, truth: bool, body: tuple[s.Stmt, ...]) -> bool:
            return self._unchanged.on_branch(test, truth, body, info)

        events = Events(
            sites, lines, self.ledger.covers, opened, _is_atomic(info.node), self._around(sites, edges), unchanged, blocks, inside,
            self._endings.of(node[0]), self.ledger.rows, self.ledger.held, self.ledger.shared, self._reporting(edges),
            handed(given, info) if given is not None else {},
        )
        try:
            return walk_function(info.node.body, events)
        except RecursionError:
            self.gaps.append(Gap(info.module.path, info.node.line, f"{info.node.qualname} is nested too deeply to follow its paths", "unresolved"))
            return _unfollowed(calls)

    def made_inside(self, account: Account, site: int) -> int:
        """Records that the functions called at a site make, also those for effects of their own."""
        found = 0
        for edge, _, callee in account.edges:
            if edge.call.site == site:
                found |= self.of(callee).outcome.may
        return found

    def _summed(self, node: Node, outcome: Outcome, own: tuple[Applied, ...], edges: tuple[Edge, ...]) -> Account:
        pending = covered = inside = 0
        for mask in outcome.pending.values():
            pending |= mask
        for site, mask in outcome.covered.items():
            covered |= mask
            if self._concerns_rows(mask & self.ledger.subjects) and not says_records(node[0]):
                inside |= outcome.records.get(site, 0) & ~self.ledger.told
        about = self._subjects_handed_in(covered & self.ledger.subjects, node) if inside else ()
        must, may = (records & ~inside | self.ledger.limited(records & inside, about) for records in (outcome.must, outcome.may))
        return Account(Transfer(must, may, pending, covered, outcome.thrown, outcome.settles), outcome, own, edges, inside)

    def _concerns_rows(self, effects: int) -> bool:
        """False where all that is changed is that somebody is told of the record."""
        return any(not is_notice(self.ledger.effects[n]) for n in bits(effects))

    def _subjects_handed_in(self, effects: int, node: Node) -> tuple[str, ...]:
        """Models of rows that a function is handed and changes: the record that it makes of that is one of what its caller did to them before."""
        info = self._program.functions.get(node[0])
        if info is None:
            return ()
        changed = {self.ledger.effects[n].model for n in bits(effects) if self.ledger.effects[n].operation in ("update", "write")}
        handed = (s.Name(p.name, info.node.line) for p in info.node.params)
        held = {t.name for name in handed for t in self._types.of(name, info.id)} if changed else set()
        return tuple(sorted(changed & held))

    def _own(self, node: Node) -> Iterator[Applied]:
        """The function's own effects, brought to the call sites that perform them."""
        effects = self._summaries.own(node)
        if not effects:
            return
        by_line: dict[int, list[CallSite]] = {}
        for site in self._calls.sites(node[0]):
            by_line.setdefault(site.line, []).append(site)
        placed = [(_site_of(effect, by_line.get(effect.line, [])), effect) for effect in effects]
        info = self._program.functions.get(node[0])
        if info is not None and any(effect.kind == "orm-write" and effect.fields for effect in effects):
            whole = placed
            placed = split_conditional(placed, self._types.writes(info.id), self._places.of(info.id, info.node))
            if placed != whole:
                self._remember_parts(whole, placed)
        grouped: dict[int, list[Effect]] = {}
        for number, effect in placed:
            grouped.setdefault(number, []).append(effect)
        yield from (Applied(number, tuple(found)) for number, found in grouped.items())

    def _remember_parts(self, whole: list[tuple[int, Effect]], placed: list[tuple[int, Effect]]) -> None:
        kept = {effect for _, effect in placed}
        for _, effect in whole:
            if effect not in kept:
                same = [p for _, p in placed if p.model == effect.model and set(p.fields) <= set(effect.fields)]
                self._parts[effect] = tuple(dict.fromkeys(p for p in same if p.line == effect.line or p.api == "assignment"))

    def parts(self, effect: Effect) -> tuple[Effect, ...]:
        """The effect, or what it was taken apart into because branches set its fields."""
        return self._parts.get(effect, (effect,))

    def _transfers(self, node: Node, edges: tuple[Edge, ...], own: tuple[Applied, ...], given: Given | None = None) -> dict[int, Transfer]:
        found: dict[int, Transfer] = {}
        by_number = {site.call.site: site.call for site in self._calls.sites(node[0])} if own else {}
        for applied in own:
            transfer = self._own_transfer(applied, by_number.get(applied.site), self._program.functions.get(node[0]))
            if transfer is not _NOTHING:
                found[applied.site] = transfer
        for site in self._calls.sites(node[0]):
            record = self._records.of_call(site)
            if record is not None:
                bit = self.ledger.record(record)
                found[site.call.site] = found.get(site.call.site, _NOTHING).beside(Transfer(bit, bit))
        by_site: dict[int, list[Edge]] = {}
        for edge in edges:
            if edge[2] in self._accounts or edge[2] != node:
                by_site.setdefault(edge[0].call.site, []).append(edge)
        for number, group in by_site.items():
            transfer = self._called(group, node, given)
            if number in found and found[number].pending:
                found[number] = self._performed(found[number], group, node[0], given)
            if transfer != _NOTHING:
                found[number] = found.get(number, _NOTHING).beside(transfer)
        return found

    def _performed(self, own: Transfer, group: list[Edge], caller: str, given: Given | None) -> Transfer:
        """A write whose method the project overrides is performed, and perhaps recorded, inside the override."""
        told = [edge for edge in group if edge[2] in self._accounts]  # what knowledge says that a library calls in turn is certain: `create` saves
        run = [(at, run) for at, to, run in told if to.kind in ("call", "override") or (to.kind == "reference" and to.confidence == "high")]
        inside = [(self._when_given(site, callee, caller, given) or self._accounts[callee]).outcome for site, callee in run]
        if not inside:
            return own
        must, may = self.ledger.shared([outcome.must for outcome in inside]), 0
        for outcome in inside:
            may |= outcome.may
        done = own.pending & self.ledger.covers(may)
        return Transfer(own.must, own.may, own.pending & ~self.ledger.covers(must), own.covered | done)

    def _own_transfer(self, applied: Applied, call: s.Call | None, info: FunctionInfo | None) -> Transfer:
        must = pending = 0
        for effect in applied.effects:
            must |= self.filled.left_open(effect)
            if self._records.is_making(effect):
                must |= 0 if is_left_open(effect) else self.ledger.record(self._records.of_effect(effect, call, info))
            elif self.counts(effect) and not self._coverage.sees_always(effect):
                pending |= self.ledger.effect(effect)
        together = pending & self.ledger.covers(must)
        return Transfer(must, must, pending & ~together, together=together) if must or pending else _NOTHING

    def _called(self, group: list[Edge], node: Node, given: Given | None = None) -> Transfer:
        """Alternatives agree on what must be recorded; what runs besides the callee adds to it; what is only passed on may run."""
        alternatives, overrides, total = list[Transfer](), list[Transfer](), _NOTHING
        several, named = len(group) > 1, False
        for site, target, callee in group:
            named = named or target.kind == "call"
            if several and self._is_abstract(callee):
                continue  # never what runs
            transfer = self._known(callee, node[0])
            if target.kind in ("call", "override") and transfer.may != transfer.must:
                known = self._when_given(site, callee, node[0], given)
                transfer = known.transfer if known is not None else transfer
            transfer = self.filled.at(transfer, (site, target, callee), node)
            transfer = as_called(transfer, self.ledger, site.call, self._program.functions.get(callee[0]))
            if target.kind in ("call", "constructor"):
                alternatives.append(transfer)
            elif target.kind == "override":
                overrides.append(transfer)
            elif target.kind == "reference":
                total = total.beside(Transfer(0, transfer.may, transfer.pending, transfer.covered, transfer.thrown))
            else:
                total = total.beside(transfer)
        certain = alternatives or overrides  # what subclasses do instead is possible, what the named method does is likely
        if not certain:
            return self._beside(total, total.must)
        # a method that the caller's own class does not have: classes that get it from beside do something else
        must = self.ledger.shared([one.must for one in certain]) if alternatives or named else 0
        merged = _NOTHING
        for one in (*alternatives, *overrides):
            merged = merged.beside(one)
        settles = all(one.settles for one in certain)
        return self._beside(total.beside(Transfer(must, merged.may, merged.pending, merged.covered, merged.thrown, settles)), total.must)

    def _beside(self, whole: Transfer, must: int) -> Transfer:
        """What runs beside the callee at one call, a hook of a state machine, records for it as well."""
        done = whole.pending & self.ledger.covers(must)
        if not done:
            return whole
        return msgspec.structs.replace(whole, pending=whole.pending & ~done, covered=whole.covered | done, thrown=whole.thrown & ~done)

    def _is_abstract(self, node: Node) -> bool:
        info = self._program.functions.get(node[0])
        return info is not None and is_abstract(info.node) and not is_left_empty(info.node)

    def _known(self, callee: Node, caller: str) -> Transfer:
        account = self._accounts.get(callee)
        if account is not None:
            info = self._program.functions.get(callee[0])
            if info is not None and info.parent == caller:  # a piece of the caller: what it records, the caller records
                return msgspec.structs.replace(account.transfer, must=account.outcome.must, may=account.outcome.may)
            return account.transfer
        pending = 0  # a function that calls back into itself: nothing is known to be recorded
        for entry in self._summaries.entries(callee):
            for effect in self.parts(entry.effect):
                if self.counts(effect) and not self._coverage.sees_always(effect):
                    pending |= self.ledger.effect(effect)
        return Transfer(pending=pending)

    def _when_given(self, site: CallSite, callee: Node, caller: str, outer: Given | None) -> Account | None:
        """What a function that makes its record on some paths does for what this call hands it."""
        account, info = self._accounts.get(callee), self._program.functions.get(callee[0])
        if account is None or info is None or info.parent == caller or account.outcome.may == account.outcome.must:
            return None
        given = self._handing.at(site.call, info, self._program.functions.get(caller), outer)
        if given is None:
            return None
        known = self._for_given.get((callee, given))
        if known is None and len(self._for_given) < self._most_given:
            self._for_given[callee, given] = account  # what calls itself is taken as it is in general
            calls = self._transfers(callee, account.edges, account.own, given)
            known = self._summed(callee, self._walked(callee, info, account.edges, calls, given), account.own, account.edges)
            self._for_given[callee, given] = known
        return known

    def _reporting(self, edges: tuple[Edge, ...]) -> frozenset[int]:
        """Call sites whose callee says in its answer whether it did anything."""
        told: dict[int, bool] = {}
        for site, target, callee in edges:
            if target.kind in ("call", "override"):
                told[site.call.site] = told.get(site.call.site, True) and self._reports(callee)
        return frozenset(number for number, all_tell in told.items() if all_tell)

    def _reports(self, callee: Node) -> bool:
        if callee not in self._accounts:
            return False
        if callee not in self._told:
            self._told[callee] = self._tells(callee)
        return self._told[callee]

    def _tells(self, callee: Node) -> bool:
        account, info = self._accounts[callee], self._program.functions.get(callee[0])
        if info is None or not account.transfer.pending:
            return False
        lines = [effect.line for applied in account.own for effect in applied.effects if self.counts(effect)]
        lines += [site.line for site, _, inner in account.edges if inner in self._accounts and self._accounts[inner].transfer.pending]
        return reports(info.node, lines)

    def _around(self, sites: dict[int, Transfer], edges: tuple[Edge, ...]) -> tuple[int, ...]:
        """Call sites that stand outside the body: decorators whose wrapper runs around the function, edges that no call in the source makes."""
        outside = {site.call.site for site, target, _ in edges if target.kind == "decorates" or site.call.site == AROUND}
        return tuple(sorted(outside & set(sites)))


def _site_of(effect: Effect, sites: list[CallSite]) -> int:
    """The call on the effect's line that performs it: the one named in its access path, else the last; an assignment when there is none."""
    if not sites or effect.api in ("attribute", ""):
        return -effect.line if not sites or effect.api == "attribute" else sites[-1].call.site
    name = effect.api.replace("()", "").rpartition(".")[2]
    return next((site.call.site for site in sites if site.name == name), sites[-1].call.site)


def _is_atomic(node: s.Function) -> bool:
    names = (walk.dotted(d.func if isinstance(d, s.Call) else d) for d in node.decorators)
    return any(name.rpartition(".")[2] == "atomic" for name in names)


def _unfollowed(calls: dict[int, Transfer]) -> Outcome:
    return Outcome(pending={site: t.pending for site, t in calls.items() if t.pending}, covered={})

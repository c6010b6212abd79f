"""Writes of which a function leaves open what they are about, until a call hands it in: what the call makes of them, an effect or a record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import msgspec

from agentlint.analysis.audit.events import Transfer
from agentlint.analysis.audit.ledger import Ledger, bits
from agentlint.analysis.effects.summaries import Edge, Node, Summaries
from agentlint.analysis.effects.summary_entries import Entry
from agentlint.analysis.records.recorders import Records, RecordSite
from agentlint.ir.decisions import RecordContent
from agentlint.ir.effects import Effect

_MAKING = ("create", "write")


def is_left_open(effect: Effect) -> bool:
    """True where a parameter says what is written: `def keep(row): session.add(row)`."""
    return effect.kind == "orm-write" and effect.open_model.startswith("parameter ")


class Filled:
    """Translates the account of a function into that of one of its callers."""

    def __init__(self, summaries: Summaries, ledger: Ledger, records: Records, counts: Callable[[Effect], bool]) -> None:
        self._summaries, self._ledger, self._records, self._counts = summaries, ledger, records, counts
        self._known: dict[tuple[Node, int, Node], dict[int, int]] = {}
        """By caller, call site and callee: the number of an effect of the callee to the bits of what it is for the caller."""

    def left_open(self, effect: Effect) -> int:
        """The record that a write may turn out to be, once a call says what is written."""
        if not is_left_open(effect) or effect.operation not in _MAKING:
            return 0
        return self._ledger.record(RecordSite(effect.function, effect.file, effect.line, "row", RecordContent(), opened=effect))

    def is_kept_whole(self, effect: Effect, entries: Iterable[Entry]) -> bool:
        """True for the update of a trail's row by a method that makes such rows as well: `entry.save()`, which only says both."""
        if effect.operation != "update" or effect.model not in self._records.tables:
            return False
        return any(e.effect.model == effect.model and self._records.is_making(e.effect) for e in entries)

    def at(self, transfer: Transfer, edge: Edge, node: Node) -> Transfer:
        """What a callee does, as this call fills it in."""
        opened = (transfer.pending | transfer.covered) & self._ledger.opened
        records = transfer.may & self._ledger.opened_records
        if not (opened or records):
            return transfer
        site, _, callee = edge
        meant = self._known[node, site.call.site, callee] = {number: self._meant(self._ledger.effects[number], edge, node) for number in bits(opened)}
        made = {number: self._record(self._ledger.records[number], edge, node) for number in bits(records)}
        return msgspec.structs.replace(
            transfer, must=_exchanged(transfer.must, made), may=_exchanged(transfer.may, made), pending=_exchanged(transfer.pending, meant),
            covered=_exchanged(transfer.covered, meant), thrown=_exchanged(transfer.thrown, meant),
        )

    def seen_from(self, caller: Node, site: int, callee: Node, effects: int) -> int:
        """Effects of a callee that are among those of its caller by another number there."""
        meant = self._known.get((caller, site, callee), {})
        return sum(1 << number for number, bit in meant.items() if bit & effects and not effects >> number & 1)

    def _meant(self, effect: Effect, edge: Edge, node: Node) -> int:
        site, target, _ = edge
        filled = self._summaries.as_called(effect, site, target, node[1])
        if filled is None or (filled != effect and not self._counts(filled)):
            return 0
        return self._ledger.effect(filled)

    def _record(self, record: RecordSite, edge: Edge, node: Node) -> int:
        """The record that a write left open is here; none where what is handed in is no row of a trail, or is not known."""
        site, target, _ = edge
        effect = record.opened
        filled = self._summaries.as_called(msgspec.structs.replace(effect, model="", target=""), site, target, node[1]) if effect is not None else None
        if filled is None:
            return 0
        if self._records.is_making(filled) and not is_left_open(filled):
            made = self._records.of_effect(filled)
            return self._ledger.record(msgspec.structs.replace(made, function=site.caller, file=site.file, line=site.line))
        return self.left_open(filled)


def _exchanged(mask: int, meant: Mapping[int, int]) -> int:
    kept, filled = mask, 0
    for number, bit in meant.items():
        if mask >> number & 1:
            kept, filled = kept & ~(1 << number), filled | bit
    return kept | filled

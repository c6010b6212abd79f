"""Numbers for effects and records, and which record accounts for which effect."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from agentlint.analysis.records.loose import plain
from agentlint.analysis.records.recorders import Records, RecordSite
from agentlint.analysis.records.shapes import Shapes
from agentlint.analysis.wording import singular, words
from agentlint.ir.effects import Effect

_WRITING_DOWN = frozenset({"add", "create", "emit", "make", "persist", "push", "save", "store", "take", "track", "write"})
_NOTED = frozenset({"activity", "audit", "changelog", "event", "history", "journal", "log", "record", "revision", "snapshot", "timeline", "trail"})
_SENDING = frozenset({"mail", "outbound-http", "message", "queue"})
_SIGNING_IN = frozenset({"login", "logins", "logon", "signin", "logout"})
"""Words of trails that tell of people who come and go, and of nothing that they do."""


class Ledger:
    """Effects and records as bits, and the relation between them."""

    def __init__(self, records: Records, neighbours: Callable[[str], frozenset[str]], within: Callable[[Effect], bool] = lambda effect: False) -> None:
        """`within` tells which effects a library records inside a block that code opens."""
        self._records, self._neighbours, self._within = records, neighbours, within
        self._blocked = 0
        self.effects: list[Effect] = []
        self.records: list[RecordSite] = []
        self.rows = 0
        """Effects that change rows of a model."""
        self.held = 0
        """Those that a session holds until it is committed."""
        self.subjects = 0
        """Those of a known model that is no trail itself."""
        self.opened = 0
        """Those of which a caller says what they are about."""
        self.opened_records = 0
        """Writes that are a record where a caller hands in a row of a trail."""
        self.tied = 0
        """Records that a parameter ties to the row of which they tell."""
        self.told = 0
        """Records of which the caller says what they tell."""
        self._effect_numbers: dict[Effect, int] = {}
        self._record_numbers: dict[RecordSite, int] = {}
        self._by_model: dict[str, int] = {}
        self._sending = 0
        self._all = 0
        self._covers: dict[int, int] = {}
        self._related: dict[str, frozenset[str]] = {}
        self._likes: dict[tuple[object, ...], list[int]] = {}

    def effect(self, effect: Effect) -> int:
        """The bit of an effect."""
        number = self._effect_numbers.get(effect)
        if number is None:
            number = self._effect_numbers[effect] = len(self.effects)
            self.effects.append(effect)
            bit = 1 << number
            self._all |= bit
            self._by_model[effect.model] = self._by_model.get(effect.model, 0) | bit
            if self._within(effect):
                self._blocked |= bit
            if effect.kind in _SENDING:
                self._sending |= bit
            if effect.kind in ("orm-write", "raw-sql", "permission"):
                self.rows |= bit
                if effect.api in ("attribute", "assignment") or effect.api.startswith("sqlalchemy.orm.Session."):
                    self.held |= bit
                if effect.model and effect.model not in self._records.tables:
                    self.subjects |= bit
            if effect.open_fields or effect.open_model.startswith("parameter "):
                self.opened |= bit
            self._covers.clear()
        return 1 << number

    def record(self, site: RecordSite) -> int:
        """The bit of a record."""
        number = self._record_numbers.get(site)
        if number is None:
            number = self._record_numbers[site] = len(self.records)
            self.records.append(site)
            self.opened_records |= (site.opened is not None) << number
            if site.told:
                self.told |= 1 << number
            if site.ties:
                self.tied |= 1 << number
            self._likes.setdefault(_like(site), []).append(number)
        return 1 << number

    def shared(self, paths: Sequence[int]) -> int:
        """What all paths record: records that each of them makes, and those of which each makes the like, a row of the same trail about the same."""
        must, either = paths[0] if paths else 0, 0
        for records in paths:
            must, either = must & records, either | records
        found = must
        for number in bits(either & ~must):
            alike = 0
            for other in self._likes[_like(self.records[number])]:
                alike |= 1 << other
            if all(records & alike for records in paths):
                found |= 1 << number
        return found

    def limited(self, records: int, models: tuple[str, ...]) -> int:
        """The same records as far as they tell of changes of some models; that such a row was made or deleted is another story."""
        found = 0
        for number in bits(records) if models else ():
            found |= self.record(msgspec.structs.replace(self.records[number], only=models))
        return found

    def freed(self, records: int, function: str, left_out: Callable[[str], bool]) -> int:
        """The same records as a call makes them that leaves out some parameters of the function: without the keys that these would have filled."""
        found = records
        for number in bits(records & self.tied):
            site = self.records[number]
            spared = {model for parameter, model in site.ties if left_out(parameter)} if site.function == function else set()
            if spared:
                found = found & ~(1 << number) | self.record(msgspec.structs.replace(site, spared=site.spared | spared, ties=()))
        return found

    def covers(self, records: int) -> int:
        """The effects that any of the records accounts for."""
        if not records:
            return 0
        known = self._covers.get(records)
        if known is None:
            known = 0
            for number in bits(records):
                known |= self._cover_of(number)
            self._covers[records] = known
        return known

    def records_for(self, records: int, effect: int) -> list[RecordSite]:
        """The records among a set that account for an effect."""
        return [self.records[n] for n in bits(records) if self._cover_of(n) & effect]

    def _cover_of(self, number: int) -> int:
        single = 1 << number
        known = self._covers.get(single)
        if known is None:
            known = self._covers[single] = self._computed(self.records[number])
        return known

    def _computed(self, site: RecordSite) -> int:
        if site.only:
            return self._computed(msgspec.structs.replace(site, only=())) & self._matching(site.only, lambda e: e.operation in ("update", "write"))
        table = site.table
        if site.opened is not None:
            return 0
        if site.block:
            return self._blocked
        if table is None:
            return self._near(self._spoken_of(site.about)) if site.about else self._all
        if table.kind == "delivery":
            return self._sending
        if table.about:
            return sum(1 << n for n in bits(self.rows) if plain(self.effects[n].target) in table.about)
        if _SIGNING_IN.intersection(words(table.model.rpartition(".")[2])):
            return sum(1 << n for n in bits(self._all) if self.effects[n].kind == "authentication")
        if table.kind == "tombstone":
            return self._matching(table.subjects, lambda e: e.operation == "delete") & ~self._erased(site)
        if table.kind == "status-history":
            return self._matching(table.subjects, lambda e: e.operation in ("update", "write", "run") and self._about(e, table.states))
        if table.open_object or not table.subjects:
            return self._all & ~self._erased(site)
        return self._near(table.subjects) & ~self._erased(site)

    def _near(self, subjects: Iterable[str]) -> int:
        """Effects on the subjects and on models one relation away, and those that change no rows of a known model."""
        near = frozenset(subjects).union(*(self._neighbours(m) for m in subjects))
        found = self._by_model.get("", 0) | (self._all & ~self.rows)
        for model in near:
            found |= self._by_model.get(model, 0)
        return found

    def _spoken_of(self, about: tuple[str, ...]) -> list[str]:
        """Models whose name says what a record is about."""
        said = frozenset(about)
        return [model for model in self._by_model if model and said & {singular(w) for w in words(model.rpartition(".")[2])}]

    def _erased(self, site: RecordSite) -> int:
        """Deletions that take the record along, and those of the trail itself."""
        assert site.table is not None
        trail = self._matching(tuple(self._records.tables), lambda e: e.operation == "delete")
        erasing = self._records.cascades.get(site.table.model, frozenset()) - site.spared
        return trail | self._matching(tuple(erasing), lambda e: e.operation == "delete")

    def _matching(self, models: tuple[str, ...], wanted: Callable[[Effect], bool]) -> int:
        found = 0
        for model in models:
            for number in bits(self._by_model.get(model, 0)):
                if wanted(self.effects[number]):
                    found |= 1 << number
        return found

    @staticmethod
    def _about(effect: Effect, states: frozenset[str]) -> bool:
        return not effect.fields or any(states.intersection(words(field)) for field in effect.fields)


def says_records(function: str) -> bool:
    """True for a function that by its name is there to make a record, whatever else it does along the way: `log_change`, `persist_history_snapshot`."""
    said = words(function.rpartition(".")[2])
    noted = [singular(w) for w in said[1:]]
    return bool(noted) and (said[0] in ("record", "audit") or (said[0] in _WRITING_DOWN and bool(_NOTED.intersection(noted))) or _logs(said))


def _logs(said: list[str]) -> bool:
    return said[0] == "log" and said[1] not in ("in", "out", "on", "off")


def bits(mask: int) -> Iterator[int]:
    """The numbers of the bits that are set, lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def _like(site: RecordSite) -> tuple[object, ...]:
    """What two records have in common that account for the same."""
    return (site.table.model if site.table is not None else site.name, site.about, site.only, site.block, site.told, site.spared, site.opened)


def neighbours_of(shapes: Shapes) -> Callable[[str], frozenset[str]]:
    """Models one relation away, in either direction."""
    near: dict[str, set[str]] = {}
    for model in shapes.models:
        for column in shapes.columns(model):
            for other in column.relations:
                near.setdefault(model, set()).add(other)
                near.setdefault(other, set()).add(model)
    frozen = {model: frozenset(found) for model, found in near.items()}
    return lambda model: frozen.get(model, frozenset())

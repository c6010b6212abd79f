"""Which registered mechanism sees a write, and which writes go past all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Literal

import msgspec

from agentlint.analysis.effects.tables import column, table_of
from agentlint.analysis.program import Program
from agentlint.analysis.records.silenced import silenced_lines
from agentlint.ir import syntax as s
from agentlint.ir.decisions import Bypass, Mechanism
from agentlint.ir.effects import Effect
from agentlint.ir.walk import dotted
from agentlint.knowledge import LibraryFacts
from agentlint.knowledge.paths import bare, expand

_RELATION = "relation"
_MANY = frozenset({"ManyToManyField", "TaggableManager", "SortedManyToManyField"})
_ANY_TABLE = ("create", "update", "delete")
_WRITTEN: tuple[Literal["create", "update"], ...] = ("create", "update")
"""What saving a row may be where the code does not say whether it is new."""
_DONE_IN = {
    "create": frozenset({"create", "perform_create"}),
    "update": frozenset({"update", "partial_update", "perform_update"}),
    "delete": frozenset({"destroy", "perform_destroy", "delete"}),
}
"""Methods of views and serializers that REST framework runs for an operation."""


class Coverage:
    """Answers which mechanism sees a write."""

    def __init__(
        self, program: Program, library: LibraryFacts, mechanisms: Iterable[Mechanism], unasked: Callable[[], frozenset[str]] = frozenset,
    ) -> None:
        """`unasked` gives the functions that only run while no request is handled."""
        self._program, self._library = program, library
        self.mechanisms = tuple(mechanisms)
        self._blocked = any(m.inside or m.asked for m in self.mechanisms)
        self._unasked = unasked() if any(m.asked for m in self.mechanisms) else frozenset()
        self._by_table: dict[str, list[Mechanism]] = {}
        for one in self.mechanisms:
            self._by_table.setdefault(self._table(one.model) if one.model else "", []).append(one)
        self._views: dict[str, list[Mechanism]] = {}
        for one in self.mechanisms:
            row = self._library.mechanism(one.library) if one.scope else None
            if row is not None and row.how == "view":
                self._views.setdefault(one.scope, []).append(one)
        self._skips: dict[str, frozenset[str]] = {}
        self._silenced = silenced_lines(program) if self.mechanisms else frozenset()

    def _table(self, model: str) -> str:
        return table_of(model, self._program)

    def sees(self, effect: Effect, owner: str = "", function: str = "") -> Mechanism | None:
        """The mechanism that records the write. `owner` is the class that the framework performs it for (an admin class), `function` what is asked about:
        a row that a command saves is not recorded by what records for requests, though its `save` runs in both."""
        watching = (m for m in self._watching(effect, owner) if not self._needs_block(m, function or effect.function))
        found = next((m for m in watching if not self._skipped(effect, m)), None)
        if found is None and effect.operation == "write" and self.mechanisms:  # one may see new rows, another changes
            halves = [self.sees(msgspec.structs.replace(effect, operation=one), owner, function) for one in _WRITTEN]
            return halves[1] if all(halves) else None
        return found

    def around(self, function: str, owner: str) -> Mechanism | None:
        """The mechanism of a view's base class that records all that a method does which the framework runs for the view."""
        name = function.rpartition(".")[2]
        does = next((operation for operation, names in _DONE_IN.items() if name in names), "")
        return next((m for m in self._views.get(owner, ()) if does in m.operations or set(_ANY_TABLE) <= set(m.operations)), None)

    def sees_always(self, effect: Effect) -> bool:
        """True when a mechanism records the write whoever makes it, with a request or without."""
        found = self.sees(effect)
        return found is not None and not found.asked

    def _needs_block(self, mechanism: Mechanism, function: str) -> bool:
        return mechanism.inside or (mechanism.asked and function in self._unasked)

    def within(self, effect: Effect) -> Mechanism | None:
        """The mechanism that records the write when it happens inside a block that code has to open."""
        blocked = (m for m in self._watching(effect, "") if m.inside or m.asked) if self._blocked else ()
        return next((m for m in blocked if not self._skipped(effect, m)), None)

    def unseen_relations(self, effect: Effect, owner: str = "") -> tuple[str, ...]:
        """Many-to-many fields that a form or serializer saves along with a row and that no mechanism of the model sees."""
        if effect.kind != "orm-write" or effect.operation not in ("update", "write") or is_relation(effect):
            return ()
        found = []
        for field in effect.fields:
            declared = self._program.attribute(effect.model, field) if effect.model in self._program.classes else None
            if declared is not None and isinstance(declared[0], s.Call) and dotted(declared[0].func).rpartition(".")[2] in _MANY:
                along = msgspec.structs.replace(effect, fields=(field,), api="django.db.models.ManyRelatedManager.set()")
                if self.sees(along, owner) is None:
                    found.append(field)
        return tuple(found)

    def bypassed(self, effect: Effect) -> Mechanism | None:
        """The mechanism that watches the model and does not see this write of it."""
        watching = [m for m in self._watching(effect, "") if not m.scope]
        return watching[0] if watching and all(self._skipped(effect, m) for m in watching) else None

    def _watching(self, effect: Effect, owner: str) -> Iterator[Mechanism]:
        if effect.kind not in ("orm-write", "raw-sql", "permission") and not (effect.registered and owner):
            return
        for mechanism in self._candidates(effect):
            if mechanism.scope and not self._in_scope(effect, mechanism, owner):
                continue
            if not mechanism.scope and (effect.file, effect.line) in self._silenced:
                continue
            if mechanism.exact and effect.model != mechanism.model and not self._takes_along(effect, mechanism):
                continue
            if self._wants(effect, mechanism):
                yield mechanism

    def _candidates(self, effect: Effect) -> Iterator[Mechanism]:
        if effect.model:
            tables = [self._table(effect.model)]
            if effect.model in self._program.classes:
                tables += [n for n in self._program.mro(effect.model) if n not in tables]
            for table in tables:
                yield from self._by_table.get(table, ())
        yield from self._by_table.get("", ())

    def _takes_along(self, effect: Effect, mechanism: Mechanism) -> bool:
        """True for a deletion that takes the row of a base's own table along: Django tells of both."""
        info = self._program.classes.get(mechanism.model)
        meta = self._program.classes.get(info.nested.get("Meta", "")) if info is not None else None
        abstract = meta is not None and "abstract" in meta.attributes
        return effect.operation == "delete" and not abstract and self._table(effect.model) == effect.model

    def _in_scope(self, effect: Effect, mechanism: Mechanism, owner: str) -> bool:
        return effect.registered and mechanism.scope in (owner, f"{effect.file}:{effect.line}")

    def _wants(self, effect: Effect, mechanism: Mechanism) -> bool:
        if effect.model in mechanism.besides:
            return False
        if is_relation(effect):
            return _RELATION in mechanism.operations and (not mechanism.fields or bool(_columns(effect.fields) & _columns(mechanism.fields)))
        if effect.operation == "write" and not set(_WRITTEN) <= set(mechanism.operations):
            return False
        operations = _ANY_TABLE if effect.operation in ("write", "run", "grant", "revoke") else (effect.operation,)
        if not set(operations) & set(mechanism.operations):
            return False
        if effect.fields and effect.operation not in ("create", "delete"):
            if mechanism.fields and not _columns(effect.fields) & _columns(mechanism.fields):
                return False
            return not _columns(effect.fields) <= _columns(mechanism.excluded)
        return True

    def _skipped(self, effect: Effect, mechanism: Mechanism) -> bool:
        skips = self._skips_of(mechanism.library)
        if effect.kind == "raw-sql":
            return "sql" in skips or not effect.model
        if is_relation(effect):
            return _RELATION in skips and _RELATION not in mechanism.operations
        return bare(effect.api) in skips

    def _skips_of(self, path: str) -> frozenset[str]:
        known = self._skips.get(path)
        if known is None:
            row = self._library.mechanism(path)
            known = self._skips[path] = frozenset(bare(p) for skip in (row.skips if row else ()) for p in expand(skip))
        return known


def _columns(fields: Iterable[str]) -> frozenset[str]:
    return frozenset(map(column, fields))


def is_relation(effect: Effect) -> bool:
    """True for changes of a many-to-many relation."""
    return effect.kind == "permission" or (effect.kind == "orm-write" and "ManyRelatedManager" in effect.api)


def bypassing_writes(effects: Iterable[Effect], coverage: Coverage, recorded: Callable[[Effect], bool]) -> tuple[Bypass, ...]:
    """Writes of watched models that go past every mechanism that watches them, sorted by place. `recorded` tells whether the code around
    a write makes a record of its own."""
    found: dict[tuple[str, int, str, str], Bypass] = {}
    for effect in effects:
        mechanism = coverage.bypassed(effect)
        if mechanism is not None:
            key = (effect.file, effect.line, effect.model, effect.operation)
            found[key] = Bypass(effect, mechanism, recorded(effect) and (key not in found or found[key].recorded))
    return tuple(found[key] for key in sorted(found))

"""The one object through which passes ask what is known of a library: lookups by canonical access path, through library base classes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Literal, TypeVar

from agentlint.ir.operations import AuthKind
from agentlint.knowledge import schema
from agentlint.knowledge.paths import TypeText, bare, expand, parse_type

_R = TypeVar("_R")
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*|[a-z0-9]+")
"""Words of a class's name."""


class LibraryFacts:
    """Everything known of libraries. Not changed after construction; lookups remember their answers."""

    def __init__(self, files: Iterable[schema.KnowledgeFile] = ()) -> None:
        self.files = tuple(files)
        self._aliases: dict[str, str] = {}
        self._bases: dict[str, tuple[str, ...]] = {}
        self._members: dict[str, str] = {}
        self._namespaces: set[str] = set()
        self._types: dict[str, schema.TypeRow] = {}
        self._models: dict[str, schema.ModelRow] = {}
        self._effects: dict[str, schema.EffectRow] = {}
        self._callbacks: dict[str, schema.CallbackRow] = {}
        self._records: dict[str, schema.RecordRow] = {}
        self._mechanisms: dict[str, schema.MechanismRow] = {}
        self._listeners: dict[str, schema.ListenerRow] = {}
        self._sinks: dict[str, schema.SinkRow] = {}
        self._decisions: dict[str, schema.DecisionRow] = {}
        self._tools: dict[str, schema.ToolRow] = {}
        self._machines: dict[str, schema.MachineRow] = {}
        self._endings: dict[str, schema.EndingRow] = {}
        self._guards: dict[str, schema.GuardRow] = {}
        self._inert: dict[str, schema.InertRow] = {}
        self._home: dict[int, str] = {}
        self._memo: dict[int, dict[str, object]] = {}
        self._described: dict[str, bool] = {}
        self._canonical: dict[str, str] = {}
        self._ancestors: dict[str, tuple[str, ...]] = {}
        for file in self.files:
            self._add(file)
        self._prefixes = frozenset(self._aliases)
        self._namespaces |= {self.canonical(n) for n in self._namespaces}
        self._endpoints = tuple((at, row) for at, row in self._decisions.items() if row.endpoints)
        self._effect_names = frozenset(path.rpartition(".")[2] for path in self._effects)
        self._alike: dict[str, tuple[str, ...]] = {}
        self._by_name: dict[str, frozenset[str]] = {}
        for path in map(self.canonical, self._bases):
            last = path.rpartition(".")[2]
            self._by_name[last] = self._by_name.get(last, frozenset()) | {path}

    def _add(self, file: schema.KnowledgeFile) -> None:
        self._aliases.update(file.aliases)
        self._bases.update(file.classes)
        self._members.update(file.members)
        self._namespaces.update(file.namespaces)
        _index(file.types, self._types, calls_apart=True)
        _index(file.models, self._models)
        _index(file.effects, self._effects)
        _index(file.callbacks, self._callbacks)
        _index(file.records, self._records)
        _index(file.mechanisms, self._mechanisms)
        _index(file.listeners, self._listeners)
        _index(file.sinks, self._sinks)
        _index(file.decisions, self._decisions)
        _index(file.tools, self._tools)
        _index(file.machines, self._machines)
        _index(file.endings, self._endings)
        _index(file.guards, self._guards)
        _index(file.inert, self._inert)
        for row in (*file.effects, *file.records, *file.mechanisms, *file.decisions):
            self._home[id(row)] = file.library

    def canonical(self, name: str) -> str:
        """The name under which the library is described: `django.db.models.query.QuerySet.update` -> `django.db.models.QuerySet.update`."""
        known = self._canonical.get(name)
        if known is None:
            known = self._canonical[name] = self._follow(name)
        return known

    def _follow(self, name: str) -> str:
        for _ in range(4):  # an alias may lead to another; four is more than any library has
            head, tail = name, ""
            while head and head not in self._prefixes:
                head, _, last = head.rpartition(".")
                tail = f".{last}{tail}"
            if not head:
                return name
            name = self._aliases[head] + tail
        return name

    def bases(self, name: str) -> tuple[str, ...]:
        """The direct bases of a library class; empty when it has none. One that no file describes is taken for what its name ends in: libraries call
        what they derive from a framework's class after it (`TranslatedModelForm`, `NestedModelViewSet`)."""
        known = self._bases.get(name, self._bases.get(self.canonical(name)))
        if known is not None:
            return known
        if name not in self._alike:
            self._alike[name] = self._called_after(name)
        return self._alike[name]

    def _called_after(self, name: str) -> tuple[str, ...]:
        """The one described class whose name, of two words or more, ends the last part of another's."""
        home, _, last = name.rpartition(".")
        said = _WORDS.findall(last) if home else []
        for start in range(1, len(said) - 1):
            found = self._by_name.get("".join(said[start:]), frozenset())
            if found:
                return tuple(found) if len(found) == 1 else ()
        return ()

    def add_classes(self, classes: Mapping[str, tuple[str, ...]]) -> None:
        """Takes classes that exist only where a framework makes them (a model of another package), with their bases; before anything is asked of them."""
        self._bases.update(classes)
        for name in classes:
            self._ancestors.pop(name, None)

    def shown_by(self, member: str) -> str:
        """The class that a member of a class body shows it to be one of; empty when it shows none."""
        return self._members.get(self.canonical(member).rpartition(".")[0], "") if self._members else ""

    def is_namespace(self, name: str) -> bool:
        """True for an object on which a program keeps what it likes."""
        return name in self._namespaces or self.canonical(name) in self._namespaces

    def is_class(self, name: str) -> bool:
        """True when a knowledge file describes the name as a class."""
        return self.canonical(name) in self._bases

    def ancestors(self, name: str) -> tuple[str, ...]:
        """The class and all its library bases, nearest first."""
        known = self._ancestors.get(name)
        if known is None:
            order = [self.canonical(name)]
            for current in order:
                order.extend(b for b in map(self.canonical, self.bases(current)) if b not in order)
            known = self._ancestors[name] = tuple(order)
        return known

    def effect(self, path: str) -> schema.EffectRow | None:
        """What a call of the path does to the world."""
        return self._find(self._effects, bare(path))

    def effect_path(self, path: str) -> str:
        """The access path, with `()`, under which the effect of a call is described; empty when there is none."""
        path = bare(path)
        row = self._find(self._effects, path)
        if row is None:
            return ""
        owner, _, last = self.canonical(path).rpartition(".")
        return next((f"{a}.{last}()" for a in self.ancestors(owner) if f"{a}.{last}" in self._effects), f"{self.canonical(path)}()")

    def has_effect_named(self, name: str) -> bool:
        """True when some call of this last name has an effect: a quick way to pass over most calls."""
        return name in self._effect_names

    def callback(self, path: str) -> schema.CallbackRow | None:
        """Which argument of the call is run, now or later."""
        return self._find(self._callbacks, bare(path))

    def type_row(self, path: str) -> schema.TypeRow | None:
        """The row behind `type_of`."""
        return self._find(self._types, path)

    def type_of(self, path: str) -> tuple[TypeText, ...]:
        """What a path gives: with `()` at its end the result of the call, without it the attribute's value. Empty when unknown."""
        row = self._find(self._types, path)
        return () if row is None else parse_type(row.returns)

    def model_style(self, name: str) -> Literal["attribute", "save", ""]:
        """How instances of a class (itself or through library bases) reach the database; empty when it is no model."""
        row = self.model_row(name)
        return "" if row is None else row.writes

    def model_row(self, name: str) -> schema.ModelRow | None:
        """The row behind `model_style`."""
        return next((row for ancestor in self.ancestors(name) if (row := self._models.get(ancestor)) is not None), None)

    def record(self, path: str) -> schema.RecordRow | None:
        """The durable audit record that a call makes."""
        return self._find(self._records, bare(path))

    def mechanism(self, path: str) -> schema.MechanismRow | None:
        """The recording mechanism that a decorator, call, attribute, base or middleware registers."""
        return self._find(self._mechanisms, bare(path))

    def listener(self, path: str) -> schema.ListenerRow | None:
        """The registration of a function at an event that a call makes."""
        return self._find(self._listeners, bare(path))

    def sink(self, path: str) -> schema.SinkRow | None:
        """The installation of a handler of log entries that a call makes."""
        return self._find(self._sinks, bare(path))

    def sink_rows(self) -> tuple[tuple[str, schema.SinkRow], ...]:
        """All ways to install one, with their access paths."""
        return tuple(self._sinks.items())

    def mechanism_rows(self, *how: str) -> tuple[tuple[str, schema.MechanismRow], ...]:
        """All recording mechanisms registered in one of the given ways, with their access paths."""
        return tuple((path, row) for path, row in self._mechanisms.items() if row.how in how)

    def keyword_rows(self) -> tuple[tuple[str, schema.RecordRow | schema.DecisionRow], ...]:
        """Rows whose call can be told by its keyword names alone, with their access paths."""
        tables: tuple[Mapping[str, schema.RecordRow | schema.DecisionRow], ...] = (self._records, self._decisions)
        return tuple((path, row) for table in tables for path, row in table.items() if row.keywords)

    def decision(self, path: str) -> schema.DecisionRow | None:
        """The decision source that a call asks."""
        return self._find(self._decisions, bare(path))

    def decision_names(self, kinds: Collection[str]) -> frozenset[str]:
        """Last names of all calls that ask a decision source of one of the kinds."""
        return frozenset(path.rpartition(".")[2] for path, row in self._decisions.items() if row.kind in kinds)

    def endpoint(self, address: str, written: str) -> tuple[str, schema.DecisionRow] | None:
        """The model that answers at an address, with its access path; `written` is the address as the program has it, names and all."""
        path, said = address.partition("?")[0].rstrip("/").lower(), written.lower()
        for at, row in self._endpoints:
            for end in row.endpoints:
                word, _, tail = end.rpartition(" ")
                if word in said and (tail in path if tail.endswith("/") else path.endswith(tail)):
                    return at, row
        return None

    def tool(self, path: str) -> schema.ToolRow | None:
        """Which functions a decorator or call hands to a model."""
        return self._find(self._tools, bare(path))

    def tool_rows(self) -> tuple[tuple[str, schema.ToolRow], ...]:
        """All ways to hand functions to a model, with their access paths."""
        return tuple(self._tools.items())

    def machine(self, path: str) -> schema.MachineRow | None:
        """The state machine that a class or a call makes."""
        return self._find(self._machines, bare(path))

    def machine_packages(self) -> frozenset[str]:
        """First names of the libraries that make state machines."""
        return frozenset(path.partition(".")[0] for path in self._machines)

    def ending(self, path: str) -> Literal["leaves", "undoes", "settles", ""]:
        """What a call does to the path it stands on; empty when it goes on as ever."""
        row = self._find(self._endings, bare(path))
        return "" if row is None else row.how

    def guard(self, path: str) -> AuthKind | None:
        """What a decorator, class or call demands of the caller."""
        row = self._find(self._guards, bare(path))
        return None if row is None else row.kind

    def guard_row(self, path: str) -> schema.GuardRow | None:
        """The row behind `guard`."""
        return self._find(self._guards, bare(path))

    def is_inert(self, path: str) -> bool:
        """True when a person reviewed the path and found it harmless."""
        return self._find(self._inert, bare(path)) is not None

    def is_described(self, path: str) -> bool:
        """True when any row speaks of the path as a call."""
        known = self._described.get(path)
        if known is None:
            known = self._described[path] = self._is_described(path)
        return known

    def _is_described(self, path: str) -> bool:
        name = bare(path)
        tables: tuple[dict[str, object], ...] = (self._effects, self._records, self._callbacks, self._decisions, self._endings, self._guards, self._inert)  # type: ignore[assignment]
        return any(self._find(t, name) is not None for t in tables) or bool(self.type_of(f"{name}()"))

    def library_of(self, row: schema.EffectRow | schema.RecordRow | schema.MechanismRow | schema.DecisionRow) -> str:
        """Name of the knowledge file's library that holds the row."""
        return self._home.get(id(row), "")

    def _find(self, table: dict[str, _R], path: str) -> _R | None:
        memo = self._memo.get(id(table))
        if memo is None:
            memo = self._memo[id(table)] = dict(table)
        try:
            return memo[path]  # type: ignore[return-value]
        except KeyError:
            found = memo[path] = self._search(table, path) if table else None
            return found  # type: ignore[return-value]

    def _search(self, table: Mapping[str, object], path: str) -> object | None:
        owner, _, last = self.canonical(path).rpartition(".")
        for ancestor in self.ancestors(owner) if owner else ():
            hit = table.get(f"{ancestor}.{last}")
            if hit is not None:
                return hit
        return table.get(self.canonical(path))


_Row = TypeVar("_Row", bound="schema._Row")


def _index(rows: Iterable[_Row], table: dict[str, _Row], calls_apart: bool = False) -> None:
    for row in rows:
        for path in expand(row.at):
            table[path if calls_apart else bare(path)] = row

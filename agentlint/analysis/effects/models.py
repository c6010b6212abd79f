"""Which classes of the program are persistent, how a type names one, and which class a table or a bare word stands for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from typing import Literal

import msgspec

from agentlint.analysis.effects.own_stores import OwnStores
from agentlint.analysis.effects.tables import loose_table, table_of
from agentlint.analysis.program import ClassInfo, FunctionInfo, Program
from agentlint.analysis.types.inference import Type
from agentlint.ir import syntax as s
from agentlint.ir.walk import dotted
from agentlint.knowledge import LibraryFacts


class Model(msgspec.Struct, frozen=True):
    """What a write acts on: a class (`name` is its id), or what stands for one until a concrete class is known."""

    name: str = ""
    target: str = ""
    open_model: str = ""


class Models:
    """The persistent classes of one program."""

    def __init__(self, program: Program, library: LibraryFacts) -> None:
        self._program = program
        self._library = library
        self._abstract: dict[str, bool] = {}
        self._styles: dict[str, Literal["attribute", "save", ""]] = {}
        self._columns: dict[str, frozenset[str]] = {}
        self._derived: dict[str, frozenset[str]] = {}

    def style(self, name: str) -> Literal["attribute", "save", ""]:
        """How instances reach the database: by attribute assignment, by a save, or not at all."""
        known = self._styles.get(name)
        if known is None:
            names = self._program.mro(name) if name in self._program.classes else (name,)
            told = (n for n in names if n not in self._program.classes or self._library.is_class(n))  # a class of the project is no library's by its name
            known = next((style for n in told if (style := self._library.model_style(n))), "")
            known = self._styles[name] = known or ("attribute" if self._declares_table(names) else "save" if self.store_of(name) else "")
        return known

    def _declares_table(self, names: Iterable[str]) -> bool:
        """True for a class that says its own table in SQLAlchemy's words, whatever outside it inherits that from: "Declarative Table"."""
        held = (info for n in names if (info := self._program.classes.get(n)) is not None)
        return any(isinstance(value := info.attributes.get("__tablename__"), s.Constant) and isinstance(value.value, str) for info in held)

    def store_of(self, name: str) -> str:
        """The class, this one or a base of the project, that keeps its instances in a collection called as an attribute of the class says; empty for none."""
        names = self._program.mro(name) if name in self._program.classes else ()
        return next((n for n in names if n in self._program.classes and self._stores.kept_by(n)), "")

    @cached_property
    def _stores(self) -> OwnStores:
        return OwnStores(self._program)

    def of_type(self, type_: Type) -> Model | None:
        """The model that a type stands for, None when it is a library class that is no model."""
        name = type_.name
        if name in self._program.classes:
            owner = table_of(name, self._program) if self._program.lineage(name) is not None else name
            return Model(open_model=f"abstract {name}") if self.is_abstract(name) else Model(owner, owner.rpartition(".")[2])
        if self._is_type_variable(name):
            return Model(open_model=f"variable {name}")
        return Model(name, name.rpartition(".")[2]) if self.style(name) else None

    def _is_type_variable(self, name: str) -> bool:
        if "." not in name or self._library.is_class(name):
            return False
        found = self._program.lookup(name)
        return isinstance(found, s.Call) and dotted(found.func).rpartition(".")[2] == "TypeVar"

    def is_abstract(self, name: str) -> bool:
        """True for a persistent class without a table of its own, from which others with tables descend."""
        known = self._abstract.get(name)
        lineage = self._program.lineage(name)
        if known is None and lineage is not None:
            known = self._abstract[name] = lineage.abstract
        if known is None:
            info = self._program.classes.get(name)
            known = self._abstract[name] = info is not None and self._tableless(info) and any(self.style(c) for c in self._program.subclasses(name))
        return known

    def is_mixed_in(self, name: str) -> bool:
        """True for a class that is no row itself and is mixed into classes that are."""
        return name in self._program.classes and not self.style(name) and any(self.style(c) for c in self._program.subclasses(name))

    def _tableless(self, info: ClassInfo) -> bool:
        style = self.style(info.id)
        store = self.store_of(info.id)
        if store:
            return not self._stores.named(info.id, store)
        if style == "attribute":
            declares = "__tablename__" in info.attributes or "__table__" in info.attributes or "__tablename__" in info.methods
            return not declares and not any(k.name == "table" for k in info.node.keywords)
        meta = self._program.classes.get(info.nested.get("Meta", ""))
        flag = meta.attributes.get("abstract") if meta is not None else None
        return isinstance(flag, s.Constant) and flag.value is True

    def implementations(self, type_: Type, method: str) -> bool:
        """True when the method exists only on persistent classes below the type (an abstract base, or the bound of a type variable)."""
        variable = self._program.lookup(type_.name) if type_.name not in self._program.classes and self._is_type_variable(type_.name) else None
        bound = next((k.value for k in variable.keywords if k.name == "bound"), None) if isinstance(variable, s.Call) else None
        module = self._program.modules.get(type_.name.rpartition(".")[0])
        base = self._program.resolve(bound, module) if bound is not None and module is not None else type_.name
        if base not in self._program.classes or not self.style(base) or self._program.method(base, method) is not None:
            return False
        return any(self._program.method(c, method) is not None for c in self._program.subclasses(base))

    def of_types(self, types: Iterable[Type]) -> tuple[Model, ...]:
        """The models among alternatives, without repetition."""
        return tuple(dict.fromkeys(m for t in types if (m := self.of_type(t)) is not None))

    def of_word(self, word: str) -> Model | None:
        """The only persistent class whose name a variable or relation name spells, singular or plural."""
        for form in _forms(word):
            if form in self._by_word:
                return self._by_word[form]
        return None

    def of_table(self, table: str) -> Model | None:
        """The persistent class behind a database table."""
        name = table.strip('"`[]').rpartition(".")[2].lower()
        return self._by_table.get(name) or self._by_word.get(name.rpartition("_")[2])

    def at_table(self, table: str) -> Model:
        """The class behind a table; what stands for the table where there is none."""
        return self.of_table(table) or Model(loose_table(table), target=table)

    @cached_property
    def _by_word(self) -> dict[str, Model]:
        return _unambiguous((_squash(info.node.name), info) for info in self._persistent)

    @cached_property
    def _by_table(self) -> dict[str, Model]:
        found = _unambiguous((table.lower(), info) for info in self._persistent if (table := self._table(info)))
        defaults = _unambiguous((f"{_app(info)}_{info.node.name.lower()}", info) for info in self._persistent)
        return {**defaults, **found}

    @cached_property
    def _persistent(self) -> tuple[ClassInfo, ...]:
        return tuple(info for name, info in self._program.classes.items() if self.style(name))

    def _table(self, info: ClassInfo) -> str:
        expr = info.attributes.get("__tablename__")
        if expr is None and "Meta" in info.nested:
            meta = self._program.classes.get(info.nested["Meta"])
            expr = meta.attributes.get("db_table") if meta is not None else None
        return expr.value if isinstance(expr, s.Constant) and isinstance(expr.value, str) else ""

    def derives(self, name: str, info: FunctionInfo) -> bool:
        """True for a method that only works out columns of a model from others, as its decorators or the columns that name it say."""
        rows = (self._library.model_row(n) for n in (self._program.mro(name) if name in self._program.classes else (name,)))
        row = next((r for r in rows if r is not None), None)
        if row is None or not (row.derived or row.derived_by):
            return False
        if row.derived_names and info.owner and info.node.name.startswith(row.derived_names):
            return True
        home = self._program.classes.get(info.owner) or info.module
        decorators = (d.func if isinstance(d, s.Call) else d for d in info.node.decorators)
        return any(f"{self._program.resolve(d, home)}()" in row.derived for d in decorators) or info.node.name in self._named_by_columns(name, row.derived_by)

    def _named_by_columns(self, name: str, keywords: tuple[str, ...]) -> frozenset[str]:
        """Methods that columns of a class name under one of the keywords."""
        known = self._derived.get(name)
        if known is None:
            columns = (e for n in self._program.mro(name) if n in self._program.classes for e in self._program.classes[n].attributes.values())
            told = (k.value for e in columns if isinstance(e, s.Call) for k in e.keywords if k.name in keywords)
            known = self._derived[name] = frozenset(str(v.value) for v in told if isinstance(v, s.Constant))
        return known

    def is_column(self, name: str, attr: str) -> bool:
        """True when a class or one of its project bases declares the attribute, or defines a property of that name."""
        known = self._columns.get(name)
        if known is None:
            classes = [self._program.classes[n] for n in self._program.mro(name) if n in self._program.classes]
            known = self._columns[name] = frozenset(a for info in classes for a in (*info.attributes, *info.methods, *info.annotations))
        return attr in known

    @cached_property
    def managed_by(self) -> dict[str, tuple[str, ...]]:
        """Manager or queryset class of the program to the models that use it."""
        found: dict[str, list[str]] = {}
        for info in self._persistent:
            for expr in info.attributes.values():
                for name in self._manager_classes(expr, info):
                    found.setdefault(name, []).append(info.id)
        return {name: tuple(dict.fromkeys(models)) for name, models in found.items()}

    def _manager_classes(self, expr: s.Expr, info: ClassInfo) -> Iterable[str]:
        """Project classes named in `X()`, `X.as_manager()`, `M.from_queryset(X)()`."""
        if not isinstance(expr, s.Call):
            return
        for part in (expr.func, *expr.args):
            while isinstance(part, (s.Attribute, s.Call)):
                if isinstance(part, s.Call):
                    yield from self._manager_classes(part, info)
                    break
                if (name := self._program.resolve(part, info)) in self._program.classes:
                    yield name
                    break
                part = part.value
            if isinstance(part, s.Name) and (name := self._program.resolve(part, info)) in self._program.classes:
                yield name


def _unambiguous(pairs: Iterable[tuple[str, ClassInfo]]) -> dict[str, Model]:
    found: dict[str, Model | None] = {}
    for key, info in pairs:
        found[key] = None if key in found else Model(info.id, info.node.name)
    return {key: model for key, model in found.items() if model is not None}


def _app(info: ClassInfo) -> str:
    parts = info.module.name.split(".")
    return (parts[-2] if parts[-1].startswith("models") and len(parts) > 1 else parts[0]).lower()


def _squash(word: str) -> str:
    return word.replace("_", "").lower()


_PURPOSE = re.compile(r"_(to|from|for|with|by|in)_\w+$|_(qs|queryset|obj|object|instance|row|record)$")
"""What a variable says of its row besides the noun: `invoices_to_merge`, `order_obj`."""
_PREFIX = re.compile(r"^(new|old|current|existing|the|my|db|orm|updated|created|saved|target|source|parent|_)+_?")


def _forms(word: str) -> Iterable[str]:
    bare = _squash(word)
    yield bare
    if bare.endswith("ies"):
        yield bare[:-3] + "y"
    if bare.endswith("es"):
        yield bare[:-2]
    if bare.endswith("s"):
        yield bare[:-1]
    if bare.endswith("set"):
        yield bare[:-3]
    yield bare + "s"
    shorter = _PREFIX.sub("", word)
    if shorter and shorter != word:
        yield from _forms(shorter)
    noun = _PURPOSE.sub("", word)
    if noun and noun != word:
        yield from _forms(noun)

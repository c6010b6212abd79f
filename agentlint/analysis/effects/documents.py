"""Writes to collections of documents whose client has no known type, and what a collection is called."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentlint.analysis.effects.models import Model, Models
from agentlint.analysis.effects.own_stores import NAMING, named_by, own_attribute
from agentlint.analysis.effects.places import Places
from agentlint.ir import syntax as s
from agentlint.ir import walk

_ONLY_COLLECTIONS = frozenset({
    "insert_one", "insert_many", "update_one", "update_many", "replace_one", "delete_one", "delete_many", "find_one_and_update", "find_one_and_replace",
    "find_one_and_delete",
})
"""Methods that collections have and little else; PyMongo and Motor name them alike."""
NAMED_BY_TEXT = ("pymongo.Collection.", "arango.collection.Collection.", "supabase.Table.", "tinydb.table.Table.", "dataset.Table.", "google.cloud.firestore.")
"""Access paths of writes to what is named by a text alone, beside the client."""
_WITHIN = frozenset({"document", "eq", "match", "where"})
_SUFFIX = re.compile(r"_?(collection|coll?|documents?)$", re.IGNORECASE)
_DEPTH = 3


def is_collection_write(name: str) -> bool:
    """True for the name of a method that only collections of documents have."""
    return name in _ONLY_COLLECTIONS


class Documents:
    """Says which collection a write acts on."""

    def __init__(self, places: Places, models: Models) -> None:
        self._places, self._models = places, models

    def model(self, receiver: s.Expr, function: str) -> Model | None:
        """The class of the collection's documents, or what stands for the collection; None when nothing names it."""
        own = self._own(receiver, function)
        if own is not None:
            return own
        name = self.name(receiver, function)
        return (self._models.of_word(name) or self._models.at_table(name)) if name else None

    def _own(self, expr: s.Expr, function: str, depth: int = _DEPTH) -> Model | None:
        """The class on which a method runs that keeps its own instances: its attribute names the collection."""
        if isinstance(expr, s.Name) and depth:
            return next((m for v in self._places.assigned(function, expr.id) if (m := self._own(v, function, depth - 1)) is not None), None)
        info = self._places.program.functions.get(function)
        if info is None or not own_attribute(named_by(expr), info) or not self._models.store_of(info.owner):
            return None
        self._places.relied = True
        concrete = self._places.concrete
        if concrete is not None and info.owner in self._places.program.mro(concrete.name):
            return Model(concrete.name, concrete.name.rpartition(".")[2])
        return Model(open_model=f"abstract {info.owner}")

    def name(self, expr: s.Expr, function: str, depth: int = _DEPTH) -> str:
        """`orders` of `db["orders"]`, `db.orders`, `db.get_collection("orders")`, `self.order_collection`, also through names that were given one."""
        match expr:
            case s.Subscript():
                return self._text(expr.index, function)
            case s.Call() if expr.args and isinstance(expr.func, s.Attribute) and expr.func.attr in NAMING:
                return self._text(expr.args[0], function)
            case s.Call() if depth and isinstance(expr.func, s.Attribute) and expr.func.attr in _WITHIN:
                return self.name(expr.func.value, function, depth - 1)
            case s.Attribute():
                held = self._held(expr, function, depth)
                return held or _SUFFIX.sub("", expr.attr).strip("_")
            case s.Name():
                values = self._places.assigned(function, expr.id) if depth else ()
                return next((n for v in values if (n := self.name(v, function, depth - 1))), "") or _SUFFIX.sub("", expr.id).strip("_")
        return ""

    def _text(self, expr: s.Expr, function: str) -> str:
        value = self._places.constant(expr, function)
        info = self._places.program.functions.get(function)
        if value is None and isinstance(expr, s.Attribute) and isinstance(expr.value, s.Name) and expr.value.id in ("self", "cls") and info is not None:
            held = self._places.program.attribute(info.owner, expr.attr) if info.owner else None
            value = self._places.program.fold(*held) if held is not None else None
        return value if isinstance(value, str) else ""

    def _held(self, expr: s.Attribute, function: str, depth: int) -> str:
        """The collection that a class put under an attribute of its instances."""
        info = self._places.program.functions.get(function)
        if not (depth and isinstance(expr.value, s.Name) and expr.value.id == "self" and info is not None and info.owner):
            return ""
        return next((n for value, home in self._set(info.owner, expr.attr) if (n := self.name(value, home, depth - 1))), "")

    def _set(self, owner: str, attr: str) -> Iterator[tuple[s.Expr, str]]:
        program = self._places.program
        for base in program.mro(owner):
            known = program.classes.get(base)
            for method in known.methods.values() if known is not None else ():
                for stmt in walk.statements(program.functions[method].node.body):
                    if isinstance(stmt, s.Assign) and stmt.value is not None and any(_is_own(t, attr) for t in stmt.targets):
                        yield stmt.value, method


def _is_own(target: s.Expr, attr: str) -> bool:
    return isinstance(target, s.Attribute) and target.attr == attr and isinstance(target.value, s.Name) and target.value.id == "self"



"""Many-to-many relations: the other model of one, whichever side a program writes it from."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.analysis.program import Program
from agentlint.analysis.types.inference import Type, Types
from agentlint.ir import syntax as s
from agentlint.ir.walk import dotted

_MANY = ("ManyRelatedManager",)
_MARKS = ("AutoField", "DateTimeField", "DateField")
"""Columns that a row of a relation may have beside its two ends: when it was made."""


class Relations:
    """Answers for one program; remembers what it was asked."""

    def __init__(self, types: Types, program: Program) -> None:
        self._types = types
        self._program = program
        self._known: dict[tuple[str, str], tuple[str, str] | None] = {}
        self._links: dict[str, tuple[tuple[str, str], ...]] = {}

    def links(self, model: str) -> tuple[tuple[str, str], ...]:
        """The relations whose rows a model's are, each as a model and its name of the relation: whoever writes one makes and deletes the other.

        Empty for a model that keeps more of a link than its ends: nobody can write that by the relation.
        """
        if model not in self._links:
            self._links[model] = tuple(self._written_by(model))
        return self._links[model]

    def _written_by(self, model: str) -> Iterator[tuple[str, str]]:
        info = self._program.classes.get(model)
        columns = [(n, v) for n, v in info.attributes.items() if isinstance(v, s.Call)] if info is not None else []
        held = {name: {t.name for t in self._types.attribute(Type(model), name)} & self._program.classes.keys() for name, _ in columns}
        ends = {end for found in held.values() for end in found}
        more = [n for n, v in columns if not held[n] and not dotted(v.func).endswith(_MARKS)]
        for end in sorted(ends) if not more else ():
            for name in self._program.classes[end].attributes:
                if any(k.name.endswith(_MANY) and k.args[1:2] == (Type(model),) for k in self._types.attribute(Type(end), name)):
                    yield end, name

    def other_end(self, model: str, field: str) -> tuple[str, str] | None:
        """The model at the other end of a relation, and what the relation is called there (empty when that is not known)."""
        key = (model, field)
        if key not in self._known:
            self._known[key] = self._find(model, field)
        return self._known[key]

    def _find(self, model: str, field: str) -> tuple[str, str] | None:
        for kind in self._types.attribute(Type(model), field):
            if kind.name.endswith(_MANY) and kind.args:
                return kind.args[0].name, ""
        return None

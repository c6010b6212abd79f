"""Many-to-many relations: the other model of one, whichever side a program writes it from."""

from __future__ import annotations

from agentlint.analysis.types.inference import Type, Types

_MANY = ("ManyRelatedManager",)


class Relations:
    """Answers for one program; remembers what it was asked."""

    def __init__(self, types: Types) -> None:
        self._types = types
        self._known: dict[tuple[str, str], tuple[str, str] | None] = {}

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

"""Trails that no class describes: tables that are only named in SQL, collections of documents that only a client names."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from agentlint.analysis.effects.tables import TRAIL_WORDS, loose_name
from agentlint.analysis.records.shapes import Table, named_shape
from agentlint.analysis.wording import singular, words
from agentlint.ir.effects import Effect

_MAKING = ("create", "write")


def loose_tables(effects: Iterable[Effect]) -> dict[str, Table]:
    """By what stands for their model: the tables among those that code adds rows to whose name and filled-in columns tell of what happened."""
    filled: dict[str, set[str]] = {}
    named: set[str] = set()
    for effect in effects:
        if loose_name(effect.model):
            if effect.operation in _MAKING:
                filled.setdefault(effect.model, set()).update(effect.fields)
        elif effect.kind in ("orm-write", "raw-sql"):
            named.add(plain(effect.target))
    found = {model: _table(model, columns, named) for model, columns in sorted(filled.items())}
    return {model: table for model, table in found.items() if table is not None}


def plain(table: str) -> str:
    """A table's name without its number: `orders` and `Order` are one."""
    return "".join(singular(word) for word in words(table))


def _table(model: str, columns: Collection[str], named: Collection[str]) -> Table | None:
    said = [singular(word) for word in words(loose_name(model))]
    kind, actors, reasons, described = named_shape(said, columns)
    prefix = "".join(said[: next((i for i, word in enumerate(said) if word in TRAIL_WORDS or word == "event"), 0)])
    about = frozenset({prefix}) if prefix and prefix in named else frozenset[str]()
    if kind not in ("event", "status-history") or not (about or "audit" in said or (described and (actors or "event" in said))):
        return None
    return Table(model, "event", (), actors, reasons=reasons, open_object=not about, strong=bool(TRAIL_WORDS.intersection(said)), about=about)



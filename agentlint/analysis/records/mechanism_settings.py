"""Models that settings tell a recording library to watch, or to leave out."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from agentlint.analysis.program import Program
from agentlint.ir import syntax as s
from agentlint.knowledge.paths import places
from agentlint.knowledge.schema import MechanismRow


class Listed(msgspec.Struct, frozen=True):
    """One entry of a setting that lists models: the class and what the entry says of its fields."""

    model: str
    fields: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    relations: tuple[str, ...] = ()


class Told(msgspec.Struct, frozen=True):
    """A setting that is there: where, and what it names. `models` is None when it means every model."""

    file: str
    line: int
    models: tuple[Listed, ...] | None


def settings_told(row: MechanismRow, name: str, program: Program) -> Iterator[Told]:
    """Every place that gives the setting a value which turns the mechanism on."""
    for module, stmt in _assigned(name, program):
        value = program.fold(stmt.value, module)
        if value is True:
            yield Told(module.path, stmt.line, None)
        elif isinstance(value, (list, tuple)):
            entries = (_listed(row, entry, program) for entry in value)
            yield Told(module.path, stmt.line, tuple(one for found in entries for one in found))


def left_out(row: MechanismRow, program: Program) -> tuple[str, ...]:
    """The classes that the row's other setting takes out again."""
    if not row.besides:
        return ()
    values = (program.fold(stmt.value, module) for module, stmt in _assigned(row.besides, program))
    entries = [entry for value in values if isinstance(value, (list, tuple)) for entry in value]
    return tuple(sorted({one.model for entry in entries for one in _listed(row, entry, program)}))


def _assigned(name: str, program: Program) -> Iterator[tuple[s.Module, s.Assign]]:
    for module in program.modules.values():
        for stmt in module.body:
            if isinstance(stmt, s.Assign) and any(isinstance(t, s.Name) and t.id == name for t in stmt.targets):
                yield module, stmt


def _listed(row: MechanismRow, entry: object, program: Program) -> Iterator[Listed]:
    """`"shop.Order"`, `"shop"` for all models of an application, or `{"model": "shop.Order", "exclude_fields": [...]}`."""
    told = entry if isinstance(entry, dict) else {"model": entry}
    for name in _labelled(told.get("model"), program):
        yield Listed(name, *(_names(told, place) for place in (row.fields, row.excluded, row.relations)))


def _names(told: dict[object, object], place: str) -> tuple[str, ...]:
    found: list[str] = []
    for one in places(place):
        value = told.get(one.partition(" ")[2])
        found += [str(item) for item in value] if isinstance(value, (list, tuple)) else []
    return tuple(found)


def _labelled(text: object, program: Program) -> list[str]:
    """The project's classes that a label means; an application's label stands in the path of its modules."""
    if not isinstance(text, str):
        return []
    app, _, name = text.lower().rpartition(".")
    app, name = (app, name) if app else (name, "")
    below = [c for c in program.classes if app.rpartition(".")[2] in c.lower().split(".")[:-1] and program.classes[c].node.bases]
    if not name:
        return [c for c in below if program.inherits(c, "django.db.models.Model")]
    found = [c for c in below if c.lower().rpartition(".")[2] == name]
    models = [c for c in found if program.inherits(c, "django.db.models.Model")]
    return models or (found if len(found) == 1 else [])

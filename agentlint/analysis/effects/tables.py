"""Which class owns a model's table, and what stands for a table that no class describes.

A proxy shares the table of its base, a class that goes on with a model that of where it began. Of tables that are only named in SQL, and of collections of
documents, those matter here whose name says that they keep what happened."""

from __future__ import annotations

from agentlint.analysis.program import ClassInfo, Program
from agentlint.analysis.wording import singular, words
from agentlint.ir import syntax as s

TRAIL_WORDS = frozenset({
    "audit", "log", "history", "trail", "journal", "timeline", "changelog", "activity", "transition", "revision", "logentry",
    "auditlog", "audittrail", "auditevent", "eventlog", "activitylog",
})
"""Words of tables that keep what happened."""
_LOOSE = "table "


def loose_table(name: str) -> str:
    """What stands for the model of a table without a class whose name says that it keeps what happened; empty for any other."""
    said = {singular(word) for word in words(name)}
    return f"{_LOOSE}{name.lower()}" if said & TRAIL_WORDS or "event" in said else ""


def loose_name(model: str) -> str:
    """The name of such a table; empty for the model of a class."""
    return model.removeprefix(_LOOSE) if model.startswith(_LOOSE) else ""


def table_of(model: str, program: Program) -> str:
    """The model that owns the table: a proxy's base, else the model itself. Django documentation, "Proxy models"."""
    lineage = program.lineage(model)
    if lineage is not None and lineage.table:
        return lineage.table
    for name in program.mro(model) if model in program.classes else ():
        info = program.classes.get(name)
        if info is None or not _is_proxy(info, program):
            return name
    return model


def _is_proxy(info: ClassInfo, program: Program) -> bool:
    meta = program.classes.get(info.nested.get("Meta", ""))
    proxy = meta.attributes.get("proxy") if meta is not None else None
    return isinstance(proxy, s.Constant) and proxy.value is True


def column(field: str) -> str:
    """A relation and the column that holds its key are one field: `theme` and `theme_id`."""
    return field.removesuffix("_id") or field

"""Which class owns a model's table: a proxy shares that of its base, a class that goes on with a model that of where it began."""

from __future__ import annotations

from agentlint.analysis.program import ClassInfo, Program
from agentlint.ir import syntax as s


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

"""Wizards: rows of transient models hold what a person fills in until a button is pressed, and are cleared away by the framework."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import CallSite, Effect, EffectOperation
from agentlint_odoo.registry import Registry

_TRANSIENT = "odoo.models.TransientModel"
_WRITES: dict[str, EffectOperation] = {"create": "create", "copy": "create", "write": "update", "update": "update", "unlink": "delete"}


def wizard_rows(site: CallSite, registry: Registry) -> Iterator[Effect]:
    """A write of rows that are all a wizard's: nothing that anybody is after."""
    operation = _WRITES.get(site.name)
    if operation is None or not site.receiver:
        return
    program = registry.program
    for type_ in site.receiver:
        known = program.mro(type_.name) if type_.name in program.classes else program.library.ancestors(type_.name)
        if _TRANSIENT not in known:
            return
    name = site.receiver[0].name
    yield Effect(
        "orm-write", operation, name.rpartition(".")[2], site.file, site.line, site.caller, model=name, api=f"odoo.models.BaseModel.{site.name}()",
        methods=site.methods, incidental=True,
    )

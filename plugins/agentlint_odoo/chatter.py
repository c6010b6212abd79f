"""The chatter: what `mail.thread` keeps of a model's rows by itself. Odoo documentation, "Mixins and Useful Classes", "Messaging features"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentlint.api import Mechanism, RecordContent, syntax
from agentlint_odoo.registry import Model, Registry, outside

_THREAD = "odoo.registry.MailThread"
_TRACKING = ("tracking", "track_visibility")


def chatter(registry: Registry) -> Iterator[Mechanism]:
    """A message at each creation, and one with old and new value where a tracked field changes. Deleting a row deletes its messages too."""
    for model in registry.models.values():
        if not registry.program.inherits(model.last.id, _THREAD) or registry.kind(model) == "AbstractModel" and model.own:
            continue
        first = model.first
        if model.own:
            yield _mechanism(model, f"chatter of {model.name}", first.module.path, first.node.line, ("create",), ())
        tracked = [(name, call, info) for name, call, info in registry.fields(model) if _is_tracked(call)]
        if tracked:
            _, call, info = tracked[0]
            fields = tuple(sorted({name for name, _, _ in tracked}))
            yield _mechanism(model, f"field tracking of {model.name}", info.module.path, call.line, ("update",), fields)


def tracked_elsewhere(registry: Registry) -> Iterator[Mechanism]:
    """What the add-ons that bring Odoo's own models track of them: creations, and some fields."""
    places = {name: (m.first.module.path, m.first.node.line, m.first.id) for name, m in registry.models.items() if not m.own}
    for name in (*places, *sorted(registry.named)):
        library, row = registry.program.library, registry.program.library.mechanism(outside(name))
        file, line, model = places.get(name, ("", 0, outside(name)))
        if _THREAD in library.ancestors(outside(name)):
            yield Mechanism(
                name=f"chatter of {name}", library=_THREAD, model=model, file=file, line=line, operations=("create",),
                content=RecordContent(who=True, what=True),
            )
        if row is None or not row.fields:
            continue
        yield Mechanism(
            name=f"field tracking of {name}", library=outside(name), model=model, file=file, line=line, content=RecordContent(who=row.who, what=row.what),
            operations=row.operations, fields=tuple(re.findall(r"'(\w+)'", row.fields)),
        )


def _mechanism(model: Model, name: str, file: str, line: int, operations: tuple[str, ...], fields: tuple[str, ...]) -> Mechanism:
    return Mechanism(
        name=name, library=_THREAD, model=model.first.id, file=file, line=line, content=RecordContent(who=True, what=True), operations=operations,
        fields=fields,
    )


def _is_tracked(call: syntax.Call) -> bool:
    return any(k.name in _TRACKING and not (isinstance(k.value, syntax.Constant) and not k.value.value) for k in call.keywords)

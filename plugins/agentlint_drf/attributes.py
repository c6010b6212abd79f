"""What the framework hands to hooks of views: the serializer of `perform_create`, the object of `perform_destroy`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agentlint.api import Program, Ref, Type
from agentlint_django.models import models_of, shared_base
from agentlint_drf.serializers import BASE, is_serializer, written_by
from agentlint_drf.viewsets import ViewSet

_WITH_SERIALIZER = ("perform_create", "perform_update")


def view_types(program: Program) -> Iterator[tuple[str, str, Type]]:
    """(function, parameter, type) of what fits all views that use the method."""
    for info in program.classes.values():
        for name in (*_WITH_SERIALIZER, "perform_destroy"):
            if name not in info.methods:
                continue
            method = program.functions[info.methods[name]]
            if len(method.node.params) < 2:
                continue
            views = [ViewSet(program.classes[c], program) for c in (info.id, *program.subclasses(info.id))]
            models = {models_of(program).named(v.attribute("queryset")) for v in views} - {""}
            if name == "perform_destroy":
                given = Type(base) if (base := shared_base(models, program)) else None
            else:
                given = _serializer(views, models, program)
            if given is not None:
                yield method.id, method.node.params[1].name, given


def _serializer(views: Sequence[ViewSet], models: set[str], program: Program) -> Type | None:
    """The one serializer of all views, or one of which only the kind of its instance is known: what all models of the views have in common."""
    found = {told.name for v in views if isinstance(told := v.attribute("serializer_class"), Ref) and is_serializer(told.name, program)}
    if len(found) == 1:
        return Type(found.pop())
    written = {w.model for name in found if (w := written_by(name, program)) is not None}
    base = shared_base(models or written, program)
    return Type(BASE, (Type(base),)) if base else None

"""What the framework hands to hooks of views: the serializer of `perform_create`, the object of `perform_destroy`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agentlint.api import Program, Ref, Type
from agentlint_django.models import shared_base
from agentlint_drf.serializers import BASE, is_serializer, written_by
from agentlint_drf.viewsets import ViewSet

_WITH_SERIALIZER = ("perform_create", "perform_update")
_VIEWS = ("rest_framework.generics.GenericAPIView", "rest_framework.viewsets.GenericViewSet")
_OWN = ("save", "update")


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
            models = {v.model() for v in views} - {""}
            if name == "perform_destroy":
                given = Type(base) if (base := shared_base(models, program)) else None
            else:
                given = _serializer(views, models, program)
            if given is not None:
                yield method.id, method.node.params[1].name, given


def handed_instances(program: Program) -> Iterator[tuple[str, str, Type]]:
    """The instance of serializers that name no model themselves: an object of the one model of all views that say they use it."""
    found: dict[str, set[str]] = {}
    for class_id in dict.fromkeys(c for base in _VIEWS for c in program.subclasses(base)):
        view = ViewSet(program.classes[class_id], program)
        plain = [n for n in view.serializers() if is_serializer(n, program) and written_by(n, program) is None]
        for name in plain if any(program.method(n, h) is not None for n in plain for h in _OWN) else ():
            found.setdefault(name, set()).add(view.model())
    for name, models in found.items():
        if len(models) == 1 and (model := next(iter(models))):
            yield name, "instance", Type(model)
            method = program.method(name, "update")
            if method is not None and method.owner == name and len(method.node.params) > 1:
                yield method.id, method.node.params[1].name, Type(model)


def _serializer(views: Sequence[ViewSet], models: set[str], program: Program) -> Type | None:
    """The one serializer of all views, or one of which only the kind of its instance is known: what all models of the views have in common."""
    found = {told.name for v in views if isinstance(told := v.attribute("serializer_class"), Ref) and is_serializer(told.name, program)}
    if len(found) == 1:
        return Type(found.pop())
    written = {w.model for name in found if (w := written_by(name, program)) is not None}
    if any(not v.model() and v.serializers() for v in views) and len(views) > 1:
        return Type(BASE)  # what one of them is about is not known, and none that hands the serializer on to the method speaks for it
    base = shared_base(models or written, program)
    return Type(BASE, (Type(base),)) if base else None

"""What the framework hands to hooks of views: the serializer of `perform_create`, the object of `perform_destroy`."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import Program, Ref, Type
from agentlint_django.models import models_of
from agentlint_drf.serializers import is_serializer
from agentlint_drf.viewsets import ViewSet

_WITH_SERIALIZER = ("perform_create", "perform_update")


def view_types(program: Program) -> Iterator[tuple[str, str, Type]]:
    """(function, parameter, type), where one type fits all views that use the method."""
    for info in program.classes.values():
        for name in (*_WITH_SERIALIZER, "perform_destroy"):
            if name not in info.methods:
                continue
            method = program.functions[info.methods[name]]
            if len(method.node.params) < 2:
                continue
            views = [ViewSet(program.classes[c], program) for c in (info.id, *program.subclasses(info.id))]
            if name == "perform_destroy":
                found = {models_of(program).named(v.attribute("queryset")) for v in views} - {""}
            else:
                found = {told.name for v in views if isinstance(told := v.attribute("serializer_class"), Ref) and is_serializer(told.name, program)}
            if len(found) == 1:
                yield method.id, method.node.params[1].name, Type(found.pop())

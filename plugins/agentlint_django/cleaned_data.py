"""What `form.cleaned_data[...]` holds: the rows that a person picked in a field over a queryset."""

from __future__ import annotations

from agentlint.api import ClassInfo, Program, Type, syntax, walk
from agentlint_django.forms import form_of_class
from agentlint_django.models import models_of
from agentlint_django.project import settings_of

_ONE, _MANY = ("ModelChoiceField",), ("ModelMultipleChoiceField",)
_QUERYSET = "django.db.models.QuerySet"
_FORM = "django.forms.BaseForm"


def cleaned_data_types(program: Program, relations: dict[str, dict[str, Type]]) -> dict[str, dict[str, Type]]:
    """Form class to `cleaned_data`, and that to its fields; `relations` are the types of models' attributes, for fields taken from a model."""
    found: dict[str, dict[str, Type]] = {}
    for class_id in program.subclasses(_FORM):
        held = _of_model(class_id, program, relations)
        for base in reversed(program.mro(class_id)):
            info = program.classes.get(base)
            for name, value in info.attributes.items() if info is not None else ():
                chosen = _chosen(value, info, program) if isinstance(value, syntax.Call) and info is not None else None
                if chosen is not None:
                    held[name] = chosen
        if held:
            data = f"{class_id}.cleaned_data"
            found[class_id] = {"cleaned_data": Type(data)}
            found[data] = held
    return found


def _of_model(class_id: str, program: Program, relations: dict[str, dict[str, Type]]) -> dict[str, Type]:
    """Fields that a model form makes of its model's relations."""
    written = form_of_class(class_id, program).written
    if written is None:
        return {}
    columns = models_of(program).fields(written.model)
    known = {name: kind for name, kind in relations.get(written.model, {}).items() if name in columns and (not written.fields or name in written.fields)}
    return {name: Type(_QUERYSET, kind.args) if kind.args else kind for name, kind in known.items()}


def _chosen(field: syntax.Call, info: ClassInfo, program: Program) -> Type | None:
    kind = walk.dotted(field.func).rpartition(".")[2]
    if not kind.endswith((*_ONE, *_MANY)):
        return None
    queryset = next((k.value for k in field.keywords if k.name == "queryset"), field.args[0] if field.args else None)
    model = (models_of(program).named(settings_of(program).setup.value(queryset, info)) or _asked(queryset, info, program)) if queryset is not None else ""
    if not model:
        return None
    return Type(_QUERYSET, (Type(model),)) if kind.endswith(_MANY) else Type(model)


def _asked(expr: syntax.Expr, info: ClassInfo, program: Program) -> str:
    """The model whose manager a query starts at, where the manager is an object of a class of the project's own."""
    while isinstance(expr, (syntax.Call, syntax.Attribute)):
        expr = expr.func if isinstance(expr, syntax.Call) else expr.value
        name = program.resolve(expr, info)
        if name in models_of(program):
            return name
    return ""

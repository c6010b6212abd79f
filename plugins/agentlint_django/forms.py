"""Forms and formsets: the model behind one and the fields that it writes."""

from __future__ import annotations

import msgspec

from agentlint.api import ClassInfo, Made, Member, Program, Ref, Value
from agentlint_django.models import models_of
from agentlint_django.project import settings_of

MODEL_FORM = "django.forms.ModelForm"
MODEL_FORMSET = "django.forms.BaseModelFormSet"
_FORM_FACTORIES = ("modelform_factory",)
_FORMSET_FACTORIES = ("modelformset_factory", "formset_factory", "generic_inlineformset_factory")
_INLINE_FACTORY = "inlineformset_factory"


class Written(msgspec.Struct, frozen=True):
    """What a form or a view writes: a model and its fields (empty means all)."""

    model: str
    fields: tuple[str, ...] = ()


class Form(msgspec.Struct, frozen=True):
    """What stands behind a form or formset."""

    written: Written | None
    class_id: str = ""
    """Its own class in the project."""
    is_set: bool = False


def form_of(value: Value, program: Program) -> Form:
    """The form that a value of set-up code means: a class, or what a factory makes."""
    if isinstance(value, Ref):
        return form_of_class(value.name, program)
    if isinstance(value, Made):
        name = value.callee.name.rpartition(".")[2] if isinstance(value.callee, Ref) else value.callee.attr if isinstance(value.callee, Member) else ""
        if name in (*_FORM_FACTORIES, *_FORMSET_FACTORIES, _INLINE_FACTORY):
            return _made_form(name, value, program)
        return form_of(value.callee, program) if isinstance(value.callee, Ref) else Form(None)
    return Form(None)


def _made_form(factory: str, made: Made, program: Program) -> Form:
    args = made.args[1:] if factory == _INLINE_FACTORY else made.args
    inner = made.keywords.get("form", args[1] if len(args) > 1 and factory in (*_FORM_FACTORIES, *_FORMSET_FACTORIES) else None)
    based = form_of(inner if inner is not None else args[0] if args and factory == "formset_factory" else None, program)
    model = models_of(program).named(made.keywords.get("model", args[0] if args else None)) or (based.written.model if based.written else "")
    listed = _texts(made.keywords.get("fields"))
    fields = listed or (based.written.fields if based.written else ())
    is_set = factory not in _FORM_FACTORIES
    if not model or factory == "formset_factory":
        return Form(based.written, based.class_id, is_set)
    return Form(Written(model, fields), based.class_id, is_set)


def form_of_class(class_id: str, program: Program) -> Form:
    """The form of a class of the project, through inherited `Meta` classes."""
    if class_id not in program.classes:
        return Form(None)
    is_set = program.inherits(class_id, "django.forms.BaseFormSet")
    for base in program.mro(class_id):
        info = program.classes.get(base)
        meta = program.classes.get(info.nested.get("Meta", "")) if info is not None else None
        if meta is not None:
            model = meta_model(meta, program)
            if model:
                return Form(Written(model, meta_fields(meta, model, program)), class_id, is_set)
    if is_set:
        evaluator = settings_of(program).setup.evaluator
        inner = form_of(evaluator.attribute_of(Ref(class_id), "form"), program)
        model = models_of(program).named(evaluator.attribute_of(Ref(class_id), "model"))
        return Form(Written(model, inner.written.fields if inner.written else ()) if model else inner.written, class_id, True)
    return Form(None, class_id)


def meta_value(meta: ClassInfo, name: str, program: Program) -> Value:
    """What a `Meta` class says, its bases included; None when nothing."""
    held = program.attribute(meta.id, name)
    return settings_of(program).setup.evaluator.class_attribute(held[1].id, name) if held is not None else None


def meta_model(meta: ClassInfo, program: Program) -> str:
    """The model that a `Meta` class names."""
    value = meta_value(meta, "model", program)
    return models_of(program).named(value) or (value.name if isinstance(value, Ref) and value.name not in program.classes else "")


def meta_fields(meta: ClassInfo, model: str, program: Program) -> tuple[str, ...]:
    """Fields of a form: its list, or the model's without the excluded ones; empty when all."""
    listed = _texts(meta_value(meta, "fields", program))
    if listed:
        return listed
    excluded, fixed = _texts(meta_value(meta, "exclude", program)), models_of(program).fixed(model)
    if excluded or fixed:
        return tuple(sorted(f for f in models_of(program).fields(model) if f not in excluded and f not in fixed))
    return ()


def _texts(value: Value) -> tuple[str, ...]:
    return tuple(sorted({v for v in value if isinstance(v, str)})) if isinstance(value, list | tuple) else ()

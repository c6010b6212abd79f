"""Forms: the model behind a model form, the fields it writes, and what saving it does."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from agentlint.api import CallSite, ClassInfo, Context, Effect, FunctionInfo, Program, syntax, walk

MODEL_FORMS = ("django.forms.ModelForm", "django.forms.models.ModelForm", "django.forms.models.BaseModelForm", "django.contrib.auth.forms.UserCreationForm",
               "django.contrib.auth.forms.UserChangeForm")
_FORMSETS = ("django.forms.models.BaseModelFormSet", "django.forms.BaseModelFormSet", "django.forms.models.BaseInlineFormSet", "django.forms.BaseInlineFormSet")
_SAVE = "django.db.models.Model.save()"


class Written(msgspec.Struct, frozen=True):
    """What a form or a view writes: a model and its fields (empty means all)."""

    model: str
    fields: tuple[str, ...] = ()


def form_model(class_id: str, program: Program) -> Written | None:
    """The model and the editable fields of a model form, through inherited `Meta` classes."""
    for base in program.mro(class_id):
        info = program.classes.get(base)
        meta = program.classes.get(info.nested.get("Meta", "")) if info is not None else None
        if meta is None:
            continue
        model = meta_model(meta, program)
        if model:
            return Written(model, meta_fields(meta, model, class_id, program))
    return None


def meta_model(meta: ClassInfo, program: Program) -> str:
    """The model that a `Meta` class names, through bases of the Meta class; the user model for `get_user_model()`."""
    held = program.attribute(meta.id, "model")
    return model_named(held[0], held[1], program) if held is not None else ""


def model_named(expr: syntax.Expr, scope: object, program: Program) -> str:
    """The class id of the model that an expression names: a class, a dotted text, a call of `get_user_model`, a queryset."""
    if isinstance(expr, syntax.Call):
        name = program.resolve(expr.func, scope)  # type: ignore[arg-type]
        if name == "django.contrib.auth.get_user_model":
            return user_model(program)
        return model_named(expr.func, scope, program)
    if isinstance(expr, syntax.Constant) and isinstance(expr.value, str):
        return by_label(expr.value, program)
    name = program.resolve(expr, scope)  # type: ignore[arg-type]
    if name in program.classes:
        return name
    if isinstance(expr, syntax.Attribute):
        return model_named(expr.value, scope, program)
    held = program.lookup(name) if name else None
    return model_named(held, program.scope_of(name.rpartition(".")[0]), program) if isinstance(held, syntax.Call) and name.rpartition(".")[0] in program.modules else ""


def by_label(label: str, program: Program) -> str:
    """The class of `app.Model` or `Model`, as models and settings write it; empty when it is not in the project."""
    app, _, name = label.rpartition(".")
    found = [c for c in program.subclasses("django.db.models.Model") if c.rpartition(".")[2] == name]
    near = [c for c in found if app and app.lower() in c.lower().split(".")]
    return (near or found or [""])[0]


def user_model(program: Program) -> str:
    """The project's user class; Django's own when the settings name none."""
    for module in program.modules.values():
        if program.lookup(f"{module.name}.AUTH_USER_MODEL") is not None:
            value = program.fold(syntax.Name("AUTH_USER_MODEL", 0), module)
            found = by_label(value, program) if isinstance(value, str) else ""
            if found:
                return found
    return "django.contrib.auth.models.User"


def meta_fields(meta: ClassInfo, model: str, form: str, program: Program) -> tuple[str, ...]:
    """Fields of a form: its list, or the model's without the excluded ones; empty when all."""
    held = program.attribute(meta.id, "fields")
    listed = program.fold(held[0], held[1]) if held is not None else None
    if isinstance(listed, (list, tuple)):
        return tuple(sorted(str(f) for f in listed if isinstance(f, str)))
    left_out = program.attribute(meta.id, "exclude")
    excluded = program.fold(left_out[0], left_out[1]) if left_out is not None else None
    if isinstance(excluded, (list, tuple)) and excluded:
        return tuple(sorted(f for f in model_fields(model, program) if f not in excluded))
    return ()


def model_fields(model: str, program: Program) -> tuple[str, ...]:
    """Names of the fields that a model class and its bases declare."""
    names: dict[str, None] = {}
    for base in reversed(program.mro(model)):
        info = program.classes.get(base)
        for name, value in info.attributes.items() if info is not None else ():
            if isinstance(value, syntax.Call) and walk.dotted(value.func).rpartition(".")[2].endswith(("Field", "ForeignKey", "Key")):
                names[name] = None
    return tuple(names)


def form_effects(site: CallSite, context: Context) -> Iterator[Effect]:
    """The effect of `form.save()` and `formset.save()`; `commit=False` writes nothing."""
    if site.name not in ("save", "asave"):
        return
    for kind in site.receiver:
        if kind.meta or kind.name not in context.program.classes or not context.program.inherits(kind.name, *MODEL_FORMS):
            continue
        commit = next((k.value for k in site.call.keywords if k.name == "commit"), site.call.args[0] if site.call.args else None)
        if isinstance(commit, syntax.Constant) and commit.value is False:
            return
        written = form_model(kind.name, context.program)
        if written is not None and not any(_saves_itself(target.function, context) for target in site.targets):
            yield Effect("orm-write", "update" if _edits(site, context) else "create", written.model.rpartition(".")[2], site.file, site.line, site.caller, model=written.model,
                         fields=written.fields, api=_SAVE, methods=site.methods)
        return


def _saves_itself(function: str, context: Context) -> bool:
    """True when the form's own `save` never hands on to the framework's: then its own lines tell."""
    info = context.program.functions.get(function)
    return info is not None and not any(
        isinstance(c.func, syntax.Attribute) and c.func.attr == "save" and isinstance(c.func.value, syntax.Call) and walk.dotted(c.func.value.func) == "super"
        for c in walk.calls(info.node.body)
    )


def _edits(site: CallSite, context: Context) -> bool:
    """True when the form of a function is built on an existing instance."""
    info = context.program.functions.get(site.caller)
    receiver = site.call.func.value if isinstance(site.call.func, syntax.Attribute) else None
    name = receiver.id if isinstance(receiver, syntax.Name) else ""
    if not isinstance(info, FunctionInfo) or not name:
        return False
    for stmt in walk.statements(info.node.body):
        if isinstance(stmt, syntax.Assign) and isinstance(stmt.value, syntax.Call) and any(isinstance(t, syntax.Name) and t.id == name for t in stmt.targets):
            if any(k.name == "instance" for k in stmt.value.keywords):
                return True
    return False

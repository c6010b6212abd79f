"""What `form.save()` and `formset.save()` write, where only the form's class or the factory that made it can tell."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import CallSite, Context, Effect, FunctionInfo, Program, Value, syntax, walk
from agentlint_django.class_views import ClassView
from agentlint_django.forms import MODEL_FORM, Form, form_of, form_of_class
from agentlint_django.generic_views import SAVE, saves
from agentlint_django.models import MODEL
from agentlint_django.project import settings_of

_FORM_BASES = (MODEL_FORM, "django.forms.BaseModelFormSet")
_FACTORIES = ("modelformset_factory", "modelform_factory")
_HOOKS = ("self.get_formset", "self.get_form")
_MOST_STEPS = 4


def form_effects(site: CallSite, context: Context) -> Iterator[Effect]:
    """The effect of saving a form; `commit=False` writes nothing, a form's own `save` tells by its own lines."""
    kept = _held_back(site, context)
    if kept is not None:
        yield from _saved_later(site, kept, context)
        return
    if site.name not in ("save", "asave") or not isinstance(site.call.func, syntax.Attribute) or not saves(site.call):
        return
    form = _form(site, context)
    own = next((t.function for t in site.targets if t.confidence != "low" and _tells(t.function, context.program)), "")
    if own and not (_hands_on(own, context.program) and _constructor(site.call.func.value, context.program.functions.get(site.caller))):
        return
    left_open = _told_by_class(site, context.program) if form.written is None else ""
    if left_open:
        yield Effect("orm-write", "write", "", site.file, site.line, site.caller, api=SAVE, methods=site.methods, open_model=f"attribute {left_open}")
    if form.written is not None:
        written = form.written
        yield Effect(
            "orm-write", _operation(site, context.program, form), written.model.rpartition(".")[2], site.file, site.line, site.caller, model=written.model,  # type: ignore[arg-type]
            fields=written.fields, api=SAVE, methods=site.methods, confidence="high" if site.receiver else "medium",
        )


def _tells(function: str, program: Program) -> bool:
    """True for a method of a form of the project: its lines say what is saved. A model's own `save`, which the framework calls, does not say what for."""
    info = program.functions.get(function)
    return info is not None and not (info.owner in program.classes and program.inherits(info.owner, MODEL))


def _hands_on(function: str, program: Program) -> bool:
    """True for a form's own `save` that lets the framework fill in the row: whether it is a new one, only the caller tells."""
    calls = walk.calls(program.functions[function].node.body)
    return any(isinstance(c.func, syntax.Attribute) and c.func.attr == "save" and walk.dotted(getattr(c.func.value, "func", None)) == "super" for c in calls)


def _held_back(site: CallSite, context: Context) -> CallSite | None:
    """For `row.save()`: the `form.save(commit=False)` above that made the row."""
    info = context.program.functions.get(site.caller)
    receiver = site.call.func.value if isinstance(site.call.func, syntax.Attribute) else None
    if site.name not in ("save", "asave") or info is None or not isinstance(receiver, syntax.Name):
        return None
    made = _assigned(receiver.id, info)
    if not isinstance(made, syntax.Call) or not isinstance(made.func, syntax.Attribute) or made.func.attr not in ("save", "asave") or saves(made):
        return None
    return context.calls.at(info.module.name, made.site)


def _saved_later(site: CallSite, kept: CallSite, context: Context) -> Iterator[Effect]:
    """A row that a form filled in and the function completed: the form's fields and those set since."""
    written = _form(kept, context).written
    if written is None:
        return
    receiver = site.call.func.value if isinstance(site.call.func, syntax.Attribute) else None
    name = receiver.id if isinstance(receiver, syntax.Name) else ""
    set_since = [w.attr for w in context.types.writes(site.caller) if w.name == name and w.line <= site.line]
    yield Effect(
        "orm-write", _operation(kept, context.program, _form(kept, context)), written.model.rpartition(".")[2], site.file, site.line, site.caller,  # type: ignore[arg-type]
        model=written.model, fields=tuple(sorted({*written.fields, *set_since})) if written.fields else (), api=SAVE, methods=site.methods, confidence="medium",
    )


def _form(site: CallSite, context: Context) -> Form:
    program = context.program
    for kind in site.receiver:
        if not kind.meta and kind.name in program.classes and program.inherits(kind.name, *_FORM_BASES):
            return form_of_class(kind.name, program)
    info = program.functions.get(site.caller)
    any_form = all(kind.name == MODEL_FORM for kind in site.receiver)  # the one that the framework makes of a view's model and fields
    if not any_form or info is None or not isinstance(site.call.func, syntax.Attribute):
        return Form(None)
    receiver = site.call.func.value
    made = _constructor(receiver, info)
    if made is not None:
        return form_of(_value(made.func, info, program), program)
    return _given_form(receiver, info, program)


def _given_form(receiver: syntax.Expr, info: FunctionInfo, program: Program) -> Form:
    """The form handed to a hook of a class-based view."""
    return Form(ClassView(program.classes[info.owner], {}, program).written if _is_given(receiver, info, program) else None)


def _is_given(receiver: syntax.Expr, info: FunctionInfo, program: Program) -> bool:
    hooked = info.owner in program.classes and info.node.name.endswith("_valid")
    return hooked and isinstance(receiver, syntax.Name) and receiver.id in [p.name for p in info.node.params[1:2]]


def _is_handed(call: syntax.Call, info: FunctionInfo | None, program: Program) -> bool:
    """True for saving the form that a view's hook is handed."""
    return info is not None and isinstance(call.func, syntax.Attribute) and _is_given(call.func.value, info, program)


def _told_by_class(site: CallSite, program: Program) -> str:
    """The attribute by which each view says the model of the form or formset that its base saves: `modelformset_factory(self.formset_model)`."""
    info = program.functions.get(site.caller)
    receiver = site.call.func.value if isinstance(site.call.func, syntax.Attribute) else None
    if info is None or info.owner not in program.classes or not isinstance(receiver, syntax.Name):
        return ""
    made = _assigned(receiver.id, info)
    hooked = made is None and info.node.name.endswith("_valid") and receiver.id in [p.name for p in info.node.params[1:2]]
    if not hooked and not (isinstance(made, syntax.Call) and walk.dotted(made.func) in _HOOKS):
        return ""
    methods = (f for base in program.mro(info.owner) if base in program.classes for f in program.classes[base].methods.values())
    return next((found for method in methods if (found := _made_of_own(program.functions[method]))), "")


def _made_of_own(method: FunctionInfo) -> str:
    for call in walk.calls(method.node.body):
        first = call.args[0] if call.args else None
        if walk.dotted(call.func).rpartition(".")[2] in _FACTORIES and isinstance(first, syntax.Attribute) and walk.dotted(first.value) == "self":
            return first.attr
    return ""


def _constructor(receiver: syntax.Expr, info: FunctionInfo | None) -> syntax.Call | None:
    """The call that made the local variable whose method is called."""
    if isinstance(receiver, syntax.Call) or info is None:
        return receiver if isinstance(receiver, syntax.Call) else None
    assigned = _assigned(receiver.id, info) if isinstance(receiver, syntax.Name) else None
    return assigned if isinstance(assigned, syntax.Call) else None


def _assigned(name: str, info: FunctionInfo) -> syntax.Expr | None:
    found = None
    for stmt in walk.statements(info.node.body):
        if isinstance(stmt, syntax.Assign) and stmt.value is not None and any(isinstance(t, syntax.Name) and t.id == name for t in stmt.targets):
            found = stmt.value if found is None or not _hands_back(stmt.value, name) else found
    return found


def _hands_back(value: syntax.Expr, name: str) -> bool:
    """True for `form = with_choices(request, form)`: the form is still the one that was made before."""
    return isinstance(value, syntax.Call) and any(isinstance(a, syntax.Name) and a.id == name for a in value.args)


def _value(expr: syntax.Expr, info: FunctionInfo, program: Program) -> Value:
    """What a callee means, also when it is a local variable: `FormSet = modelformset_factory(...)` above."""
    for _ in range(_MOST_STEPS):
        local = _assigned(expr.id, info) if isinstance(expr, syntax.Name) else None
        if local is None:
            break
        expr = local
    return settings_of(program).setup.value(expr, info)


def _operation(site: CallSite, program: Program, form: Form) -> str:
    """`update` for a form made on an instance, `create` for one made without, as the view that is handed it; `write` when the code does not tell."""
    info = program.functions.get(site.caller)
    if not form.is_set and _is_handed(site.call, info, program):
        kind = ClassView(program.classes[info.owner], {}, program).kind  # type: ignore[union-attr]
        return kind if kind in ("create", "update") else "write"
    made = _constructor(site.call.func.value, info) if info is not None and isinstance(site.call.func, syntax.Attribute) else None
    if made is None or form.is_set or walk.dotted(made.func) == "super":
        return "write"
    if isinstance(made.func, syntax.Attribute) and made.func.attr in ("get_form", "super"):
        return "write"
    instance = next((k.value for k in made.keywords if k.name == "instance"), None)
    if instance is None:
        return "write" if any(k.name is None for k in made.keywords) else "create"
    return "write" if isinstance(instance, syntax.Name) and _may_be_none(instance.id, info) else "update"


def _may_be_none(name: str, info: FunctionInfo | None) -> bool:
    """True for a variable that some branch sets to None: the form then creates."""
    for stmt in walk.statements(info.node.body) if info is not None else ():
        if isinstance(stmt, syntax.Assign) and any(isinstance(t, syntax.Name) and t.id == name for t in stmt.targets):
            parts = stmt.value.operands if isinstance(stmt.value, syntax.Apply) else (stmt.value,)
            if any(isinstance(p, syntax.Constant) and p.value is None for p in parts):
                return True
    return False



"""What Django's generic views do by themselves when a form comes in, and which lines of the project run around that."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import Effect, FunctionInfo, Program, syntax, walk
from agentlint_django.account_views import account_effect, account_view
from agentlint_django.class_views import ClassView
from agentlint_django.forms import Written, form_of

SAVE, DELETE = "django.db.models.Model.save()", "django.db.models.Model.delete()"
_ALWAYS = ("setup", "dispatch", "test_func", "has_permission", "handle_no_permission")
_ON_GET = ("get_object", "get_queryset", "get_context_data", "get_redirect_url", "render_to_response", "get_form", "get_form_kwargs", "get_initial")
_ON_POST = (
    "get_object", "get_queryset", "get_form_class", "get_form", "get_form_kwargs", "get_initial", "form_valid", "form_invalid", "get_success_url", "delete",
    "formset_valid", "forms_valid", "done", "process_step", "get_context_data",
)
_OF_PACKAGES = {
    "neapolitan.": ("process_form", "process_deletion"),
    "smartmin.": ("pre_save", "save", "post_save", "execute_action", "pre_delete", "post_delete"),
}
"""Hooks of packages that extend the generic views (neapolitan 26.1, smartmin 6.1)."""


def hooks_of(view: ClassView, method: str, program: Program) -> tuple[str, ...]:
    """Ids of the project's methods that the framework calls around a method of a view, and of the form's own `save`."""
    program = view._program
    names = [*_ALWAYS]
    own = view.method(method)
    if method == "get":
        names += _ON_GET if own is None or view.reaches_framework("get") else ()
    elif view.kind and (own is None or view.reaches_framework(method, "post", "form_valid")):
        names += [*_ON_POST, *(n for package, more in _OF_PACKAGES.items() if any(b.startswith(package) for b in view.library_bases) for n in more)]
    if view.by_role == "delete":  # neapolitan: the form of the other roles takes no part
        names = [n for n in names if "form" not in n]
    found = [m.id for name in names if (m := program.method(view.info.id, name)) is not None]
    if method != "get" and view.form.class_id and view.kind in ("create", "update", "formset"):
        found += [m.id for name in ("save", "save_m2m", "clean") if (m := program.method(view.form.class_id, name)) is not None]
    elif method != "get" and view.form.class_id:
        found += _asked_of_form(view, program)
    return tuple(dict.fromkeys(found))


def _asked_of_form(view: ClassView, program: Program) -> Iterator[str]:
    """Methods of the view's own form that an inherited `form_valid` calls: which form that is, only the view tells."""
    hook = program.method(view.info.id, "form_valid")
    if hook is None or hook.owner == view.info.id or len(hook.node.params) < 2:
        return
    called = (walk.dotted(call.func) for call in walk.calls(hook.node.body))
    names = dict.fromkeys(name.rpartition(".")[2] for name in called if name.rpartition(".")[0] == hook.node.params[1].name)
    yield from (m.id for name in names if (m := program.method(view.form.class_id, name)) is not None)


def framework_effects(view: ClassView, program: Program) -> tuple[Effect, ...]:
    """Effects of a POST that no line of the project shows, or that a line shows only for the concrete view (`form.save()` in a shared `form_valid`)."""
    file, line = view.info.module.path, view.info.node.line
    account = account_view(view)
    if account:
        return (account_effect(account, file, line),) if view.reaches_framework("form_valid") and view.reaches_framework("post", "form_valid") else ()
    own = _own_effect(view, file, line)
    return (*([own] if own is not None else ()), *_saved_in_hooks(view, program), *_saved_when_done(view, program))


def _own_effect(view: ClassView, file: str, line: int) -> Effect | None:
    written = view.written
    if written is None or view.kind not in ("create", "update", "delete", "formset"):
        return None
    if not view.reaches_framework("post", "form_valid", "delete", "forms_valid"):
        return None
    if view.kind == "delete":
        runs = view.reaches_framework("process_deletion") if view.by_role else (
            view.reaches_framework("form_valid", "delete") and view.reaches_framework("delete", "form_valid")
        )
        return _effect(view, Written(written.model), "delete", DELETE, (file, line)) if runs else None
    saving = ("save",) if any(b.startswith("smartmin.") for b in view.library_bases) else ()  # its `form_valid` saves by a hook that others call too
    if saving and not view.reaches_framework("save"):
        return None
    if not (view.reaches_framework("form_valid", *saving) and view.reaches_framework("forms_valid") and view.reaches_framework("formset_valid")):
        return None
    return _effect(view, written, {"formset": "write"}.get(view.kind, view.kind), SAVE, (file, line))


def _saved_in_hooks(view: ClassView, program: Program) -> Iterator[Effect]:
    """Saving and deleting in a hook that the view inherits: which model it writes, only the view's own form or model tells."""
    for name in ("form_valid", "post", "delete"):
        hook = program.method(view.info.id, name)
        if hook is None or hook.owner == view.info.id:
            continue
        parameter = hook.node.params[1].name if name == "form_valid" and len(hook.node.params) > 1 else ""
        objects = {"self.object", *([f"{parameter}.instance"] if parameter else ()), *_loaded(hook, parameter)}
        for call in walk.calls(hook.node.body):
            receiver = walk.dotted(call.func.value) if isinstance(call.func, syntax.Attribute) else ""
            saved = saves(call)
            written = view.form.written if receiver and receiver == parameter else view.written
            if written is None or not receiver or receiver not in (*objects, parameter):
                continue
            place = (hook.module.path, call.line)
            if saved:
                yield _effect(view, written, view.kind if view.kind in ("create", "update") else "write", SAVE, place, hook)
            elif isinstance(call.func, syntax.Attribute) and call.func.attr in ("delete", "adelete"):
                yield _effect(view, Written(written.model), "delete", DELETE, place, hook)


def _saved_when_done(view: ClassView, program: Program) -> Iterator[Effect]:
    """What a wizard saves of its steps in the end: `form_dict["details"].save()` in a `done` that it shares with others (django-formtools)."""
    done = program.method(view.info.id, "done") if view.kind == "wizard" else None
    steps = view.attribute("form_list")
    if done is None or not isinstance(steps, list | tuple):
        return
    given = {p.name for p in done.node.params[1:]}
    line = next((call.line for call in walk.calls(done.node.body) if saves(call) and _step(call) in given), 0)
    forms = [form_of(step[1] if isinstance(step, list | tuple) and len(step) == 2 else step, program) for step in steps] if line else []
    for written in dict.fromkeys(f.written for f in forms if f.written is not None):
        yield _effect(view, written, "create", SAVE, (done.module.path, line), done)


def _step(call: syntax.Call) -> str:
    """The mapping of steps out of which a call takes the form that it saves."""
    receiver = call.func.value if isinstance(call.func, syntax.Attribute) else None
    return walk.dotted(receiver.value) if isinstance(receiver, syntax.Subscript) else ""


def _loaded(hook: FunctionInfo, form: str) -> Iterator[str]:
    """Names that a hook gives to the view's object: `order = form.save(commit=False)`, `order = self.get_object()`."""
    for stmt in walk.statements(hook.node.body):
        if isinstance(stmt, syntax.Assign) and isinstance(stmt.value, syntax.Call) and stmt.targets:
            called = walk.dotted(stmt.value.func)
            if called == "self.get_object" or (form and called == f"{form}.save"):
                yield from filter(None, (walk.dotted(t) for t in stmt.targets))


def saves(call: syntax.Call) -> bool:
    """True for `x.save()` that is not told to hold back (`commit=False`)."""
    if not isinstance(call.func, syntax.Attribute) or call.func.attr not in ("save", "asave"):
        return False
    commit = next((k.value for k in call.keywords if k.name == "commit"), call.args[0] if call.args else None)
    return not (isinstance(commit, syntax.Constant) and commit.value is False)


def _effect(view: ClassView, written: Written, operation: str, api: str, place: tuple[str, int], hook: FunctionInfo | None = None) -> Effect:
    return Effect(
        "orm-write", operation, written.model.rpartition(".")[2], *place, hook.id if hook is not None else "", model=written.model,  # type: ignore[arg-type]
        fields=() if operation == "delete" else written.fields, api=api, methods=("POST",), registered=hook is None,
    )

"""Admin pages as routes: add, change and delete of each registered model, inline rows, actions, and URLs that an admin class adds."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import ClassInfo, Closure, Context, Effect, FunctionInfo, Guard, Made, Program, Ref, Route, Value, join_paths, syntax, walk
from agentlint_django.admin_sites import Registration, registrations, site_prefixes
from agentlint_django.forms import form_of
from agentlint_django.models import models_of
from agentlint_django.patterns import holes
from agentlint_django.project import label, settings_of

_OVERRIDES = (
    "save_model", "save_form", "save_formset", "save_related", "delete_model", "delete_queryset", "get_form", "response_change", "response_add",
    "response_delete",
    "changeform_view", "change_view", "add_view", "delete_view", "changelist_view", "render_change_form", "log_change", "log_addition", "log_deletion",
)
_SAVE, _DELETE = "django.db.models.Model.save()", "django.db.models.Model.delete()"
_PERMITS = (("create", "add"), ("update", "change"), ("delete", "delete"))


def admin_routes(context: Context) -> Iterator[Route]:
    """Routes of every site that stands in the URLconf."""
    prefixes = site_prefixes(context.program)
    for found in registrations(context.program):
        if found.site in prefixes:
            yield from _Pages(found, prefixes[found.site], context.program).routes()


class _Pages:
    """The pages of one registered model."""

    def __init__(self, found: Registration, prefix: str, program: Program) -> None:
        self._found = found
        self._admin = found.admin
        self._program = program
        self._evaluator = settings_of(program).setup.evaluator
        app, name = label(found.model, program)
        self._base = join_paths(prefix, f"{app}/{name.lower()}/")

    def routes(self) -> Iterator[Route]:
        """The model's own page, its actions, its further URLs."""
        yield from self._page()
        for action in self._found.actions(self._program):
            yield self._own_code(action, join_paths(self._base, f"?action={action.node.name}"))
        yield from self._added_urls()

    def _attribute(self, name: str, holder: ClassInfo | None = None) -> Value:
        holder = holder or self._admin
        held = self._program.attribute(holder.id, name) if holder is not None else None
        return self._evaluator.class_attribute(held[1].id, name) if held is not None else None

    # ------------------------------------------------------------------ page

    def _page(self) -> Iterator[Route]:
        found, admin = self._found, self._admin
        file, line = (admin.module.path, admin.node.line) if admin is not None else (found.file, found.line)
        effects = [*self._own_effects(file, line), *self._inline_effects(file, line)]
        if not effects:
            return
        extra = tuple(m.id for name in _OVERRIDES if admin is not None and (m := self._program.method(admin.id, name)) is not None)
        yield Route(
            framework="django", method="POST", path=self._base, handler="", symbol=admin.node.qualname if admin is not None else _short(found.model),
            file=file, line=line, owner=admin.id if admin is not None else "", surface="gui", guards=self._guards(), effects=tuple(effects), renders="html",
            action="manage", resource=_short(found.model), table_file=found.file, table_line=found.line, extra_handlers=extra,
        )

    def _own_effects(self, file: str, line: int) -> Iterator[Effect]:
        fields = self._editable(self._found.model)
        for operation, hook in _PERMITS:
            if _denies(self._admin, f"has_{hook}_permission", self._program) or (operation == "update" and fields == ("",)):
                continue
            if (operation != "delete" and self._replaced("save_model")) or (operation == "delete" and self._replaced("delete_model")):
                continue
            if self._shows_another(f"{hook}_view") or (operation != "delete" and self._shows_another("changeform_view")):
                continue
            yield _effect(operation, self._found.model, fields, (file, line))

    def _replaced(self, hook: str) -> bool:
        """True when the project's own method does the writing without the framework's."""
        method = self._program.method(self._admin.id, hook) if self._admin is not None else None
        return method is not None and not _calls(method, hook) and not _calls(method, "save" if hook == "save_model" else "delete")

    def _shows_another(self, view: str) -> bool:
        """True when the project answers in place of the framework's page, without handing on to it."""
        method = self._program.method(self._admin.id, view) if self._admin is not None else None
        return method is not None and not _calls(method, view) and not _calls(method, "changeform_view")

    def _inline_effects(self, file: str, line: int) -> Iterator[Effect]:
        """Rows of other models that the page edits in place."""
        inlines = self._attribute("inlines")
        for inline in inlines if isinstance(inlines, list | tuple) else ():
            info = self._program.classes.get(inline.name) if isinstance(inline, Ref) else None
            held = self._program.attribute(info.id, "model") if info is not None else None
            model = models_of(self._program).named(self._evaluator.class_attribute(held[1].id, "model")) if held is not None else ""
            if info is None or not model:
                continue
            for operation, hook in _PERMITS:
                if not _denies(info, f"has_{hook}_permission", self._program) and not self._switched_off(info, operation):
                    yield _effect(operation, model, self._editable(model, info), (info.module.path, info.node.line))

    def _switched_off(self, inline: ClassInfo, operation: str) -> bool:
        name = {"delete": "can_delete", "create": "max_num"}.get(operation, "")
        held = self._program.attribute(inline.id, name) if name else None
        value = held[0] if held is not None else None
        return isinstance(value, syntax.Constant) and (value.value is False or value.value == 0)

    def _editable(self, model: str, holder: ClassInfo | None = None) -> tuple[str, ...]:
        """Fields that staff can write on the page or in an inline; empty where they are not known, one empty name for none."""
        listed = [*_texts(self._attribute("fields", holder)), *_sets(self._attribute("fieldsets", holder))]
        closed = {*_texts(self._attribute("readonly_fields", holder)), *_texts(self._attribute("exclude", holder))}
        form = form_of(self._attribute("form", holder), self._program).written
        shown = listed or (list(form.fields) if form is not None else [])
        models = models_of(self._program)
        columns = shown or [f for f in models.fields(model) if f not in models.fixed(model)]
        if not columns and not closed:
            return ()
        edited = _texts(self._attribute("list_editable", holder))
        return tuple(sorted({f for f in columns if f not in closed} | set(edited))) or ("",)

    # ------------------------------------------------------------- own code

    def _own_code(self, info: FunctionInfo, path: str) -> Route:
        admin, found = self._admin, self._found
        mine = admin is None or info.owner == admin.id or not info.owner
        symbol = info.node.qualname if mine or admin is None else f"{admin.node.qualname}.{info.node.name}"
        return Route(
            framework="django", method="POST", path=path, handler=info.id, symbol=symbol,
            file=info.module.path, line=info.node.line, owner=admin.id if info.owner and admin is not None else "", surface="gui", guards=self._guards(),
            renders="html", action=info.node.name, resource=_short(found.model), table_file=found.file, table_line=found.line,
        )

    def _added_urls(self) -> Iterator[Route]:
        """URLs that `get_urls` adds."""
        admin = self._admin
        method = self._program.method(admin.id, "get_urls") if admin is not None else None
        if method is None or admin is None:
            return
        setup = settings_of(self._program).setup
        receiver = Made(Ref(admin.id), [], {}, admin.module.path, admin.node.line)
        given = setup.caller.run_function(Closure(method, None, receiver), [], {})
        for pattern in given if isinstance(given, list | tuple) else ():
            if not isinstance(pattern, Made) or len(pattern.args) < 2:
                continue
            target = _own_method(pattern.args[1])
            if target is not None and target.owner:
                route = pattern.args[0] if isinstance(pattern.args[0], str) else "{}"
                regex = isinstance(pattern.callee, Ref) and not pattern.callee.name.endswith(".path")
                yield self._own_code(target, join_paths(self._base, holes(route, regex)))

    def _guards(self) -> tuple[Guard, ...]:
        found = self._found
        return (Guard("session", "staff of the admin site", found.file, found.line), Guard("csrf", "", found.file, found.line))


def _own_method(value: Value) -> FunctionInfo | None:
    """The method behind `self.admin_site.admin_view(self.resend)`."""
    for _ in range(4):
        if isinstance(value, Closure):
            return value.info
        value = value.args[0] if isinstance(value, Made) and value.args else None
    return None


def _denies(admin: ClassInfo | None, hook: str, program: Program) -> bool:
    """True when the hook is overridden to say no to everybody."""
    method = program.method(admin.id, hook) if admin is not None else None
    returned = program.returned(method) if method is not None else ()
    return bool(returned) and all(isinstance(r, syntax.Constant) and r.value is False for r in returned)


def _calls(method: FunctionInfo, name: str) -> bool:
    return any(isinstance(c.func, syntax.Attribute) and c.func.attr == name for c in walk.calls(method.node.body))


def _texts(value: Value) -> list[str]:
    found: list[str] = []
    for item in value if isinstance(value, list | tuple) else ():
        found += [item] if isinstance(item, str) else _texts(item)
    return found


def _sets(value: Value) -> list[str]:
    """Field names of `fieldsets`."""
    rows = value if isinstance(value, list | tuple) else ()
    return [f for row in rows if isinstance(row, tuple | list) and len(row) == 2 and isinstance(row[1], dict) for f in _texts(row[1].get("fields"))]


def _effect(operation: str, model: str, fields: tuple[str, ...], place: tuple[str, int]) -> Effect:
    return Effect(
        "orm-write", operation, _short(model), *place, "", model=model, fields=() if operation == "delete" else fields,  # type: ignore[arg-type]
        api=_DELETE if operation == "delete" else _SAVE, registered=True,
    )


def _short(model: str) -> str:
    return model.rpartition(".")[2]



"""What editors can do in Wagtail's own admin: pages of each type, snippets, rows of model viewsets, settings.

Wagtail documentation, "Page models", "Snippets", "ViewSet reference", "Settings" and "Audit log".
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from agentlint.api import ClassInfo, Context, Effect, EffectOperation, Guard, Made, Mechanism, Program, RecordContent, Ref, Route, join_paths
from agentlint_django.models import models_of
from agentlint_django.project import label, settings_of
from agentlint_django.urlconf import url_table

_URLS = "wagtail.admin.urls"
_PAGE = ("wagtail.models.Page", "wagtail.core.models.Page")
_SETTINGS = (
    "wagtail.contrib.settings.models.BaseSiteSetting", "wagtail.contrib.settings.models.BaseGenericSetting", "wagtail.contrib.settings.models.BaseSetting",
)
_SNIPPET = ("wagtail.snippets.models.register_snippet",)
_SETTING = ("wagtail.contrib.settings.models.register_setting", "wagtail.contrib.settings.registry.register_setting")
_VIEWSETS = (
    "wagtail.snippets.views.snippets.SnippetViewSet", "wagtail.snippets.models.SnippetViewSet", "wagtail.admin.viewsets.model.ModelViewSet",
    "wagtail.admin.viewsets.chooser.ChooserViewSet", "wagtail_modeladmin.options.ModelAdmin", "wagtail.contrib.modeladmin.options.ModelAdmin",
)
_SAVE, _DELETE = "django.db.models.Model.save()", "django.db.models.Model.delete()"
_ALL: tuple[EffectOperation, ...] = ("create", "update", "delete")
_HOOKS = ("save_instance", "perform_create", "save", "before_save", "full_clean", "clean", "delete")


class _Edited(msgspec.Struct, frozen=True, eq=False):
    """A model that editors work on, where it is shown, and what they can do to its rows."""

    model: str
    shown: ClassInfo
    kind: str
    operations: tuple[EffectOperation, ...] = _ALL


def editing_routes(context: Context) -> Iterator[Route]:
    """Routes of everything that is registered, where the admin stands in the URLconf."""
    program = context.program
    entry = next((e for e in url_table(program).entries if isinstance(e.view, Ref) and e.view.name == _URLS), None)
    if entry is None:
        return
    for edited in _edited(program):
        app, name = label(edited.model, program)
        shown, path = edited.shown, join_paths(entry.path, f"{edited.kind}s/{app}/{name.lower()}/")
        file, line = shown.module.path, shown.node.line
        yield Route(
            framework="wagtail", method="POST", path=path, handler="", symbol=shown.node.qualname, file=file, line=line, owner=shown.id, surface="gui",
            guards=(Guard("session", "editors of the site", file, line), Guard("csrf", "", file, line)), renders="html", action="manage",
            effects=tuple(_effect(operation, edited, program) for operation in edited.operations), resource=_short(edited.model),
            table_file=file, table_line=line,
            extra_handlers=tuple(m.id for hook in _HOOKS if (m := program.method(shown.id, hook)) is not None),
        )


def log_mechanisms(context: Context) -> Iterator[Mechanism]:
    """Rows of `PageLogEntry` and `ModelLogEntry`, which the admin writes for each creation, edit, publication and deletion."""
    for edited in _edited(context.program):
        yield Mechanism(
            name="Wagtail's audit log", library="wagtail", model=edited.model, file=edited.shown.module.path, line=edited.shown.node.line,
            content=RecordContent(who=True, what=True), scope=edited.shown.id,
        )


def _edited(program: Program) -> list[_Edited]:
    """Every model once, by class that shows it, sorted by place."""
    found: dict[tuple[str, str], _Edited] = {}
    for class_id, info in program.classes.items():
        if class_id in models_of(program) and program.inherits(class_id, *_PAGE) and not _is_abstract(info, program):
            found[class_id, class_id] = _Edited(class_id, info, "page", _ALL if _is_creatable(info, program) else ("update", "delete"))
        elif program.inherits(class_id, *_VIEWSETS) and "model" in info.attributes:
            model = models_of(program).named(settings_of(program).setup.value(info.attributes["model"], info))
            if model:
                found[model, class_id] = _Edited(model, info, "snippet")
    for made in settings_of(program).setup.made:
        for edited in _registered(made, program):
            found.setdefault((edited.model, edited.shown.id), edited)
    return sorted(found.values(), key=lambda e: (e.shown.module.path, e.shown.node.line, e.model))


def _registered(made: Made, program: Program) -> Iterator[_Edited]:
    """Models that a call or a decorator registers."""
    callee = made.callee.callee if isinstance(made.callee, Made) else made.callee  # `@register_setting(icon="cog")`
    name = callee.name if isinstance(callee, Ref) else ""
    kind = "snippet" if name in _SNIPPET else "setting" if name in _SETTING else ""
    for value in (*made.args, *made.applied) if kind else ():
        model = models_of(program).named(value) if isinstance(value, Ref) else ""
        info = program.classes.get(model)
        if info is not None and not program.inherits(model, *_PAGE):
            yield _Edited(model, info, kind, ("update",) if kind == "setting" or program.inherits(model, *_SETTINGS) else _ALL)


def _is_abstract(info: ClassInfo, program: Program) -> bool:
    meta = program.classes.get(info.nested.get("Meta", ""))
    return meta is not None and "abstract" in meta.attributes and program.fold(meta.attributes["abstract"], meta) is True


def _is_creatable(info: ClassInfo, program: Program) -> bool:
    """False for a type of page that editors cannot add, as its own class says: `is_creatable` is not inherited."""
    return "is_creatable" not in info.attributes or program.fold(info.attributes["is_creatable"], info) is not False


def _effect(operation: EffectOperation, edited: _Edited, program: Program) -> Effect:
    columns = [f for f in models_of(program).fields(edited.model) if f not in models_of(program).fixed(edited.model)]
    return Effect(
        "orm-write", operation, _short(edited.model), edited.shown.module.path, edited.shown.node.line, "", model=edited.model,
        fields=() if operation == "delete" else tuple(sorted(columns)), api=_DELETE if operation == "delete" else _SAVE, registered=True,
    )


def _short(model: str) -> str:
    return model.rpartition(".")[2]

"""The log that the admin site keeps of what staff do on its pages, and models that are registered with a history by the page that shows them."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import ClassInfo, Context, FunctionInfo, Mechanism, Program, RecordContent, syntax, walk
from agentlint_django.admin_sites import registrations
from agentlint_django.class_views import hands_on

_HOOKS = ("log_change", "log_addition", "log_deletion", "log_deletions")


def admin_mechanisms(context: Context) -> Iterator[Mechanism]:
    """The admin site writes a log entry for each add, change and delete through its own pages, rows edited in place included, and none for custom actions."""
    for found in registrations(context.program):
        if found.admin is None:
            yield _mechanism(found.model, found.file, found.line, f"{found.file}:{found.line}")
            continue
        overridden = [m for hook in _HOOKS if (m := context.program.method(found.admin.id, hook)) is not None]
        if any(not (hands_on(m, m.node.name) or _makes_entry(m)) for m in overridden):
            continue
        for model in (found.model, *_inline_models(found.admin, context.program)):
            yield _mechanism(model, found.admin.module.path, found.admin.node.line, found.admin.id)


def admin_histories(context: Context) -> Iterator[Mechanism]:
    """Models that a library's class of admin pages registers with its history (`class OrderAdmin(VersionAdmin)`), wherever they are then written."""
    rows = [(base, path, row) for path, row in context.library.mechanism_rows("call") for base in row.admins]
    for found in registrations(context.program) if rows else ():
        if found.admin is None:
            continue
        for base, path, row in rows:
            if context.program.inherits(found.admin.id, base):
                for model in (found.model, *_inline_models(found.admin, context.program)):
                    yield Mechanism(
                        f"{row.name} on {model.rpartition('.')[2]}", path, model, found.admin.module.path, found.admin.node.line,
                        operations=row.operations, exact=row.heirs == "never",
                    )


def _makes_entry(method: FunctionInfo) -> bool:
    """True for an override that makes the entry of the log itself."""
    return any(isinstance(c.func, syntax.Attribute) and c.func.attr in ("log_action", "log_actions") for c in walk.calls(method.node.body))


def _inline_models(admin: ClassInfo, program: Program) -> Iterator[str]:
    """Models whose rows the page edits in place: the message of its log entry names what became of each."""
    held = program.attribute(admin.id, "inlines")
    for element in program.elements(held[0], held[1].module) if held is not None else ():
        inline = program.resolve(element.expr, element.scope)
        model = program.attribute(inline, "model") if inline in program.classes else None
        name = program.resolve(model[0], model[1].module) if model is not None else ""
        if name in program.classes:
            yield name


def _mechanism(model: str, file: str, line: int, scope: str) -> Mechanism:
    return Mechanism(
        name="the admin site's LogEntry", library="django.contrib.admin", model=model, file=file, line=line, content=RecordContent(who=True, what=True),
        scope=scope,
    )

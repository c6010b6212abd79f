"""The admin site: what it lets staff add, change, delete and run for each registered model, and the log that it keeps of that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from agentlint.api import ClassInfo, Context, Effect, FunctionInfo, Guard, Mechanism, Program, RecordContent, Route, Scope, join_paths, syntax, walk
from agentlint_django.forms import model_fields, model_named
from agentlint_django.urlconf import PATTERNS, UrlEntry, holes

_ADMIN = ("django.contrib.admin.ModelAdmin", "django.contrib.admin.options.ModelAdmin")
_REGISTER = "django.contrib.admin.register"
_OVERRIDES = ("save_model", "save_form", "save_formset", "save_related", "delete_model", "delete_queryset", "get_form", "response_change", "response_add")
_SAVE, _DELETE = "django.db.models.Model.save()", "django.db.models.Model.delete()"


class Registration(msgspec.Struct, frozen=True, eq=False):
    """A model on an admin site, with the class that shows it (None: the plain one)."""

    model: str
    admin: ClassInfo | None
    file: str
    line: int


def admin_routes(entries: Iterable[UrlEntry], context: Context) -> Iterator[Route]:
    """One route a registered model for its add, change and delete pages, one an action, one an extra URL; none where no admin site is routed."""
    mounted = sorted({e.path for e in entries if isinstance(e.view, syntax.Attribute) and e.view.attr == "urls" and _is_site(e.view.value, e.scope, context.program)})
    if not mounted:
        return
    prefix = mounted[0] if mounted[0].startswith("/") else f"/{mounted[0]}"
    seen: set[tuple[str, str]] = set()
    for found in registrations(context.program):
        key = (found.model, found.admin.id if found.admin is not None else "")
        if key in seen:
            continue
        seen.add(key)
        app, name = _label(found.model)
        base = join_paths(prefix, f"{app}/{name}/")
        yield from _pages(found, base, context)
        if found.admin is not None:
            yield from _actions(found, base, context)
            yield from _extra(found, base, context)


def registrations(program: Program) -> list[Registration]:
    """Every `site.register(Model, Admin)` and `@admin.register(Model)`, sorted by place."""
    found: list[Registration] = []
    for module in program.modules.values():
        for call in walk.calls(module.body):
            if isinstance(call.func, syntax.Attribute) and call.func.attr == "register" and call.args and _is_site(call.func.value, module, program):
                admin = program.classes.get(program.resolve(call.args[1], module)) if len(call.args) > 1 else None
                found += _registered(call.args[0], admin, module, module.path, call.line, program)
    for info in program.classes.values():
        for decorator in info.node.decorators:
            if isinstance(decorator, syntax.Call) and program.resolve(decorator.func, info.module) == _REGISTER:
                for argument in decorator.args:
                    found += _registered(argument, info, info.module, info.module.path, decorator.line, program)
    return sorted(found, key=lambda r: (r.file, r.line, r.model))


def _registered(expr: syntax.Expr, admin: ClassInfo | None, scope: Scope, file: str, line: int, program: Program) -> list[Registration]:
    items = expr.items if isinstance(expr, syntax.Sequence) else (expr,)
    models = [model_named(item, scope, program) or program.resolve(item, scope) for item in items]
    return [Registration(m, admin, file, line) for m in models if m]


def _is_site(expr: syntax.Expr, scope: Scope, program: Program) -> bool:
    name = program.resolve(expr, scope)
    if name in ("django.contrib.admin.site", "django.contrib.admin.sites.site"):
        return True
    made = program.lookup(name) if name else None
    if isinstance(made, syntax.Call):
        home = program.modules.get(name.rpartition(".")[0])
        cls = program.resolve(made.func, home) if home is not None else ""
        return cls in ("django.contrib.admin.AdminSite", "django.contrib.admin.sites.AdminSite") or (
            cls in program.classes and program.inherits(cls, "django.contrib.admin.AdminSite", "django.contrib.admin.sites.AdminSite"))
    return False


def _label(model: str) -> tuple[str, str]:
    parts = model.split(".")
    packages = [p for p in parts[:-1] if p not in ("models", "model")]
    return (packages[-1] if packages else "app", parts[-1].lower())


def _pages(found: Registration, base: str, context: Context) -> Iterator[Route]:
    """The add, change and delete pages of a model as one operation."""
    program, admin = context.program, found.admin
    file, line = (admin.module.path, admin.node.line) if admin is not None else (found.file, found.line)
    symbol = admin.node.qualname if admin is not None else found.model.rpartition(".")[2]
    allowed = [op for op, hook in (("create", "add"), ("update", "change"), ("delete", "delete")) if not _denies(admin, f"has_{hook}_permission", program)]
    if not allowed:
        return
    fields = _editable(found, program)
    effects = [
        Effect("orm-write", op, found.model.rpartition(".")[2], file, line, "", model=found.model, fields=() if op == "delete" else fields,  # type: ignore[arg-type]
               api=_DELETE if op == "delete" else _SAVE, registered=True)
        for op in allowed if not (op == "update" and fields == ("",))
    ]
    extra = tuple(m.id for name in _OVERRIDES if admin is not None and (m := program.method(admin.id, name)) is not None)
    yield Route(
        framework="django", method="POST", path=base, handler="", symbol=symbol, file=file, line=line, owner=admin.id if admin is not None else "", surface="gui",
        guards=(Guard("session", "staff of the admin site", file, line), Guard("csrf", "", file, line)), effects=tuple(effects), renders="html",
        action="manage", resource=found.model.rpartition(".")[2], table_file=found.file, table_line=found.line, extra_handlers=extra,
    )


def _denies(admin: ClassInfo | None, hook: str, program: Program) -> bool:
    """True when the hook is overridden to say no to everybody."""
    method = program.method(admin.id, hook) if admin is not None else None
    if method is None:
        return False
    returned = program.returned(method)
    return bool(returned) and all(isinstance(r, syntax.Constant) and r.value is False for r in returned)


def _editable(found: Registration, program: Program) -> tuple[str, ...]:
    """Fields that staff can write; empty for all."""
    if found.admin is None:
        return ()
    values = {name: program.fold(held[0], held[1]) for name in ("fields", "readonly_fields", "exclude") if (held := program.attribute(found.admin.id, name)) is not None}
    fixed = [values.get(name) for name in ("readonly_fields", "exclude")]
    readonly = {str(field) for held in fixed if isinstance(held, (list, tuple)) for field in held}
    listed = values.get("fields")
    shown = [str(f) for f in listed] if isinstance(listed, (list, tuple)) else list(model_fields(found.model, program))
    if not readonly and not isinstance(listed, (list, tuple)):
        return ()
    return tuple(sorted(f for f in shown if f not in readonly))


def _actions(found: Registration, base: str, context: Context) -> Iterator[Route]:
    program, admin = context.program, found.admin
    if admin is None:
        return
    names: dict[str, FunctionInfo] = {}
    held = program.attribute(admin.id, "actions")
    items = held[0].items if held is not None and isinstance(held[0], syntax.Sequence) else ()
    for item in items:
        target = program.method(admin.id, item.value) if isinstance(item, syntax.Constant) and isinstance(item.value, str) else None
        if target is None and held is not None and not isinstance(item, syntax.Constant):
            resolved = program.lookup(program.resolve(item, held[1]))
            target = resolved if isinstance(resolved, FunctionInfo) else program.method(admin.id, walk.dotted(item))
        if target is not None:
            names[target.id] = target
    for name in dict.fromkeys(m for b in program.mro(admin.id) if b in program.classes for m in program.classes[b].methods):
        method = program.method(admin.id, name)
        if method is not None and any(walk.dotted(d.func if isinstance(d, syntax.Call) else d).endswith("action") for d in method.node.decorators):
            names.setdefault(method.id, method)
    for info in names.values():
        yield _method_route(info, admin, join_paths(base, f"?action={info.node.name}"), found)


def _extra(found: Registration, base: str, context: Context) -> Iterator[Route]:
    """URLs that `get_urls` adds."""
    program, admin = context.program, found.admin
    method = program.method(admin.id, "get_urls") if admin is not None else None
    if method is None or admin is None:
        return
    for call in walk.calls(method.node.body):
        if program.resolve(call.func, method) not in PATTERNS or len(call.args) < 2:
            continue
        text = program.fold(call.args[0], method)
        view = call.args[1]
        while isinstance(view, syntax.Call) and view.args:
            view = view.args[0]
        target = program.method(admin.id, view.attr) if isinstance(view, syntax.Attribute) and walk.dotted(view.value) == "self" else None
        if target is not None:
            yield _method_route(target, admin, join_paths(base, holes(text if isinstance(text, str) else "{}", False)), found)


def _method_route(info: FunctionInfo, admin: ClassInfo, path: str, found: Registration) -> Route:
    mine = info.owner == admin.id or not info.owner
    return Route(
        framework="django", method="POST", path=path, handler=info.id, symbol=info.node.qualname if mine else f"{admin.node.qualname}.{info.node.name}",
        file=info.module.path, line=info.node.line, owner=admin.id if info.owner else "", surface="gui",
        guards=(Guard("session", "staff of the admin site", found.file, found.line), Guard("csrf", "", found.file, found.line)), renders="html",
        action=info.node.name, resource=found.model.rpartition(".")[2], table_file=found.file, table_line=found.line,
    )


def admin_mechanisms(context: Context) -> Iterator[Mechanism]:
    """The admin site writes a log entry for each add, change and delete through its own pages, and none for custom actions."""
    for found in registrations(context.program):
        if found.admin is None:
            continue
        if any((m := context.program.method(found.admin.id, hook)) is not None and not _hands_on(m) for hook in ("log_change", "log_addition", "log_deletion")):
            continue
        yield Mechanism(
            name="the admin site's LogEntry", library="django.contrib.admin", model=found.model, file=found.admin.module.path, line=found.admin.node.line,
            content=RecordContent(who=True, what=True), scope=found.admin.id,
        )


def _hands_on(method: FunctionInfo) -> bool:
    return any(isinstance(c.func, syntax.Attribute) and isinstance(c.func.value, syntax.Call) and walk.dotted(c.func.value.func) == "super" for c in walk.calls(method.node.body))

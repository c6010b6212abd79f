"""Pages of model views: what the framework's forms write, the project's hooks around that, actions and exposed methods.

SQLAdmin documentation, "Model Configuration" and "Model Actions"; Starlette-Admin documentation, "Views" and "Actions".
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from agentlint.api import ClassInfo, Context, Effect, EffectOperation, FunctionInfo, Guard, Program, Route, Scope, syntax, walk

_BASES = ("sqladmin.ModelView", "sqladmin.models.ModelView", "starlette_admin.BaseModelView", "starlette_admin.views.BaseModelView")
_PAGES: dict[EffectOperation, tuple[str, str, str, tuple[str, ...]]] = {
    "create": ("create", "can_create", "insert_model", ("insert_model", "create", "on_model_change", "after_model_change", "before_create", "after_create")),
    "update": ("edit/{pk}", "can_edit", "update_model", ("update_model", "edit", "on_model_change", "after_model_change", "before_edit", "after_edit")),
    "delete": ("delete", "can_delete", "delete_model", ("delete_model", "delete", "on_model_delete", "after_model_delete", "before_delete", "after_delete")),
}
"""What a page does: its address, the flag that closes it, the method that writes, and the methods that run around it."""
_ACTIONS = frozenset({"action", "row_action", "link_row_action"})
_APIS = {"create": "sqlalchemy.orm.Session.add()", "update": "sqlalchemy.orm.Session.merge()", "delete": "sqlalchemy.orm.Session.delete()"}
_AUTH = ("authentication_backend", "auth_provider")


class _View(msgspec.Struct, frozen=True, eq=False):
    model: str
    info: ClassInfo | None
    file: str
    line: int

    @property
    def short(self) -> str:
        return self.model.rpartition(".")[2]


def admin_routes(context: Context) -> Iterator[Route]:
    """Routes of all model views."""
    program = context.program
    guards = tuple(_sign_in(context))
    seen = set()
    for view in _views(context):
        key = (view.model, view.info.id if view.info is not None else "")
        if key not in seen and view.model:
            seen.add(key)
            yield from _pages(view, program, guards)
            yield from _own(view, program, guards)


def _views(context: Context) -> Iterator[_View]:
    """Classes that name their model, and views that are made with one."""
    program = context.program
    for class_id, info in program.classes.items():
        if program.inherits(class_id, *_BASES) or _is_view(class_id, program):
            model = next((k.value for k in info.node.keywords if k.name == "model"), None) or info.attributes.get("model")
            yield _View(_class(model, info, program), info, info.module.path, info.node.line)
    scopes: list[syntax.Module | FunctionInfo] = [*program.modules.values(), *program.functions.values()]
    for scope in scopes:
        for call in walk.calls(scope.body) if isinstance(scope, syntax.Module) else program.calls_in(scope):
            name = program.resolve(call.func, scope)
            given = call.args[0] if call.args else next((k.value for k in call.keywords if k.name == "model"), None)
            if given is not None and (name.startswith("starlette_admin.") and name.endswith("ModelView") or _is_view(name, program)):
                path = scope.path if isinstance(scope, syntax.Module) else scope.module.path
                yield _View(_class(given, scope, program), program.classes.get(name), path, call.line)


def _is_view(name: str, program: Program) -> bool:
    """True for a class of the program below a model view of Starlette-Admin, whatever database it is for."""
    return name in program.classes and any(b.startswith(("starlette_admin.", "sqladmin.")) and b.endswith("ModelView") for b in program.mro(name))


def _class(expr: syntax.Expr | None, scope: Scope, program: Program) -> str:
    name = program.resolve(expr, scope) if expr is not None else ""
    return name if name in program.classes else ""


def _sign_in(context: Context) -> Iterator[Guard]:
    """The check that an admin interface is made with."""
    for module in context.program.modules.values():
        bodies = [module.body, *(f.node.body for f in context.program.functions.values() if f.module is module)]
        for call in (c for body in bodies for c in walk.calls(body)):
            if walk.dotted(call.func).rpartition(".")[2].endswith("Admin") and any(k.name in _AUTH for k in call.keywords):
                yield Guard("session", "the admin interface signs people in", module.path, call.line)
                return


def _pages(view: _View, program: Program, guards: tuple[Guard, ...]) -> Iterator[Route]:
    for operation, (address, flag, writer, hooks) in _PAGES.items():
        held = program.attribute(view.info.id, flag) if view.info is not None else None
        if held is not None and program.fold(held[0], held[1]) is False:
            continue
        if view.info is not None and _refuses(program.method(view.info.id, flag)):
            continue
        found = {name: m for name in hooks if view.info is not None and (m := program.method(view.info.id, name)) is not None}
        own = found.get(writer)
        effects = () if own is not None and not _hands_on(own, writer) else (_effect(view, operation),)
        yield Route(
            framework="sqladmin", method="POST", path=f"/admin/{_slug(view.short)}/{address}", handler="",
            symbol=view.info.node.qualname if view.info is not None else view.short, file=_place(view)[0], line=_place(view)[1],
            owner=view.info.id if view.info is not None else "", surface="gui", guards=guards, effects=effects, renders="html", action=operation,
            resource=view.short, table_file=view.file, table_line=view.line, extra_handlers=tuple(m.id for m in found.values()),
        )


def _refuses(method: FunctionInfo | None) -> bool:
    """True for `def can_delete(self, request): return False`."""
    if method is None:
        return False
    values = [s.value for s in walk.statements(method.node.body) if isinstance(s, syntax.Return)]
    return bool(values) and all(isinstance(v, syntax.Constant) and v.value is False for v in values)


def _hands_on(method: FunctionInfo, name: str) -> bool:
    return any(isinstance(c.func, syntax.Attribute) and c.func.attr == name for c in walk.calls(method.node.body))


def _own(view: _View, program: Program, guards: tuple[Guard, ...]) -> Iterator[Route]:
    """Actions and exposed methods that the project writes."""
    names = (n for b in program.mro(view.info.id) if b in program.classes for n in program.classes[b].methods) if view.info is not None else ()
    for name in dict.fromkeys(names):
        method = program.method(view.info.id, name) if view.info is not None else None
        for decorator in method.node.decorators if method is not None else ():
            said = walk.dotted(decorator.func).rpartition(".")[2] if isinstance(decorator, syntax.Call) else ""
            if method is None or not isinstance(decorator, syntax.Call) or said not in (*_ACTIONS, "expose"):
                continue
            told = {k.name: program.fold(k.value, method.module) for k in decorator.keywords if k.name}
            methods = told.get("methods")
            verb = str(methods[0]).upper() if isinstance(methods, list | tuple) and methods else "GET" if said == "expose" else "POST"
            first = program.fold(decorator.args[0], method.module) if decorator.args else told.get("path") or told.get("name")
            path = str(first) if said == "expose" else f"/{_slug(view.short)}/action/{first or name}"
            yield Route(
                framework="sqladmin", method=verb, path=f"/admin{path if path.startswith('/') else f'/{path}'}", handler=method.id,
                symbol=method.node.qualname, file=method.module.path, line=method.node.line, owner=view.info.id if view.info is not None else "",
                surface="gui", guards=guards, renders="html", name=name, resource=view.short, table_file=method.module.path, table_line=decorator.line,
            )


def _place(view: _View) -> tuple[str, int]:
    return (view.info.module.path, view.info.node.line) if view.info is not None else (view.file, view.line)


def _effect(view: _View, operation: EffectOperation) -> Effect:
    return Effect("orm-write", operation, view.short, *_place(view), "", model=view.model, api=_APIS[operation], registered=True)


def _slug(name: str) -> str:
    """`OrderLine` is `order-line`."""
    return "".join(f"-{c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(name))

"""Pages that TurboGears makes of models: controllers of `tgext.crud`, and the admin of `tgext.admin` over all models of a module.

tgext.crud documentation, "CrudRestController"; TurboGears 2.5 documentation, "TurboGears Admin".
"""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import ClassInfo, Context, Effect, EffectOperation, Guard, Program, Route, syntax, walk

_CRUD = ("tgext.crud.CrudRestController", "tgext.crud.EasyCrudRestController", "tgext.crud.controller.CrudRestController")
_ADMIN = ("tgext.admin.AdminController", "tgext.admin.controller.AdminController")
_MODELS = ("sqlalchemy.orm.DeclarativeBase", "ming.odm.MappedClass")
_PAGES: dict[EffectOperation, tuple[str, str, str]] = {
    "create": ("POST", "", "post"), "update": ("PUT", "/{id}", "put"), "delete": ("DELETE", "/{id}", "post_delete"),
}
"""The verb, the place and the method that does it."""
_APIS = {"create": "sqlalchemy.orm.Session.add()", "update": "sqlalchemy.orm.Session.merge()", "delete": "sqlalchemy.orm.Session.delete()"}


def crud_routes(controller: str, prefix: str, checks: tuple[str, ...], guards: tuple[Guard, ...], context: Context) -> Iterator[Route]:
    """What the framework writes for a controller that names its model, save the methods that the project writes itself."""
    program = context.program
    held = program.attribute(controller, "model") if program.inherits(controller, *_CRUD) else None
    model = program.resolve(held[0], held[1]) if held is not None else ""
    if model in program.classes:
        info = program.classes[controller]
        for route in _pages(program.classes[model], prefix, (info.module.path, info.node.line), guards, checks, info):
            if program.method(controller, route.name) is None:
                yield route


def admin_routes(controller: str, prefix: str, context: Context) -> Iterator[Route]:
    """`admin = AdminController(model, DBSession)` on a controller: pages for every model, behind a permission."""
    program = context.program
    info = program.classes[controller]
    for name, value in info.attributes.items():
        if isinstance(value, syntax.Call) and program.resolve(value.func, info) in _ADMIN and value.args:
            guard = Guard("session", "the admin asks for a permission", info.module.path, value.line)
            for model in _models(value.args[0], info, program):
                place = f"{prefix}/{name}/{model.node.name.lower()}s"
                yield from _pages(model, place, (info.module.path, value.line), (guard,), (), None)


def _models(given: syntax.Expr, info: ClassInfo, program: Program) -> Iterator[ClassInfo]:
    """The classes of a list, or the models that a module defines or imports."""
    if isinstance(given, syntax.Sequence):
        names = [program.resolve(item, info) for item in given.items]
    else:
        module = program.modules.get(program.resolve(given, info))
        names = list(dict.fromkeys(_bound(module, program))) if module is not None else []
    yield from (program.classes[name] for name in names if name in program.classes and program.inherits(name, *_MODELS))


def _bound(module: syntax.Module, program: Program) -> Iterator[str]:
    for stmt in walk.statements(module.body):
        if isinstance(stmt, syntax.Import):
            yield from (program.canonical(f"{module.name}.{n.alias or n.name}") for n in stmt.names)
        elif isinstance(stmt, syntax.Define):
            yield f"{module.name}.{stmt.definition.name}"


def _pages(
    model: ClassInfo, prefix: str, place: tuple[str, int], guards: tuple[Guard, ...], checks: tuple[str, ...], owner: ClassInfo | None,
) -> Iterator[Route]:
    name = model.node.name
    for operation, (verb, end, method) in _PAGES.items():
        yield Route(
            framework="turbogears", method=verb, path=f"{prefix}{end}", handler="", symbol=owner.node.qualname if owner is not None else name,
            file=place[0], line=place[1], owner=owner.id if owner is not None else "", surface="gui", guards=guards, guard_handlers=checks, renders="html",
            name=method, action=operation, resource=name, table_file=place[0], table_line=place[1],
            effects=(Effect("orm-write", operation, name, *place, "", model=model.id, api=_APIS[operation], registered=True),),
        )

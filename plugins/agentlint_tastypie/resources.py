"""Resources: which methods their `Meta` allows, what those write, who may call, and addresses that `prepend_urls` adds.

Tastypie documentation, "Resources" ("Resource Options"), "Authentication" and "Api".
"""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import AuthKind, ClassInfo, Context, Effect, EffectOperation, Guard, Program, Route, Scope, join_paths, syntax, walk

_RESOURCES = (
    "tastypie.resources.Resource", "tastypie.resources.ModelResource", "tastypie.resources.NamespacedModelResource",
    "tastypie.contrib.gis.resources.ModelResource",
)
_APIS = ("tastypie.api.Api", "tastypie.api.NamespacedApi")
_ALL = ("get", "post", "put", "delete", "patch")
_AUTH: dict[str, tuple[AuthKind, ...]] = {
    "ApiKeyAuthentication": ("api-key",), "BasicAuthentication": ("basic",), "DigestAuthentication": ("basic",), "OAuthAuthentication": ("oauth",),
    "SessionAuthentication": ("session", "csrf"), "Authentication": ("anonymous",),
}
_LIST: dict[str, tuple[EffectOperation, ...]] = {
    "post": ("create",), "put": ("create", "update", "delete"), "delete": ("delete",), "patch": ("create", "update", "delete"),
}
_DETAIL: dict[str, tuple[EffectOperation, ...]] = {"put": ("update", "create"), "delete": ("delete",), "patch": ("update",)}
"""What each method does at a list's address and at a row's."""
_HOOKS: dict[str, tuple[str, ...]] = {
    "post": ("hydrate", "obj_create", "save", "post_list", "post_detail"), "put": ("hydrate", "obj_update", "save", "put_detail", "put_list"),
    "patch": ("hydrate", "obj_update", "save", "patch_detail", "patch_list"), "delete": ("obj_delete", "delete_detail", "delete_list"),
}
_WRITER = {"create": "obj_create", "update": "obj_update", "delete": "obj_delete"}
_SAVES = {"create": "django.db.models.Model.save()", "update": "django.db.models.Model.save()", "delete": "django.db.models.Model.delete()"}


def resource_routes(context: Context) -> Iterator[Route]:
    """Routes of all resources that an API is given; of all that stand alone where there is none."""
    program = context.program
    prefixes = dict(_registered(program))
    for class_id, info in program.classes.items():
        if program.inherits(class_id, *_RESOURCES) and (class_id in prefixes or not prefixes and not program.subclasses(class_id)):
            yield from _Resource(info, prefixes.get(class_id, ""), program).routes()


def _registered(program: Program) -> Iterator[tuple[str, str]]:
    """Resource classes with the name of the API that they are registered with."""
    scopes: list[Scope] = [*program.modules.values()]
    for module in scopes:
        for call in walk.calls(module.body) if isinstance(module, syntax.Module) else ():
            if isinstance(call.func, syntax.Attribute) and call.func.attr == "register" and call.args and isinstance(call.args[0], syntax.Call):
                name = program.resolve(call.args[0].func, module)
                made = program.lookup(program.resolve(call.func.value, module))
                if name in program.classes and isinstance(made, syntax.Call) and program.resolve(made.func, module).endswith("Api"):
                    told = next((k.value for k in made.keywords if k.name == "api_name"), made.args[0] if made.args else None)
                    api = program.fold(told, module) if told is not None else "v1"
                    yield name, api if isinstance(api, str) else ""


class _Resource:
    """One resource."""

    def __init__(self, info: ClassInfo, api: str, program: Program) -> None:
        self._info, self._program = info, program
        named = self._option("resource_name")
        own = named if isinstance(named, str) else info.node.name.lower().removesuffix("resource")
        self._path = join_paths(f"/{api}" if api else "", f"/{own}/")
        self._model = self._of_queryset()

    def routes(self) -> Iterator[Route]:
        """List, detail, and added addresses."""
        everywhere = self._option("allowed_methods")
        for address, table, option in (("", _LIST, "list_allowed_methods"), ("{pk}/", _DETAIL, "detail_allowed_methods")):
            told = self._option(option)
            allowed = told if isinstance(told, list | tuple) else everywhere if isinstance(everywhere, list | tuple) else _ALL
            for method in _ALL:
                if method in allowed and (method == "get" or method in table):
                    yield self._route(method, address, table.get(method, ()))
        yield from self._added()

    def _meta(self, name: str) -> tuple[syntax.Expr, ClassInfo] | None:
        for base in self._program.mro(self._info.id):
            info = self._program.classes.get(base)
            meta = self._program.classes.get(info.nested.get("Meta", "")) if info is not None else None
            held = self._program.attribute(meta.id, name) if meta is not None else None
            if held is not None:
                return held
        return None

    def _option(self, name: str) -> object:
        held = self._meta(name)
        return self._program.fold(held[0], held[1].module) if held is not None else None

    def _of_queryset(self) -> str:
        """The model whose rows the resource shows: `queryset = Entry.objects.all()`, or `object_class`."""
        for option in ("queryset", "object_class"):
            held = self._meta(option)
            expr: syntax.Expr | None = held[0] if held is not None else None
            while isinstance(expr, syntax.Call | syntax.Attribute) and held is not None:
                name = self._program.resolve(expr, held[1].module)
                if name in self._program.classes:
                    return name
                expr = expr.func if isinstance(expr, syntax.Call) else expr.value
            name = self._program.resolve(expr, held[1].module) if held is not None and expr is not None else ""
            if name in self._program.classes:
                return name
        return ""

    def _guards(self) -> Iterator[Guard]:
        held = self._meta("authentication")
        calls = [e for e in walk.expressions(held[0]) if isinstance(e, syntax.Call)] if held is not None else []
        kinds: list[AuthKind] = []
        for call in calls:
            name = self._program.resolve(call.func, held[1].module) if held is not None else ""
            names = self._program.mro(name) if name in self._program.classes else (name,)
            found = next((_AUTH[b.rpartition(".")[2]] for b in names if b.startswith("tastypie.") and b.rpartition(".")[2] in _AUTH), ())
            kinds += found
        demanded: list[AuthKind] = kinds or ["anonymous"]
        for kind in dict.fromkeys(demanded):
            yield Guard(kind, "", self._info.module.path, held[0].line if held is not None else self._info.node.line)

    def _route(self, method: str, address: str, operations: tuple[EffectOperation, ...]) -> Route:
        hooks = tuple(m.id for name in _HOOKS.get(method, ()) if (m := self._program.method(self._info.id, name)) is not None)
        place = (self._info.module.path, self._info.node.line)
        effects = tuple(
            Effect("orm-write", o, self._model.rpartition(".")[2], *place, "", model=self._model, api=_SAVES[o], registered=True)
            for o in operations if self._model and not self._replaced(_WRITER[o])
        )
        return Route(
            framework="tastypie", method=method.upper(), path=f"{self._path}{address}", handler="", symbol=self._info.node.qualname, file=place[0],
            line=place[1], owner=self._info.id, guards=tuple(self._guards()), effects=effects, renders="json", action=operations[0] if operations else "",
            resource=self._model.rpartition(".")[2], table_file=place[0], table_line=place[1], extra_handlers=hooks,
        )

    def _replaced(self, writer: str) -> bool:
        """True when the project's own method writes without the framework's."""
        method = self._program.method(self._info.id, writer)
        calls = walk.calls(method.node.body) if method is not None else ()
        return method is not None and not any(isinstance(c.func, syntax.Attribute) and c.func.attr in (writer, "save") for c in calls)

    def _added(self) -> Iterator[Route]:
        """`prepend_urls`: addresses whose views are named in `wrap_view`."""
        for name in ("prepend_urls", "override_urls"):
            urls = self._program.method(self._info.id, name)
            for call in walk.calls(urls.node.body) if urls is not None else ():
                if not isinstance(call.func, syntax.Attribute) or call.func.attr != "wrap_view" or not call.args:
                    continue
                told = self._program.fold(call.args[0], self._info.module)
                method = self._program.method(self._info.id, told) if isinstance(told, str) else None
                if method is not None:
                    yield Route(
                        framework="tastypie", method="ANY", path=f"{self._path}{method.node.name}/", handler=method.id, symbol=method.node.qualname,
                        file=method.module.path, line=method.node.line, owner=self._info.id, guards=tuple(self._guards()), renders="json",
                        table_file=method.module.path, table_line=call.line,
                    )

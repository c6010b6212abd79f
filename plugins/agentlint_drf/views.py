"""Operations of viewsets, API views and decorated functions, each at its full path with what the framework does for it."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import ClassInfo, Context, Effect, FunctionInfo, Route, Scope, join_paths, syntax, walk
from agentlint_django.forms import Written, model_named
from agentlint_django.urlconf import UrlConf, UrlEntry
from agentlint_drf.authentication import Authentication
from agentlint_drf.routers import Registered, read_routers
from agentlint_drf.serializers import HOOKS, written_by

_ACTION = ("rest_framework.decorators.action", "rest_framework.decorators.detail_route", "rest_framework.decorators.list_route")
_API_VIEW = "rest_framework.decorators.api_view"
_VERBS = ("get", "post", "put", "patch", "delete")
_STANDARD = {"list": ("GET", False), "create": ("POST", False), "retrieve": ("GET", True), "update": ("PUT", True), "partial_update": ("PATCH", True),
             "destroy": ("DELETE", True)}
_GIVES = {
    "ModelViewSet": tuple(_STANDARD), "ReadOnlyModelViewSet": ("list", "retrieve"), "CreateModelMixin": ("create",), "ListModelMixin": ("list",),
    "RetrieveModelMixin": ("retrieve",), "UpdateModelMixin": ("update", "partial_update"), "DestroyModelMixin": ("destroy",),
}
_GENERIC = {
    "CreateAPIView": ("create",), "ListAPIView": ("list",), "RetrieveAPIView": ("retrieve",), "DestroyAPIView": ("destroy",),
    "UpdateAPIView": ("update", "partial_update"), "ListCreateAPIView": ("list", "create"), "RetrieveUpdateAPIView": ("retrieve", "update", "partial_update"),
    "RetrieveDestroyAPIView": ("retrieve", "destroy"), "RetrieveUpdateDestroyAPIView": ("retrieve", "update", "partial_update", "destroy"),
}
_DOES = {"create": "create", "update": "update", "partial_update": "update", "destroy": "delete"}
_PERFORM = {"create": "perform_create", "update": "perform_update", "partial_update": "perform_update", "destroy": "perform_destroy"}
_AROUND = ("initial", "dispatch", "get_queryset", "get_serializer", "get_serializer_class", "get_object", "finalize_response")


def api_routes(context: Context) -> Iterator[Route]:
    """Every operation that the framework serves."""
    entries = UrlConf(context).entries()
    reader = _Views(context)
    for registered in read_routers(context, entries):
        yield from reader.viewset(registered)
    for entry in entries:
        yield from reader.routed(entry)


class _Views:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._program = context.program
        self._authentication = Authentication(context)

    # -------------------------------------------------------------- viewsets

    def viewset(self, registered: Registered) -> Iterator[Route]:
        """Standard operations and actions of a registered viewset."""
        info = registered.viewset
        lookup = self._lookup(info)
        for name in self._standard(info):
            method, on_item = _STANDARD[name]
            path = join_paths(registered.path, f"{{{lookup}}}/") if on_item else registered.path
            yield from self._standard_route(info, name, method, path, registered.file, registered.line)
        for name, handler in self._actions(info):
            for verb, on_item, url_path in self._declared(handler, info):
                base = join_paths(registered.path, f"{{{lookup}}}/") if on_item else registered.path
                yield self._route(info, handler, name, verb, join_paths(base, f"{url_path}/"), registered.file, registered.line, ())

    def _lookup(self, info: ClassInfo) -> str:
        for name in ("lookup_url_kwarg", "lookup_field"):
            held = self._program.attribute(info.id, name)
            folded = self._program.fold(held[0], held[1]) if held is not None else None
            if isinstance(folded, str):
                return folded
        return "id"

    def _standard(self, info: ClassInfo) -> list[str]:
        """Standard operations that exist: defined by the project or given by a mixin, not switched off."""
        given = {name for base in self._program.mro(info.id) if base.startswith("rest_framework") for name in _GIVES.get(base.rpartition(".")[2], ())}
        found = []
        for name, (method, _) in _STANDARD.items():
            own = self._program.method(info.id, name)
            if (own is not None and not _refuses(own)) or (own is None and name in given):
                if self._allows(info, method):
                    found.append(name)
        return found

    def _allows(self, info: ClassInfo, method: str) -> bool:
        held = self._program.attribute(info.id, "http_method_names")
        folded = self._program.fold(held[0], held[1]) if held is not None else None
        return not isinstance(folded, (list, tuple)) or method.lower() in [str(m).lower() for m in folded]

    def _standard_route(self, info: ClassInfo, name: str, method: str, path: str, file: str, line: int) -> Iterator[Route]:
        own = self._program.method(info.id, name) or (self._program.method(info.id, "update") if name == "partial_update" else None)
        yield self._route(info, own, name, method, path, file, line, self._effects(info, own, name))

    def _actions(self, info: ClassInfo) -> list[tuple[str, FunctionInfo]]:
        names = dict.fromkeys(m for b in self._program.mro(info.id) if b in self._program.classes for m in self._program.classes[b].methods)
        found = []
        for name in names:
            method = self._program.method(info.id, name)
            if method is not None and name not in _STANDARD and any(self._decorator(d, method) for d in method.node.decorators):
                found.append((name, method))
        return found

    def _decorator(self, decorator: syntax.Expr, method: FunctionInfo) -> bool:
        func = decorator.func if isinstance(decorator, syntax.Call) else decorator
        if isinstance(func, syntax.Attribute) and isinstance(func.value, syntax.Attribute) and func.value.attr == "mapping":
            return True
        return self._program.resolve(func, method.module) in _ACTION

    def _declared(self, method: FunctionInfo, info: ClassInfo) -> Iterator[tuple[str, bool, str]]:
        """(verb, on one item, URL part) of an action's decorators; `@other.mapping.post` shares the other's URL."""
        for decorator in method.node.decorators:
            if not self._decorator(decorator, method):
                continue
            func = decorator.func if isinstance(decorator, syntax.Call) else decorator
            if isinstance(func, syntax.Attribute) and isinstance(func.value, syntax.Attribute) and func.value.attr == "mapping":
                first = self._program.method(info.id, walk.dotted(func.value.value))
                for _, on_item, url_path in list(self._declared(first, info))[:1] if first is not None else ():
                    yield func.attr.upper(), on_item, url_path
                continue
            options = {k.name: k.value for k in decorator.keywords if k.name} if isinstance(decorator, syntax.Call) else {}
            methods = self._program.fold(options.get("methods"), method.module) if "methods" in options else ["get"]
            detail = options.get("detail")
            on_item = not (isinstance(detail, syntax.Constant) and detail.value is False) and walk.dotted(func).rpartition(".")[2] != "list_route"
            spoken = self._program.fold(options.get("url_path"), method.module) if "url_path" in options else method.node.name
            for verb in methods if isinstance(methods, (list, tuple)) else ("get",):
                yield str(verb).upper(), on_item, _plain(spoken) if isinstance(spoken, str) else method.node.name

    # ----------------------------------------------------------- other views

    def routed(self, entry: UrlEntry) -> Iterator[Route]:
        """API views and decorated functions that stand in the URLconf."""
        view, actions = entry.view, None
        if isinstance(view, syntax.Call) and isinstance(view.func, syntax.Attribute) and view.func.attr == "as_view":
            actions = self._program.fold(view.args[0], entry.scope) if view.args else None
            view = view.func.value
        if not isinstance(view, (syntax.Name, syntax.Attribute)):
            return
        target, name = self._followed(view, entry.scope)
        if isinstance(target, ClassInfo) and any(base.startswith("rest_framework.") for base in self._program.mro(target.id)):
            if isinstance(actions, dict):
                for verb, action in actions.items():
                    yield from self._mapped(target, str(action), str(verb).upper(), entry)
                return
            yield from self._api_view(target, entry)
        elif isinstance(target, FunctionInfo):
            for decorator in target.node.decorators:
                if isinstance(decorator, syntax.Call) and self._program.resolve(decorator.func, target.module) == _API_VIEW:
                    yield from self._function(target, decorator, entry)

    def _followed(self, view: syntax.Expr, scope: Scope) -> tuple[object, str]:
        for _ in range(4):
            name = self._program.resolve(view, scope)
            target = self._program.lookup(name) if name else None
            if isinstance(target, syntax.Call) and isinstance(target.func, syntax.Attribute) and target.func.attr == "as_view":
                view, scope = target.func.value, self._program.modules.get(name.rpartition(".")[0], scope)
                continue
            return target, name
        return None, ""

    def _mapped(self, info: ClassInfo, action: str, verb: str, entry: UrlEntry) -> Iterator[Route]:
        own = self._program.method(info.id, action)
        yield self._route(info, own, action, verb, _rooted(entry.path), entry.file, entry.line, self._effects(info, own, action) if action in _STANDARD else ())

    def _api_view(self, info: ClassInfo, entry: UrlEntry) -> Iterator[Route]:
        given = {n for base in self._program.mro(info.id) if base.startswith("rest_framework") for n in _GENERIC.get(base.rpartition(".")[2], ())}
        served: set[str] = set()
        for verb in _VERBS:
            own = self._program.method(info.id, verb)
            if own is not None and not _refuses(own) and self._allows(info, verb.upper()):
                served.add(verb.upper())
                delegate = next((n for n in ("create", "update", "partial_update", "destroy") if _calls(own, n)), "")
                yield self._route(info, own, verb, verb.upper(), _rooted(entry.path), entry.file, entry.line, self._effects(info, own, delegate) if delegate else ())
        for name in _STANDARD:
            method = _STANDARD[name][0]
            if name in given and method not in served and self._allows(info, method):
                served.add(method)
                yield from self._standard_route(info, name, method, _rooted(entry.path), entry.file, entry.line)

    def _function(self, info: FunctionInfo, decorator: syntax.Call, entry: UrlEntry) -> Iterator[Route]:
        methods = self._program.fold(decorator.args[0], info.module) if decorator.args else ["GET"]
        names = self._authentication.default
        for other in info.node.decorators:
            if isinstance(other, syntax.Call) and self._program.resolve(other.func, info.module) == "rest_framework.decorators.authentication_classes" and other.args:
                items = other.args[0].items if isinstance(other.args[0], syntax.Sequence) else ()
                names = tuple(self._program.resolve(i, info.module) for i in items)
        guards, checks = self._authentication.of_names(names, info.module.path, info.node.line)
        for method in methods if isinstance(methods, (list, tuple)) else ("GET",):
            yield Route(
                framework="drf", method=str(method).upper(), path=_rooted(entry.path), handler=info.id, symbol=info.node.qualname, file=info.module.path,
                line=info.node.line, guards=guards, renders="json", name=entry.name, table_file=entry.file, table_line=entry.line, guard_handlers=checks,
            )

    # ----------------------------------------------------------------- parts

    def _route(
        self, info: ClassInfo, own: FunctionInfo | None, name: str, method: str, path: str, file: str, line: int, effects: tuple[Effect, ...]
    ) -> Route:
        guards, checks = self._authentication.of_class(info)
        mine = own is not None and own.owner == info.id and own.node.name == name
        around = [m.id for n in (*_AROUND, _PERFORM.get(name, "")) if n and (m := self._program.method(info.id, n)) is not None]
        if effects or name in _DOES:
            around += [m.id for c in self._serializers(info) for n in HOOKS if (m := self._program.method(c, n)) is not None and _fits(n, name)]
        return Route(
            framework="drf", method=method, path=path, handler=own.id if own is not None else "", symbol=f"{info.node.qualname}.{name}" if mine else info.node.qualname,
            file=info.module.path, line=own.node.line if mine and own is not None else info.node.line, owner=info.id, guards=guards, effects=effects, renders="json",
            action=name, resource=effects[0].target if effects else "", table_file=file, table_line=line, extra_handlers=tuple(dict.fromkeys(around)),
            guard_handlers=checks,
        )

    def _effects(self, info: ClassInfo, own: FunctionInfo | None, name: str) -> tuple[Effect, ...]:
        """What the framework writes for a standard operation: nothing where the project's own code neither hands on nor saves."""
        if name not in _DOES:
            return ()
        hook = self._program.method(info.id, _PERFORM[name])
        if any(m is not None and not _hands_on(m) for m in (own, hook)):
            return ()
        found = []
        for written in self._written(info):
            operation = _DOES[name]
            api = "django.db.models.Model.delete()" if operation == "delete" else "django.db.models.Model.save()"
            found.append(Effect("orm-write", operation, written.model.rpartition(".")[2], info.module.path, info.node.line, "", model=written.model,  # type: ignore[arg-type]
                                fields=() if operation == "delete" else written.fields, api=api, registered=True))
            if operation == "delete":
                break
        return tuple(found)

    def _written(self, info: ClassInfo) -> list[Written]:
        found = [w for c in self._serializers(info) if (w := written_by(c, self._program)) is not None]
        merged: dict[str, Written] = {}
        for one in found:
            known = merged.get(one.model)
            open_fields = known is not None and (not known.fields or not one.fields)
            merged[one.model] = one if known is None else Written(one.model, () if open_fields else tuple(sorted({*known.fields, *one.fields})))
        held = self._program.attribute(info.id, "queryset")
        model = model_named(held[0], held[1], self._program) if held is not None else ""
        if model:
            return [merged.get(model, Written(model))]
        return list(merged.values())[:2]

    def _serializers(self, info: ClassInfo) -> list[str]:
        """Serializer classes of a view: the attribute, and those that `get_serializer_class` names."""
        names: list[str] = []
        held = self._program.attribute(info.id, "serializer_class")
        if held is not None:
            names.append(self._program.resolve(held[0], held[1]))
        method = self._program.method(info.id, "get_serializer_class")
        if method is not None:
            for expr in walk.body_expressions(method.node.body):
                if isinstance(expr, (syntax.Name, syntax.Attribute)):
                    names.append(self._program.resolve(expr, method))
        return [n for n in dict.fromkeys(names) if n in self._program.classes and self._program.inherits(n, "rest_framework.serializers.BaseSerializer",
                "rest_framework.serializers.Serializer", "rest_framework.serializers.ModelSerializer")]


def _fits(hook: str, action: str) -> bool:
    return hook not in ("create", "update") or hook == _DOES.get(action)


def _refuses(method: FunctionInfo) -> bool:
    body = [s for s in method.node.body if not (isinstance(s, syntax.Expression) and isinstance(s.value, syntax.Constant))]
    if len(body) != 1:
        return False
    if isinstance(body[0], syntax.Raise):
        return True
    value = body[0].value if isinstance(body[0], syntax.Return) else None
    return isinstance(value, syntax.Call) and any("405" in walk.dotted(e) for k in value.keywords for e in walk.expressions(k.value))


def _hands_on(method: FunctionInfo) -> bool:
    """True when a method calls its base, saves a serializer, or performs the operation."""
    for call in walk.calls(method.node.body):
        func = call.func
        if isinstance(func, syntax.Attribute):
            if isinstance(func.value, syntax.Call) and walk.dotted(func.value.func) == "super":
                return True
            if func.attr.startswith("perform_") or (func.attr in ("save", "delete") and "serializer" in walk.dotted(func.value) + func.attr + ("" if func.attr == "save" else "serializer")):
                return True
    return False


def _calls(method: FunctionInfo, name: str) -> bool:
    return any(isinstance(c.func, syntax.Attribute) and c.func.attr == name and walk.dotted(c.func.value) == "self" for c in walk.calls(method.node.body))


def _plain(url_path: str) -> str:
    from agentlint_django.urlconf import holes

    return holes(url_path, True) if "(" in url_path else url_path


def _rooted(path: str) -> str:
    return path if path.startswith("/") else f"/{path}"

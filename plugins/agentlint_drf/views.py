"""Operations of viewsets, API views and decorated functions, each at its full path with what the framework does for it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from agentlint.api import ClassInfo, Confidence, Context, Effect, EffectOperation, FunctionInfo, Ref, Route, Value, join_paths, syntax, walk
from agentlint_django.forms import Written
from agentlint_django.models import models_of
from agentlint_django.project import settings_of
from agentlint_django.targets import View, view_of
from agentlint_django.urlconf import UrlEntry, url_table
from agentlint_drf.authentication import Authentication, Guards
from agentlint_drf.routers import Registered, Routers
from agentlint_drf.serializers import DELETE, HOOKS, SAVE, is_serializer, written_by
from agentlint_drf.viewsets import STANDARD, ViewSet, hands_on, refuses

_API_VIEW = "rest_framework.decorators.api_view"
_VERBS = ("get", "post", "put", "patch", "delete")
_DOES: dict[str, EffectOperation] = {"create": "create", "update": "update", "partial_update": "update", "destroy": "delete"}
_ENDS_IN = {"post": "create", "put": "update", "patch": "partial_update", "delete": "destroy"}
"""What the methods of generic views call (rest_framework/generics.py)."""
_PERFORM = {"create": "perform_create", "update": "perform_update", "partial_update": "perform_update", "destroy": "perform_destroy"}
_PAGES = tuple(f"rest_framework.renderers.{name}" for name in ("TemplateHTMLRenderer", "StaticHTMLRenderer", "BrowsableAPIRenderer", "AdminRenderer"))
"""Renderers whose answers are pages. https://www.django-rest-framework.org/api-guide/renderers/"""
_AROUND = ("initial", "dispatch", "get_queryset", "get_serializer", "get_serializer_class", "get_object", "finalize_response")
_BEFORE_3 = {
    "create": ("pre_save", "post_save"), "update": ("pre_save", "post_save"), "partial_update": ("pre_save", "post_save"),
    "destroy": ("pre_delete", "post_delete"),
}
"""Hooks of views up to version 2, which copies of the framework still call (https://www.django-rest-framework.org/community/3.0-announcement/)."""


class _Place(msgspec.Struct, frozen=True, eq=False):
    """Where one operation stands, and what the place says of it."""

    verb: str
    path: str
    name: str
    file: str
    line: int
    options: dict[str, Value] = {}
    confidence: Confidence = "high"


def api_routes(context: Context) -> Iterator[Route]:
    """Every operation that the framework serves."""
    reader = _Views(context)
    for registered in Routers(context.program).registrations():
        yield from reader.registered(registered)
    for entry in url_table(context.program).entries:
        if not entry.included:
            yield from reader.routed(entry)


class _Views:
    def __init__(self, context: Context) -> None:
        self._program = context.program
        self._types = context.types
        self._authentication = Authentication(context)
        self._setup = settings_of(context.program).setup

    # -------------------------------------------------------------- viewsets

    def registered(self, found: Registered) -> Iterator[Route]:
        """Standard operations and actions of a registered viewset."""
        view = ViewSet(found.viewset, self._program)
        item = join_paths(found.path, f"{{{view.lookup()}}}/")
        base = found.name or self._base_name(view)
        served: dict[bool, set[str]] = {}
        for name in view.standard():
            verb, on_item = STANDARD[name]
            served.setdefault(on_item, set()).add(verb)
            spoken = f"{base}-{'detail' if on_item else 'list'}" if base else ""
            yield self._operation(view, name, _Place(verb, item if on_item else found.path, spoken, found.file, found.line, confidence=found.confidence))
        for on_item, verbs in sorted(served.items()):
            for own in view.plain(on_item, verbs):
                place = _Place(own.node.name.upper(), item if on_item else found.path, "", found.file, found.line, confidence=found.confidence)
                yield self._route(view, own, own.node.name, place, ())
        for action in view.actions():
            path = join_paths(item if action.on_item else found.path, f"{action.url_path}/" if action.url_path else "")
            spoken = f"{base}-{action.method.node.name.replace('_', '-')}" if base else ""
            place = _Place(action.verb, path, spoken, found.file, found.line, action.options, found.confidence)
            yield self._route(view, action.method, action.name, place, ())

    def _base_name(self, view: ViewSet) -> str:
        model = models_of(self._program).named(view.attribute("queryset"))
        return model.rpartition(".")[2].lower()

    # ----------------------------------------------------------- other views

    def routed(self, entry: UrlEntry) -> Iterator[Route]:
        """API views and decorated functions that stand in the URLconf."""
        found = view_of(entry.view, self._program)
        if isinstance(found.target, ClassInfo):
            if any(base.startswith("rest_framework") for base in self._program.mro(found.target.id)):
                yield from self._api_class(ViewSet(found.target, self._program, found.options), found, entry)
        elif isinstance(found.target, FunctionInfo):
            for decorator in found.target.node.decorators:
                if isinstance(decorator, syntax.Call) and self._program.resolve(decorator.func, found.target.module) == _API_VIEW:
                    yield from self._function(found.target, decorator, entry)

    def _place(self, verb: str, entry: UrlEntry) -> _Place:
        return _Place(verb, entry.path, entry.name, entry.file, entry.line, confidence=entry.confidence)

    def _api_class(self, view: ViewSet, found: View, entry: UrlEntry) -> Iterator[Route]:
        if isinstance(found.actions, dict):  # `ViewSet.as_view({"get": "list", "post": "create"})`
            for verb, action in found.actions.items():
                if isinstance(action, str):
                    yield self._operation(view, action, self._place(str(verb).upper(), entry))
            return
        served: set[str] = set()
        for verb in _VERBS:
            own = view.method(verb)
            if own is not None and not refuses(own) and view.allows(verb):
                served.add(verb.upper())
                name = _handed_on(own, verb, view)
                yield self._route(view, own, verb, self._place(verb.upper(), entry), self._effects(view, own, name), name)
        for name in view.given():
            verb = STANDARD[name][0]
            if verb not in served and view.allows(verb) and _answers(view, self._program):
                served.add(verb)
                yield self._operation(view, name, self._place(verb, entry))

    def _function(self, info: FunctionInfo, decorator: syntax.Call, entry: UrlEntry) -> Iterator[Route]:
        methods = self._setup.value(decorator.args[0], info.module) if decorator.args else ["GET"]
        told: dict[str, Value] = {}
        for other in info.node.decorators:
            name = walk.dotted(other.func).rpartition(".")[2] if isinstance(other, syntax.Call) and other.args else ""
            if name in ("authentication_classes", "permission_classes"):
                told[name] = self._setup.value(other.args[0], info.module)  # type: ignore[union-attr]
        guards, checks = self._authentication.of(told.get("authentication_classes"), told.get("permission_classes"), None, (info.module.path, info.node.line))
        for method in methods if isinstance(methods, list | tuple) else ("GET",):
            yield Route(
                framework="drf", method=str(method).upper(), path=entry.path, handler=info.id, symbol=info.node.qualname, file=info.module.path,
                line=info.node.line, guards=guards, renders="json", name=entry.name, table_file=entry.file, table_line=entry.line, guard_handlers=checks,
                confidence=entry.confidence,
            )

    # ----------------------------------------------------------------- parts

    def _operation(self, view: ViewSet, name: str, place: _Place) -> Route:
        """A standard operation, or a method that a mapping names."""
        own = view.method(name)
        if own is None and name == "partial_update":
            own = view.method("update")
        return self._route(view, own, name, place, self._effects(view, own, name))

    def _route(self, view: ViewSet, own: FunctionInfo | None, name: str, place: _Place, effects: tuple[Effect, ...], does: str = "") -> Route:
        """`does` is the standard operation that a method of HTTP hands on to."""
        info = view.info
        guards, checks = self._guards(view, place)
        mine = own is not None and own.owner == info.id and own.node.name == name
        does = does or name
        around = [m.id for n in (*_AROUND, _PERFORM.get(does, ""), *_BEFORE_3.get(does, ())) if n and (m := view.method(n)) is not None]
        serializers = self._serializers(view, place.options) if effects or does in _DOES else []
        around += [m.id for c in serializers for n in HOOKS if (m := self._program.method(c, n)) is not None and _fits(n, does)]
        symbol, line = (f"{info.node.qualname}.{name}", own.node.line) if mine and own is not None else (info.node.qualname, info.node.line)
        return Route(
            framework="drf", method=place.verb, path=place.path, handler=own.id if own is not None else "", symbol=symbol, file=info.module.path, line=line,
            owner=info.id, guards=guards, effects=effects, renders="html" if self._draws_pages(view, place) else "json", name=place.name,
            action=name, resource=effects[0].target if effects else "", table_file=place.file, table_line=place.line,
            extra_handlers=tuple(dict.fromkeys(a for a in around if own is None or a != own.id)), runs_on=tuple(serializers), guard_handlers=checks,
            confidence=place.confidence,
        )

    def _draws_pages(self, view: ViewSet, place: _Place) -> bool:
        """True where all renderers of a view draw pages: a browser asks for those, whatever the view takes as credentials."""
        told = place.options.get("renderer_classes", view.attribute("renderer_classes"))
        given = told if isinstance(told, list | tuple) else ()
        return bool(given) and all(isinstance(one, Ref) and (one.name in _PAGES or self._program.inherits(one.name, *_PAGES)) for one in given)

    def _guards(self, view: ViewSet, place: _Place) -> Guards:
        told = [place.options.get(n, view.attribute(n)) for n in ("authentication_classes", "permission_classes")]
        return self._authentication.of(told[0], told[1], view.info, (view.info.module.path, view.info.node.line))

    def _effects(self, view: ViewSet, own: FunctionInfo | None, name: str) -> tuple[Effect, ...]:
        """What the framework writes for a standard operation: nothing where the project's own code neither hands on nor saves."""
        if name not in _DOES or name not in view.given():
            return ()
        hook = view.method(_PERFORM[name])
        if (own is not None and not hands_on(own, *_DOES)) or (hook is not None and not hands_on(hook) and not self._saves_for_all(hook)):
            return ()
        operation = _DOES[name]
        file, line = view.info.module.path, view.info.node.line
        found = self._written(view, operation)
        marked = _marked(hook) if operation == "delete" and hook is not None else ()
        if operation == "delete":
            found = [Written(w.model, marked) for w in found[:1]]
        return tuple(
            Effect("orm-write", "update" if marked else operation, w.model.rpartition(".")[2], file, line, "", model=w.model, fields=w.fields,
                   api=DELETE if operation == "delete" and not marked else SAVE, registered=True)
            for w in found
        )

    def _saves_for_all(self, hook: FunctionInfo) -> bool:
        """True for a hook of a shared base that saves the serializer or deletes the object it is given, whatever view it runs for: the view tells the model."""
        given = hook.node.params[1].name if len(hook.node.params) > 1 else ""
        kinds = self._types.of(syntax.Name(given, hook.node.line), hook.id) if given else ()
        if not given or sum(written_by(k.name, self._program) is not None or k.name in models_of(self._program) for k in kinds) == 1:
            return False  # the line itself tells what is written
        return any(isinstance(c.func, syntax.Attribute) and c.func.attr in ("save", "delete") and walk.dotted(c.func.value) == given
                   for c in walk.calls(hook.node.body))

    def _written(self, view: ViewSet, operation: str) -> list[Written]:
        classes = self._serializers(view, {})
        own_code = [c for c in classes if self._tells(c, operation)]
        found = [w for c in classes if c not in own_code and (w := written_by(c, self._program)) is not None]
        if operation != "delete" and classes and len(own_code) == len(classes):
            return []  # the serializer's own `create` or `update` tells
        merged: dict[str, Written] = {}
        for one in found:
            known = merged.get(one.model)
            open_fields = known is not None and (not known.fields or not one.fields)
            merged[one.model] = one if known is None else Written(one.model, () if open_fields else tuple(sorted({*known.fields, *one.fields})))
        model = view.model()
        return [merged.get(model, Written(model))] if model else list(merged.values())[:2]

    def _tells(self, serializer: str, operation: str) -> bool:
        """True when the serializer's own `create` or `update` says itself what is written; one of a shared base that hands on to the framework does not."""
        method = self._program.method(serializer, operation)
        return method is not None and (not hands_on(method) or written_by(method.owner, self._program) is not None)

    def _serializers(self, view: ViewSet, options: dict[str, Value]) -> list[str]:
        """Serializer classes of a view: the attribute, and those that `get_serializer_class` names, directly or in attributes of the view."""
        told = options.get("serializer_class", view.attribute("serializer_class"))
        names: list[str] = [told.name] if isinstance(told, Ref) else []
        method = view.method("get_serializer_class")
        for expr in _considered(method.node.body, view) if method is not None else ():
            if isinstance(expr, syntax.Attribute) and walk.dotted(expr.value) == "self":
                held = view.attribute(expr.attr)
                names += [v.name for v in (held.values() if isinstance(held, dict) else (held,)) if isinstance(v, Ref)]
            elif isinstance(expr, (syntax.Name, syntax.Attribute)) and method is not None:
                names.append(self._program.resolve(expr, method))
        return [n for n in dict.fromkeys(names) if is_serializer(n, self._program)]


def _considered(body: tuple[syntax.Stmt, ...], view: ViewSet) -> Iterator[syntax.Expr]:
    """What may be returned: where an attribute that the view sets is given back at once, what follows it is for other views."""
    for stmt in body:
        if not isinstance(stmt, syntax.If):
            yield from walk.body_expressions((stmt,))
            continue
        yield from walk.expressions(stmt.test)
        yield from _considered(stmt.body, view)
        asked = stmt.test.operands[0] if isinstance(stmt.test, syntax.Apply) and stmt.test.op == "is not" else stmt.test
        own = asked.attr if isinstance(asked, syntax.Attribute) and walk.dotted(asked.value) == "self" else ""
        if own and isinstance(view.attribute(own), Ref) and isinstance(stmt.body[-1] if stmt.body else None, syntax.Return):
            return
        yield from _considered(stmt.orelse, view)


def _marked(hook: FunctionInfo) -> tuple[str, ...]:
    """Fields that a `perform_destroy` sets on the object before it saves it, where it deletes nothing."""
    given = hook.node.params[1].name if len(hook.node.params) > 1 else ""
    called = {walk.dotted(c.func) for c in walk.calls(hook.node.body)}
    if not given or f"{given}.delete" in called or f"{given}.save" not in called:
        return ()
    targets = (t for stmt in walk.statements(hook.node.body) if isinstance(stmt, syntax.Assign) for t in stmt.targets)
    return tuple(dict.fromkeys(t.attr for t in targets if isinstance(t, syntax.Attribute) and walk.dotted(t.value) == given))


def _fits(hook: str, action: str) -> bool:
    return hook not in ("create", "update") or hook == _DOES.get(action)


def _answers(view: ViewSet, program: object) -> bool:
    """True for generic views, whose base binds the methods of HTTP; mixins alone need a router."""
    mro = program.mro(view.info.id)  # type: ignore[attr-defined]
    return any(b.endswith("APIView") and b.rpartition(".")[2] not in ("APIView", "GenericAPIView") for b in mro)


def _handed_on(method: FunctionInfo, verb: str, view: ViewSet) -> str:
    """The standard operation that a view's own method for a verb of HTTP ends in: it calls it, or the method of the framework's view that does."""
    called = [c.func for c in walk.calls(method.node.body) if isinstance(c.func, syntax.Attribute)]
    own = next((name for name in _DOES for f in called if f.attr == name and walk.dotted(f.value) == "self"), "")
    above = any(f.attr == verb and isinstance(f.value, syntax.Call) and walk.dotted(f.value.func) == "super" for f in called)
    return own or (_ENDS_IN.get(verb, "") if above and _ENDS_IN.get(verb) in view.given() else "")

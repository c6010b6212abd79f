"""Viewsets: the operations that the framework and the project's own methods give one, and its extra actions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from agentlint.api import ClassInfo, FunctionInfo, Program, Ref, Value, syntax, walk
from agentlint_django.models import models_of
from agentlint_django.patterns import holes
from agentlint_django.project import settings_of
from agentlint_drf.copies import copies_of, marks_action

ACTION = frozenset({"rest_framework.decorators.action", "rest_framework.decorators.detail_route", "rest_framework.decorators.list_route"})
STANDARD = {
    "list": ("GET", False), "create": ("POST", False), "retrieve": ("GET", True), "update": ("PUT", True),
    "partial_update": ("PATCH", True), "destroy": ("DELETE", True),
}
"""Operations of a router: HTTP method, and whether they stand on one item."""
_ALL = tuple(STANDARD)
_GIVES = {
    "ModelViewSet": _ALL, "ReadOnlyModelViewSet": ("list", "retrieve"), "CreateModelMixin": ("create",), "ListModelMixin": ("list",),
    "RetrieveModelMixin": ("retrieve",), "UpdateModelMixin": ("update", "partial_update"), "DestroyModelMixin": ("destroy",),
    "CreateAPIView": ("create",), "ListAPIView": ("list",), "RetrieveAPIView": ("retrieve",), "DestroyAPIView": ("destroy",),
    "UpdateAPIView": ("update", "partial_update"), "ListCreateAPIView": ("list", "create"), "RetrieveUpdateAPIView": ("retrieve", "update", "partial_update"),
    "RetrieveDestroyAPIView": ("retrieve", "destroy"), "RetrieveUpdateDestroyAPIView": ("retrieve", "update", "partial_update", "destroy"),
}
_REFUSALS = frozenset({"HttpResponseNotAllowed", "HttpResponseForbidden", "http_method_not_allowed"})
_FAMILY = ("rest_framework", "drf", "rest_")
"""How the names of packages begin that extend the framework with viewsets and mixins of the same words."""


class Action(msgspec.Struct, frozen=True, eq=False):
    """One way to call an extra action."""

    name: str
    method: FunctionInfo
    verb: str
    on_item: bool
    url_path: str
    options: dict[str, Value] = {}
    """What the decorator sets for this action alone: permission, authentication and serializer classes."""


class ViewSet:
    """One viewset or generic view."""

    def __init__(self, info: ClassInfo, program: Program, options: dict[str, Value] | None = None) -> None:
        self.info = info
        self._program = program
        self._options = options or {}
        self._setup = settings_of(program).setup
        self._copies = copies_of(program)

    def method(self, name: str) -> FunctionInfo | None:
        """A method of the project's own: what a copied framework does is what the framework does."""
        found = self._program.method(self.info.id, name)
        return None if found is not None and found.owner in self._copies else found

    def attribute(self, name: str) -> Value:
        """A class attribute, or what `as_view` was given instead; None when neither says anything."""
        if name in self._options:
            return self._options[name]
        held = self._program.attribute(self.info.id, name)
        return self._setup.evaluator.class_attribute(held[1].id, name) if held is not None else None

    def lookup(self) -> str:
        """Name of the hole for one item."""
        for name in ("lookup_url_kwarg", "lookup_field"):
            told = self.attribute(name)
            if isinstance(told, str):
                return told
        return "id"

    def model(self) -> str:
        """The model of the view's objects: by its queryset, else by what `get_queryset` gives or is the only one to name; empty when neither says."""
        models = models_of(self._program)
        found = models.named(self.attribute("queryset"))
        method = self.method("get_queryset")
        if not found and method is not None:
            found = next((m for r in self._program.returned(method) if (m := models.named(self._setup.value(r, method)))), "")
            named = {} if found else dict.fromkeys(self._named(method))
            found = found or (next(iter(named)) if len(named) == 1 else "")
        return found or models.named(self.attribute("model"))  # up to version 2, in copies of that, and a word that views of a project often have

    def _named(self, method: FunctionInfo) -> Iterator[str]:
        for expr in walk.body_expressions(method.node.body):
            if isinstance(expr, syntax.Name) and expr.id[:1].isupper():
                found = models_of(self._program).named(Ref(self._program.resolve(expr, method)))
                if found:
                    yield found

    def serializers(self) -> list[str]:
        """Names that the class attributes of a view give for serializers, whatever the attributes are called: `serializer_class`, `write_serializer_class`."""
        bases = (self._program.classes[b] for b in self._program.mro(self.info.id) if b in self._program.classes)
        names = dict.fromkeys(n for base in bases for n in base.attributes if n.endswith("serializer_class"))
        return [told.name for n in names if isinstance(told := self.attribute(n), Ref)]

    def given(self) -> frozenset[str]:
        """Standard operations that bases of the framework bring."""
        bases = (b for b in self._program.mro(self.info.id) if b not in self._program.classes and b.startswith(_FAMILY))
        return frozenset(name for base in bases for name in _GIVES.get(base.rpartition(".")[2], ()))

    def standard(self) -> list[str]:
        """Standard operations that exist: defined by the project or given by a base, neither switched off nor refused."""
        given = self.given()
        found = []
        for name, (verb, _) in STANDARD.items():
            own = self.method(name)
            if name == "partial_update" and own is None:
                updates = self.method("update")
                exists = name in given and not (updates is not None and refuses(updates))
            else:
                exists = name in given if own is None else not refuses(own)
            if exists and self.allows(verb):
                found.append(name)
        return found

    def allows(self, verb: str) -> bool:
        """True unless `http_method_names` leaves the method out."""
        listed = self.attribute("http_method_names")
        return not isinstance(listed, list | tuple) or verb.lower() in [str(m).lower() for m in listed]

    def plain(self, on_item: bool, served: Iterable[str]) -> Iterator[FunctionInfo]:
        """Methods called like HTTP's own (`patch`), which answer on every address of the viewset to which no operation of a router gives that method.

        `ViewSetMixin.as_view` binds the mapped methods beside those that the class has.
        """
        for verb in ("post", "put", "patch", "delete"):
            own = self.method(verb)
            if own is None or verb.upper() in served or refuses(own) or not self.allows(verb.upper()) or any(self._declared(own)):
                continue
            asked = [p for p in own.node.params[2:] if p.kind == "positional" and p.default is None]
            takes = len(own.node.params) > 2 if on_item else not asked
            if takes:
                yield own

    # --------------------------------------------------------------- actions

    def actions(self) -> Iterator[Action]:
        """Extra actions with every verb that they take."""
        names = dict.fromkeys(m for b in self._program.mro(self.info.id) if b in self._program.classes for m in self._program.classes[b].methods)
        for name in names:
            method = self.method(name)
            if method is not None:
                for verb, on_item, url_path, options in self._declared(method):
                    if self.allows(verb):
                        yield Action(name, method, verb, on_item, url_path, options)

    def _declared(self, method: FunctionInfo) -> Iterator[tuple[str, bool, str, dict[str, Value]]]:
        for decorator in method.node.decorators:
            call = decorator if isinstance(decorator, syntax.Call) else None
            func = call.func if call is not None else decorator
            if isinstance(func, syntax.Attribute) and isinstance(func.value, syntax.Attribute) and func.value.attr == "mapping":
                yield from self._mapped(func.attr, walk.dotted(func.value.value))
            elif self._is_action(func, method) or (call is not None and self._wraps_action(func, method)):
                yield from self._decorated(call, method)

    def _is_action(self, func: syntax.Expr, method: FunctionInfo) -> bool:
        name = self._program.resolve(func, method.module)
        return name in ACTION or marks_action(name, self._program)

    def _wraps_action(self, func: syntax.Expr, method: FunctionInfo) -> bool:
        """True for a decorator of the project that hands on to `action`."""
        wrapper = self._program.lookup(self._program.resolve(func, method.module))
        return isinstance(wrapper, FunctionInfo) and any(self._program.resolve(c.func, wrapper) in ACTION for c in walk.calls(wrapper.node.body))

    def _mapped(self, verb: str, first: str) -> Iterator[tuple[str, bool, str, dict[str, Value]]]:
        """`@other.mapping.post` shares the other's URL."""
        other = self._program.method(self.info.id, first)
        for _, on_item, url_path, options in list(self._declared(other))[:1] if other is not None else ():
            yield verb.upper(), on_item, url_path, options

    def _decorated(self, call: syntax.Call | None, method: FunctionInfo) -> Iterator[tuple[str, bool, str, dict[str, Value]]]:
        scope = self._program.classes.get(method.owner) or method.module
        options = {k.name: self._setup.value(k.value, scope) for k in call.keywords if k.name} if call is not None else {}
        if call is not None and call.args and "methods" not in options:
            options["methods"] = self._setup.value(call.args[0], scope)
        methods = options.pop("methods", None)
        name = walk.dotted(call.func if call is not None else None).rpartition(".")[2]
        on_item = options.pop("detail", None) is not False and name != "list_route"
        spoken = options.pop("url_path", None)
        url_path = holes(spoken, True) if isinstance(spoken, str) and "(" in spoken else holes(spoken, False) if isinstance(spoken, str) else method.node.name
        for verb in methods if isinstance(methods, list | tuple) and methods else ("get",):
            yield str(verb).upper(), on_item, url_path, options


def refuses(method: FunctionInfo) -> bool:
    """True for a method that does nothing but say no: raises, or answers 405 or 403."""
    body = [s for s in method.node.body if not (isinstance(s, syntax.Expression) and isinstance(s.value, syntax.Constant))]
    if len(body) != 1:
        return False
    if isinstance(body[0], syntax.Raise):
        return True
    value = body[0].value if isinstance(body[0], syntax.Return) else None
    if not isinstance(value, syntax.Call):
        return False
    given = [*value.args, *(k.value for k in value.keywords)]
    return walk.dotted(value.func).rpartition(".")[2] in _REFUSALS or any(_is_refusal(e) for g in given for e in walk.expressions(g))


def _is_refusal(expr: syntax.Expr) -> bool:
    name = walk.dotted(expr)
    return "405" in name or "403" in name or (isinstance(expr, syntax.Constant) and expr.value in (403, 405))


def hands_on(method: FunctionInfo, *names: str) -> bool:
    """True when a method calls its base, one of the named methods on itself, or saves a serializer."""
    for call in walk.calls(method.node.body):
        func = call.func
        if isinstance(func, syntax.Attribute):
            if isinstance(func.value, syntax.Call) and walk.dotted(func.value.func) == "super":
                return True
            if walk.dotted(func.value) == "self" and (func.attr.startswith("perform_") or func.attr in names):
                return True
    return False



"""Classes of libraries that stand for several views of one model and give their URL patterns: smartmin's `SmartCRUDL`, neapolitan's `CRUDView`."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from agentlint.api import ClassInfo, Closure, Made, Member, Program, Ref, Type, Value
from agentlint_django.class_views import role_of
from agentlint_django.models import models_of
from agentlint_django.patterns import holes
from agentlint_django.project import settings_of

_COLLECTION, _ROLES = "smartmin.views.SmartCRUDL", "neapolitan.views.CRUDView"
_VIEWS = {"create": "SmartCreateView", "read": "SmartReadView", "update": "SmartUpdateView", "delete": "SmartDeleteView", "list": "SmartListView"}
"""The actions that a collection has by itself, and the views that answer them where it has none of its own (smartmin 6.1)."""
_PATHS = {"list": "", "create": "new/", "detail": "{pk}/", "update": "{pk}/edit/", "delete": "{pk}/delete/"}
"""Roles of a view and where each hangs below the name of its model (neapolitan 26.1)."""
_HOOKS = ("pre_save", "save", "post_save", "pre_delete", "post_delete")


class SetView(msgspec.Struct, frozen=True, eq=False):
    """One view of such a class."""

    path: str
    """Route below the place where the class hangs, with `{name}` holes."""
    view: Value
    name: str


def views_given(made: Made, program: Program) -> Iterator[SetView] | None:
    """The views behind patterns that a method of a class gives; None when it is of no class known here."""
    if not isinstance(made.callee, Member):
        return None
    owner = made.callee.owner
    name = owner.callee.name if isinstance(owner, Made) and isinstance(owner.callee, Ref) else owner.name if isinstance(owner, Ref) else ""
    info = program.classes.get(name)
    if info is None:
        return None
    if made.callee.attr == "as_urlpatterns" and program.inherits(name, _COLLECTION):
        return _Collection(info, owner.keywords if isinstance(owner, Made) else {}, program).views()
    if made.callee.attr == "get_urls" and program.inherits(name, _ROLES):
        return _by_role(info, made, program)
    return None


def set_types(program: Program) -> Iterator[tuple[str, str, Type]]:
    """The object of each inner view of a collection, and what its hooks are handed: rows of the collection's model where the view names none."""
    for class_id in program.subclasses(_COLLECTION):
        info = program.classes[class_id]
        model = models_of(program).named(settings_of(program).setup.evaluator.attribute_of(Ref(class_id), "model"))
        for inner in info.nested.values() if model else ():
            if program.attribute(inner, "model") is None:
                yield inner, "model", Type(model, (), True)
                for hook in _HOOKS:
                    method = program.method(inner, hook)
                    if method is not None and method.owner == inner and len(method.node.params) > 1:
                        yield method.id, method.node.params[1].name, Type(model)


def _by_role(info: ClassInfo, made: Made, program: Program) -> Iterator[SetView]:
    told = made.keywords.get("roles", made.args[0] if made.args else None)
    roles = [role_of(r) for r in told] if isinstance(told, list | tuple | set) else list(_PATHS)
    evaluator = settings_of(program).setup.evaluator
    model, spoken, key = (evaluator.attribute_of(Ref(info.id), n) for n in ("model", "url_base", "lookup_field"))
    base = spoken if isinstance(spoken, str) else models_of(program).named(model).rpartition(".")[2].lower() or "{}"
    for role in roles:
        path = _PATHS.get(role, "").replace("{pk}", f"{{{key}}}" if isinstance(key, str) else "{pk}")
        yield SetView(f"{base}/{path}", _as_view(Ref(info.id), {"role": Ref(f"neapolitan.views.Role.{role.upper()}")}, made), f"{base}-{role}")


def _as_view(view: Ref, options: dict[str, Value], at: Made) -> Made:
    return Made(Member(view, "as_view"), [], options, at.file, at.line)


class _Collection:
    """A `SmartCRUDL`: one inner class for each action that is not as the library has it."""

    def __init__(self, info: ClassInfo, given: dict[str, Value], program: Program) -> None:
        self._info = info
        self._program = program
        self._given = given
        self._model = self._told("model")
        named = models_of(program).named(self._model).rpartition(".")[2]
        self._path = self._text("path") or (self._text("model_name") or named).lower() or "{}"

    def views(self) -> Iterator[SetView]:
        """One view for each action."""
        actions = self._told("actions")
        for action in actions if isinstance(actions, list | tuple) else _VIEWS:
            if isinstance(action, str):
                yield self._view(action)

    def _view(self, action: str) -> SetView:
        own = self._own("".join(word.capitalize() for word in action.split("_")))
        view = Ref(own) if own else Ref(f"smartmin.views.{_VIEWS.get(action, 'SmartView')}")
        at = Made(view, [], {}, self._info.module.path, self._info.node.line)
        options = {} if own and self._says(own, "model") else {"model": self._model}
        return SetView(self._pattern(own, action), _as_view(view, options, at), f"{self._module()}.{self._path}_{action}")

    def _own(self, name: str) -> str:
        """The inner class of a name, the bases' included."""
        bases = (self._program.classes.get(b) for b in self._program.mro(self._info.id))
        return next((base.nested[name] for base in bases if base is not None and name in base.nested), "")

    def _pattern(self, own: str, action: str) -> str:
        method = self._program.method(own, "derive_url_pattern") if own else None
        if method is not None:
            told = settings_of(self._program).setup.caller.run_function(Closure(method, None, Ref(own)), [self._path, action], {})
            if isinstance(told, str):
                return holes(told, True)
        kind = own and next((b.rpartition(".")[2] for b in self._program.mro(own) if b.startswith("smartmin.")), "")
        if action == "list" and kind in ("", "SmartListView", "SmartCsvView", "SmartXlsView"):
            return f"{self._path}/"
        one = action in ("read", "update", "delete") if not kind else any(
            self._program.inherits(own, f"smartmin.views.{b}") for b in ("SmartReadView", "SmartUpdateView", "SmartDeleteView", "SmartModelActionView")
        )
        key = self._text_of(own, "slug_url_kwarg") or "pk" if one else ""
        return f"{self._path}/{action}/{{{key}}}/" if key else f"{self._path}/{action}/"

    def _module(self) -> str:
        parts = self._info.module.name.split(".")
        return self._text("module_name") or parts[-3 if parts[-2:-1] == ["views"] and len(parts) > 2 else -2] if len(parts) > 1 else parts[0]

    def _says(self, class_id: str, name: str) -> bool:
        return self._program.attribute(class_id, name) is not None

    def _told(self, name: str) -> Value:
        return self._given[name] if name in self._given else settings_of(self._program).setup.evaluator.attribute_of(Ref(self._info.id), name)

    def _text(self, name: str) -> str:
        value = self._told(name)
        return value if isinstance(value, str) else ""

    def _text_of(self, class_id: str, name: str) -> str:
        value = settings_of(self._program).setup.evaluator.attribute_of(Ref(class_id), name) if class_id else None
        return value if isinstance(value, str) else ""

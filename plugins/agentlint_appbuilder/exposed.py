"""What a view class lets callers reach: its exposed methods, those that the framework's classes bring, and what closes them again."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from agentlint.api import ClassInfo, FunctionInfo, Program, Value, syntax
from agentlint_appbuilder.registered import Registrations

MODEL_VIEW, CRUD, MODEL_API, API = (
    "flask_appbuilder.ModelView", "flask_appbuilder.CompactCRUDMixin", "flask_appbuilder.ModelRestApi", "flask_appbuilder.BaseApi")
_FORMS = ("flask_appbuilder.SimpleFormView", "flask_appbuilder.PublicFormView")
_EXPOSE = ("flask_appbuilder.expose", "flask_appbuilder.expose_api")
_PERMISSION = "flask_appbuilder.security.decorators.permission_name"
_ASKS = ("has_access", "requires_access")
"""How decorators are called that ask for the permission of a method: the framework's own, and those that projects put in their place."""
_DISPATCHERS = ("action", "action_post")
"""Methods that only hand on to actions, which stand for themselves."""
_ACTION = "flask_appbuilder.actions.action"
_WRITING = {"add": ("/add", "create"), "edit": ("/edit/{pk}", "update"), "delete": ("/delete/{pk}", "delete")}
_REST = {
    "info": ("GET", "/_info", ""), "get_list": ("GET", "/", ""), "get": ("GET", "/{pk}", ""), "post": ("POST", "/", "create"),
    "put": ("PUT", "/{pk}", "update"), "delete": ("DELETE", "/{pk}", "delete"),
}


class Exposed(msgspec.Struct, frozen=True, eq=False):
    """One way into a view."""

    name: str
    """Name of the method."""
    method: str
    path: str
    """Below the view's own address."""
    handler: FunctionInfo | None = None
    """The project's code; None where the framework does it all."""
    operation: str = ""
    """What the framework itself writes: create, update, delete, or nothing."""
    is_action: bool = False


class Doors:
    """Ways into view classes."""

    def __init__(self, program: Program, registrations: Registrations) -> None:
        self._program = program
        self._registrations = registrations

    def of(self, view: ClassInfo) -> Iterator[Exposed]:
        """All ways into a view that its settings leave open."""
        for door in (*self._own(view), *self._framework(view)):
            if not self._closed(view, door):
                yield door

    def _methods(self, view: ClassInfo) -> Iterator[FunctionInfo]:
        names = dict.fromkeys(m for b in self._program.mro(view.id) if b in self._program.classes for m in self._program.classes[b].methods)
        for name in names:
            method = self._program.method(view.id, name)
            if method is not None:
                yield method

    def _own(self, view: ClassInfo) -> Iterator[Exposed]:
        for method in self._methods(view):
            if method.node.name in _DISPATCHERS:
                continue
            for call in method.node.decorators:
                if not isinstance(call, syntax.Call):
                    continue
                known = self._program.resolve(call.func, method.module)
                if known in _EXPOSE:
                    path, methods = self._address(call, method, known)
                    for verb in methods:
                        yield Exposed(method.node.name, verb, path, method)
                elif known == _ACTION and self._program.inherits(view.id, MODEL_VIEW):
                    name = self._program.fold(call.args[0], method.module) if call.args else method.node.name
                    yield Exposed(method.node.name, "POST", f"/action_post?action={name}", method, is_action=True)

    def _address(self, call: syntax.Call, method: FunctionInfo, known: str) -> tuple[str, tuple[str, ...]]:
        names = ("url", "methods") if known.endswith("expose") else ("name", "url", "methods", "description")
        given = dict(zip(names, call.args, strict=False)) | {k.name: k.value for k in call.keywords if k.name}
        scope = self._program.classes.get(method.owner) or method.module
        url = self._registrations.setup.value(given["url"], scope) if "url" in given else "/"
        methods = self._registrations.setup.value(given["methods"], scope) if "methods" in given else ("GET",)
        verbs = tuple(str(m).upper() for m in methods) if isinstance(methods, list | tuple) else ("GET",)
        return url if isinstance(url, str) else "/{}", verbs

    def _framework(self, view: ClassInfo) -> Iterator[Exposed]:
        """Methods of the framework's classes that the project does not replace."""
        inherits, method = self._program.inherits, self._program.method
        if inherits(view.id, MODEL_VIEW, CRUD):
            for name, (path, operation) in _WRITING.items():
                if method(view.id, name) is None:
                    yield Exposed(name, "POST", path, None, operation)
        if inherits(view.id, MODEL_API):
            for name, (verb, path, operation) in _REST.items():
                if method(view.id, name) is None:
                    yield Exposed(name, verb, path, None, operation)
        if inherits(view.id, *_FORMS):
            for verb, inner, outer in (("GET", "form_get", "this_form_get"), ("POST", "form_post", "this_form_post")):
                handler = method(view.id, inner)
                if handler is not None and method(view.id, outer) is None:
                    yield Exposed(outer, verb, "/form", handler)

    # ---------------------------------------------------------------- closed

    def _closed(self, view: ClassInfo, door: Exposed) -> bool:
        """True when the class routes only other methods, or grants no permission for this one."""
        routed = "action_post" if door.is_action else door.name
        included, excluded = self._names(view, "include_route_methods"), self._names(view, "exclude_route_methods")
        if (included is not None and routed not in included) or routed in (excluded or ()):
            return True
        granted = self._names(view, "base_permissions")
        if granted is None or door.is_action:
            return False
        permission = self._permission(view, door)
        return bool(permission) and f"can_{permission}" not in granted and "{}" not in "".join(granted)

    def _permission(self, view: ClassInfo, door: Exposed) -> str:
        """The permission that a way in asks for, empty when it asks for none."""
        renamed = self._registrations.attribute(view.id, "method_permission_name")
        told = renamed.get(door.name) if isinstance(renamed, dict) else None
        if isinstance(told, str):
            return told
        if door.handler is None or door.name in ("this_form_get", "this_form_post"):
            return {"info": "info"}.get(door.name, door.name)
        calls = {self._program.resolve(getattr(d, "func", d), door.handler.module): d for d in door.handler.node.decorators}
        named = calls.get(_PERMISSION)
        if isinstance(named, syntax.Call) and named.args:
            folded = self._program.fold(named.args[0], door.handler.module)
            return folded if isinstance(folded, str) else ""
        return door.name if any(_asks(name, decorator) for name, decorator in calls.items()) else ""

    def _names(self, view: ClassInfo, attribute: str) -> tuple[str, ...] | None:
        """The texts of a class attribute; None when it is not set, or not to something that the code tells."""
        value: Value = self._registrations.attribute(view.id, attribute)
        return tuple(v for v in value if isinstance(v, str)) if isinstance(value, list | tuple) else None


def _asks(name: str, decorator: syntax.Expr) -> bool:
    """True for a decorator that asks for the method's own permission; one that is given arguments (`has_access_to("reports")`) asks for another."""
    last = name.rpartition(".")[2]
    return last == "protect" or (last.startswith(_ASKS) and not (isinstance(decorator, syntax.Call) and decorator.args))

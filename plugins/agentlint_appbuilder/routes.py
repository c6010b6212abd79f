"""Routes of registered views: addresses, who may call, and what the framework itself writes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentlint.api import ClassInfo, Context, Effect, FunctionInfo, Guard, Made, Ref, Route, Surface, Value, join_paths, walk
from agentlint_appbuilder.exposed import API, Doors, Exposed
from agentlint_appbuilder.interface import api_of
from agentlint_appbuilder.registered import Registered, Registrations

_HOOKS = {
    "create": ("pre_add", "post_add", "process_form"), "update": ("pre_update", "post_update", "process_form", "prefill_form"),
    "delete": ("pre_delete", "post_delete"),
}
_INTERFACE_METHODS = {"create": "add", "update": "edit", "delete": "delete"}
_SECURITY = "flask_appbuilder.security"
_THEIR_MODELS = {"UserModelView": "User", "RoleModelView": "Role", "RegisterUserModelView": "RegisterUser", "PermissionModelView": "Permission"}
"""Models of the framework's own security views."""
_COLUMNS = {"create": ("add_columns", "add_exclude_columns", "add_fieldsets"), "update": ("edit_columns", "edit_exclude_columns", "edit_fieldsets")}


def view_routes(context: Context) -> Iterator[Route]:
    """Routes of all registered views."""
    reader = _Reader(context)
    for registered in reader.registrations.all():
        yield from reader.of(registered)


class _Reader:
    def __init__(self, context: Context) -> None:
        self._program = context.program
        self.registrations = Registrations(context.program)
        self._doors = Doors(context.program, self.registrations)

    def of(self, registered: Registered) -> Iterator[Route]:
        """Routes of one view."""
        view = self._program.classes[registered.view]
        is_api = self._program.inherits(view.id, API)
        base = self._base(view, is_api)
        for door in self._doors.of(view):
            yield self._route(view, door, join_paths(base, _holes(door.path)) or "/", is_api, registered)

    def _attribute(self, view: ClassInfo, name: str) -> Value:
        return self.registrations.attribute(view.id, name)

    def _base(self, view: ClassInfo, is_api: bool) -> str:
        route_base = self._attribute(view, "route_base")
        if isinstance(route_base, str):
            return _holes(route_base) or "/"
        own = view.node.name.lower()
        if not is_api:
            return f"/{own}"
        version, resource = self._attribute(view, "version"), self._attribute(view, "resource_name")
        return f"/api/{version if isinstance(version, str) else 'v1'}/{resource.lower() if isinstance(resource, str) else own}"

    def _route(self, view: ClassInfo, door: Exposed, path: str, is_api: bool, registered: Registered) -> Route:
        handler = door.handler
        mine = handler is None or handler.owner == view.id
        symbol = view.node.qualname if handler is None else handler.node.qualname if mine else f"{view.node.qualname}.{handler.node.name}"
        place = handler if handler is not None else view
        surface: Surface | None = None if is_api or (handler is not None and _protected(handler)) else "gui"
        return Route(
            framework="appbuilder", method=door.method, path=path, handler=handler.id if handler is not None else "", symbol=symbol,
            file=place.module.path, line=place.node.line, owner=view.id, surface=surface, guards=self._guards(view, door, is_api),
            effects=self._effects(view, door), renders="json" if is_api else "html", name=door.name, action="" if handler is not None else door.name,
            resource=self._model(view).rpartition(".")[2] if handler is None else "", table_file=registered.file, table_line=registered.line,
            extra_handlers=self._hooks(view, door),
        )

    # ------------------------------------------------------------- who calls

    def _guards(self, view: ClassInfo, door: Exposed, is_api: bool) -> tuple[Guard, ...]:
        place = (view.module.path, view.node.line)
        if not is_api:
            signed_in = door.handler is None or door.is_action
            return (Guard("session", "the framework's permission check", *place),) if signed_in else ()
        found = []
        if door.handler is None or _protected(door.handler):
            found.append(Guard("token", "JWT, which protected APIs of the framework accept", *place))
            if self._attribute(view, "allow_browser_login") is True or _allows_browser(door.handler):
                found.append(Guard("session", "allow_browser_login", *place))
        return tuple(found)

    # ---------------------------------------------------------------- writes

    def _model(self, view: ClassInfo) -> str:
        held = self._attribute(view, "datamodel")
        model = held.args[0] if isinstance(held, Made) and held.args else None
        if isinstance(model, Ref):
            return model.name
        theirs = (_THEIR_MODELS.get(base.rpartition(".")[2]) for base in self._program.mro(view.id) if base.startswith(f"{_SECURITY}.views."))
        return next((f"{_SECURITY}.sqla.models.{name}" for name in theirs if name), "")

    def _effects(self, view: ClassInfo, door: Exposed) -> tuple[Effect, ...]:
        model = self._model(view)
        if not door.operation or not model:
            return ()
        fields = () if door.operation == "delete" else self._columns(view, door.operation)
        return (
            Effect("orm-write", door.operation, model.rpartition(".")[2], view.module.path, view.node.line, "", model=model, fields=fields,  # type: ignore[arg-type]
                   api=api_of(door.operation), registered=True),
        )

    def _columns(self, view: ClassInfo, operation: str) -> tuple[str, ...]:
        """Columns that a caller may write; empty for all of them."""
        columns, excluded, fieldsets = _COLUMNS[operation]
        listed = self._attribute(view, columns)
        sets = self._attribute(view, fieldsets)
        for _, options in (s for s in sets if isinstance(s, tuple | list) and len(s) == 2) if isinstance(sets, list | tuple) and not listed else ():
            fields = options.get("fields") if isinstance(options, dict) else None
            listed = [*(listed or ()), *(fields if isinstance(fields, list | tuple) else ())]
        closed = self._attribute(view, excluded)
        texts = {c for c in listed if isinstance(c, str)} if isinstance(listed, list | tuple) else set()
        return tuple(sorted(texts - set(closed if isinstance(closed, list | tuple) else ())))

    def _hooks(self, view: ClassInfo, door: Exposed) -> tuple[str, ...]:
        """The project's own methods that the framework runs around a write, those of the data interface included."""
        found = [self._program.method(view.id, name) for name in _HOOKS.get(door.operation, ())]
        held = self._attribute(view, "datamodel")
        if door.operation and isinstance(held, Made) and isinstance(held.callee, Ref) and held.callee.name in self._program.classes:
            found.append(self._program.method(held.callee.name, _INTERFACE_METHODS[door.operation]))
        return tuple(method.id for method in found if method is not None)


def _protected(handler: FunctionInfo) -> bool:
    return any(walk.dotted(getattr(d, "func", d)).rpartition(".")[2] == "protect" for d in handler.node.decorators)


def _allows_browser(handler: FunctionInfo | None) -> bool:
    """`@protect(allow_browser_login=True)`."""
    for decorator in handler.node.decorators if handler is not None else ():
        for keyword in getattr(decorator, "keywords", ()):
            if keyword.name == "allow_browser_login" and getattr(keyword.value, "value", None) is True:
                return True
    return False


def _holes(path: str) -> str:
    """`/edit/<int:pk>` -> `/edit/{pk}`."""
    return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", path)

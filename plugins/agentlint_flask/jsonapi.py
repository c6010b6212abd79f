"""JSON:API resources: classes over a data layer whose list, detail and relationship methods the library itself answers.

Flask-REST-JSONAPI documentation, "Resource Manager", "Data layer", "Routing", "Permission", "OAuth"; Flask-COMBO-JSONAPI is its successor.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from agentlint.api import ClassInfo, Effect, EffectOperation, FunctionInfo, Guard, LibraryFacts, Made, Program, Ref, SetupCode, Value
from agentlint_flask.hooks import function_of
from agentlint_flask.tables import JSONAPIS, Tables

_LIBRARIES = ("flask_rest_jsonapi", "flask_combo_jsonapi")


def _bases(name: str) -> tuple[str, ...]:
    return tuple(f"{library}{module}.{name}" for library in _LIBRARIES for module in ("", ".resource"))


_LIST, _DETAIL, _RELATION = _bases("ResourceList"), _bases("ResourceDetail"), _bases("ResourceRelationship")
RESOURCES = (*_LIST, *_DETAIL, *_RELATION)
_WRITES: tuple[tuple[tuple[str, ...], dict[str, EffectOperation | None]], ...] = (
    (_LIST, {"GET": None, "POST": "create"}),
    (_DETAIL, {"GET": None, "PATCH": "update", "DELETE": "delete"}),
    (_RELATION, {"GET": None, "POST": "update", "PATCH": "update", "DELETE": "update"}),
)
"""What each method of a kind of resource does to a row; those of relationships change the row that holds them."""
_STEPS: dict[str, tuple[str, ...]] = {"create": ("create_object",), "update": ("update_object",), "delete": ("delete_object",)}
_RELATING = {"POST": "create_relationship", "PATCH": "update_relationship", "DELETE": "delete_relationship"}


class Answered(msgspec.Struct, frozen=True):
    """One method of a resource: what the project's code does in it, and what the library does."""

    method: str
    handler: FunctionInfo | None
    """The project's own method in place of the library's."""
    hooks: tuple[str, ...]
    effects: tuple[Effect, ...]
    model: str


class JsonApi:
    """Reads resources and who may call them."""

    def __init__(self, tables: Tables, program: Program, library: LibraryFacts) -> None:
        self._program, self._library, self._tables = program, library, tables
        self._setup: SetupCode = tables.setup
        self._managers = [f.id for made in tables.calls if _verb(made) == "permission_manager" and made.args
                          for f in (function_of(made.args[0], program),) if f is not None]
        self._oauth = tuple(Guard("oauth", "oauth_manager", made.file, made.line) for made in tables.calls
                            if _verb(made) == "oauth_manager" and tables.called_on(made)[0])

    def is_resource(self, value: Value) -> bool:
        """True for a resource class."""
        return isinstance(value, Ref) and self._program.inherits(value.name, *RESOURCES)

    def answered(self, info: ClassInfo) -> Iterator[Answered]:
        """Every method that a resource answers."""
        allowed = self._attribute(info, "methods")
        layer = self._attribute(info, "data_layer")
        model = layer.get("model") if isinstance(layer, dict) else None
        model_id = model.name if isinstance(model, Ref) else ""
        own_layer = layer.get("class") if isinstance(layer, dict) else None
        kind = next((writes for bases, writes in _WRITES if self._program.inherits(info.id, *bases)), {})
        for method, operation in kind.items():
            if isinstance(allowed, list | tuple) and method not in allowed:
                continue
            handler = self._program.method(info.id, method.lower())
            step = _RELATING[method] if operation and self._program.inherits(info.id, *_RELATION) else _STEPS[operation][0] if operation else ""
            hooks = tuple(self._hooks(info, method, step))
            replaced = self._method_of(own_layer, step) if step else None
            if replaced is not None:
                hooks = (*hooks, replaced.id)
            written = operation is not None and handler is None and replaced is None and bool(model_id)
            effects = (self._effect(info, operation, model_id),) if operation is not None and written else ()
            yield Answered(method, handler, () if handler is not None else hooks, effects, model_id.rpartition(".")[2])

    def guards(self, info: ClassInfo) -> tuple[tuple[Guard, ...], tuple[str, ...]]:
        """What a resource asks of its caller beside its decorators: the permission manager and the OAuth manager of the API."""
        open_to_all = self._attribute(info, "disable_permission") is True
        oauth = () if self._attribute(info, "disable_oauth") is True else self._oauth
        return oauth, () if open_to_all else tuple(dict.fromkeys((*self._managers, *self._named(info))))

    def _named(self, info: ClassInfo) -> Iterator[str]:
        """Functions beside the permission manager that a resource's decorators name as texts: `api.has_permission("is_owner")`."""
        given = self._attribute(info, "decorators")
        for made in given if isinstance(given, list | tuple) else ():
            if isinstance(made, Made) and _verb(made) == "has_permission" and made.args and isinstance(made.args[0], str):
                for manager in self._managers:
                    function = f"{manager.rpartition('.')[0]}.{made.args[0]}"
                    if function in self._program.functions:
                        yield function

    def _hooks(self, info: ClassInfo, method: str, step: str) -> Iterator[str]:
        """The project's methods that run around what the library does."""
        verb = method.lower()
        names = [f"before_{verb}", f"after_{verb}", f"before_{step}", f"after_{step}", step]
        if method in ("PATCH", "DELETE"):
            names += ["before_get_object", "after_get_object"]
        for name in names:
            found = self._program.method(info.id, name)
            if found is not None:
                yield found.id

    def _method_of(self, value: Value, name: str) -> FunctionInfo | None:
        return self._program.method(value.name, name) if isinstance(value, Ref) and value.name in self._program.classes else None

    def _effect(self, info: ClassInfo, operation: EffectOperation, model: str) -> Effect:
        api = f"sqlalchemy.orm.Session.{'delete' if operation == 'delete' else 'add' if operation == 'create' else 'flush'}()"
        return Effect("orm-write", operation, model.rpartition(".")[2], info.module.path, info.node.line, "", model=model, api=api, registered=True)

    def _attribute(self, info: ClassInfo, name: str) -> Value:
        held = self._program.attribute(info.id, name)
        return self._setup.evaluator.class_attribute(held[1].id, name) if held is not None else None


def _verb(made: Made) -> str:
    return getattr(made.callee, "attr", "")


__all__ = ["JSONAPIS", "RESOURCES", "Answered", "JsonApi"]

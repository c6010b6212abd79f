"""Which views an admin interface is given, over which model, and under which address."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from agentlint.api import ClassInfo, Factories, Made, Member, Program, Ref, SetupCode, Value, join_paths

BASE = "flask_admin.BaseView"
MODEL_VIEW = "flask_admin.model.BaseModelView"
FILE_VIEW = "flask_admin.contrib.fileadmin.BaseFileAdmin"
_ADMIN = "flask_admin.Admin"
_VERBS = frozenset({"add_view", "add_views"})
_STAND_INS = {"app": "flask.Flask", "flask.Flask": "flask.Flask", "admin": _ADMIN, _ADMIN: _ADMIN}


class Registered(msgspec.Struct, frozen=True, eq=False):
    """A view object."""

    made: Made
    kind: str
    """Its class: the project's own, or one of the framework's."""
    info: ClassInfo | None
    """The project's class; None where a framework class is used as it is."""
    model: str
    path: str
    file: str
    line: int


class Registrations:
    """All views of a program's admin interfaces."""

    def __init__(self, program: Program) -> None:
        self._program = program
        factories = Factories(program, _VERBS, frozenset())
        factories.run(frozenset({"flask.Flask", _ADMIN}), _STAND_INS)
        self.setup: SetupCode = factories.setup

    def all(self) -> Iterator[Registered]:
        """Registrations in the order of set-up code, each line and view once."""
        seen = set()
        for made in tuple(self.setup.made):
            for view, admin in self._given(made):
                found = self._registered(view, admin, made)
                key = (found.file, found.line, found.kind, found.model, found.path) if found is not None else None
                if found is not None and key not in seen:
                    seen.add(key)
                    yield found

    def _given(self, made: Made) -> Iterator[tuple[Made, Value]]:
        """View objects that a call hands to an interface, with the interface."""
        callee = made.callee
        if isinstance(callee, Member) and callee.attr in _VERBS:
            for value in made.args:
                for one in value if isinstance(value, list | tuple) else (value,):
                    if isinstance(one, Made):
                        yield one, callee.owner
        elif isinstance(callee, Ref) and self._is_a(callee.name, _ADMIN):
            index = made.keywords.get("index_view", made.args[2] if len(made.args) > 2 else None)
            if isinstance(index, Made):
                yield index, made

    def _is_a(self, name: str, *wanted: str) -> bool:
        return any(base in wanted for base in self._program.mro(name))

    def _registered(self, view: Made, admin: Value, call: Made) -> Registered | None:
        kind = view.callee.name if isinstance(view.callee, Ref) else ""
        if not kind or not self._is_a(kind, BASE):
            return None
        model = self._model(view) if self._is_a(kind, MODEL_VIEW) else ""
        path = self._path(view, kind, model, admin)
        return Registered(view, kind, self._program.classes.get(kind), model, path, call.file, call.line)

    def _inits(self, view: Made) -> Iterator[tuple[list[Value], dict[str, Value]]]:
        """What the object is made with: by its caller, then by its own `__init__` for the framework's."""
        for call in view.calls:
            if call.method == "__init__":
                yield call.args, call.keywords
        yield view.args, view.keywords

    def _model(self, view: Made) -> str:
        for args, keywords in self._inits(view):
            for value in (*args[:1], keywords.get("model")):
                if isinstance(value, Ref):
                    return value.name
        return ""

    def _path(self, view: Made, kind: str, model: str, admin: Value) -> str:
        base, url, endpoint = self._base(admin), "", ""
        for _, keywords in self._inits(view):
            url = url or _text(keywords.get("url"))
            endpoint = endpoint or _text(keywords.get("endpoint"))
        if url:
            return url if url.startswith("/") else join_paths(base, f"/{url}")
        if self._is_a(kind, "flask_admin.AdminIndexView") and not endpoint:
            return base
        return join_paths(base, f"/{endpoint or (model or kind).rpartition('.')[2].lower()}")

    def _base(self, admin: Value) -> str:
        if not isinstance(admin, Made):
            return "/admin"
        index = admin.keywords.get("index_view", admin.args[2] if len(admin.args) > 2 else None)
        told = _text(index.keywords.get("url")) if isinstance(index, Made) else ""
        return _text(admin.keywords.get("url")) or told or "/admin"

    def attribute(self, view: Registered, name: str) -> Value:
        """A setting of a view: of the object, else of its class; None when the project does not set it."""
        if name in view.made.attributes:
            return view.made.attributes[name]
        held = self._program.attribute(view.info.id, name) if view.info is not None else None
        return self.setup.evaluator.class_attribute(held[1].id, name) if held is not None else None

    def is_a(self, view: Registered, *wanted: str) -> bool:
        """True for views of a class of the framework or below it."""
        return self._is_a(view.kind, *wanted)


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ""

"""Which view classes an application registers, and where."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from agentlint.api import Closure, Factories, Made, Member, Program, Ref, SetupCode, Value, syntax, walk
from agentlint_appbuilder.interface import VIEWS

_VERBS = frozenset({"add_view", "add_view_no_menu", "add_api", "_add_view", "add_views"})
_INNER = ("related_views", "views", "inner_views")
"""Class attributes that list views which come with a view."""
_MANAGERS = ("flask_appbuilder.security.BaseSecurityManager",)
_STAND_INS = {"app": "flask.Flask", "flask_app": "flask.Flask", "flask.Flask": "flask.Flask", "appbuilder": "flask_appbuilder.AppBuilder"}


class Registered(msgspec.Struct, frozen=True):
    """A view class with the line that registers it."""

    view: str
    file: str
    line: int


class Registrations:
    """All registrations of a program."""

    def __init__(self, program: Program) -> None:
        self._program = program
        factories = Factories(program, _VERBS | {"register_blueprint"}, frozenset())
        factories.run(frozenset({"flask.Flask"}), _STAND_INS)
        self.setup: SetupCode = factories.setup
        self._found: dict[str, Registered] = {}
        self._of_setup()
        self._of_calls()
        self._of_managers()
        for view in list(self._found.values()):
            self._inner(view)

    def all(self) -> tuple[Registered, ...]:
        """Every registered view class once, sorted."""
        return tuple(self._found[view] for view in sorted(self._found))

    def attribute(self, view: str, name: str) -> Value:
        """The value of a class attribute of a view, None when the project does not set it."""
        held = self._program.attribute(view, name)
        return self.setup.evaluator.class_attribute(held[1].id, name) if held is not None else None

    def _add(self, value: Value, file: str, line: int) -> None:
        while isinstance(value, Made):
            value = value.callee
        if isinstance(value, Ref) and value.name in self._program.classes and self._program.inherits(value.name, *VIEWS):
            self._found.setdefault(value.name, Registered(value.name, file, line))

    def _of_setup(self) -> None:
        """Registrations as set-up code makes them, in loops and through helpers too."""
        for made in tuple(self.setup.made):
            verb = made.callee.attr if isinstance(made.callee, Member) else made.callee.info.node.name if isinstance(made.callee, Closure) else ""
            if verb in _VERBS:
                self._add(made.args[0] if made.args else made.keywords.get("baseview"), made.file, made.line)
            elif isinstance(made.callee, Ref) and made.callee.name == "flask_appbuilder.AppBuilder":
                self._add(made.keywords.get("indexview"), made.file, made.line)

    def _of_calls(self) -> None:
        """Registrations on something that the code does not tell (`current_app.appbuilder`): the class is named all the same."""
        for info in self._program.functions.values():
            for call in walk.calls(info.node.body):
                if isinstance(call.func, syntax.Attribute) and call.func.attr in _VERBS and call.args:
                    named = call.args[0].func if isinstance(call.args[0], syntax.Call) else call.args[0]
                    self._add(Ref(self._program.resolve(named, info)), info.module.path, call.line)

    def _of_managers(self) -> None:
        """Views that a security manager of the project puts in the place of the framework's."""
        for base in _MANAGERS:
            for manager in self._program.subclasses(base):
                info = self._program.classes[manager]
                for name in info.attributes:
                    self._add(self.setup.evaluator.class_attribute(manager, name), info.module.path, info.node.line)

    def _inner(self, outer: Registered) -> None:
        for value in self._values(outer.view):
            known = len(self._found)
            self._add(value, outer.file, outer.line)
            if len(self._found) > known:
                self._inner(list(self._found.values())[-1])

    def _values(self, view: str) -> Iterator[Value]:
        for name in _INNER:
            held = self.attribute(view, name)
            yield from held if isinstance(held, list | tuple) else ()

"""Views: the function or class behind what a rule is given, the methods it answers, and what stands around it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from agentlint.api import ClassInfo, Closure, FunctionInfo, Guard, LibraryFacts, Made, Member, Program, Ref, SetupCode, Value
from agentlint_flask.own_handlers import METHODS, VIEWS, entry_of, for_verb, made_by


class View(msgspec.Struct, frozen=True, eq=False):
    """A view with the wrappers around it, outermost first."""

    target: FunctionInfo | ClassInfo
    wrappers: tuple[str, ...] = ()
    entry: str = ""
    """The method that a wrapper runs on an instance of the class, where the class is a handler of the project's own design."""


class Checks(msgspec.Struct, frozen=True):
    """What wrappers demand: guards of libraries, and functions of the project that look for themselves."""

    guards: tuple[Guard, ...] = ()
    functions: tuple[str, ...] = ()


class Views:
    """Reads views of a program."""

    def __init__(self, program: Program, library: LibraryFacts, setup: SetupCode) -> None:
        self._program = program
        self._library = library
        self._setup = setup

    def of(self, value: Value) -> View | None:
        """The view that a value is: a function, `Class.as_view("x")`, either of them wrapped by calls."""
        wrappers: list[str] = []
        for _ in range(6):
            if isinstance(value, Closure):
                made = made_by(value, self._program)
                return View(made[0], tuple(wrappers), made[1]) if made is not None else View(value.info, tuple(wrappers))
            if isinstance(value, Ref):
                target = self._program.functions.get(value.name) or self._program.classes.get(value.name)
                return View(target, tuple(wrappers), entry_of(target, self._program)) if target is not None else None
            if isinstance(value, Member):
                value = value.owner
            elif isinstance(value, Made):
                if isinstance(value.callee, Member) and value.callee.attr == "as_view":
                    value = value.callee.owner
                elif isinstance(value.callee, Ref) and value.callee.name in self._program.classes and not value.args:
                    value = value.callee
                else:
                    wrappers += self.names((value.callee,))
                    value = value.args[0] if value.args else None
            else:
                return None
        return None

    def names(self, values: Value) -> list[str]:
        """Dotted names of decorators in a list, of what makes them where they are called (`roles_required("x")`)."""
        found = []
        for value in values if isinstance(values, list | tuple) else ():
            while isinstance(value, Made):
                value = value.callee
            if isinstance(value, Closure):
                found.append(value.info.id)
            elif isinstance(value, Ref):
                found.append(value.name)
            elif isinstance(value, Member):
                owner = value.owner
                while isinstance(owner, Made):
                    owner = owner.callee
                if isinstance(owner, Ref):
                    found.append(f"{owner.name}.{value.attr}")
        return found

    def handlers(self, view: View, methods: tuple[str, ...]) -> Iterator[tuple[str, FunctionInfo]]:
        """Each method with the function that answers it; `methods` are those of the rule, empty when it names none."""
        target = view.target
        if isinstance(target, FunctionInfo):
            for method in methods or ("GET",):
                yield method, target
            return
        if view.entry:
            entry = self._program.method(target.id, view.entry)
            for method in methods or ("GET",):
                handler = for_verb(target, method, self._program) or entry
                if handler is not None:
                    yield method, handler
            return
        named = False
        for name in METHODS:
            handler = self._program.method(target.id, name)
            if handler is not None and (not methods or name.upper() in methods):
                named = True
                yield name.upper(), handler
        dispatch = self._program.method(target.id, "dispatch_request")
        if dispatch is not None and not named and self._program.inherits(target.id, *VIEWS):
            for method in methods or self._declared(target) or ("GET",):
                yield method, dispatch

    def _declared(self, info: ClassInfo) -> tuple[str, ...]:
        held = self._attribute(info, "methods")
        return tuple(str(m).upper() for m in held) if isinstance(held, list | tuple) else ()

    def _attribute(self, info: ClassInfo, name: str) -> Value:
        held = self._program.attribute(info.id, name)
        return self._setup.evaluator.class_attribute(held[1].id, name) if held is not None else None

    def checks(self, view: View, method: str, around: tuple[str, ...]) -> Checks:
        """What the wrappers of a view demand of a method: those of the rule, `decorators` and `method_decorators` of the class, those of the API."""
        names = [*around, *view.wrappers]
        place = (view.target.module.path, view.target.node.line)
        if isinstance(view.target, ClassInfo):
            names += self.names(self._attribute(view.target, "decorators"))
            given = self._attribute(view.target, "method_decorators")
            names += self.names(given.get(method.lower()) if isinstance(given, dict) else given)
        guards = [Guard(kind, name, *place) for name in dict.fromkeys(names) if (kind := self._library.guard(name)) is not None]
        return Checks(tuple(guards), tuple(dict.fromkeys(n for n in names if n in self._program.functions)))

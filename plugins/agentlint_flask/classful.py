"""Views of Flask-Classful and of Flask-Classy before it: classes whose public methods are rules, once the class is registered.

Flask-Classful documentation, "Special method names", "Using custom routes", "Customizing the route base", "Customizing the route prefix", "URL parameters".
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from agentlint.api import Above, ClassInfo, FunctionInfo, Made, Member, Program, Ref, SetupCode, Value, walk
from agentlint.api import syntax as s

_LIBRARIES = ("flask_classful", "flask_classy")
_VIEWS = tuple(f"{library}.FlaskView" for library in _LIBRARIES)
_ROUTES = frozenset(f"{library}.route" for library in _LIBRARIES)
_SPECIAL = {"get": "GET", "index": "GET", "put": "PUT", "patch": "PATCH", "post": "POST", "delete": "DELETE"}
_NO_RULE = frozenset({"staticmethod", "classmethod", "property", "cached_property"})
_AROUND = ("before_", "after_")


class ClassRule(msgspec.Struct, frozen=True):
    """One rule of a class: what it adds to the base, the methods it answers, and who answers."""

    path: str
    methods: tuple[str, ...]
    handler: FunctionInfo
    before: tuple[str, ...] = ()
    """Methods of the class that run first."""


class Classful:
    """Reads registered classes."""

    def __init__(self, program: Program, setup: SetupCode) -> None:
        self._program, self._setup = program, setup

    def registered(self, made: Made) -> tuple[ClassInfo, Value] | None:
        """The class that `Orders.register(app)` registers, also by way of a `register` of the project's own, and where."""
        if not isinstance(made.callee, Member) or made.callee.attr != "register":
            return None
        owner = made.callee.owner.receiver if isinstance(made.callee.owner, Above) else made.callee.owner
        info = self._program.classes.get(owner.name) if isinstance(owner, Ref) else None
        if info is None or not self._program.inherits(info.id, *_VIEWS):
            return None
        return info, made.args[0] if made.args else made.keywords.get("app")

    def rules(self, info: ClassInfo, made: Made) -> Iterator[ClassRule]:
        """Every rule of a class."""
        base = self._base(info, made)
        before = self._program.method(info.id, "before_request")
        for name, handler in sorted(self._public(info)):
            own = self._program.method(info.id, f"before_{name}")
            first = tuple(hook.id for hook in (before, own) if hook is not None)
            told = [d for d in handler.node.decorators if isinstance(d, s.Call) and self._program.resolve(d.func, handler.module) in _ROUTES]
            for call in told:
                path = call.args[0].value if call.args and isinstance(call.args[0], s.Constant) else ""
                listed = next((k.value for k in call.keywords if k.name == "methods"), None)
                yield ClassRule(_joined(base, str(path)), self._methods(listed, handler), handler, first)
            if not told:
                parts = "/".join(f"<{arg}>" for arg in self._arguments(info, handler))
                path = parts if name in _SPECIAL else f"{name}/{parts}"
                yield ClassRule(_joined(base, path), (_SPECIAL[name],) if name in _SPECIAL else self._default_methods(info), handler, first)

    def _public(self, info: ClassInfo) -> Iterator[tuple[str, FunctionInfo]]:
        """Methods that are rules: all that are not set apart by their name or by what they are."""
        excluded = self._listed(info, "excluded_methods")
        names = {n for base in self._program.mro(info.id) if base in self._program.classes for n in self._program.classes[base].methods}
        for name in names:
            handler = self._program.method(info.id, name)
            if handler is None or name.startswith(("_", *_AROUND)) or name in excluded:
                continue
            decorators = {walk.dotted(d.func if isinstance(d, s.Call) else d).rpartition(".")[2] for d in handler.node.decorators}
            if not decorators & _NO_RULE:
                yield name, handler

    def _base(self, info: ClassInfo, made: Made) -> str:
        prefix = _text(made.keywords.get("route_prefix")) or _text(self._attribute(info, "route_prefix"))
        base = made.keywords.get("route_base") or self._attribute(info, "route_base")
        if not isinstance(base, str):
            base = info.node.name.lower().removesuffix("view")
            base = "" if base == "index" else base
        return _joined(prefix, base)

    def _arguments(self, info: ClassInfo, handler: FunctionInfo) -> Iterator[str]:
        """Parameters without a default stand in the path, in order."""
        left_out = self._listed(info, "base_args")
        for parameter in handler.node.params[1:]:
            if parameter.kind == "positional" and parameter.default is None and parameter.name not in left_out:
                yield parameter.name

    def _methods(self, listed: s.Expr | None, handler: FunctionInfo) -> tuple[str, ...]:
        held = self._program.fold(listed, handler.module) if listed is not None else None
        return tuple(str(m).upper() for m in held) if isinstance(held, list | tuple) and held else ("GET",)

    def _default_methods(self, info: ClassInfo) -> tuple[str, ...]:
        return tuple(m.upper() for m in self._listed(info, "default_methods")) or ("GET",)

    def _listed(self, info: ClassInfo, name: str) -> tuple[str, ...]:
        held = self._attribute(info, name)
        return tuple(v for v in held if isinstance(v, str)) if isinstance(held, list | tuple) else ()

    def _attribute(self, info: ClassInfo, name: str) -> Value:
        held = self._program.attribute(info.id, name)
        return self._setup.evaluator.class_attribute(held[1].id, name) if held is not None else None


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ""


def _joined(first: str, second: str) -> str:
    return "/".join(part for part in (first.strip("/"), second.strip("/")) if part)

"""Views: declared by decorators on functions, methods and classes, added by calls, or registered by decorators that a project makes of them."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from agentlint.api import ClassInfo, Closure, Context, FunctionInfo, Made, Ref, Scope, Value, setup_code, syntax, walk
from agentlint_pyramid.configuration import Configuration, given, named

_VIEW = "pyramid.view.view_config"
_DEFAULTS = "pyramid.view.view_defaults"
_ATTACH, _LIFT = "venusian.attach", "venusian.lift"


class View(msgspec.Struct, frozen=True, eq=False):
    """One view: what it is told, and the code that runs."""

    settings: dict[str, Value]
    handler: FunctionInfo
    owner: str
    symbol: str
    file: str
    line: int
    """Where it is declared."""


class Views:
    """All views of a program."""

    def __init__(self, context: Context, configuration: Configuration) -> None:
        self._program = context.program
        self._setup = setup_code(context.program)
        self._configuration = configuration
        self._registering: dict[str, dict[str, Value] | None] = {}

    def all(self) -> Iterator[View]:
        """Declared views first, then those added by calls."""
        lifted = [c for c in self._program.classes.values() if self._lifts(c)]
        shared = {base for c in lifted for base in self._program.mro(c.id)[1:]}
        for info in self._program.functions.values():
            owner = self._program.classes.get(info.owner)
            for settings, line in self._declared(info.node.decorators, owner or info.module) if info.owner not in shared else ():
                defaults = self._defaults(owner) if owner is not None else {}
                yield self._view({**defaults, **settings}, info, info.owner, line)
        for held in self._program.classes.values():
            for settings, line in self._declared(held.node.decorators, held.module):
                yield from self._of_class({**self._defaults(held), **settings}, held, line)
        for held in lifted:
            yield from self._lifted(held)
        for call in self._configuration.views:
            yield from self._added(call)

    def _lifts(self, held: ClassInfo) -> bool:
        names = (self._program.resolve(d.func if isinstance(d, syntax.Call) else d, held.module) for d in held.node.decorators)
        return _LIFT in names

    def _lifted(self, held: ClassInfo) -> Iterator[View]:
        """Views that `@lift()` takes over from the bases of a class, under its own defaults."""
        seen: set[str] = set()
        for base in self._program.mro(held.id):
            info = self._program.classes.get(base)
            for name, method in info.methods.items() if info is not None else ():
                if name not in seen and base != held.id:
                    function = self._program.functions[method]
                    for settings, line in self._declared(function.node.decorators, info or held.module):
                        yield self._view({**self._defaults(held), **settings}, function, held.id, line)
                seen.add(name)

    # -------------------------------------------------------------- declared

    def _declared(self, decorators: tuple[syntax.Expr, ...], scope: Scope) -> Iterator[tuple[dict[str, Value], int]]:
        for decorator in decorators:
            if not isinstance(decorator, syntax.Call):
                continue
            told = self._settings(decorator, scope)
            if told is not None:
                yield told, decorator.line

    def _settings(self, decorator: syntax.Call, scope: Scope) -> dict[str, Value] | None:
        """What a view decorator says; None for other decorators."""
        name = self._program.resolve(decorator.func, scope)
        if name == _VIEW or (name in self._program.classes and self._program.inherits(name, _VIEW)):
            return self._keywords(decorator, scope)
        if name in self._program.functions:
            defaults = self._registers(name)
            told = self._keywords(decorator, scope) if defaults is not None else {}
            return {**(defaults or {}), **told} if {**(defaults or {}), **told}.keys() & {"route_name", "context"} else None
        value = self._setup.value(decorator.func, scope)  # `view = functools.partial(view_config, renderer="json")`
        if isinstance(value, Made) and isinstance(value.callee, Ref) and value.callee.name == "functools.partial" and Ref(_VIEW) in value.args[:1]:
            return {**value.keywords, **self._keywords(decorator, scope)}
        return None

    def _keywords(self, call: syntax.Call, scope: Scope) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for keyword in call.keywords:
            value = self._setup.value(keyword.value, scope)
            if keyword.name is not None:
                found[keyword.name] = value
            elif isinstance(value, dict):
                found.update(value)
        return found

    def _registers(self, name: str) -> dict[str, Value] | None:
        """Defaults of a decorator of the project that registers views: one that attaches a callback, or that makes a `view_config`. None for others."""
        if name not in self._registering:
            self._registering[name] = None
            bodies = list(self._with_callees(self._program.functions[name], 2))
            calls = [(call, info) for info in bodies for call in walk.calls(info.node.body)]
            makes = [self._keywords(c, i) for c, i in calls if self._program.resolve(c.func, i) == _VIEW]
            if makes or any(self._program.resolve(c.func, i) == _ATTACH for c, i in calls):
                defaults = {k: v for made in makes for k, v in made.items() if isinstance(v, str | bool)}
                for call, info in calls:
                    if isinstance(call.func, syntax.Attribute) and call.func.attr == "setdefault" and len(call.args) == 2:
                        key, value = (self._setup.value(a, info) for a in call.args)
                        if isinstance(key, str) and isinstance(value, str | bool):
                            defaults.setdefault(key, value)
                    elif _updates_keywords(call, info):
                        defaults.update({k: v for k, v in self._keywords(call, info).items() if isinstance(v, str | bool)})
                self._registering[name] = defaults
        return self._registering[name]

    def _with_callees(self, info: FunctionInfo, depth: int) -> Iterator[FunctionInfo]:
        """A function, those defined in it, and those that they call."""
        yield info
        for other in self._program.functions.values() if depth == 2 else ():
            if other.id.startswith(f"{info.id}."):
                yield from self._with_callees(other, depth - 1)
        for call in walk.calls(info.node.body) if depth else ():
            target = self._program.functions.get(self._program.resolve(call.func, info))
            if target is not None and target.id != info.id:
                yield from self._with_callees(target, 0)

    def _defaults(self, owner: ClassInfo) -> dict[str, Value]:
        """`@view_defaults` of a class or of the nearest base that has one."""
        for base in self._program.mro(owner.id):
            info = self._program.classes.get(base)
            for decorator in info.node.decorators if info is not None else ():
                if isinstance(decorator, syntax.Call) and self._program.resolve(decorator.func, info.module) == _DEFAULTS:  # type: ignore[union-attr]
                    return self._keywords(decorator, info.module)  # type: ignore[union-attr]
            held = info.attributes.get("__view_defaults__") if info is not None else None
            if held is not None:
                value = self._setup.value(held, info)  # type: ignore[arg-type]
                return dict(value) if isinstance(value, dict) else {}
        return {}

    # ----------------------------------------------------------------- added

    def _added(self, call: Made) -> Iterator[View]:
        package = self._configuration.packages.get(id(call), "")
        value = named(given(call, "view", 0), package, self._program)
        value = value.result if isinstance(value, Made) and value.result is not None else value
        if isinstance(value, Closure):
            yield self._view(call.keywords, value.info, value.info.owner, call.line)
            return
        name = value.name if isinstance(value, Ref) else ""
        if name in self._program.classes:
            owner = self._program.classes[name]
            yield from self._of_class({**self._defaults(owner), **call.keywords}, owner, call.line)
        elif name in self._program.functions:
            info = self._program.functions[name]
            yield self._view(call.keywords, info, info.owner, call.line)

    def _of_class(self, settings: dict[str, Value], owner: ClassInfo, line: int) -> Iterator[View]:
        told = settings.get("attr")
        method = self._program.method(owner.id, told if isinstance(told, str) else "__call__")
        if method is not None:
            yield self._view(settings, method, owner.id, line)

    def _view(self, settings: dict[str, Value], handler: FunctionInfo, owner: str, line: int) -> View:
        held = self._program.classes.get(owner)
        symbol = f"{held.node.qualname}.{handler.node.name}" if held is not None else handler.node.qualname
        return View(settings, handler, owner, symbol, handler.module.path, line)


def _updates_keywords(call: syntax.Call, info: FunctionInfo) -> bool:
    """True for `kwargs.update(renderer="json")` on the keywords that a decorator is given."""
    func = call.func
    names = {p.name for p in info.node.params if p.kind == "double-star"}
    return isinstance(func, syntax.Attribute) and func.attr == "update" and isinstance(func.value, syntax.Name) and func.value.id in names

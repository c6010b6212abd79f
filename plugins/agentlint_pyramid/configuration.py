"""The configuration of an application: what its configurators are told, through includes, directives and helper functions."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import msgspec

from agentlint.api import Closure, FunctionInfo, Made, Member, Program, Ref, Value, join_paths, setup_code, syntax, walk

CONFIGURATOR = "pyramid.config.Configurator"
_POLICIES = {"set_security_policy": "policy", "set_authentication_policy": "policy"}
_POLICY_KEYWORDS = ("security_policy", "authentication_policy")
_DEEPEST = 20


class Pattern(msgspec.Struct, frozen=True, eq=False):
    """One `add_route`: its full pattern and the methods that it is limited to."""

    path: str
    methods: tuple[str, ...]
    call: Made


class Configuration(msgspec.Struct, eq=False):
    """All that the configurators of a program were told."""

    routes: dict[str, list[Pattern]] = {}
    views: list[Made] = []
    """Calls of `add_view`."""
    services: list[Made] = []
    """Calls that add services or resources of Cornice."""
    registrations: list[Made] = []
    """Services that requests find."""
    request_methods: list[Made] = []
    policies: list[Value] = []
    csrf: bool = False
    """True when every unsafe request must bring a CSRF token unless its view says otherwise."""
    permission: bool = False
    """True when views without a permission of their own need one."""
    packages: dict[int, str] = {}
    """Package that relative dotted names of a call start from, by the call's identity."""


@lru_cache(maxsize=2)
def configuration_of(program: Program) -> Configuration:
    """The configuration of a program, read once."""
    return _Reader(program).read()


def given(call: Made, name: str, position: int) -> Value:
    """An argument by keyword or position; None when it is not there."""
    return call.keywords.get(name, call.args[position] if len(call.args) > position else None)


def named(value: Value, package: str, program: Program) -> Value:
    """What a dotted text stands for: `"app.views:edit"`, `".routes"` below a package; other values are themselves."""
    if not isinstance(value, str):
        return value
    text = (package + value if value.startswith(".") else value).replace(":", ".").rstrip(".").replace("..", ".")
    return setup_code(program).evaluator.named(text)


def default_of(value: Value) -> Value:
    """What a look-up in settings gives when nothing is set there: `settings.get("key", default)`."""
    looked_up = isinstance(value, Made) and isinstance(value.callee, Member) and value.callee.attr in ("get", "setdefault") and len(value.args) > 1
    return value.args[1] if looked_up else value


class _Reader:
    def __init__(self, program: Program) -> None:
        self._program = program
        self._setup = setup_code(program)
        self._found = Configuration()
        self._directives: dict[str, Value] = {}
        self._places: set[tuple[str, int, str]] = set()
        self._known: frozenset[tuple[str, int]] = frozenset()
        """Lines that were reached from a configurator: nothing is added to them by running what holds them again."""
        self._included: set[str] = set()

    def read(self) -> Configuration:
        """Runs whatever makes a configurator, then the `includeme` functions that nothing included."""
        wanted = {CONFIGURATOR, *self._program.subclasses(CONFIGURATOR)}
        for module in self._program.modules.values():
            if any(self._program.resolve(c.func, module) in wanted for c in walk.calls(module.body)):
                self._setup.run_module(module.name)
        for info in self._starters(wanted):
            self._run(info, [])
        for made in [m for m in self._setup.made if self._is_configurator(m)]:
            self._configurator(made)
        self._known = frozenset((file, line) for file, line, _ in self._places)
        for info in self._left_over():
            config = self._child(None, info.module.path, info.node.line)
            self._run(info, [config])
            self._calls(config, "", info.module.name, 0)
        return self._found

    # ----------------------------------------------------------------- where

    def _starters(self, wanted: set[str]) -> list[FunctionInfo]:
        """Functions that make a configurator, and those that call them."""
        called: dict[str, list[FunctionInfo]] = {}
        for info in self._program.functions.values():
            for call in walk.calls(info.node.body):
                name = self._program.resolve(call.func, info)
                if name:
                    called.setdefault(name, []).append(info)
        found: dict[str, FunctionInfo] = {}
        waiting = sorted(wanted)
        while waiting:
            for info in called.get(waiting.pop(), ()):
                if info.id not in found:
                    found[info.id] = info
                    waiting.append(info.id)
        return [info for _id, info in sorted(found.items()) if not info.owner]

    def _left_over(self) -> Iterator[FunctionInfo]:
        for info in self._program.functions.values():
            first = info.node.params[0].name if info.node.params and not info.owner and not info.parent else ""
            helps = first in ("config", "configurator") and any(_adds(c, first) for c in walk.calls(info.node.body))
            if helps or (info.node.name == "includeme" and info.id not in self._included):
                yield info

    def _is_configurator(self, made: Made) -> bool:
        name = made.callee.name if isinstance(made.callee, Ref) else ""
        return name == CONFIGURATOR or (name in self._program.classes and self._program.inherits(name, CONFIGURATOR))

    def _child(self, parent: Made | None, file: str, line: int) -> Made:
        callee = parent.callee if parent is not None else Ref(CONFIGURATOR)
        return Made(callee, [], {}, file, line, attributes=parent.attributes if parent is not None else {})

    def _run(self, info: FunctionInfo, args: list[Value], keywords: dict[str, Value] | None = None) -> None:
        self._setup.caller.run_function(Closure(info, None), args, dict(keywords or {}))

    # ------------------------------------------------------------------ what

    def _configurator(self, made: Made) -> None:
        self._found.policies += [made.keywords[k] for k in _POLICY_KEYWORDS if made.keywords.get(k) is not None]
        prefix = made.keywords.get("route_prefix")
        module = self._program.module_of(made.file)
        self._calls(made, prefix if isinstance(prefix, str) else "", module.name if module is not None else "", 0)

    def _calls(self, config: Made, prefix: str, package: str, depth: int) -> None:
        """Everything that one configurator object was told; includes are followed where they stand."""
        for call in config.calls if depth < _DEEPEST else ():
            module = self._program.module_of(call.file)
            home = _package(module) if module is not None else package
            if call.method == "include":
                self._include(call, config, prefix, home, depth)
            elif call.method in self._directives:
                child = self._child(config, call.file, call.line)
                target = self._function(self._directives[call.method])
                if target is not None:
                    self._run(target, [child, *call.args], call.keywords)
                    self._calls(child, prefix, home, depth + 1)
            else:
                self._single(call, prefix, home)

    def _single(self, call: Made, prefix: str, package: str) -> None:
        self._found.packages[id(call)] = package
        if call.method == "add_route":
            self._route(call, prefix)
        elif call.method == "add_view":
            self._found.views.append(call)
        elif call.method in ("add_cornice_service", "add_cornice_resource", "add_resource"):
            self._found.services.append(call)
        elif call.method in ("add_request_method", "set_request_property"):
            self._found.request_methods.append(call)
        elif call.method in ("register_service_factory", "register_service"):
            self._found.registrations.append(call)
        elif call.method == "add_directive":
            name = given(call, "name", 0)
            if isinstance(name, str):
                self._directives[name] = named(given(call, "directive", 1), package, self._program)
        elif call.method in _POLICIES:
            self._found.policies.append(given(call, _POLICIES[call.method], 0))
        elif call.method.endswith("jwt_authentication_policy"):
            self._found.policies.append(call)
        elif call.method == "set_default_csrf_options":
            self._found.csrf = given(call, "require_csrf", 0) is not False
        elif call.method == "set_default_permission":
            self._found.permission = True

    def _route(self, call: Made, prefix: str) -> None:
        name, pattern = given(call, "name", 0), call.keywords.get("path", given(call, "pattern", 1))
        place = (call.file, call.line, prefix + str(name))
        if isinstance(name, str) and place not in self._places and (call.file, call.line) not in self._known:
            self._places.add(place)
            inherited = call.keywords.get("inherit_slash") is True and pattern == ""
            path = prefix if inherited else join_paths(prefix, pattern if isinstance(pattern, str) else "{}")
            self._found.routes.setdefault(name, []).append(Pattern(path, listed(call.keywords.get("request_method")), call))

    def _include(self, call: Made, config: Made, prefix: str, package: str, depth: int) -> None:
        target = self._function(named(given(call, "callable", 0), package, self._program))
        below = given(call, "route_prefix", 1)
        if target is None:
            return
        self._included.add(target.id)
        child = self._child(config, call.file, call.line)
        self._run(target, [child])
        self._calls(child, join_paths(prefix, below) if isinstance(below, str) else prefix, target.module.name, depth + 1)

    def _function(self, value: Value) -> FunctionInfo | None:
        """The function to call: itself, or the `includeme` of a module."""
        if isinstance(value, Closure):
            return value.info
        name = value.name if isinstance(value, Ref) else ""
        return self._program.functions.get(f"{name}.includeme" if name in self._program.modules else name)


def listed(value: Value) -> tuple[str, ...]:
    """Methods of a `request_method` predicate; empty for all."""
    if isinstance(value, str):
        return (value.upper(),)
    return tuple(v.upper() for v in value if isinstance(v, str)) if isinstance(value, list | tuple) else ()


def _package(module: syntax.Module) -> str:
    return module.name if module.is_package else module.name.rpartition(".")[0]


def _adds(call: syntax.Call, name: str) -> bool:
    return isinstance(call.func, syntax.Attribute) and call.func.attr in ("add_route", "add_view") and walk.dotted(call.func.value) == name

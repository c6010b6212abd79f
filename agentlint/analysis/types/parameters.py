"""Types of parameters: `self`, annotations, injected defaults, overridden methods, and what call sites pass."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from agentlint.analysis.program import FunctionInfo
from agentlint.analysis.types.decorated import added_by_decorators
from agentlint.analysis.types.library import Given
from agentlint.analysis.types.memory import Memory
from agentlint.analysis.types.values import Type, Types_, union
from agentlint.analysis.wording import words
from agentlint.ir import syntax as s
from agentlint.ir.walk import dotted, expressions

if TYPE_CHECKING:
    from agentlint.analysis.types.engine import Engine, Frame

_CLASS_METHODS = ("classmethod", "validator", "root_validator", "field_validator", "model_validator", "declared_attr", "abstractclassmethod")
"""Decorators after which the first parameter is the class."""
_INJECTING = frozenset({"Depends", "Security", "Inject", "Injects", "Injected", "Provide", "Provider", "Dependency", "Closing"})
"""Calls that stand as a default for what their provider gives, in whatever library."""
_PROVIDER = "dependency_injector.providers.Provider"
_CONTAINERS = frozenset({"dict", "list", "set", "tuple"})
"""Annotations that leave open what is in the container: calls may tell."""
_RUNNING = {"to_thread": 0, "run_in_threadpool": 0, "run_sync": 0, "submit": 0, "run_in_executor": 1, "partial": 0, "start_soon": 0, "add_task": 0}
"""Calls that run a function with what follows it, by the function's place. Python documentation, "asyncio.to_thread", "Executor.submit", "functools.partial";
AnyIO, "Working with threads"; Starlette, "Background Tasks"."""
_MOST_SITES = 24
_CROWDED = 120
"""Calls of one name beyond which those of a module's function are picked out by what they name: `get` is a method of every mapping too."""


class Parameters:
    """Answers what a parameter holds."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._by_name: dict[str, list[tuple[s.Call, str]]] | None = None
        self._likely: dict[tuple[str, Type | None], list[tuple[s.Call, str]]] = {}
        """Calls by the function's name, by function: those of its own module first."""
        self._own_calls: dict[str, list[tuple[s.Call, str, str]]] | None = None
        """Calls on `self` or `cls` by name, with the scope and the class that holds it."""
        self._named: dict[str, dict[str, list[tuple[s.Call, str]]]] = {}
        """The calls of a crowded name by the function of a module that they name."""
        self._passed = Memory(engine.limits)
        self._spoken: dict[int, frozenset[str]] = {}
        """Words of what a call is made on, by the call's identity."""

    def of(self, parameter: s.Parameter, frame: Frame) -> Types_:
        """The types a parameter of the frame's function may have."""
        info = frame.scope
        if not isinstance(info, FunctionInfo):
            return ()
        if info.owner and info.node.params and info.node.params[0] is parameter and not is_static(info.node):
            return (self._own(info, frame),)
        if parameter.name in frame.given:
            return frame.given[parameter.name]
        told = self._engine.members.told(info.id, parameter.name)
        if told:
            return told
        found = self._declared(parameter, frame) or self._inherited(parameter, info)
        if parameter.kind == "star":
            return tuple(Type("list", (t,)) for t in found) or (Type("list"),)
        if parameter.kind == "double-star":
            return tuple(Type("dict", (Type("str"), t)) for t in found) or (Type("dict"),)
        if found and any(t.args or t.name not in _CONTAINERS for t in found):
            return found
        concrete = frame.self_type if info.owner else None
        added = added_by_decorators(self._engine, info, parameter.name) if info.node.decorators or info.owner else ()
        given = self._passed_within(info, parameter, concrete) or added or self.passed(info, parameter)
        return self._engine.results.refined(found, given) or self._by_convention(parameter, info)

    def _by_convention(self, parameter: s.Parameter, info: FunctionInfo) -> Types_:
        """What a framework passes under a name: the attribute of the same name on the class (`request`), or what a plugin says of the name."""
        engine = self._engine
        if info.owner and parameter.name == "request":
            for base in engine.program.mro(info.owner):
                known = engine.known.known(f"{base}.request", Given()) if base not in engine.program.classes else ()
                if known:
                    return known
        return engine.members.told("*", parameter.name)

    def _own(self, info: FunctionInfo, frame: Frame) -> Type:
        of = frame.self_type if frame.self_type is not None else Type(info.owner)
        is_class = is_classmethod(info.node)
        return Type(of.name, of.args, is_class)

    def _declared(self, parameter: s.Parameter, frame: Frame) -> Types_:
        engine = self._engine
        found = engine.annotated(parameter.annotation, frame) if parameter.annotation is not None else ()
        default = parameter.default
        if isinstance(default, s.Subscript) and not found:
            return self._provided(default, frame)
        if isinstance(default, s.Call) and (not found or all(not t.args and t.name not in engine.program.classes for t in found)):
            return self.injected(default, frame) or found or engine.eval(default, frame)
        if not found and isinstance(default, (s.Name, s.Attribute)):
            return tuple(t for t in engine.eval(default, frame) if t.name in engine.program.classes)
        return found

    def injected(self, default: s.Call, frame: Frame) -> Types_:
        """What a dependency given as a default stands for: `Depends(provider)` of any library means what the provider gives."""
        engine = self._engine
        if dotted(default.func).rpartition(".")[2] not in _INJECTING:
            return ()
        if not default.args and not any(k.name in ("dependency", "provider", "use") for k in default.keywords):
            return ()
        called = engine.eval(default.func, frame)
        if not called or any(t.name in engine.program.functions or t.name in engine.program.classes for t in called):
            return ()
        provider = default.args[0] if default.args else next(k.value for k in default.keywords if k.name in ("dependency", "provider", "use"))
        if isinstance(provider, s.Subscript):
            return self._provided(provider, frame)
        groups = []
        for one in engine.eval(provider, frame):
            if one.meta and one.name in engine.program.functions:
                given = engine.results.returns(one.name, None)
                is_generator = bool(engine.flows[one.name].yields)
                groups.append(union(engine.item(t) for t in given) if is_generator else given)
            elif one.meta and one.name in engine.program.classes:
                groups.append((Type(one.name),))
        return union(groups)

    def _provided(self, marker: s.Subscript, frame: Frame) -> Types_:
        """`Provide[Container.service]`: what the provider of a container makes. Dependency Injector, "Wiring"."""
        if dotted(marker.value).rpartition(".")[2] not in _INJECTING:
            return ()
        return union(t.args for t in self._engine.eval(marker.index, frame) if t.name == _PROVIDER)

    def _inherited(self, parameter: s.Parameter, info: FunctionInfo) -> Types_:
        """The annotation of the method that this one overrides."""
        if not info.owner or parameter.annotation is not None:
            return ()
        program = self._engine.program
        for base in program.mro(info.owner)[1:]:
            held = program.classes.get(base)
            if held is not None and info.node.name in held.methods:
                other = program.functions[held.methods[info.node.name]]
                for candidate in other.node.params:
                    if candidate.name == parameter.name and candidate.annotation is not None:
                        return self._engine.annotated(candidate.annotation, self._engine.frame(other.id, Type(info.owner)))
        return ()

    # ------------------------------------------------------------ call sites

    def passed(self, info: FunctionInfo, parameter: s.Parameter) -> Types_:
        """What the program's calls pass for a parameter."""
        return self._passed.ask((info.id, parameter.name), self._asked, info, parameter)

    def by_keyword(self, mapping: s.Expr, key: s.Expr | None, frame: Frame) -> Types_:
        """`kwargs["user"]`, `kwargs.pop("user")`: what calls pass for a keyword that the function takes among its `**kwargs`."""
        binding = frame.flow.reaching.get(id(mapping))
        info = frame.scope
        if binding is None or binding.kind != "parameter" or binding.expr.kind != "double-star" or not isinstance(info, FunctionInfo):
            return ()
        if not isinstance(key, s.Constant) or not isinstance(key.value, str):
            return ()
        return self._engine.members.told(info.id, key.value) or self.passed(info, s.Parameter(key.value, kind="keyword"))

    def _passed_within(self, info: FunctionInfo, parameter: s.Parameter, concrete: Type | None) -> Types_:
        """What methods of a concrete class pass to one another: a shared base hands on what only the concrete class can tell."""
        if concrete is None or concrete.name == info.owner:
            return ()
        return self._passed.ask((info.id, parameter.name, concrete), self._asked, info, parameter, concrete)

    def _asked(self, info: FunctionInfo, parameter: s.Parameter, concrete: Type | None = None) -> Types_:
        limits = self._engine.limits
        if not limits.callers():
            return ()
        try:
            return self._from_sites(info, parameter, concrete)
        finally:
            limits.back()

    def _from_sites(self, info: FunctionInfo, parameter: s.Parameter, concrete: Type | None) -> Types_:
        groups: list[Types_] = []
        sites = self._likely.get((info.id, concrete))
        if sites is None:
            sites = self._likely[info.id, concrete] = self._likeliest(info, self._sites(info) if concrete is None else self._within(info, concrete))
        for call, scope_id in sites:
            frame = self._engine.frame(scope_id, concrete)
            shift = self._shift(call, frame, info)
            if shift is None:
                continue
            given = argument(call, info.node, parameter, shift)
            if given is not None:
                groups.append(self._engine.eval(given, frame))
        return tuple(t for t in union(groups) if t.name != "object")

    def _likeliest(self, info: FunctionInfo, sites: list[tuple[s.Call, str]]) -> list[tuple[s.Call, str]]:
        """The calls of a name that are looked at: those of the function's own module, then those on something called like its class."""
        if len(sites) <= _MOST_SITES:
            return sorted(sites, key=lambda c: not c[1].startswith(info.module.name))
        own = frozenset(words(info.owner.rpartition(".")[2]))

        def distance(site: tuple[s.Call, str]) -> tuple[bool, int]:
            return not site[1].startswith(info.module.name), -len(own & self._words_on(site[0])) if own else 0

        return heapq.nsmallest(_MOST_SITES, sites, key=distance)

    def _words_on(self, call: s.Call) -> frozenset[str]:
        """Words by which a call names what it is made on: `request.find_service(name="user_update").update(...)`."""
        known = self._spoken.get(id(call))
        if known is None:
            known = self._spoken[id(call)] = frozenset(_spoken_on(call))
        return known

    def called_within(self, info: FunctionInfo) -> list[tuple[s.Call, str, str]]:
        """Calls on `self`, `cls` or `super()` in methods that may mean a function by its name, each with its scope and the class that holds it."""
        if self._own_calls is None:
            self._own_calls = defaultdict(list)
            functions = self._engine.program.functions
            for scope_id in sorted(self._engine.flows):
                owner = functions[scope_id].owner if scope_id in functions else ""
                for call, _ in self._engine.flows[scope_id].calls if owner else ():
                    if _on_own(call):
                        self._own_calls[call.func.attr].append((call, scope_id, owner))  # type: ignore[union-attr]
        return [call for name in self._names(info) for call in self._own_calls.get(name, ())]

    def count_calls(self, info: FunctionInfo) -> int:
        """How many calls may mean a function by its name."""
        return len(self._sites(info))

    def _within(self, info: FunctionInfo, concrete: Type) -> list[tuple[s.Call, str]]:
        """Calls on `self` or `cls` in the methods that the concrete class runs."""
        family = frozenset(self._engine.program.mro(concrete.name))
        return [(call, scope) for call, scope, owner in self.called_within(info) if owner in family]

    def _sites(self, info: FunctionInfo) -> list[tuple[s.Call, str]]:
        if self._by_name is None:
            self._by_name = defaultdict(list)
            for scope_id in sorted(self._engine.flows):
                for call, _ in self._engine.flows[scope_id].calls:
                    func = call.func
                    name = func.attr if isinstance(func, s.Attribute) else func.id if isinstance(func, s.Name) else ""
                    if name:
                        self._by_name[name].append((call, scope_id))
                    handed = handed_on(call, name)
                    if handed is not None:
                        self._by_name[dotted(handed.func).rpartition(".")[2]].append((handed, scope_id))
        names = self._names(info)
        if not info.owner and not info.parent and len(self._by_name.get(names[0], ())) > _CROWDED:
            return self._calls_naming(names[0]).get(info.id, [])
        return self._by_name.get(names[0], []) if len(names) == 1 else [site for name in names for site in self._by_name.get(name, ())]

    def _calls_naming(self, name: str) -> dict[str, list[tuple[s.Call, str]]]:
        found = self._named.get(name)
        if found is None:
            found = self._named[name] = defaultdict(list)
            program = self._engine.program
            for call, scope_id in (self._by_name or {}).get(name, ()):
                found[program.resolve(call.func, program.scope_of(scope_id))].append((call, scope_id))
        return found

    def _names(self, info: FunctionInfo) -> list[str]:
        """Names under which a function is called: its own, of a constructor those of the classes that it makes."""
        if info.node.name != "__init__" or not info.owner:
            return [info.node.name]
        return sorted({"cls", *(c.rpartition(".")[2] for c in (info.owner, *self._engine.program.hierarchy.subclasses(info.owner)))})

    def _shift(self, call: s.Call, frame: Frame, info: FunctionInfo) -> int | None:
        """How many leading parameters a call fills by itself; None when it calls something else."""
        program = self._engine.program
        for one in self._engine.eval(call.func, frame):
            if one.meta and (one.name == info.id or self._overrides(info, one.name)):
                return 1 if one.args else 0
            if one.meta and one.name in program.classes and info.node.name == "__init__":
                method = program.method(one.name, "__init__")
                if method is not None and method.id == info.id:
                    return 1
        return None

    def _overrides(self, info: FunctionInfo, called: str) -> bool:
        """True for a method that runs in place of the one called, in a class below: it is given the same."""
        program = self._engine.program
        named = program.functions.get(called) if called.rpartition(".")[2] == info.node.name else None
        return named is not None and bool(named.owner) and bool(info.owner) and named.owner in program.mro(info.owner)[1:]


def handed_on(call: s.Call, name: str) -> s.Call | None:
    """The call that another makes of a function and the arguments it is handed: `asyncio.to_thread(grade, model, task)`."""
    position = _RUNNING.get(name)
    if position is None or position >= len(call.args) or not isinstance(call.args[position], (s.Name, s.Attribute)):
        return None
    return msgspec.structs.replace(call, func=call.args[position], args=call.args[position + 1:])


def _spoken_on(call: s.Call) -> Iterator[str]:
    for expr in expressions(call.func.value) if isinstance(call.func, s.Attribute) else ():
        text = expr.id if isinstance(expr, s.Name) else expr.attr if isinstance(expr, s.Attribute) else expr.value if isinstance(expr, s.Constant) else ""
        if isinstance(text, str):
            yield from words(text)


def argument(call: s.Call, node: s.Function, parameter: s.Parameter, shift: int) -> s.Expr | None:
    """The expression a call gives for a parameter when it fills `shift` leading ones by itself."""
    for keyword in call.keywords:
        if keyword.name == parameter.name:
            return keyword.value
    if parameter.kind != "positional":
        return None
    position = next((i for i, p in enumerate(node.params) if p is parameter), -1) - shift
    if not 0 <= position < len(call.args) or any(isinstance(a, s.Other) and a.kind == "star" for a in call.args[: position + 1]):
        return None
    return call.args[position]


def _on_own(call: s.Call) -> bool:
    """True for `self.f(...)`, `cls.f(...)` and `super().f(...)`."""
    owner = call.func.value if isinstance(call.func, s.Attribute) else None
    called = owner.func if isinstance(owner, s.Call) else owner
    return isinstance(called, s.Name) and called.id in ("self", "cls", "super")


def is_static(node: s.Function) -> bool:
    """True for static methods."""
    return any(isinstance(d, s.Name) and d.id == "staticmethod" for d in node.decorators)


def is_classmethod(node: s.Function) -> bool:
    """True for functions whose first parameter is the class."""
    if node.name in ("__new__", "__init_subclass__", "__class_getitem__"):
        return True
    return any(dotted(d.func if isinstance(d, s.Call) else d).rpartition(".")[2] in _CLASS_METHODS for d in node.decorators)

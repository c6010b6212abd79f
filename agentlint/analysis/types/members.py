"""Attributes and names of types: what a dotted name is, and what an attribute of a value is."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from agentlint.analysis.constants.values import Element
from agentlint.analysis.program import FunctionInfo, Scope
from agentlint.analysis.types.bindings import Write, module_code
from agentlint.analysis.types.class_values import ClassValues
from agentlint.analysis.types.contents import Contents
from agentlint.analysis.types.generics import substitute
from agentlint.analysis.types.kept import Kept
from agentlint.analysis.types.library import Given
from agentlint.analysis.types.memory import Memory
from agentlint.analysis.types.values import UNSEEN, Type, Types_, union
from agentlint.ir import syntax as s
from agentlint.ir.walk import dotted

if TYPE_CHECKING:
    from agentlint.analysis.types.engine import Engine, Frame

_TRIVIAL = ("object", "abc.", "typing.", "typing_extensions.", "enum.", "Exception", "BaseException", "ValueError", "collections.abc.")
"""Library bases that give no attribute worth a path."""
_LONGEST_PATH = 9
_MOST_WRITES = 16
"""Assignments to an attribute of a name that are compared with the type asked for."""
_MOST_HEIRS = 8
"""Subclasses asked for an attribute that a base class only uses."""


class Members(Contents):
    """Answers about attributes; remembers them by type and name."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._attributes = Memory(engine.limits)
        self._things = Memory(engine.limits)
        self._class_values = ClassValues(engine)
        self._kept = Kept(engine)
        self._global_writes: dict[tuple[str, str], list[str]] | None = None

    # ---------------------------------------------------------------- names

    def thing(self, name: str) -> Types_:
        """The types of what a canonical dotted name stands for."""
        return self._things.ask(name, self._thing, name)

    def _thing(self, name: str) -> Types_:
        program = self._engine.program
        if name in program.names.definitions or name in program.modules:
            return (Type(name, (), True),)
        owner, _, last = name.rpartition(".")
        if owner in program.modules and last in program.names.tables[owner].names:
            return self.told(owner, last) or self._variable(owner, last)
        if not owner and "" in program.modules and last in program.names.tables[""].names:
            return self._variable("", last)
        if owner in program.classes:
            return self.attribute(Type(owner, (), True), last)
        if owner and self._in_project(owner):
            return union(self.attribute(t, last) for t in self.thing(owner))
        return self.told(owner, last) or self._engine.known.known(name, Given()) or (Type(name, (), True),)

    def _in_project(self, name: str) -> bool:
        program = self._engine.program
        while name:
            if name in program.modules:
                return True
            name = name.rpartition(".")[0]
        return False

    def _variable(self, module: str, name: str) -> Types_:
        """A module's variable: whatever the module or functions that declare it global assign."""
        engine = self._engine
        code = f"{module}.<module>" if module else "<module>"
        frame = engine.frame(code)
        groups = [engine.binding(b, frame) for b in frame.flow.bindings.get(name, ())]
        for function_id in self._assigning(module, name):
            inner = engine.frame(function_id)
            groups += [engine.binding(b, inner) for b in inner.flow.bindings.get(name, ())]
        return self.filled(module, name, union(groups))

    def filled(self, module: str, name: str, found: Types_) -> Types_:
        """The types of a module's variable with what functions put into it."""
        return self._kept.filled(f"{module}.{name}" if module else name, found)

    def _assigning(self, module: str, name: str) -> list[str]:
        if self._global_writes is None:
            self._global_writes = {}
            for function_id, info in self._engine.program.functions.items():
                for one in sorted(self._engine.flows[function_id].globals):
                    self._global_writes.setdefault((info.module.name, one), []).append(function_id)
        return self._global_writes.get((module, name), [])

    def is_class(self, name: str) -> bool:
        """True for project classes and for library names that are or look like classes."""
        if name in self._engine.program.classes or self._engine.library.is_class(name):
            return True
        last = name.rpartition(".")[2]
        return last[:1].isupper() and not last.isupper() and not self._engine.known.has(f"{name}()")

    def settled(self, types: Types_) -> Types_:
        """The alternatives of which something is known; all when nothing is known of any."""
        known = tuple(t for t in types if not self._is_opaque(t))
        return known or types

    def _is_opaque(self, type: Type) -> bool:
        """True for a library value of which only the path is known."""
        name = type.name
        program = self._engine.program
        if "." not in name or name in program.names.definitions or name in program.modules or self.is_class(name):
            return False
        return not (type.meta and self._engine.library.is_described(name)) and not self._engine.generics.is_variable(name)

    def annotated(self, expr: s.Expr | None, frame: Frame) -> Types_:
        """The types an annotation allows in a frame."""
        engine = self._engine
        found = engine.annotations.read(expr, frame.scope)
        if not found or not engine.generics.has_variables(found):
            return found
        if frame.variables is None:
            frame.variables = {}
            owner = engine.class_of(frame)
            if owner and frame.self_type is not None and frame.self_type.name in engine.program.classes:
                frame.variables = engine.environment(frame.self_type).variables.get(owner, {})
        return substitute(found, frame.variables)

    # ----------------------------------------------------------- attributes

    def attribute(self, type: Type, name: str) -> Types_:
        """What an attribute of a value of a type is."""
        key = (type, name)
        known = self._attributes.known.get(key)
        return known if known is not None else self._attributes.work_out(key, self._attribute, type, name)

    def _attribute(self, type: Type, name: str) -> Types_:
        program = self._engine.program
        if type.name == "super" and type.args:
            return self._beyond(type, name)
        if name == "__class__" and not type.meta:
            return (Type(type.name, type.args, True),)
        if type.name in program.classes:
            if name == "__class__" and not type.meta:
                return (msgspec.structs.replace(type, meta=True),)
            return self._of_class(type, name, program.mro(type.name))
        if type.meta and type.name in program.modules:
            return self.thing(program.canonical(f"{type.name}.{name}" if type.name else name))
        if type.meta and type.name in program.functions:
            return self._of_function(type, name)
        if self._engine.generics.is_variable(type.name):
            return union(self.attribute(t, name) for t in self._engine.generics.bound(type))
        return self._of_library(type, name)

    def _beyond(self, type: Type, name: str) -> Types_:
        """An attribute of `super()`: the resolution order after the class that holds the code."""
        owner, self_type = type.args
        order = self._engine.program.mro(self_type.name)
        rest = order[order.index(owner.name) + 1 :] if owner.name in order else self._engine.program.mro(owner.name)[1:]
        return self._of_class(self_type, name, rest, owner.name)

    def _of_class(self, type: Type, name: str, order: tuple[str, ...], above: str = "") -> Types_:
        """`above` is the class whose `super()` is asked: what its heirs make of the name lies below it."""
        engine = self._engine
        for base in order:
            if base in engine.program.classes:
                found = self._kept.of_class(base, name, self._own(type, base, name))
            else:
                found = self.told(base, name) or engine.known.known(f"{base}.{name}", self._given(type, base))
            if found:
                return found
        found = self._delegated(type, name, order) or self.assigned_elsewhere(type, name) or self._of_heirs(type, name, above)
        if not found and name == "request":
            found = self.told("*", name)  # a mixin of views has no base that says so
        return found or self._outside(type, name, order)

    def _delegated(self, type: Type, name: str, order: tuple[str, ...]) -> Types_:
        """An attribute that `__getattr__` takes from another object: wrappers and proxies."""
        engine = self._engine
        for base in order:
            info = engine.program.classes.get(base)
            if info is None or "__getattr__" not in info.methods or name.startswith("__"):
                continue
            method = engine.program.functions[info.methods["__getattr__"]]
            frame = engine.frame(method.id, self.self_type(type, method.id))
            wanted = method.node.params[-1].name if method.node.params else ""
            holders = [c.args[0] for c, _ in engine.flows[method.id].calls if dotted(c.func) == "getattr" and len(c.args) > 1 and dotted(c.args[1]) == wanted]
            return union(engine.attribute(t, name) for h in holders if dotted(h) != "self" for t in engine.eval(h, frame) if t.name != type.name)
        return ()

    def assigned_elsewhere(self, type: Type, name: str) -> Types_:
        """What code outside the class assigns to the attribute: middleware, factories, set-up code."""
        engine = self._engine
        groups = []
        for write, scope_id in self._foreign_writes.get(name, ())[:_MOST_WRITES]:
            frame = engine.frame(scope_id)
            if any(self._related(t, type) for t in engine.eval(write.target.value, frame)):
                groups.append(engine.binding(write.value, frame))
        return union(groups)

    def _related(self, one: Type, other: Type) -> bool:
        program = self._engine.program
        if one.meta != other.meta:
            return False
        return one.name == other.name or program.inherits(one.name, other.name) or program.inherits(other.name, one.name)

    @cached_property
    def _foreign_writes(self) -> dict[str, list[tuple[Write, str]]]:
        """Assignments to attributes of anything but `self`, by attribute."""
        found: dict[str, list[tuple[Write, str]]] = {}
        for scope_id in sorted(self._engine.flows):
            for write in self._engine.flows[scope_id].writes:
                if dotted(write.target.value) not in ("self", "cls", "") and write.value.kind in ("value", "declared", "entered", "element"):
                    found.setdefault(write.target.attr, []).append((write, scope_id))
        return found

    def _given(self, type: Type, base: str) -> Given:
        instance = msgspec.structs.replace(type, meta=False)
        held = self._engine.environment(instance).arguments.get(base, ()) if type.name in self._engine.program.classes else ()
        return Given(receiver=instance, parameter=held[0] if held and held[0] != UNSEEN else None)

    def parameter_of(self, receiver: Type, path: str) -> Type | None:
        """The type argument that a project class fixes for the library base whose method a path names."""
        if receiver.name not in self._engine.program.classes:
            return None
        return self._given(receiver, path.rpartition(".")[0]).parameter

    def _outside(self, type: Type, name: str, order: tuple[str, ...]) -> Types_:
        """A library base's attribute of which nothing is known but its path."""
        bases = [b for b in order if b not in self._engine.program.classes and not b.startswith(_TRIVIAL)]
        if not bases:
            return ()
        library = self._engine.library
        path = next((p for b in bases if library.is_described(p := f"{b}.{name}")), f"{bases[0]}.{name}")
        return (Type(path, (type,), True),)

    def _own(self, type: Type, base: str, name: str) -> Types_:
        """What one project class itself says of an attribute."""
        engine = self._engine
        told = self.told(base, name)
        if told:
            return told
        info = engine.program.classes[base]
        annotation = info.annotations.get(name)
        if annotation is not None:
            found = self._substituted(engine.annotations.read(annotation, info), type, base)
            if found:
                return found
        if name in info.methods:
            return self._method(type, engine.program.functions[info.methods[name]])
        groups: list[Types_] = []
        if name in info.attributes:
            groups.append(self._class_values.of(type, info.attributes[name], base))
        writes = self.self_writes(base).get(name)
        if writes and not (type.meta and any(groups)):
            groups += [self._written_value(w, f, type) for w, f in writes]
        if name in info.nested:
            groups.append((Type(info.nested[name], (), True),))
        return union(groups)

    def told(self, owner: str, name: str) -> Types_:
        """What a plugin says of an attribute, or of the value under a key: a type, or the expression whose value is kept there."""
        held = self._engine.extra.get(owner, {}).get(name)
        if isinstance(held, Element):
            scope = held.scope
            return self._engine.eval(held.expr, self._engine.frame(module_code(scope) if isinstance(scope, s.Module) else scope.id))
        return (held,) if held is not None else ()

    def keyed(self, type: Type, key: s.Expr | None, scope: Scope | None = None) -> Types_:
        """What a library's mapping holds under a key, when a plugin says so: a constant one, or a variable that stands for one."""
        if type.name not in self._engine.extra:
            return ()
        if isinstance(key, s.Constant):
            return self.told(type.name, key.value) if isinstance(key.value, str) else ()
        named = self._engine.program.resolve(key, scope) if scope is not None and isinstance(key, (s.Name, s.Attribute)) else ""
        return self.told(type.name, named) if named else ()

    def _written_value(self, write: Write, function_id: str, type: Type) -> Types_:
        engine = self._engine
        frame = engine.frame(function_id, self.self_type(type, function_id))
        if write.annotation is not None:
            found = engine.annotated(write.annotation, frame)
            if found:
                return found
        return engine.binding(write.value, frame)

    def self_type(self, type: Type, function_id: str) -> Type | None:
        """The concrete type to read a method for; None when it is the method's own class without arguments."""
        info = self._engine.program.functions.get(function_id)
        instance = msgspec.structs.replace(type, meta=False) if type.meta else type
        return None if info is None or (info.owner == instance.name and not instance.args) else instance

    def _substituted(self, types: Types_, type: Type, base: str) -> Types_:
        if not types or not self._engine.generics.has_variables(types):
            return types
        return substitute(types, self._engine.environment(msgspec.structs.replace(type, meta=False)).variables.get(base, {}))

    def _method(self, type: Type, info: FunctionInfo) -> Types_:
        decorators = [dotted(d.func if isinstance(d, s.Call) else d).rpartition(".")[2] for d in info.node.decorators]
        if any(d.endswith("property") or d == "reify" for d in decorators):
            return () if type.meta else self._engine.results.returns(info.id, self.self_type(type, info.id))
        if "staticmethod" in decorators:
            return (Type(info.id, (), True),)
        if "classmethod" in decorators:
            return (Type(info.id, (msgspec.structs.replace(type, meta=True),), True),)
        return (Type(info.id, () if type.meta else (type,), True),)

    def _of_heirs(self, type: Type, name: str, above: str = "") -> Types_:
        """An attribute that only subclasses give: a mixin or abstract base relies on them; what follows after `above` where they mix it in."""
        program = self._engine.program
        heirs = program.hierarchy.subclasses(above or type.name)
        if not 0 < len(heirs) <= _MOST_HEIRS:
            return ()
        orders = ((h, program.mro(h)) for h in heirs)
        places = [(h, b) for h, order in orders for b in (order[order.index(above) + 1 :] if above else (h,)) if b in program.classes]
        return union(self._own(msgspec.structs.replace(type, name=h, args=()), b, name) for h, b in places)

    def _of_function(self, type: Type, name: str) -> Types_:
        """An attribute of a function: what a library's decorator made of it (`task.delay`)."""
        engine = self._engine
        info = engine.program.functions[type.name]
        outer = engine.program.outer(info)
        for decorator in info.node.decorators:
            func = decorator.func if isinstance(decorator, s.Call) else decorator
            frame = engine.frame(engine.frame(info.id).outer.id if outer is not None else info.id)  # type: ignore[union-attr]
            for made in engine.eval(func, frame):
                path = f"{made.name}()"
                for result in engine.known.known(path, Given(receiver=made.args[0] if made.args else None)) if made.meta else ():
                    return (Type(f"{result.name}.{name}", (type,), True),)
        return ()

    def _of_library(self, type: Type, name: str) -> Types_:
        """An attribute of a library value: by its row, else by its path."""
        engine = self._engine
        told = self.told(type.name, name)
        if told:
            return told
        path = engine.library.canonical(f"{type.name}.{name}")
        is_bound = type.meta and type.args and not self.is_class(type.name)
        receiver = type.args[0] if is_bound else msgspec.structs.replace(type, meta=False)
        found = engine.known.known(path, Given(receiver=receiver))
        if found:
            return found
        if not type.meta:
            given = self.assigned_elsewhere(type, name)
            if given:
                return given
        if path.count(".") > _LONGEST_PATH or engine.library.is_namespace(type.name):
            return ()
        if type.meta and not type.args:
            return (Type(path, (), True),)
        return (Type(path, (receiver,), True),)

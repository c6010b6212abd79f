"""What values hold: what their own methods assign, what iterating over one, subscripting it, entering it or calling a special method gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from agentlint.analysis.types.bindings import Write
from agentlint.analysis.types.library import builtin_method
from agentlint.analysis.types.memory import Memory
from agentlint.analysis.types.values import LINEAR, UNSEEN, Type, Types_, union
from agentlint.ir import syntax as s

if TYPE_CHECKING:
    from agentlint.analysis.types.engine import Engine


class Contents:
    """Answers about items and blocks; the attributes they rest on come from the class that extends this one."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._items = Memory(engine.limits)
        self._written: dict[str, dict[str, list[tuple[Write, str]]]] = {}

    def attribute(self, type: Type, name: str) -> Types_:
        """What an attribute of a value of a type is."""
        raise NotImplementedError

    def is_class(self, name: str) -> bool:
        """True for the name of a class."""
        raise NotImplementedError

    def self_type(self, type: Type, function_id: str) -> Type | None:
        """What `self` is in a method that runs on a value of a type."""
        raise NotImplementedError

    def self_writes(self, class_id: str) -> dict[str, list[tuple[Write, str]]]:
        """Assignments to attributes of `self` in the methods of one class, by attribute."""
        known = self._written.get(class_id)
        if known is None:
            known = self._written[class_id] = {}
            program = self._engine.program
            for function_id in program.classes[class_id].methods.values():
                node = program.functions[function_id].node
                own = node.params[0].name if node.params else ""
                for write in self._engine.flows[function_id].writes:
                    if isinstance(write.target.value, s.Name) and write.target.value.id == own and write.value.kind != "changed":
                        known.setdefault(write.target.attr, []).append((write, function_id))
        return known

    def item(self, type: Type) -> Types_:
        """What iterating over a value gives; for a class object its instance."""
        if type.meta:
            return (msgspec.structs.replace(type, meta=False),) if self.is_class(type.name) else ()
        if type.name in LINEAR:
            return union((a,) for a in type.args)
        if type.name == "dict":
            return tuple(a for a in type.args[:1] if a != UNSEEN)
        if type.name == "str":
            return (type,)
        return self._items.ask(type, self._iterated, type)

    def _iterated(self, type: Type) -> Types_:
        for name in ("__iter__", "__aiter__", "__getitem__"):
            found = self.called(type, name)
            if found:
                return found if name == "__getitem__" else union(self.item(t) for t in found if t != type)
        return ()

    def called(self, type: Type, name: str) -> Types_:
        """What a special method gives."""
        made = builtin_method(type, name)
        if made is not None:
            return made
        found = union(self._engine.results.of_function(f, (), {}) for f in self.attribute(type, name))
        if name in ("__getitem__", "__iter__", "get", "pop", "setdefault") and type.name in self._engine.program.classes:
            known = tuple(t for t in found if t.name != f"dict.{name}")
            program = self._engine.program
            outside = (b for b in program.mro(type.name) if "." in b and not b.startswith("collections.") and b not in program.classes)
            if known and any(self._engine.known.has(f"{base}.{name}()") for base in outside):
                return known  # a library says what its rows give: what is put in by key is a column
            return union([known, self._stored(type)])
        return found

    def containers(self, type: Type, kind: str) -> Types_:
        """A container class of the project seen as the built-in one it inherits from, with what its methods put in."""
        stored = self._stored(type) if kind in LINEAR or kind == "dict" else ()
        return tuple(Type(kind, (Type("str"), item) if kind == "dict" else (item,)) for item in stored) or (Type(kind),)

    def _stored(self, type: Type) -> Types_:
        """What the methods of a container class put into it with `self[key] = value`."""
        engine = self._engine
        groups = []
        for base in engine.program.mro(type.name):
            info = engine.program.classes.get(base)
            for function_id in info.methods.values() if info is not None else ():
                node = engine.program.functions[function_id].node
                own = engine.flows[function_id].bindings.get(node.params[0].name, ()) if node.params else ()
                frame = engine.frame(function_id, self.self_type(type, function_id))
                groups += [engine.eval(expr, frame) for b in own[:1] for how, expr in b.added or () if how == "item"]
        return union(groups)

    def subscripted(self, type: Type) -> Types_:
        """What `value[x]` gives."""
        if type.name == "tuple":
            return union((a,) for a in type.args)
        if type.name in ("str", "int"):
            return (type,) if type.name == "str" else ()
        return tuple(t for t in self.called(type, "__getitem__") if not t.name.endswith(".__getitem__"))

    def entered(self, type: Type) -> Types_:
        """What `with value as x` gives: what entering returns, for generator context managers what they yield."""
        if type.name == "list":
            return self.item(type)
        for name in ("__enter__", "__aenter__"):
            found = self.called(type, name)
            known = tuple(t for t in found if not t.name.endswith(name))
            if known:
                return known
        return (type,)

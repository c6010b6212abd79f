"""What the value of a class attribute is on the class and on its instances: descriptors, injected values, functions that become methods."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from agentlint.analysis.types.library import Given
from agentlint.analysis.types.values import Type, Types_, union
from agentlint.ir import syntax as s

if TYPE_CHECKING:
    from agentlint.analysis.types.engine import Engine, Frame


class ClassValues:
    """Values that class bodies assign."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, type: Type, value: s.Expr, base: str) -> Types_:
        """What the attribute is on the type, its class or an instance."""
        engine = self._engine
        frame = engine.frame(base)
        found = engine.eval(value, frame)
        if isinstance(value, s.Call):
            injected = engine.parameters.injected(value, frame)
            if injected:
                return injected
        if not type.meta and isinstance(value, s.Call):
            found = union(self._got(t, value, type, frame) for t in found)
        return tuple(self._bind_function(t, type) for t in found)

    def _got(self, held: Type, value: s.Call, type: Type, frame: Frame) -> Types_:
        """What a descriptor kept as a class attribute gives on an instance; anything else gives itself."""
        engine = self._engine
        path = next((p for b in engine.program.mro(held.name) if b not in engine.program.classes and engine.known.has(p := f"{b}.__get__()")), "")
        if held.meta or not path:
            return (held,)
        maker: s.Expr = value
        while isinstance(maker, s.Call) and not any(t.meta and t.name == held.name for t in engine.eval(maker.func, frame)):
            maker = maker.func.value if isinstance(maker.func, s.Attribute) else maker.func
        args = tuple(self._class_or_value(a, frame) for a in maker.args) if isinstance(maker, s.Call) else ()
        keywords = {k.name: self._class_or_value(k.value, frame) for k in maker.keywords if k.name} if isinstance(maker, s.Call) else {}
        return engine.known.known(path, Given(receiver=type, args=args, keywords=keywords))

    def _class_or_value(self, expr: s.Expr, frame: Frame) -> Types_:
        """The type of an argument, where a text names a class: by its dotted name, beside the code, or as the only one of the name."""
        program = self._engine.program
        if not isinstance(expr, s.Constant) or not isinstance(expr.value, str):
            return self._engine.eval(expr, frame)
        module = frame.scope if isinstance(frame.scope, s.Module) else frame.scope.module
        for name in (program.canonical(expr.value), program.names.member(module.name, expr.value)):
            if name in program.classes:
                return (Type(name, (), True),)
        last = expr.value.rpartition(".")[2]
        found = self._by_last_name.get(last, [])
        return (Type(found[0], (), True),) if len(found) == 1 else ()

    @cached_property
    def _by_last_name(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for class_id, info in self._engine.program.classes.items():
            found.setdefault(info.node.name, []).append(class_id)
        return found

    def _bind_function(self, value: Type, type: Type) -> Type:
        """A function kept as a class attribute is a method."""
        if value.meta and not value.args and not type.meta and value.name in self._engine.program.functions:
            info = self._engine.program.functions[value.name]
            if info.node.params and info.node.params[0].name == "self":
                return Type(value.name, (type,), True)
        return value

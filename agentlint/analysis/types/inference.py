"""What values are: the types of expressions, attributes and results, inferred over the whole program on demand."""

from __future__ import annotations

from collections.abc import Mapping

from agentlint.analysis.program import MODULE_CODE, Element, FunctionInfo, Program
from agentlint.analysis.types.engine import Engine
from agentlint.analysis.types.requests import shown
from agentlint.analysis.types.values import MOST_SHOWN, AttributeWrite, Type
from agentlint.ir import syntax as s
from agentlint.ir.walk import dotted
from agentlint.knowledge import LibraryFacts

__all__ = ["AttributeWrite", "Type", "Types", "infer_types"]


class Types:
    """Answers what expressions are; everything is inferred on demand and remembered."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._kept: dict[int, s.Expr] = {}
        self._writes: dict[tuple[str, str | Type], tuple[AttributeWrite, ...]] = {}

    def of(self, expr: s.Expr | None, function_id: str, class_id: str | Type = "") -> tuple[Type, ...]:
        """At most four alternatives, best first; empty when unknown. Module code has the function id `module.<module>`; class bodies have the class's.

        With `class_id` a method is read for that concrete class, or for that type with its arguments.
        """
        frame = self.engine.frame(self._home(function_id), _concrete(class_id))
        if expr is not None:
            self._kept[id(expr)] = expr  # answers are remembered by identity, which must not be given to another expression
        return self.engine.eval(expr, frame)[:MOST_SHOWN]

    def is_shared(self, expr: s.Expr | None, function_id: str) -> bool:
        """True for an expression that is the same on every class that runs the function."""
        return expr is None or id(expr) in self.engine.independence.of(function_id)

    def _home(self, id: str) -> str:
        if id in self.engine.flows:
            return id
        return f"{id}.{MODULE_CODE}" if id else MODULE_CODE

    def writes(self, function_id: str, class_id: str | Type = "") -> tuple[AttributeWrite, ...]:
        """Assignments to attributes in a function, in source order; with `class_id` for that concrete class."""
        key = (function_id, class_id)
        known = self._writes.get(key)
        if known is None:
            known = self._writes[key] = tuple(self._written(function_id, class_id))
        return known

    def _written(self, function_id: str, class_id: str | Type) -> list[AttributeWrite]:
        flow = self.engine.flows[self._home(function_id)]
        found = []
        for write in flow.writes:
            holder = write.target.value
            value = write.value.expr if write.value.kind in ("value", "changed") and not write.value.path else None
            if write.value.kind == "declared" and write.value.more:
                value = write.value.more[0].expr
            receiver = self.of(holder, function_id, class_id)
            found.append(AttributeWrite(function_id, receiver, write.target.attr, value, write.line, dotted(holder), shown(write.methods)))
        for call, methods in flow.calls:
            name = _set_by_name(call)
            if name:
                holder, _, value = call.args
                receiver = self.of(holder, function_id, class_id)
                found.append(AttributeWrite(function_id, receiver, name, value, call.line, dotted(holder), shown(methods)))
        return sorted(found, key=lambda w: w.line)

    def returns(self, function_id: str, class_id: str = "") -> tuple[Type, ...]:
        """What a function gives when it is called (awaited); with `class_id` for that concrete class."""
        return self.engine.results.returns(function_id, Type(class_id) if class_id else None)[:MOST_SHOWN]

    def parameter(self, function_id: str, name: str) -> tuple[Type, ...]:
        """What a function may be given for a parameter, before it asks what it was."""
        frame = self.engine.frame(function_id, None)
        node = frame.scope.node if isinstance(frame.scope, FunctionInfo) else None
        found = next((p for p in node.params if p.name == name), None) if node is not None else None
        return self.engine.parameters.of(found, frame)[:MOST_SHOWN] if found is not None else ()

    def attribute(self, type: Type, name: str) -> tuple[Type, ...]:
        """What an attribute of a value of a type is."""
        return self.engine.attribute(type, name)[:MOST_SHOWN]

    def fixed_argument(self, receiver: Type, path: str) -> Type | None:
        """The type argument that a class of the project fixes for the library class whose method a path names: `class Orders(Repository[Order])`."""
        return self.engine.members.parameter_of(receiver, path)

    def item(self, type: Type) -> tuple[Type, ...]:
        """What iterating over a value of a type gives; for a class object its instance."""
        return self.engine.item(type)[:MOST_SHOWN]

    def annotation(self, expr: s.Expr | None, function_id: str) -> tuple[Type, ...]:
        """What an annotation allows."""
        if expr is not None:
            self._kept[id(expr)] = expr
        return self.engine.annotated(expr, self.engine.frame(self._home(function_id)))[:MOST_SHOWN]

    def method_context(self, function_id: str, line: int) -> tuple[str, ...]:
        """HTTP methods under which a line of a function runs, by its enclosing branches; empty means any."""
        found = None
        for start, methods in self.engine.flows[self._home(function_id)].contexts:
            if start <= line:
                found = methods
        return shown(found)


def _concrete(given: str | Type) -> Type | None:
    if isinstance(given, Type):
        return given
    return Type(given) if given else None


def _set_by_name(call: s.Call) -> str:
    """The attribute that `setattr(x, "name", value)` sets."""
    if isinstance(call.func, s.Name) and call.func.id == "setattr" and len(call.args) == 3:
        name = call.args[1]
        return name.value if isinstance(name, s.Constant) and isinstance(name.value, str) else ""
    return ""


def infer_types(program: Program, library: LibraryFacts, extra: Mapping[str, Mapping[str, Type | Element]] | None = None) -> Types:
    """`extra` is what framework plugins know: class id (also of a library) to attribute to type, function id to parameter to type, `*` to the names that a
    framework's convention reserves, access path of a library's mapping to key. In place of a type an `Element` may stand: the expression whose value it is.
    """
    return Types(Engine(program, library, extra or {}))

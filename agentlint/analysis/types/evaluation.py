"""Types of expressions and of what names hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from agentlint.analysis.program import ClassInfo, FunctionInfo
from agentlint.analysis.types.bindings import Binding
from agentlint.analysis.types.generics import items_of
from agentlint.analysis.types.values import LINEAR, UNSEEN, Type, Types_, collection, union
from agentlint.ir import syntax as s

if TYPE_CHECKING:
    from agentlint.analysis.types.engine import Engine, Frame

_TEXT, _INT, _BOOL, _FLOAT = (Type("str"),), (Type("int"),), (Type("bool"),), (Type("float"),)
_COMPARING = frozenset({"==", "!=", "<", "<=", ">", ">=", "in", "not in", "is", "is not", "not"})
_EMPTY = frozenset({"list", "dict", "set", "collections.deque", "collections.defaultdict", "tuple"})


class Evaluator:
    """Reads expressions in frames and remembers the answers there."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._by_type: dict[type, Callable[..., Types_]] = {
            s.Name: self._name, s.Attribute: self._attribute, s.Call: self._call, s.Constant: self._constant, s.Template: lambda _e, _f: _TEXT,
            s.Sequence: self._sequence, s.Mapping: self._mapping, s.Subscript: self._subscript, s.Apply: self._apply,
            s.Comprehension: self._comprehension, s.Other: self._other, s.Lambda: lambda _e, _f: (),
        }

    def eval(self, expr: s.Expr | None, frame: Frame) -> Types_:
        """The types of an expression; a question that asks for itself finds nothing there."""
        if expr is None:
            return ()
        if type(expr) is s.Constant:
            return self._constant(expr, frame)
        if frame.plain is not None and id(expr) in frame.shared:
            frame = frame.plain
        binding = frame.flow.reaching.get(id(expr)) if type(expr) is s.Name else None
        if binding is not None:  # what the binding holds is remembered
            found = self.binding(binding, frame)
            if len(found) == 1 and found[0].name in _EMPTY and isinstance(frame.scope, s.Module) and isinstance(expr, s.Name):
                return self._engine.members.filled(frame.scope.name, expr.id, found)
            return self._engine.members.settled(found) if len(found) > 1 else found
        known = frame.memo.known.get(id(expr))
        return known if known is not None else frame.memo.work_out(id(expr), self._evaluated, expr, frame)

    def _evaluated(self, expr: s.Expr, frame: Frame) -> Types_:
        found: Types_ = self._by_type[type(expr)](expr, frame)
        return self._engine.members.settled(found) if len(found) > 1 else found

    # ----------------------------------------------------------------- names

    def _name(self, expr: s.Name, frame: Frame) -> Types_:
        return self.free(expr.id, frame)

    def free(self, name: str, frame: Frame) -> Types_:
        """The types of a name that the scope's own flow did not reach: bound elsewhere in it, around it, or in the module."""
        engine = self._engine
        here: Frame | None = frame
        while here is not None and (here.outer is not None or isinstance(here.scope, (FunctionInfo, ClassInfo))):
            bound = here.flow.bindings.get(name)
            if bound and name not in here.flow.globals:
                return union(self.binding(b, here) for b in bound)
            here = here.outer
        program = engine.program
        found = program.names.name(name, program.names.tables.get(program.id_of(frame.scope)))
        return engine.members.thing(found) if found else ()

    def binding(self, binding: Binding, frame: Frame) -> Types_:
        """The types of what a binding holds."""
        known = frame.bound.known.get(id(binding))
        return known if known is not None else frame.bound.work_out(id(binding), self._held, binding, frame)

    def _held(self, binding: Binding, frame: Frame) -> Types_:
        found = self._bound(binding, frame)
        if binding.added and all(t.name in _EMPTY for t in found):
            return self._filled(binding, found, frame)
        return found

    def _bound(self, binding: Binding, frame: Frame) -> Types_:
        kind, engine = binding.kind, self._engine
        if kind == "value":
            return self._unpacked_value(binding.expr, binding.path, frame)
        if kind == "joined":
            return union(self.binding(b, frame) for b in binding.more)
        if kind == "parameter":
            return engine.parameters.of(binding.expr, frame)
        if kind == "declared":
            return self._declared(binding, frame)
        if kind == "element":
            return self._at(union(engine.item(t) for t in self.eval(binding.expr, frame)), binding.path)
        if kind == "entered":
            return self._at(union(engine.members.entered(t) for t in self.eval(binding.expr, frame)), binding.path)
        if kind == "changed":
            return self.binding(binding.more[0], frame) if binding.more else ()
        if kind in ("narrowed", "narrowed-class"):
            return self._narrowed(binding, frame)
        if kind == "definition":
            return (Type(binding.expr, (), True),) if binding.expr else ()
        if kind == "caught":
            return self._instances(binding.expr, frame)
        if kind == "starred":
            return tuple(t for t in self.eval(binding.expr, frame) if t.name in LINEAR)
        return ()

    def _unpacked_value(self, expr: s.Expr, path: tuple[int, ...], frame: Frame) -> Types_:
        while path and isinstance(expr, s.Sequence) and path[0] < len(expr.items):
            expr, path = expr.items[path[0]], path[1:]
        return self._at(self.eval(expr, frame), path)

    def _at(self, types: Types_, path: tuple[int, ...]) -> Types_:
        """What positions of a tuple hold."""
        for position in path:
            found: list[Types_] = []
            for one in types:
                if one.name == "tuple" and len(one.args) > 1:
                    found.append(one.args[position : position + 1])
                else:
                    found.append(self._engine.item(one))
            types = union(found)
        return types

    def _declared(self, binding: Binding, frame: Frame) -> Types_:
        said = self._engine.annotated(binding.expr, frame)
        if binding.more and all(not t.args for t in said):
            held = self.binding(binding.more[0], frame)
            return self._engine.results.refined(said, held)
        return said

    def _instances(self, expr: s.Expr | None, frame: Frame) -> Types_:
        parts = expr.items if isinstance(expr, s.Sequence) else (expr,)
        return tuple(msgspec.structs.replace(t, meta=False) for p in parts for t in self.eval(p, frame) if t.meta)

    def _narrowed(self, binding: Binding, frame: Frame) -> Types_:
        wanted = self._instances(binding.expr, frame)
        if isinstance(binding.expr, s.Apply) and binding.expr.op == "|":
            wanted = union(self._instances(o, frame) for o in binding.expr.operands)
        if binding.kind == "narrowed-class":
            wanted = tuple(msgspec.structs.replace(t, meta=True) for t in wanted)
        before = union(self.binding(b, frame) for b in binding.more)
        names = [t.name for t in wanted]
        inside = tuple(t for t in before if self._engine.program.inherits(t.name, *names))
        return inside or wanted or before

    def _filled(self, binding: Binding, found: Types_, frame: Frame) -> Types_:
        """An empty collection takes the type of what is put into it."""
        kinds = {t.name for t in found} or {"list"}
        items: list[Types_] = []
        for how, expr in binding.added or ():
            types = self.eval(expr, frame)
            items.append(union(self._engine.item(t) for t in types) if how == "extend" else types)
        every = union(items)
        if "dict" in kinds or "collections.defaultdict" in kinds:
            held = union([every, union(t.args[1:] for t in found)])
            return tuple(Type("dict", (Type("str"), t)) for t in held) or found
        known = union(t.args for t in found)
        return collection(sorted(kinds)[0], union([known, every])) if every else found

    # ------------------------------------------------------------ composites

    def _attribute(self, expr: s.Attribute, frame: Frame) -> Types_:
        binding = frame.flow.reaching.get(id(expr))
        if binding is not None:
            found = self.binding(binding, frame)
            if found:
                return found
        owners = self.eval(expr.value, frame)
        return union([self._engine.members.attribute(t, expr.attr) for t in owners])

    def _call(self, expr: s.Call, frame: Frame) -> Types_:
        return self._engine.results.of_call(expr, frame)

    @staticmethod
    def _constant(expr: s.Constant, frame: Frame) -> Types_:
        value = expr.value
        if isinstance(value, str):
            return _TEXT
        if isinstance(value, bool):
            return _BOOL
        return _INT if isinstance(value, int) else _FLOAT if isinstance(value, float) else ()

    def _sequence(self, expr: s.Sequence, frame: Frame) -> Types_:
        if expr.kind == "tuple" and len(expr.items) > 1 and not any(isinstance(i, s.Other) for i in expr.items):
            each = [self.eval(i, frame) for i in expr.items]
            if any(t.meta for types in each for t in types):
                return collection("list", union(each))  # a tuple of classes or functions is a registry
            return (Type("tuple", tuple((types or (UNSEEN,))[0] for types in each)),)
        groups = []
        for item in expr.items:
            if isinstance(item, s.Other) and item.kind == "star":
                groups.append(union(self._engine.item(t) for t in self.eval(item.children[0], frame)))
            else:
                groups.append(self.eval(item, frame))
        return collection("list" if expr.kind == "tuple" else expr.kind, union(groups))

    def _mapping(self, expr: s.Mapping, frame: Frame) -> Types_:
        spread = union(self.eval(v, frame) for k, v in zip(expr.keys, expr.values, strict=True) if k is None)
        values = union([*(self.eval(v, frame) for k, v in zip(expr.keys, expr.values, strict=True) if k is not None),
                        *(t.args[1:] for t in spread if t.name == "dict")])
        keys = union(self.eval(k, frame) for k in expr.keys if k is not None)
        key = keys[0] if keys else UNSEEN
        return tuple(Type("dict", (key, v)) for v in values) or (Type("dict"),)

    def _comprehension(self, expr: s.Comprehension, frame: Frame) -> Types_:
        if expr.kind == "dict" and len(expr.elements) == 2:
            key = (self.eval(expr.elements[0], frame) or (UNSEEN,))[0]
            return tuple(Type("dict", (key, v)) for v in self.eval(expr.elements[1], frame)) or (Type("dict"),)
        return collection("set" if expr.kind == "set" else "list", self.eval(expr.elements[0], frame))

    def _subscript(self, expr: s.Subscript, frame: Frame) -> Types_:
        handed = self._engine.parameters.by_keyword(expr.value, expr.index, frame)
        if handed:
            return handed
        found: list[Types_] = []
        sliced = isinstance(expr.index, s.Other) and expr.index.kind == "slice"
        for one in self.eval(expr.value, frame):
            if one.meta and self._engine.members.is_class(one.name):
                args = tuple(msgspec.structs.replace((self.eval(a, frame) or (UNSEEN,))[0], meta=False) for a in items_of(expr.index))
                found.append((Type(one.name, args, True),))
            elif sliced:
                found.append((one,))
            elif one.name == "tuple" and len(one.args) > 1 and isinstance(expr.index, s.Constant) and isinstance(expr.index.value, int):
                found.append(one.args[expr.index.value : expr.index.value + 1] if expr.index.value >= 0 else one.args[expr.index.value :][:1])
            else:
                found.append(self._engine.members.keyed(one, expr.index, frame.scope) or self._engine.members.subscripted(one))
        return union(found) or self._handed(expr, frame)

    def _handed(self, expr: s.Subscript, frame: Frame) -> Types_:
        """What decorators tell by keyword together with the class of the method, which keeps it."""
        engine = self._engine
        told, keys = engine.keywords.told(expr, frame.self_type.name if frame.self_type is not None else engine.class_of(frame))
        return union(engine.eval(one.at(keys), engine.frame(one.scope)) for one in told)

    def _apply(self, expr: s.Apply, frame: Frame) -> Types_:
        op, operands = expr.op, expr.operands
        if op in ("or", "?:"):
            return union(self.eval(o, frame) for o in (operands[1:] if op == "?:" else operands))
        if op in ("and", ":="):
            return self.eval(operands[-1], frame)
        if op in _COMPARING:
            return _BOOL
        groups = [self.eval(o, frame) for o in operands]
        if all(t.name in _EMPTY for g in groups for t in g):
            return union(groups)
        return next((g for g in groups if g), ())

    def _other(self, expr: s.Other, frame: Frame) -> Types_:
        if expr.kind == "format":
            return _TEXT
        if expr.kind in ("star", "double-star") and expr.children:
            return self.eval(expr.children[0], frame)
        return ()

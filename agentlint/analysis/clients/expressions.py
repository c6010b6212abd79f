"""Values of expressions."""

from __future__ import annotations

from collections.abc import Sequence

from agentlint.analysis.clients.members import Members
from agentlint.analysis.clients.scopes import Scope
from agentlint.analysis.clients.values import (
    HOLE,
    Alt,
    Arr,
    Cls,
    External,
    Fn,
    Hole,
    Instance,
    Obj,
    Ref,
    Text,
    Value,
    alternatives,
    as_parts,
    concat,
    either,
    fixed,
    is_absent,
    text,
    truth,
)  # fmt: skip
from agentlint.ir import syntax as s


class Expressions(Members):
    """How expressions are read."""

    def call(self, expr: s.Call, scope: Scope) -> Value:
        """The value of a call; its requests are recorded."""
        raise NotImplementedError

    def bind(self, target: s.Expr, value: Value, scope: Scope) -> None:
        """Assign a value to a target."""
        raise NotImplementedError

    def value(self, expr: s.Expr, scope: Scope) -> Value:
        """The value of an expression; calls in it are made."""
        self.steps += 1
        match expr:
            case s.Name():
                return self._name(expr.id, scope)
            case s.Constant():
                return self._constant(expr)
            case s.Attribute():
                return self.member(self.value(expr.value, scope), expr.attr)
            case s.Call():
                return self.call(expr, scope)
            case s.Template():
                return concat(_filled(expr.parts, [self.value(p, scope) for p in expr.parts]))
            case s.Mapping():
                return self._object(expr, scope)
            case s.Sequence():
                return Arr(self.listed(expr.items, scope))
            case s.Subscript():
                index = self.value(expr.index, scope)
                return self.item(self.value(expr.value, scope), index, fixed(index))
            case s.Apply():
                return self._apply(expr, scope)
            case s.Lambda():
                fn = Fn(expr.function, scope)
                self.root(fn)
                return fn
            case s.Other():
                return self._other(expr, scope)
            case s.Comprehension():
                return HOLE

    def _name(self, name: str, scope: Scope) -> Value:
        if name == "this":
            return self.this_of(scope)
        if name == "undefined":
            return Obj()
        found = scope.find(name)
        if found is None:
            return self.global_name(name, scope)
        return self.settled(found)

    @staticmethod
    def _constant(expr: s.Constant) -> Value:
        if expr.value is None:
            return Obj()
        if isinstance(expr.value, bool):
            return HOLE
        return text(str(expr.value))

    def listed(self, items: tuple[s.Expr, ...], scope: Scope) -> tuple[Value, ...]:
        """Values of arguments or items, spread lists laid out."""
        found: list[Value] = []
        for item in items:
            if isinstance(item, s.Other) and item.kind == "star" and item.children:
                spread = self.value(item.children[0], scope)
                found.extend(spread.items if isinstance(spread, Arr) else (HOLE,))
            else:
                found.append(self.value(item, scope))
        return tuple(found)

    def _object(self, expr: s.Mapping, scope: Scope) -> Value:
        made = Obj()
        for key, value in zip(expr.keys, expr.values, strict=True):
            if key is None:
                made.merge(self.value(value, scope))
                continue
            name = str(key.value) if isinstance(key, s.Constant) else fixed(self.value(key, scope))
            held = self._field(value, made, scope)
            if name is not None:
                made.set(name, held)
        return made if made.layers or expr.keys else Obj([{}])

    def _field(self, value: s.Expr, holder: Obj, scope: Scope) -> Value:
        """A function in an object sees the object as `this`."""
        if not isinstance(value, s.Lambda):
            return self.value(value, scope)
        fn = Fn(value.function, scope, holder)
        self.root(fn, holder)
        return fn

    def _apply(self, expr: s.Apply, scope: Scope) -> Value:
        if expr.op == ":=":
            value = self.value(expr.operands[-1], scope)
            self.bind(expr.operands[0], value, scope)
            return value
        values = [self.value(o, scope) for o in expr.operands]
        match expr.op:
            case "+":
                return concat(_filled(expr.operands, values))
            case "?:" if len(values) == 3:
                holds = self.holds(expr.operands[0], scope, values[0])
                return either(values[1:] if holds is None else (values[1] if holds else values[2],))
            case "or" | "??":
                found = values[0]
                for value in values[1:]:
                    found = _otherwise(found, value)
                return found
            case "and":
                return values[-1]
            case _:
                return HOLE

    def holds(self, test: s.Expr, scope: Scope, value: Value | None = None) -> bool | None:
        """Whether a condition holds, as far as the presence of values tells: optional parameters decide what a URL has."""
        if isinstance(test, s.Apply):
            if test.op == "not":
                inner = self.holds(test.operands[0], scope)
                return None if inner is None else not inner
            if test.op in ("and", "or"):
                found = {self.holds(o, scope) for o in test.operands}
                decisive = test.op == "or"
                return decisive if decisive in found else None if None in found else not decisive
            if test.op in ("==", "!=") and any(_is_nothing(o) for o in test.operands):
                others = [o for o in test.operands if not _is_nothing(o)]
                present = self._present(others[0], self.value(others[0], scope)) if others else None
                return None if present is None else present == (test.op == "!=")
            return None
        tested = self.value(test, scope) if value is None else value
        return True if self._given(test, tested) else truth(tested)

    def _present(self, expr: s.Expr, value: Value) -> bool | None:
        if is_absent(value):
            return False
        return True if isinstance(value, Text | Obj | Fn | Cls | Instance | Arr) or self._given(expr, value) else None

    def _given(self, expr: s.Expr, value: Value) -> bool:
        """Whether a name stands for an argument that a caller did pass, whatever it is."""
        return not self.at_root and isinstance(expr, s.Name) and isinstance(value, Ref) and value.default is None

    def _other(self, expr: s.Other, scope: Scope) -> Value:
        if expr.kind == "jsx":
            return self.element(expr, scope)
        values = [self.value(c, scope) for c in expr.children]
        if expr.kind in ("sequence", "yield") and values:
            return values[-1]
        return HOLE

    def element(self, expr: s.Other, scope: Scope) -> Value:
        """An element of JSX: what its attributes and children hold is read."""
        for child in expr.children[1:]:
            self.value(child, scope)
        return HOLE


def _filled(pieces: Sequence[s.Expr], values: list[Value]) -> list[Value]:
    """Values of the pieces of a text: a variable that is still empty where a path has a segment stands for what it will hold, `/items/${id}/pin`."""
    empty = (_is_unset(piece) and value == Text(()) and _is_segment(values, at) for at, (piece, value) in enumerate(zip(pieces, values, strict=True)))
    return [HOLE if open_ else value for open_, value in zip(empty, values, strict=True)]


def _is_unset(piece: s.Expr) -> bool:
    """True for a name that code can give a value later; names of constants are meant to be empty."""
    return isinstance(piece, s.Name | s.Attribute) and not (piece.id if isinstance(piece, s.Name) else piece.attr).isupper()


def _is_segment(values: list[Value], at: int) -> bool:
    before = as_parts(values[at - 1])[-1:] if at else ()
    after = as_parts(values[at + 1])[:1] if at + 1 < len(values) else ()
    opened = bool(before) and isinstance(before[0], str) and before[0].endswith("/") and not before[0].endswith("//")
    return opened and (not after or (isinstance(after[0], str) and after[0].startswith("/")))


def _otherwise(value: Value, default: Value) -> Value:
    """`value || default`."""
    if isinstance(value, Alt):
        return either(_otherwise(v, default) for v in alternatives(value))
    if is_absent(value) or value == Text(()):
        return default
    if isinstance(value, Ref):
        if isinstance(default, Obj):
            return Obj([*default.layers, value])
        return Ref(value.owner, value.name, value.path, default) if value.default is None else value
    if isinstance(value, Hole | External) and not isinstance(default, Text | Hole):
        return default
    return value


def _is_nothing(expr: s.Expr) -> bool:
    """`null` or `undefined` as written."""
    return (isinstance(expr, s.Constant) and expr.value is None) or (isinstance(expr, s.Name) and expr.id == "undefined")

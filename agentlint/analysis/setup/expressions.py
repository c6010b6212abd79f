"""Expressions of set-up code: constants and texts with holes, names through imports, attributes of classes and objects."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import reduce
from typing import TYPE_CHECKING

from agentlint.analysis.constants.values import HOLE, arithmetic
from agentlint.analysis.setup.values import (
    UNKNOWN,
    Above,
    Anonymous,
    Closure,
    Filling,
    Frame,
    Given,
    Made,
    Member,
    Ref,
    Unknown,
    Value,
    concatenated,
    given_by,
    is_known,
    joined,
    truth,
)
from agentlint.ir import syntax as s

if TYPE_CHECKING:
    from agentlint.analysis.program import ClassInfo, FunctionInfo
    from agentlint.analysis.setup.code import SetupCode

_MODEL = "django.db.models.Model"


def _is_manager(value: Value, attr: str) -> bool:
    if not isinstance(value, Made):
        return False
    callee = value.callee
    return attr == "objects" or (isinstance(callee, Ref) and callee.name.endswith("Manager")) or (isinstance(callee, Member) and callee.attr == "as_manager")


class Evaluator:
    """Evaluates expressions in frames."""

    def __init__(self, setup: SetupCode) -> None:
        self._setup = setup
        self._program = setup.program
        self._held: dict[tuple[str, str], Value] = {}
        above = {name[:at] for name in self._program.modules for at, letter in enumerate(name) if letter == "."}
        self._namespaces = above - set(self._program.modules)
        """Packages without a file of their own."""
        self._by_type: dict[type, Callable[..., Value]] = {
            s.Constant: lambda e, _f: e.value, s.Name: self._name, s.Attribute: self._attribute, s.Template: self._template, s.Sequence: self._sequence,
            s.Mapping: self._mapping, s.Apply: self._apply, s.Call: self._call, s.Subscript: self._subscript, s.Comprehension: self._comprehension,
            s.Lambda: lambda e, f: Anonymous(e.function, f), s.Other: self._other,
        }

    def evaluate(self, expr: s.Expr, frame: Frame) -> Value:
        """The value of an expression."""
        return self._by_type[type(expr)](expr, frame)

    # ----------------------------------------------------------------- names

    def _name(self, expr: s.Name, frame: Frame) -> Value:
        here: Frame | None = frame
        while here is not None:
            if expr.id in here.names:
                return here.names[expr.id]
            info = self._program.classes.get(getattr(here.scope, "id", ""))
            if info is not None and here is frame and expr.id in info.attributes:
                return self.class_attribute(info.id, expr.id)
            here = here.outer
        if expr.id in ("self", "cls"):
            return UNKNOWN
        if expr.id == "__name__":
            return frame.scope.name if isinstance(frame.scope, s.Module) else frame.scope.module.name
        name = self._program.resolve(expr, frame.scope)
        return self.named(name) if name else UNKNOWN

    def named(self, name: str) -> Value:
        """What a dotted name stands for: a definition, a module's variable, or something of a library."""
        program = self._program
        name = program.canonical(name)
        if name in program.functions or name in program.classes or name in program.modules or name in self._namespaces:
            return Ref(name)
        owner, _, last = name.rpartition(".")
        if owner in program.modules:
            frame = self._setup.run_module(owner)
            return frame.names.get(last, UNKNOWN)
        if owner in program.classes:
            return self.attribute_of(Ref(owner), last)
        return Ref(name)

    # ------------------------------------------------------------ attributes

    def _attribute(self, expr: s.Attribute, frame: Frame) -> Value:
        owner = self._setup.evaluate(expr.value, frame)
        if isinstance(owner, Ref) and owner.name.endswith("conf.settings") and expr.attr.isupper():
            value = self._program.fold(expr, frame.scope)
            return UNKNOWN if value is None or isinstance(value, bool) else value  # a flag differs from place to place: both sides count
        return self.attribute_of(owner, expr.attr)

    def attribute_of(self, owner: Value, attr: str) -> Value:
        """`owner.attr`."""
        for answer in self._setup.taught.values():
            told = answer(owner, attr)
            if told is not None:
                return told
        if isinstance(owner, Ref):
            if owner.name in self._program.classes:
                return self._of_class(owner.name, attr, owner)
            if owner.name in self._program.functions:
                return Member(owner, attr)
            return self.named(f"{owner.name}.{attr}")
        if isinstance(owner, Made):
            return self._of_object(owner, attr)
        if isinstance(owner, Above):
            return self._above(owner, attr)
        return Member(owner, attr) if is_known(owner) else UNKNOWN

    def _of_object(self, owner: Made, attr: str) -> Value:
        if attr in owner.attributes:
            return owner.attributes[attr]
        if isinstance(owner.callee, Ref) and owner.callee.name in self._program.classes:
            return self._of_record(owner, self._program.classes[owner.callee.name], attr) or self._of_class(owner.callee.name, attr, owner)
        return Member(owner, attr)

    def _of_record(self, owner: Made, info: ClassInfo, attr: str) -> Value:
        """A field of a named tuple or data class without an initialiser of its own, as it was given; None for others."""
        if attr not in info.annotations or self._program.method(info.id, "__init__") is not None:
            return None
        if attr in owner.keywords:
            return owner.keywords[attr]
        position = list(info.annotations).index(attr)
        return owner.args[position] if position < len(owner.args) else None

    def _of_class(self, class_id: str, attr: str, receiver: Value) -> Value:
        """An attribute through the bases of a class, on the class itself or an object of it."""
        program = self._program
        if attr in ("__name__", "__class__"):
            return class_id.rpartition(".")[2] if attr == "__name__" else Ref(class_id)
        method = None if attr == "as_view" else program.method(class_id, attr)
        if method is not None:
            return self._bound(method, receiver)
        held = program.attribute(class_id, attr)
        if held is not None:
            value = self.class_attribute(held[1].id, attr)
            if isinstance(receiver, Ref) and _is_manager(value, attr) and program.inherits(class_id, _MODEL):
                return Member(receiver, attr)  # a model's manager answers for the model that it is asked through
            return value
        nested = next((program.classes[b].nested[attr] for b in program.mro(class_id) if b in program.classes and attr in program.classes[b].nested), "")
        return Ref(nested) if nested else Member(receiver, attr)

    def _bound(self, method: FunctionInfo, receiver: Value) -> Value:
        kinds = {d.id if isinstance(d, s.Name) else getattr(d, "attr", "") for d in method.node.decorators}
        closure = Closure(method, None, receiver)
        if kinds & {"property", "cached_property"} and isinstance(receiver, Made):
            return self._setup.caller.run_function(closure, [], {})
        if kinds & {"staticmethod"} or (isinstance(receiver, Ref) and "classmethod" not in kinds):
            return Ref(method.id)
        return closure

    def _above(self, above: Above, attr: str) -> Value:
        receiver = above.receiver
        held = receiver.callee if isinstance(receiver, Made) else receiver
        concrete = held.name if isinstance(held, Ref) else above.owner
        order = self._program.mro(concrete) if concrete in self._program.classes else self._program.mro(above.owner)
        after = order[order.index(above.owner) + 1 :] if above.owner in order else ()
        for base in after:
            info = self._program.classes.get(base)
            if info is not None and attr in info.methods:
                return self._bound(self._program.functions[info.methods[attr]], receiver)
            if info is not None and attr in info.attributes:
                return self.class_attribute(base, attr)
        return Member(above, attr)

    def class_attribute(self, class_id: str, name: str) -> Value:
        """The value of a class-level assignment, evaluated once."""
        key = (class_id, name)
        if key not in self._held:
            self._held[key] = UNKNOWN
            info: ClassInfo = self._program.classes[class_id]
            self._held[key] = self._setup.evaluate(info.attributes[name], self._setup.frame_of(info))
        return self._held[key]

    # ------------------------------------------------------- composed values

    def _template(self, expr: s.Template, frame: Frame) -> Value:
        return "".join(text(self._setup.evaluate(p, frame)) for p in expr.parts)

    def _items(self, items: tuple[s.Expr, ...], frame: Frame) -> Iterator[Value]:
        for item in items:
            if isinstance(item, s.Other) and item.kind == "star":
                inner = self._setup.evaluate(item.children[0], frame)
                yield from inner if isinstance(inner, list | tuple | dict) else [inner]
            else:
                yield self._setup.evaluate(item, frame)

    def _sequence(self, expr: s.Sequence, frame: Frame) -> Value:
        items = list(self._items(expr.items, frame))
        return tuple(items) if expr.kind == "tuple" else items

    def _mapping(self, expr: s.Mapping, frame: Frame) -> Value:
        found: dict[Value, Value] = {}
        for key, value in zip(expr.keys, expr.values, strict=True):
            held = self._setup.evaluate(value, frame)
            name = self._setup.evaluate(key, frame) if key is not None else None
            if key is None and isinstance(held, dict):
                found.update(held)
            elif key is not None and isinstance(name, str | int | Ref):
                found[name] = held
        return found

    def _apply(self, expr: s.Apply, frame: Frame) -> Value:
        if expr.op == "?:":
            held = truth(self._setup.evaluate(expr.operands[0], frame))
            if held is not None:
                return self._setup.evaluate(expr.operands[1 if held else 2], frame)
            return joined([self._setup.evaluate(o, frame) for o in expr.operands[1:]])
        if expr.op == ":=":
            value = self._setup.evaluate(expr.operands[1], frame)
            self._setup.bind(expr.operands[0], value, frame)
            return value
        values = [self._setup.evaluate(o, frame) for o in (_summands(expr) if expr.op == "+" else expr.operands)]
        return self.add(values) if expr.op == "+" else self.operate(expr.op, values)

    def add(self, values: list[Value]) -> Value:
        """A sum; one of lists of which some are not known is a list that holds these as items."""
        if _is_of_lists(values):
            return reduce(concatenated, values[1:], list(values[0]) if isinstance(values[0], list | tuple) else [values[0]])
        return self.operate("+", values)

    def operate(self, op: str, values: list[Value]) -> Value:
        """An operator on values; tests that do not tell are unknown."""
        if op in ("and", "or"):
            for value in values[:-1]:
                held = truth(value)
                if held is None:
                    return joined(values) if any(isinstance(v, list) for v in values) else UNKNOWN
                if held == (op == "or"):
                    return value
            return values[-1]
        if op == "not":
            held = truth(values[0])
            return UNKNOWN if held is None else not held
        if op in _TESTS:
            return UNKNOWN if self._optional_part(op, values) else _compare(op, values)
        result = values[0]
        for value in values[1:]:
            sequences = op in ("+", "|") and any(isinstance(v, list | tuple) for v in (result, value))
            result = concatenated(result, value) if sequences else arithmetic(op, _plain(result), _plain(value))
        return result

    def _call(self, expr: s.Call, frame: Frame) -> Value:
        func = self._setup.evaluate(expr.func, frame)
        args = list(self._items(expr.args, frame))
        keywords: dict[str, Value] = {}
        for keyword in expr.keywords:
            value = self._setup.evaluate(keyword.value, frame)
            if keyword.name is not None:
                keywords[keyword.name] = value
            elif isinstance(value, dict):
                keywords.update({k: v for k, v in value.items() if isinstance(k, str)})
        return self._setup.caller.call(func, Given(args, keywords, expr.line, frame))

    def _subscript(self, expr: s.Subscript, frame: Frame) -> Value:
        owner = self._setup.evaluate(expr.value, frame)
        if isinstance(expr.index, s.Other):
            return list(owner) if isinstance(owner, list | tuple) else owner
        index = self._setup.evaluate(expr.index, frame)
        items = owner.items if isinstance(owner, Made) else owner
        if isinstance(items, dict):
            try:
                if index not in items and isinstance(items, Filling) and is_known(items.factory):
                    items[index] = self._setup.caller.call(items.factory, Given([], {}, expr.line, frame))
                return items.get(index, UNKNOWN)
            except TypeError:
                return UNKNOWN
        if isinstance(items, list | tuple | str) and isinstance(index, int) and -len(items) <= index < len(items):
            return items[index]
        return owner if isinstance(owner, Ref) else UNKNOWN  # a generic class with its arguments is the class

    def _comprehension(self, expr: s.Comprehension, frame: Frame) -> Value:
        inner = Frame(frame.scope, {}, frame, frame.receiver, frame.owner)
        rows = list(self._rows(expr.clauses, expr.elements, inner))
        if expr.kind == "dict":
            return {row[0]: row[1] for row in rows if isinstance(row[0], str | int | Ref)}
        return [row[0] for row in rows]

    def _rows(self, clauses: tuple[s.Clause, ...], elements: tuple[s.Expr, ...], frame: Frame) -> Iterator[tuple[Value, ...]]:
        if not clauses:
            yield tuple(self._setup.evaluate(e, frame) for e in elements)
            return
        for item in self._setup.turns(self._setup.evaluate(clauses[0].iterable, frame)):
            self._setup.bind(clauses[0].target, item, frame)
            if not any(truth(self._setup.evaluate(c, frame)) is False for c in clauses[0].conditions):
                yield from self._rows(clauses[1:], elements, frame)

    def _other(self, expr: s.Other, frame: Frame) -> Value:
        values = [self._setup.evaluate(child, frame) for child in expr.children]
        if expr.kind.startswith("yield"):
            for value in values:
                frame.yields.extend(value if "from" in expr.kind and isinstance(value, list | tuple) else [value])
        return UNKNOWN


    def _optional_part(self, op: str, values: list[Value]) -> bool:
        """True for asking whether a package of the project is switched on (`"shop.gifts" in INSTALLED_APPS`) that the settings at hand leave out."""
        left, right = values[0], values[-1]
        if op not in ("in", "not in") or not isinstance(left, str) or not isinstance(right, list | tuple) or left in right:
            return False
        return left in self._program.modules or any(name.startswith(f"{left}.") for name in self._program.modules)


_TESTS = frozenset({"==", "!=", "<", "<=", ">", ">=", "in", "not in", "is", "is not"})


def _summands(expr: s.Expr) -> Iterator[s.Expr]:
    """The parts of `a + b + c`, in order."""
    for operand in expr.operands if isinstance(expr, s.Apply) and expr.op == "+" else ():
        if isinstance(operand, s.Apply) and operand.op == "+":
            yield from _summands(operand)
        else:
            yield operand


def _is_of_lists(values: list[Value]) -> bool:
    """True for a sum of lists of which some are not known: `a.urls + b.urls`, `A.get_urls() + b.urls + [path(...)]`."""
    given = [v for v in map(given_by, values) if v is not None]
    alike = len(given) == len(values) and len({m.attr for m in given}) == 1
    return bool(given) and (alike or (any(isinstance(v, list) for v in values) and all(isinstance(v, list | Member | Made) for v in values)))


def _compare(op: str, values: list[Value]) -> Value:
    left, right = values[0], values[-1]
    parts = left if isinstance(left, tuple) else ()
    if len(values) != 2 or any(isinstance(v, Unknown | Made | Member) for v in (*values, *parts)):
        return UNKNOWN
    if any(isinstance(v, str) and HOLE in v for v in values):
        return UNKNOWN
    try:
        if op in ("==", "is"):
            return left == right
        if op in ("!=", "is not"):
            return left != right
        if op in ("in", "not in"):
            return UNKNOWN if not isinstance(right, str | list | tuple | dict) else (left in right) == (op == "in")
        return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[op]
    except TypeError:
        return UNKNOWN


def _plain(value: Value) -> Value:
    return value if isinstance(value, str | int | float | dict | tuple | Unknown) else UNKNOWN


def text(value: Value) -> str:
    """A value inside a text."""
    return str(value) if isinstance(value, str | int | float) else HOLE

"""Values of client code as far as requests need them: texts with holes, objects, functions, instances, modules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias, Union

import msgspec

from agentlint.ir import syntax as s

MOST_ALTERNATIVES = 4
"""Beyond this many possible values of one expression the rest is not followed."""


class Hole(msgspec.Struct, frozen=True):
    """A value that only running the program would tell."""


class Ref(msgspec.Struct, frozen=True):
    """A parameter of a function (or a part of it): known where the function is called, or nowhere."""

    owner: int
    name: str
    path: tuple[str, ...] = ()
    default: Value | None = None
    """What stands in when the caller gives nothing."""


class Text(msgspec.Struct, frozen=True):
    """A text: fixed pieces, holes, and parameters."""

    parts: tuple[str | Hole | Ref, ...]


class External(msgspec.Struct, frozen=True):
    """Something that the project does not define, by its dotted name."""

    name: str


class Alt(msgspec.Struct, frozen=True):
    """One of several values."""

    options: tuple[Value, ...]


class Obj:
    """An object literal. Later layers win: each is a mapping of fields, or a value whose fields are not known yet."""

    __slots__ = ("layers",)

    def __init__(self, layers: Iterable[dict[str, Value] | Value] = ()) -> None:
        self.layers: list[dict[str, Value] | Value] = list(layers)

    def set(self, name: str, value: Value) -> None:
        """Give a field its value."""
        if not self.layers or not isinstance(self.layers[-1], dict):
            self.layers.append({})
        last = self.layers[-1]
        if isinstance(last, dict):
            last[name] = value

    def merge(self, other: Value) -> None:
        """Take over the fields of another value."""
        if other is self:
            return
        if isinstance(other, Obj):
            self.layers.extend(dict(layer) if isinstance(layer, dict) else layer for layer in other.layers)
        elif not isinstance(other, Text):
            self.layers.append(other)
        del self.layers[: max(0, len(self.layers) - 12)]

    def get(self, name: str) -> Value | None:
        """The field's value; None when the object certainly lacks it."""
        open_ends: list[Value] = []
        for layer in reversed(self.layers):
            if isinstance(layer, dict):
                if name in layer:
                    return _with_default(open_ends, name, layer[name])
            else:
                open_ends.append(layer)
        return _with_default(open_ends, name, None)

    def known(self) -> dict[str, Value]:
        """The fields that are certain, in order."""
        found: dict[str, Value] = {}
        for layer in self.layers:
            if isinstance(layer, dict):
                found.update(layer)
        return found


def _with_default(open_ends: list[Value], name: str, found: Value | None) -> Value | None:
    """A field that a layer of unknown content may overwrite: the parameter's own field, with what is known as its default."""
    for layer in open_ends:
        if isinstance(layer, Ref):
            return Ref(layer.owner, layer.name, (*layer.path, name), found)
    if open_ends and found is None:
        return Hole()
    return found


class Arr(msgspec.Struct, frozen=True):
    """An array with its items."""

    items: tuple[Value, ...]


class Fn:
    """A function with the scope it was made in; `members` holds what was hung on it (`F.prototype.m`)."""

    __slots__ = ("members", "node", "owner", "prototype", "scope", "this")

    def __init__(self, node: s.Function, scope: object, this: Value | None = None, owner: Cls | None = None) -> None:
        self.node = node
        self.scope = scope
        self.this = this
        self.owner = owner
        """The class that defines it, for `super`."""
        self.members: dict[str, Value] = {}
        self.prototype: dict[str, Value] = {}


class Cls:
    """A class with the scope it was made in."""

    __slots__ = ("bases", "fields", "methods", "node", "scope", "statics")

    def __init__(self, node: s.Class, scope: object) -> None:
        self.node = node
        self.scope = scope
        self.bases: tuple[s.Expr, ...] = node.bases
        self.methods: dict[str, s.Function] = {}
        self.fields: dict[str, s.Assign] = {}
        self.statics: dict[str, Value] = {}
        for stmt in node.body:
            if isinstance(stmt, s.Define) and isinstance(stmt.definition, s.Function):
                self.methods[stmt.definition.name] = stmt.definition
            elif isinstance(stmt, s.Assign) and isinstance(stmt.targets[0], s.Name):
                self.fields[stmt.targets[0].id] = stmt


class Instance:
    """An object made from a class or a constructor function; its fields are read when somebody asks."""

    __slots__ = ("arguments", "built", "fields", "kind")

    def __init__(self, kind: Cls | Fn, arguments: tuple[Value, ...] | None) -> None:
        self.kind = kind
        self.arguments = arguments
        """None when nobody knows what it was made with."""
        self.fields: dict[str, Value] = {}
        self.built = False


class Mod(msgspec.Struct, frozen=True):
    """A module of the project, by its path."""

    path: str


class Client(msgspec.Struct, frozen=True):
    """A client made by a library (`axios.create({ baseURL })`, `new XMLHttpRequest()`)."""

    name: str
    base: Value | None = None
    rewrites: list[int] = []
    """Lines of request hooks that set another URL: what stands before the path is open then."""


class Bound(msgspec.Struct, frozen=True):
    """A method of something not known, as a value."""

    receiver: Value
    attr: str


Value: TypeAlias = Union[Hole, Ref, Text, External, Alt, Obj, Arr, Fn, Cls, Instance, Mod, Client, Bound]
HOLE = Hole()


def text(value: str) -> Text:
    """A fixed text."""
    return Text((value,)) if value else Text(())


def is_absent(value: Value | None) -> bool:
    """Whether a value is `undefined` or `null`, which an empty object stands for: nothing can be read from it."""
    return isinstance(value, Obj) and not value.layers


def alternatives(value: Value) -> tuple[Value, ...]:
    """The value, or each of its alternatives."""
    return value.options if isinstance(value, Alt) else (value,)


def truth(value: Value) -> bool | None:
    """Whether a condition holds on a value; None when only running would tell."""
    if is_absent(value) or value == Text(()):
        return False
    if isinstance(value, Text):
        return True if any(isinstance(p, str) for p in value.parts) else None
    return True if isinstance(value, Obj | Fn | Cls | Instance | Arr | Client) else None


def either(values: Iterable[Value]) -> Value:
    """One value out of several: duplicates out, at most a few kept, in order."""
    found: list[Value] = []
    told = 0
    for value in (v for outer in values for v in alternatives(outer)):
        if told >= MOST_ALTERNATIVES:
            break  # tables of generated parsers hold thousands of numbers
        if not any(value is known or (isinstance(value, msgspec.Struct) and value == known) for known in found):
            found.append(value)
            told += not (isinstance(value, Hole) or is_absent(value))
    if len(found) > 1:
        found = [v for v in found if not (isinstance(v, Hole) or is_absent(v))] or [HOLE]
    return found[0] if len(found) == 1 else Alt(tuple(found[:MOST_ALTERNATIVES])) if found else HOLE


def as_parts(value: Value) -> tuple[str | Hole | Ref, ...]:
    """The pieces a value adds to a text."""
    if isinstance(value, Text):
        return value.parts
    if isinstance(value, Ref):
        return (value,)
    return (HOLE,)


def concat(values: Iterable[Value]) -> Value:
    """Texts one after the other, for every combination of their alternatives."""
    found: list[tuple[str | Hole | Ref, ...]] = [()]
    for value in values:
        pieces = [as_parts(v) for v in alternatives(value)]
        found = [a + b for a in found for b in pieces][:MOST_ALTERNATIVES]
    return either(Text(_joined(f)) for f in found)


def _joined(parts: tuple[str | Hole | Ref, ...]) -> tuple[str | Hole | Ref, ...]:
    """Neighbouring fixed pieces as one, neighbouring holes as one."""
    found: list[str | Hole | Ref] = []
    for part in parts:
        last = found[-1] if found else None
        if isinstance(part, str) and isinstance(last, str):
            found[-1] = last + part
        elif not (isinstance(part, Hole) and isinstance(last, Hole)) and part != "":
            found.append(part)
    return tuple(found)


def rendered(value: Value) -> str:
    """A text as shown: holes as `{}`, parameters too unless they have a default; of alternatives the first."""
    if isinstance(value, Alt):
        value = value.options[0]
    return "".join(p if isinstance(p, str) else _shown(p) for p in as_parts(value))


def _shown(part: Hole | Ref) -> str:
    return rendered(part.default) if isinstance(part, Ref) and isinstance(part.default, Text) else "{}"


def refers(value: Value) -> bool:
    """Whether a text depends on a parameter."""
    return isinstance(value, Ref) or (isinstance(value, Text) and any(isinstance(p, Ref) for p in value.parts))


def fixed(value: Value | None) -> str | None:
    """The text of a value without holes; None for anything else."""
    if isinstance(value, Text) and all(isinstance(p, str) for p in value.parts):
        return "".join(p for p in value.parts if isinstance(p, str))
    return None

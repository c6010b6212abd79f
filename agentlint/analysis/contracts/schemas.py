"""Schemas seen as shapes: references followed, `allOf` flattened, null and single choices dropped; each place is looked at once."""

from __future__ import annotations

from typing import Any

import msgspec

from agentlint.ir.description import Index, MediaType, Node

_DEEPEST = 40
_NAMING = frozenset({"schemas", "definitions", "$defs"})
_KINDS = ("object", "array", "string", "integer", "number", "boolean")


class Shape(msgspec.Struct, frozen=True, eq=False):
    """What a schema says of a value."""

    kind: str = ""
    """`object`, `array`, `string`, `integer`, `number`, `boolean`; empty when it is not said."""
    name: str = ""
    """Name of the schema where it has one."""
    properties: dict[str, Node] = {}
    required: frozenset[str] = frozenset()
    items: Node | None = None
    values: Node | None = None
    """What the values of a map are (`additionalProperties`)."""
    choices: tuple[str, ...] = ()
    """Enumerated values as text."""
    constant: bool = False
    format: str = ""
    description: str = ""
    read_only: bool = False
    write_only: bool = False
    has_default: bool = False
    pattern: str = ""
    key: tuple[str, Any] = ("", ())


_EMPTY = Shape()


def named_by_file(node: Node) -> str:
    """What programs that bundle descriptions call a schema of another file: by its key there, or by the file, where it is the whole file."""
    if node.pointer:
        return str(node.pointer[0])
    return node.file.rsplit("/", 1)[-1].split(".")[0]


class Schemas:
    """Shapes of the schemas of one description."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._shapes: dict[int, Shape] = {}
        """By identity of a schema's value."""
        self._held: list[Any] = []
        """Those values, so that their identity stays their own."""

    def shape(self, node: Node | None) -> Shape:
        """The shape of a schema; an empty one for none and for circles."""
        if node is None:
            return _EMPTY
        value = node.value
        known = self._shapes.get(id(value))
        if known is None:
            if not isinstance(value, dict):
                return _EMPTY
            self._held.append(value)
            self._shapes[id(value)] = _EMPTY
            known = self._shapes[id(value)] = self._read(node)
        return known

    def follow(self, node: Node) -> Node:
        """The schema itself behind references."""
        return self._index.follow(node)

    def name(self, node: Node) -> str:
        """The name under which a schema is declared, empty for one written in place."""
        value = node.value
        if isinstance(value, dict) and isinstance(value.get("$ref"), str):
            node = self._index.follow(node)
        pointer = node.pointer
        if len(pointer) >= 2 and pointer[-2] in _NAMING:
            return str(pointer[-1])
        if node.file != self._index.root.file and len(pointer) < 2:
            return named_by_file(node)
        dressed = self._dressed(node)
        if dressed is not None:
            return self.name(dressed)
        title = node.value.get("title") if isinstance(node.value, dict) else None
        return title if isinstance(title, str) and len(title) < 60 and " " not in title.strip() else ""

    def _dressed(self, node: Node) -> Node | None:
        """The schema behind `allOf: [{$ref: ...}, {description: ...}]`, which 3.0 needs to say more about a reference."""
        parts = self._parts(node)
        if not parts or not isinstance(node.value, dict) or "properties" in node.value:
            return None
        told = [part.value for part in parts if isinstance(part.value, dict)]
        refers = [part for part in parts if isinstance(part.value, dict) and "$ref" in part.value]
        return refers[0] if len(refers) == 1 and not any("properties" in value or "allOf" in value for value in told) else None

    def _read(self, node: Node) -> Shape:
        value = node.value
        if not isinstance(value, dict):
            return _EMPTY
        if "$ref" in value:
            target = self._index.follow(node)
            if target.value is None or target.key == node.key:
                return _EMPTY
            shape = self.shape(target)
            if len(value) > 1:
                shape = _with_siblings(shape, value)
            return shape
        merged = _Merged(value)
        for part in self._parts(node):
            merged.take(self.shape(part))
        self._choose(node, merged)
        return merged.shape(node, self.name(node), self._index.follow(node.child("properties")))

    def _parts(self, node: Node) -> list[Node]:
        if not isinstance(node.value, dict) or "allOf" not in node.value:
            return []
        parts = node.child("allOf")
        return [child for _, child in parts.children()] if isinstance(parts.value, list) else []

    def _choose(self, node: Node, merged: _Merged) -> None:
        for keyword in ("oneOf", "anyOf"):
            if keyword not in node.value:
                continue
            variants = node.child(keyword)
            if not isinstance(variants.value, list):
                continue
            real = [child for _, child in variants.children() if not (isinstance(child.value, dict) and child.value.get("type") == "null")]
            shapes = [self.shape(v) for v in real[:_DEEPEST]]
            if len(shapes) == 1:
                merged.take(shapes[0])
            else:
                for shape in shapes:
                    merged.take(shape, optional=True)

    def variants(self, node: Node | None) -> tuple[str, ...]:
        """Names and single values by which the variants of a choice (`oneOf`, `anyOf`) are told apart."""
        found: list[str] = []
        for keyword in ("oneOf", "anyOf") if node is not None else ():
            for _, child in self.follow(node).child(keyword).children() if node is not None else ():
                found.append(self.name(child))
                found += [value for inner in self.shape(child).properties.values() if (told := self.shape(inner)).constant for value in told.choices]
        return tuple(filter(None, found))

    def answer(self, content: tuple[MediaType, ...]) -> Node | None:
        """The schema of a body or answer, JSON preferred."""
        ranked = sorted((m for m in content if m.schema is not None), key=lambda m: 0 if "json" in m.name else 1)
        return ranked[0].schema if ranked else None


class _Merged:
    """A shape under construction."""

    def __init__(self, value: dict[str, Any]) -> None:
        self._value = value
        said = value.get("type")
        kinds = [said] if isinstance(said, str) else [t for t in said if isinstance(t, str)] if isinstance(said, list) else []
        self._kind = next((k for k in kinds if k in _KINDS), "")
        self._properties: dict[str, Node] = {}
        self._required: set[str] = set()
        self._items: Node | None = None
        self._values: Node | None = None
        self._choices: tuple[str, ...] = ()
        self._names: list[str] = []
        self._format = ""
        self._description = ""
        self._default = False

    def take(self, shape: Shape, optional: bool = False) -> None:
        """Adds what a part says; parts of a choice make nothing required."""
        self._kind = self._kind or shape.kind
        for name, node in shape.properties.items():
            if not optional or name not in self._properties:  # a later part of a conjunction says it more exactly
                self._properties[name] = node
        if not optional:
            self._required |= shape.required
        self._items = self._items or shape.items
        self._values = self._values or shape.values
        self._choices = tuple(dict.fromkeys((*self._choices, *shape.choices)))
        self._format = self._format or shape.format
        self._description = self._description or shape.description
        self._default = self._default or shape.has_default
        if shape.name:
            self._names.append(shape.name)

    def shape(self, node: Node, name: str, own: Node) -> Shape:
        """The finished shape, the schema's own words first. `own` are its properties, which may stand in another file."""
        value = self._value
        properties = {str(k): child for k, child in own.children()} if isinstance(own.value, dict) else {}
        properties = {**self._properties, **properties}
        required = value.get("required")
        needed = frozenset(str(r) for r in required) if isinstance(required, list) else frozenset()
        choices = value.get("enum")
        values = tuple(str(c) for c in choices if c is not None) if isinstance(choices, list) and choices else self._choices
        constant = "const" in value
        extra = value.get("additionalProperties")
        items = node.child("items") if isinstance(value.get("items"), dict) else self._items
        kind = self._kind or ("object" if properties else "array" if items is not None else "")
        return Shape(
            kind=kind, name=name or (self._names[0] if len(self._names) == 1 else ""), properties=properties, required=needed | self._required, items=items,
            values=node.child("additionalProperties") if isinstance(extra, dict) and extra else self._values,
            choices=(str(value["const"]),) if constant else values, constant=constant or len(values) == 1,
            format=_text(value, "format") or self._format, description=_text(value, "description") or self._description,
            read_only=value.get("readOnly") is True, write_only=value.get("writeOnly") is True, has_default="default" in value or self._default,
            pattern=_text(value, "pattern"), key=node.key,
        )


def _with_siblings(shape: Shape, value: dict[str, Any]) -> Shape:
    """A referenced shape with what stands beside the reference (allowed since 3.1)."""
    return msgspec.structs.replace(
        shape, description=_text(value, "description") or shape.description, read_only=shape.read_only or value.get("readOnly") is True,
        write_only=shape.write_only or value.get("writeOnly") is True, has_default=shape.has_default or "default" in value,
    )


def _text(value: dict[str, Any], key: str) -> str:
    found = value.get(key)
    return found if isinstance(found, str) else ""

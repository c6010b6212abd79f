"""Reading YAML text, with aliases shared instead of copied and the place of each node found on demand."""

from __future__ import annotations

from typing import Any

import ryml

from agentlint.frontends.openapi.parsed import Flaw, Parsed, Pointer, Unreadable
from agentlint.frontends.openapi.scalars import plain
from agentlint.frontends.openapi.tree import TreePlaces, parse_tree
from agentlint.frontends.openapi.yaml_slow import read_slowly

_MOST_NODES = 10_000_000
"""Nodes that a document may stand for with its aliases written out: more is a bomb."""
_DEEPEST = 400


def read_yaml(data: bytes) -> Parsed:
    """The value of the first document in YAML text. Raises Unreadable with the place of the first error."""
    text = bytearray(data)
    try:
        tree = parse_tree(text)
    except Unreadable as refused:
        return read_slowly(data, refused)
    return _Builder(tree, TreePlaces(data, text, tree)).build()


class _Builder:
    """Values out of a tree, in one pass over its nodes: a parent always comes before its children."""

    def __init__(self, tree: Any, places: TreePlaces) -> None:
        self._tree = tree
        self._places = places
        self._values: list[Any] = [None] * tree.size()
        self._anchors: dict[str, int] = {}
        self._merges: list[tuple[dict[str, Any], Any]] = []
        self._repeated: list[int] = []
        self._aliases = False

    def build(self) -> Parsed:
        """The whole document."""
        tree = self._tree
        if tree.empty() or not tree.size():
            return Parsed(None, self._places)
        root = tree.root_id()
        if tree.is_stream(root):
            if not tree.has_children(root):
                return Parsed(None, self._places)
            root = tree.first_child(root)
        self._fill()
        for into, source in self._merges:
            _merge(into, source)
        if self._aliases and _expanded(self._values[root]) > _MOST_NODES:
            raise Unreadable(Flaw(1, 1, "its aliases stand for more nodes than can be read (a YAML bomb?)"))
        return Parsed(self._values[root], self._places, tuple(self._pointer(n) for n in self._repeated))

    def _fill(self) -> None:
        tree, values = self._tree, self._values
        depths = [0] * len(values)
        kind_of, parent_of = tree.type, tree.parent
        for node in range(len(values)):
            kind = kind_of(node)
            parent = parent_of(node) if node else -1
            value: Any
            if kind & ryml.MAP:
                value = {}
            elif kind & ryml.SEQ:
                value = []
            else:
                value = self._scalar(node, kind)
            if kind & (ryml.VALANCH):
                self._anchors[str(tree.val_anchor(node), "utf-8", "replace")] = node
            values[node] = value
            if parent < 0:
                continue
            depths[node] = depths[parent] + 1
            if depths[node] > _DEEPEST:
                raise Unreadable(Flaw(*self._places.at(self._pointer(node)[:40]), "nested too deeply to read"))
            self._put(node, kind, values[parent], value)

    def _put(self, node: int, kind: int, into: Any, value: Any) -> None:
        if isinstance(into, list):
            into.append(value)
        elif isinstance(into, dict):
            key = str(self._tree.key(node) or b"", "utf-8", "replace") if kind & ryml.KEY else ""
            if key == "<<" and not kind & ryml.KEYQUO:
                self._merges.append((into, value))
                return
            if key in into:
                self._repeated.append(node)
            into[key] = value

    def _scalar(self, node: int, kind: int) -> Any:
        tree = self._tree
        if not kind & ryml.VAL:
            return None
        if kind & ryml.VALREF and tree.is_val_ref(node):
            return self._aliased(node)
        text = str(tree.val(node) or b"", "utf-8", "replace")  # an empty value is no bytes at all
        if kind & ryml.VALQUO:
            return text
        if kind & ryml.VALTAG and str(tree.val_tag(node), "utf-8", "replace").endswith(("str", "binary")):
            return text
        return plain(text)

    def _aliased(self, node: int) -> Any:
        """The very value that was anchored, not a copy; an alias inside its own anchor is nothing."""
        self._aliases = True
        name = str(self._tree.val_ref(node), "utf-8", "replace").lstrip("*")
        target = self._anchors.get(name)
        if target is None:
            raise Unreadable(Flaw(*self._places.at(self._pointer(node)), f"alias *{name} names no anchor"))
        current = node
        while current != self._tree.root_id():
            current = self._tree.parent(current)
            if current == target:
                raise Unreadable(Flaw(*self._places.at(self._pointer(node)), f"alias *{name} stands inside what it names"))
        return self._values[target]

    def _pointer(self, node: int) -> Pointer:
        tree = self._tree
        parts: list[str | int] = []
        while node != tree.root_id() and not tree.is_doc(node):
            parts.append(str(tree.key(node) or b"", "utf-8", "replace") if tree.has_key(node) else tree.child_pos(tree.parent(node), node))
            node = tree.parent(node)
        return tuple(reversed(parts))


def _merge(into: dict[str, Any], source: Any) -> None:
    for one in source if isinstance(source, list) else [source]:
        for name, inherited in one.items() if isinstance(one, dict) else ():
            into.setdefault(name, inherited)


def _expanded(value: Any) -> int:
    """How many nodes a value stands for when every alias is written out."""
    sizes: dict[int, int] = {}
    stack: list[tuple[Any, bool]] = [(value, False)]
    while stack:
        node, ready = stack.pop()
        children = list(node.values()) if isinstance(node, dict) else node if isinstance(node, list) else None
        if children is None or id(node) in sizes:
            continue
        if ready:
            sizes[id(node)] = 1 + sum(sizes.get(id(c), 1) for c in children)
        else:
            stack.append((node, True))
            stack += [(c, False) for c in children]
    return sizes.get(id(value), 1)

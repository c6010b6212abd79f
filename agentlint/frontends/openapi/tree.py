"""The rapidyaml tree of a text: parsed without copying, errors as values, and the offset of each scalar in the text."""

from __future__ import annotations

import ctypes
import os
import sys
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import ryml

from agentlint.frontends.openapi.parsed import Flaw, Pointer, Unreadable


class _Buffer(ctypes.Structure):
    """CPython's `Py_buffer`: rapidyaml hands out views into the text, and only their address says where they stand."""

    _fields_ = (
        ("buf", ctypes.c_void_p), ("obj", ctypes.py_object), ("len", ctypes.c_ssize_t), ("itemsize", ctypes.c_ssize_t), ("readonly", ctypes.c_int),
        ("ndim", ctypes.c_int), ("format", ctypes.c_char_p), ("shape", ctypes.c_void_p), ("strides", ctypes.c_void_p), ("suboffsets", ctypes.c_void_p),
        ("internal", ctypes.c_void_p),
    )


def parse_tree(text: bytearray) -> Any:
    """The tree of a text, which it may rewrite in place. Raises Unreadable."""
    try:
        with _silenced():
            return ryml.parse_in_place(text)
    except (ryml.ExceptionBasic, RuntimeError, ValueError, IndexError) as error:
        where = getattr(getattr(error, "errdata_parse", None), "ymlloc", None)
        line, column = (where.line, where.col) if where is not None else (1, 1)
        raise Unreadable(Flaw(max(1, line), max(1, column), str(getattr(error, "msg", "") or error) or "not YAML")) from error


@contextmanager
def _silenced() -> Iterator[None]:
    """The library writes its own account of an error to file descriptor 2; ours is the one that counts."""
    try:
        sys.stderr.flush()
        kept = os.dup(2)
    except (OSError, ValueError, AttributeError):
        yield
        return
    sink = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(sink, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(sink)
        os.close(kept)


class TreePlaces:
    """Lines and columns of nodes, looked up on demand. Keeps the text that the tree points into alive."""

    def __init__(self, data: bytes, text: bytearray | None = None, tree: Any = None) -> None:
        self._data = data
        self._text = text
        self._tree = tree
        self._broken = False
        self._blocks: list[tuple[int, int]] | None = None
        self._counted: array[int] | None = None
        self._children: dict[int, dict[str | int, int]] = {}
        self._anchors: dict[str, int] | None = None

    def at(self, pointer: Pointer) -> tuple[int, int]:
        """Line and column, from 1, of the deepest node on the way to the pointer that is there."""
        if not self._ready():
            return 1, 1
        node = self._root()
        best = node
        for key in pointer:
            child = self._child(self._target(node), key)
            if child is None:
                break
            node = best = child
        offset = self._offset(best)
        return (1, 1) if offset is None else self._line_and_column(offset)

    def _ready(self) -> bool:
        if self._tree is None and not self._broken:
            self._text = bytearray(self._data)
            try:
                self._tree = parse_tree(self._text)
            except Unreadable:
                self._broken = True
        return not self._broken

    def _root(self) -> int:
        root: int = self._tree.root_id()
        if self._tree.is_stream(root) and self._tree.has_children(root):
            root = self._tree.first_child(root)
        return root

    def _child(self, node: int, key: str | int) -> int | None:
        known = self._children.get(node)
        if known is None:
            known = self._children[node] = self._index(node)
        return known.get(key)

    def _index(self, node: int) -> dict[str | int, int]:
        tree = self._tree
        if tree.is_map(node):
            found: dict[str | int, int] = {}
            merged: dict[str | int, int] = {}
            for child in ryml.children(tree, node):
                key = str(tree.key(child) or b"", "utf-8", "replace") if tree.has_key(child) else ""
                if key == "<<":
                    for target in self._merged(child):
                        for name, place in self._index(target).items():
                            merged.setdefault(name, place)
                found[key] = child
            return {**merged, **found}
        if tree.is_seq(node):
            return dict(enumerate(ryml.children(tree, node)))
        return {}

    def _merged(self, node: int) -> list[int]:
        if self._tree.is_seq(node):
            return [self._target(child) for child in ryml.children(self._tree, node)]
        target = self._target(node)
        return [target] if target != node else []

    def _target(self, node: int) -> int:
        """The anchored node that an alias stands for, or the node itself."""
        if not self._tree.has_val(node) or not self._tree.is_val_ref(node):
            return node
        if self._anchors is None:
            tree = self._tree
            self._anchors = {
                str(tree.val_anchor(n), "utf-8", "replace"): n for n in range(tree.size()) if tree.has_val_anchor(n)
            }
        name = str(self._tree.val_ref(node), "utf-8", "replace").lstrip("*")
        return self._anchors.get(name, node)

    def _offset(self, node: int) -> int | None:
        """Offset of the first scalar at or below a node, else of what stands before it."""
        tree = self._tree
        seen = 0
        current = node
        while seen < 64:
            if tree.has_key(current) and tree.key(current):
                return self._address(tree.key(current))
            if tree.has_val(current) and tree.val(current):
                return self._address(tree.val(current))
            if not tree.has_children(current):
                break
            current = tree.first_child(current)
            seen += 1
        parent = tree.parent(node) if node != tree.root_id() else None
        return None if parent is None or parent >= tree.size() else self._offset_before(node, parent)

    def _offset_before(self, node: int, parent: int) -> int | None:
        before = None
        for sibling in ryml.children(self._tree, parent):
            if sibling == node:
                break
            before = sibling
        return self._offset(parent if before is None else before) if parent != node else None

    def _address(self, view: memoryview) -> int | None:
        assert self._text is not None
        base = ctypes.addressof(ctypes.c_char.from_buffer(self._text))
        buffer = _Buffer()
        ctypes.pythonapi.PyObject_GetBuffer(ctypes.py_object(view), ctypes.byref(buffer), 0)
        try:
            offset: int = buffer.buf - base
        finally:
            ctypes.pythonapi.PyBuffer_Release(ctypes.byref(buffer))
        return offset if 0 <= offset < len(self._text) else None

    def _line_and_column(self, offset: int) -> tuple[int, int]:
        if self._blocks is None:
            self._blocks = list(_line_blocks(self._data))
        at = offset // _LINES * _LINES
        line, start = self._blocks[offset // _LINES]
        line += self._data.count(b"\n", at, offset)
        start = self._data.rfind(b"\n", at, offset) + 1 or start
        near = offset - start <= _LINES
        column = (_length(self._data[start:offset]) if near else self._characters(offset) - self._characters(start)) + 1
        if column > 1 and self._data[offset - 1 : offset] in (b'"', b"'"):
            column -= 1
        return line, column

    def _characters(self, offset: int) -> int:
        """Characters before an offset, from a count at the start of each block: a document of one line is as cheap as one of many."""
        if self._counted is None:
            self._counted = array("q", [0])
            for start in range(0, len(self._data), _BLOCK):
                self._counted.append(self._counted[-1] + _length(self._data[start : start + _BLOCK]))
        block = offset // _BLOCK
        return self._counted[block] + _length(self._data[block * _BLOCK : offset])


_BLOCK = 4096
_LINES = 1 << 14
"""Bytes whose lines are counted at once."""
_CONTINUING = bytes(range(0x80, 0xC0))
"""Bytes inside a character of UTF-8; every character has one other byte."""


def _length(data: bytes) -> int:
    """Characters of UTF-8 text that may be cut anywhere."""
    return len(data.translate(None, _CONTINUING))


def _line_blocks(data: bytes) -> Iterator[tuple[int, int]]:
    """For each block: the line in which it begins, and where that line begins."""
    line, start = 1, 0
    for at in range(0, len(data) + 1, _LINES):
        yield line, start
        line += data.count(b"\n", at, at + _LINES)
        start = data.rfind(b"\n", at, at + _LINES) + 1 or start

"""All files of one description: references followed lazily and never copied in, every node with its file and line."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from agentlint.frontends.openapi.parsed import Flaw, Parsed, Unreadable
from agentlint.frontends.openapi.reading import parse
from agentlint.ir.description import Node, Pointer
from agentlint.ir.source import Gap, Location

Reader = Callable[[str], bytes | None]
"""Bytes of a file by its path relative to the analysed root; None when it is not there or not to be read."""

_REMOTE = re.compile(r"^([a-zA-Z][a-zA-Z0-9+.-]+:|//)")
_MOST_HOPS = 60
_MOST_FILES = 20_000
_NUMBER = re.compile(r"(0|[1-9]\d{0,8})\Z")


def is_remote(reference: str) -> bool:
    """True for a reference to another machine, which is never asked."""
    return bool(_REMOTE.match(reference))


def pointer_of(way: Any) -> Pointer:
    """The pointer that a chain of (rest, key) stands for, None at its end: most nodes on a walk never need theirs."""
    parts = []
    while way is not None:
        way, key = way
        parts.append(key)
    return tuple(reversed(parts))


class Dangling(Exception):
    """A reference that leads nowhere; the message says why."""


class Document:
    """The index of a description (see `ir.description.Index`)."""

    def __init__(self, path: str, data: bytes, read: Reader | None = None) -> None:
        """Reads the root file. Raises Unreadable."""
        self._read: Reader = read or (lambda _: None)
        self._files: dict[str, Parsed | None] = {path: parse(data, path)}
        self._flaws: dict[str, Flaw] = {}
        self._targets: dict[tuple[str, str], Node | str] = {}
        self._anchors: dict[str, dict[str, Pointer]] = {}
        self._gaps: set[Gap] = set()
        root = self._files[path]
        assert root is not None
        self.root = Node(root.value, path, ())

    @property
    def files(self) -> tuple[str, ...]:
        """Paths of all files read so far, the root first."""
        return (self.root.file, *sorted(f for f, p in self._files.items() if p is not None and f != self.root.file))

    @property
    def asked(self) -> tuple[str, ...]:
        """Paths of all files asked for so far, whether they could be read or not."""
        return tuple(sorted(self._files))

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What could not be read or followed so far."""
        return tuple(sorted(self._gaps))

    def top(self, file: str) -> Node | None:
        """The top node of a file that was read."""
        parsed = self._files.get(file)
        return Node(parsed.value, file, ()) if parsed is not None else None

    def repeated(self) -> list[Node]:
        """Mappings and keys that stand twice, in files read so far."""
        return [Node(None, f, p) for f, parsed in sorted(self._files.items()) if parsed is not None for p in parsed.repeated]

    def locate(self, node: Node) -> Location:
        """File, line and column of a node."""
        parsed = self._files.get(node.file)
        if parsed is None:
            return Location(node.file, 1, 1)
        line, column = parsed.places.at(node.pointer)
        return Location(node.file, line, column)

    def follow(self, node: Node) -> Node:
        """The node that a reference leads to; the node itself when it is none."""
        value = node.value
        if not isinstance(value, dict) or "$ref" not in value:
            return node
        seen = 0
        while isinstance(value, dict) and isinstance(value.get("$ref"), str):
            seen += 1
            target = self.target(node.file, value["$ref"])
            if isinstance(target, str) or seen > _MOST_HOPS:
                self._note(node, value["$ref"], target if isinstance(target, str) else "the reference goes round in a circle")
                return Node(None, node.file, node.pointer)
            node, value = target, target.value
        return node

    def target(self, file: str, reference: str) -> Node | str:
        """Where a reference in a file leads, one step; a text that says why nowhere."""
        found = self._targets.get((file, reference))
        if found is None:
            try:
                found = self._find(file, reference)
            except Dangling as error:
                found = str(error)
            self._targets[(file, reference)] = found
        return found

    def _find(self, file: str, reference: str) -> Node:
        place, _, fragment = reference.partition("#")
        if place:
            if _REMOTE.match(place):
                raise Dangling("it names another machine, which is not asked")
            file = posixpath.normpath(posixpath.join(posixpath.dirname(file), unquote(place)))
        parsed = self._load(file)
        node = Node(parsed.value, file, ())
        fragment = unquote(fragment)
        if not fragment:
            return node
        if not fragment.startswith("/"):
            pointer = self._anchored(file, parsed).get(fragment)
            if pointer is None:
                raise Dangling(f"no anchor {fragment!r} stands in {file}")
            return self._descend(node, pointer)
        parts = tuple(p.replace("~1", "/").replace("~0", "~") for p in fragment[1:].split("/"))
        return self._descend(node, parts)

    def _descend(self, node: Node, parts: Pointer) -> Node:
        for part in parts:
            value = node.value
            if isinstance(value, dict) and "$ref" in value and part not in value:
                node = self.follow(node)
                value = node.value
            key: str | int = part
            if isinstance(value, list) and _NUMBER.match(str(part)):
                key = int(part)
            if not (key in value if isinstance(value, dict) else isinstance(value, list) and isinstance(key, int) and key < len(value)):
                place = "/".join(map(str, ("", *node.pointer, part)))
                raise Dangling(f"nothing stands at {place}" + (f" in {node.file}" if node.file != self.root.file else ""))
            node = node.child(key)
        return node

    def _load(self, file: str) -> Parsed:
        if file not in self._files:
            self._files[file] = None
            self._files[file] = self._parsed(file)
        parsed = self._files[file]
        if parsed is None:
            flaw = self._flaws.get(file)
            raise Dangling(f"{file} cannot be read" + (f": {flaw.message}" if flaw else ""))
        return parsed

    def _parsed(self, file: str) -> Parsed | None:
        if len(self._files) > _MOST_FILES:
            self._flaws[file] = Flaw(1, 1, "too many files")
            return None
        data = self._read(file)
        if data is None:
            self._flaws[file] = Flaw(1, 1, "it is not there, or lies outside of what is analysed")
            return None
        try:
            return parse(data, file)
        except Unreadable as error:
            self._flaws[file] = error.flaw
            self._gaps.add(Gap(file, error.flaw.line, error.flaw.message))
            return None

    def _anchored(self, file: str, parsed: Parsed) -> dict[str, Pointer]:
        """Places of `$anchor` and `$dynamicAnchor` in a file, found by one walk."""
        if file not in self._anchors:
            found: dict[str, Pointer] = {}
            stack = [Node(parsed.value, file, ())]
            while stack:
                node = stack.pop()
                if isinstance(node.value, dict):
                    for key in ("$anchor", "$dynamicAnchor"):
                        name = node.value.get(key)
                        if isinstance(name, str):
                            found.setdefault(name, node.pointer)
                stack += [child for _, child in node.children() if isinstance(child.value, (dict, list))]
            self._anchors[file] = found
        return self._anchors[file]

    def _note(self, node: Node, reference: str, why: str) -> None:
        self._gaps.add(Gap(node.file, self.locate(node).line, f"the reference {reference} was not followed: {why}", "unresolved"))

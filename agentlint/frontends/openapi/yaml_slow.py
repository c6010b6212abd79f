"""The second reader of YAML: slower, for texts that the fast one refuses, and for the words of its errors."""

from __future__ import annotations

import re
from typing import Any

import yaml

from agentlint.frontends.openapi.parsed import Flaw, Parsed, Pointer, Unreadable
from agentlint.frontends.openapi.scalars import plain

_LARGEST = 3_000_000
"""Larger texts would take long seconds; the fast reader's word is final for them."""
_MOST_NODES = 2_000_000
_DEEPEST = 1000
_NO_BRACKET = bytes(set(range(256)) - set(b"[]{}"))
_DASHES = re.compile(rb"(?:- ){400}")

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class NodePlaces:
    """Lines and columns out of PyYAML's nodes."""

    def __init__(self, root: Any) -> None:
        self._root = root

    def at(self, pointer: Pointer) -> tuple[int, int]:
        """Line and column, from 1, of the deepest node on the way to the pointer that is there."""
        node, mark = self._root, self._root.start_mark if self._root is not None else None
        for key in pointer:
            found = _child(node, key)
            if found is None:
                break
            node, mark = found
        return (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)


def read_slowly(data: bytes, refused: Unreadable) -> Parsed:
    """The value of a text that the fast reader refused. Raises Unreadable in plain words when it is refused here too."""
    if len(data) > _LARGEST or _too_deep(data):
        raise refused
    try:
        node = yaml.compose(data.decode("utf-8"), Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark is not None else (refused.flaw.line, refused.flaw.column)
        said = ", ".join(filter(None, (error.context, error.problem))) or "not YAML"
        raise Unreadable(Flaw(line, column, f"not YAML: {said}")) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise refused from error
    return Parsed(_Values().of(node), NodePlaces(node))


def _too_deep(data: bytes) -> bool:
    """True for nesting that would exhaust the stack of the C library, which does not check it."""
    depth = deepest = 0
    for byte in data.translate(None, _NO_BRACKET):
        depth += 1 if byte in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest > _DEEPEST or bool(_DASHES.search(data))


class _Values:
    """Values out of PyYAML's nodes, aliases shared."""

    def __init__(self) -> None:
        self._done: dict[int, Any] = {}
        self._budget = _MOST_NODES

    def of(self, node: Any, depth: int = 0) -> Any:
        """The value of a node."""
        if node is None:
            return None
        if id(node) in self._done:
            return self._done[id(node)]
        self._budget -= 1
        if self._budget < 0 or depth > 200:
            raise Unreadable(Flaw(node.start_mark.line + 1, node.start_mark.column + 1, "too large or nested too deeply to read"))
        if isinstance(node, yaml.ScalarNode):
            quoted = node.style in ("'", '"', "|", ">") or (node.tag.endswith(":str") and node.style is not None)
            return node.value if quoted else plain(node.value)
        self._done[id(node)] = None
        value: Any = [self.of(n, depth + 1) for n in node.value] if isinstance(node, yaml.SequenceNode) else self._mapping(node, depth)
        self._done[id(node)] = value
        return value

    def _mapping(self, node: Any, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else "?"
            if name == "<<":
                source = self.of(value, depth + 1)
                for one in source if isinstance(source, list) else [source]:
                    found = {**one, **found} if isinstance(one, dict) else found
                continue
            found[name] = self.of(value, depth + 1)
        return found


def _child(node: Any, key: str | int) -> tuple[Any, Any] | None:
    if isinstance(node, yaml.MappingNode):
        for name, value in reversed(node.value):
            if isinstance(name, yaml.ScalarNode) and name.value == str(key):
                return value, name.start_mark
    elif isinstance(node, yaml.SequenceNode) and isinstance(key, int) and 0 <= key < len(node.value):
        child = node.value[key]
        return child, child.start_mark
    return None

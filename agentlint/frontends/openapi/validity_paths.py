"""A path into a description in the form that openapi-spec-validator walks: references followed through our index, so that every place is known."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from agentlint.frontends.openapi.document import Document
from agentlint.ir.description import Node

_NOTHING: Any = object()


class DocumentPath:
    """Stands in for `jsonschema_path.SchemaPath`; a reference to nowhere reads as an empty mapping, since it is reported by itself."""

    __slots__ = ("_document", "_node", "_resolver", "given")

    def __init__(self, document: Document, node: Node, resolver: Any) -> None:
        self._document = document
        self._resolver = resolver
        self.given = node
        """The node before its reference was followed: where the author wrote it."""
        value = node.value
        if isinstance(value, dict) and "$ref" in value:
            node = document.follow(node)
            if node.value is None:
                node = Node({}, node.file, node.pointer)
        self._node = node

    @property
    def node(self) -> Node:
        """The node that the path leads to."""
        return self._node

    def __truediv__(self, key: Any) -> DocumentPath:
        return DocumentPath(self._document, self._node.child(key), self._resolver)

    def __contains__(self, key: object) -> bool:
        value = self._node.value
        return key in value if isinstance(value, dict) else isinstance(key, int) and isinstance(value, list) and 0 <= key < len(value)

    def __getitem__(self, key: Any) -> Any:
        if key not in self:
            raise KeyError(key)
        below = self / key
        return below if isinstance(below.node.value, (dict, list)) else below.node.value

    def __iter__(self) -> Iterator[DocumentPath]:
        for key in self.keys():
            yield self / key

    def __len__(self) -> int:
        return len(self._node.value) if isinstance(self._node.value, (dict, list)) else 0

    def keys(self) -> Any:
        """Keys or indexes; KeyError on a scalar, as the original does."""
        value = self._node.value
        if isinstance(value, dict):
            return value.keys()
        if isinstance(value, list):
            return range(len(value))
        raise KeyError(self._node.pointer[-1] if self._node.pointer else "")

    def items(self) -> Iterator[tuple[Any, DocumentPath]]:
        """Key and path of everything directly below."""
        for key in self.keys():
            yield key, self / key

    def read_value(self) -> Any:
        """The value."""
        return self._node.value

    def read_str(self, default: Any = _NOTHING) -> Any:
        """The value, which must be text; the default when there is nothing."""
        value = self._node.value
        if value is None and default is not _NOTHING:
            return default
        if not isinstance(value, str):
            raise TypeError(f"Expected a string value, got {type(value)}")
        return value

    @contextmanager
    def resolve(self) -> Iterator[Any]:
        """The value with what resolves references inside it."""
        yield self._resolver(self._node)

    def _clone_with_parts(self, _parts: tuple[str, ...]) -> DocumentPath:
        return DocumentPath(self._document, self._document.root, self._resolver)

"""One value out of the files of a split description, for judging its structure; a description of one file is its own bundle."""

from __future__ import annotations

from typing import Any

from agentlint.frontends.openapi.document import Document
from agentlint.ir.description import Node


def bundle(document: Document) -> dict[str, Any]:
    """The root with every reference into another file replaced by what stands there, the first time; later ones stay references."""
    value = document.root.value
    if len(document.files) < 2:
        return value if isinstance(value, dict) else {}
    copied = _Copier(document).copy(document.root)
    return copied if isinstance(copied, dict) else {}


class _Copier:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._taken: set[tuple[str, Any]] = set()

    def copy(self, node: Node, depth: int = 0) -> Any:
        """A node with foreign references filled in."""
        value = node.value
        if depth > 300:
            return {}
        if isinstance(value, dict):
            reference = value.get("$ref")
            if isinstance(reference, str) and (not reference.startswith("#") or node.file != self._document.root.file):
                target = self._document.follow(node)
                if target.value is None or target.key in self._taken or target.file == self._document.root.file:
                    return {"$ref": "#/components/schemas/elsewhere"}
                self._taken.add(target.key)
                return self.copy(target, depth + 1)
            return {k: self.copy(child, depth + 1) for k, child in node.children()}
        if isinstance(value, list):
            return [self.copy(child, depth + 1) for _, child in node.children()]
        return value

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
        self._taken: dict[tuple[str, Any], int] = {}
        """Targets that were met, numbered so that references to different ones stay different."""

    def _copied(self, key: str | int, node: Node, depth: int) -> Any:
        """A node below a key; a reference in place of all properties is no schema that could stand anywhere else."""
        whole = key == "properties" and isinstance(node.value, dict) and isinstance(node.value.get("$ref"), str)
        target = self._document.follow(node) if whole else node
        return self.copy(node if target.value is None else target, depth)

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
                    number = self._taken.setdefault(target.key, len(self._taken))
                    return {"$ref": f"#/components/schemas/elsewhere{number}"}
                self._taken[target.key] = len(self._taken)
                return self.copy(target, depth + 1)
            return {k: self._copied(k, child, depth + 1) for k, child in node.children()}
        if isinstance(value, list):
            return [self.copy(child, depth + 1) for _, child in node.children()]
        return value

"""What an operation's definition as a tool costs a language model, and which shapes of its inputs clients refuse."""

from __future__ import annotations

from typing import Any

import msgspec

from agentlint.ir.description import DescribedOperation, Description, Node

CHARACTERS_A_TOKEN = 4
"""English and JSON come to about four characters a token in the vocabularies of the large models; an estimate, the same for every document."""
_DROPPED = frozenset({"example", "examples", "xml", "externalDocs", "discriminator"})
"""Keywords that makers of tools leave out of an input schema."""
_CHOICES = ("oneOf", "anyOf")
_DEEPEST = 80


class Size(msgspec.Struct, frozen=True):
    """Length of a schema as compact JSON with its references put in, and whether it stands inside itself."""

    characters: int
    circular: bool = False


class ToolSchemas:
    """Sizes and refused shapes for one description; each schema is measured once."""

    def __init__(self, description: Description) -> None:
        self._index = description.index
        self._known: dict[int, Size] = {}
        self._open: set[int] = set()

    def tokens(self, operation: DescribedOperation) -> int:
        """Estimated tokens of the definition: name, text, parameters and body."""
        length = len(operation.operation_id or operation.name) + len(operation.summary) + len(operation.description) + 60
        for parameter in operation.parameters:
            length += len(parameter.name) + len(parameter.description) + 24
            length += self.size(parameter.schema).characters if parameter.schema is not None else 17
        body = self._body(operation)
        length += self.size(body).characters if body is not None else 0
        return -(-length // CHARACTERS_A_TOKEN)

    def refused(self, operation: DescribedOperation) -> str:
        """Why clients refuse the inputs, empty when they take them."""
        inputs = [p.schema for p in operation.parameters if p.schema is not None]
        body = self._body(operation)
        if any(self.size(schema).circular for schema in (*inputs, *([body] if body is not None else []))):
            return "a schema of its inputs stands inside itself"
        if body is not None:
            top = self._index.follow(body).value
            said = next((k for k in _CHOICES if isinstance(top, dict) and isinstance(top.get(k), list) and len(top[k]) > 1), "")
            if said:
                return f"its body is a bare {said} at the top"
        return ""

    def size(self, node: Node) -> Size:
        """The size of a schema."""
        return self._measure(node.value, node.file, 0)

    @staticmethod
    def _body(operation: DescribedOperation) -> Node | None:
        content = operation.body.content if operation.body is not None else ()
        ranked = sorted((m for m in content if m.schema is not None), key=lambda m: "json" not in m.name)
        return ranked[0].schema if ranked else None

    def _measure(self, value: Any, file: str, depth: int) -> Size:
        if isinstance(value, str):
            return Size(len(value) + 2)
        if not isinstance(value, (dict, list)):
            return Size(5)
        known = self._known.get(id(value))
        if known is not None:
            return known
        if id(value) in self._open or depth > _DEEPEST:
            return Size(2, True)
        self._open.add(id(value))
        found = self._inside(value, file, depth)
        self._open.discard(id(value))
        self._known[id(value)] = found
        return found

    def _inside(self, value: dict[str, Any] | list[Any], file: str, depth: int) -> Size:
        if isinstance(value, dict):
            if isinstance(value.get("$ref"), str):
                target = self._index.follow(Node(value, file, ()))
                return self._measure(target.value, target.file, depth + 1) if target.value is not None else Size(2)
            parts = [(len(str(k)) + 4, v) for k, v in value.items() if k not in _DROPPED and not str(k).startswith("x-")]
        else:
            parts = [(1, v) for v in value]
        characters, circular = 2, False
        for extra, below in parts:
            size = self._measure(below, file, depth + 1)
            characters += extra + size.characters
            circular = circular or size.circular
        return Size(characters, circular)

"""What an operation's definition as a tool costs a language model, and which shapes of its inputs clients refuse."""

from __future__ import annotations

from typing import Any

import msgspec

from agentlint.analysis.contracts.tokens import pieces, tokens
from agentlint.ir.description import DescribedOperation, Description, Node, Parameter

DROPPED = frozenset({"example", "examples", "xml", "externalDocs", "discriminator"})
"""Keywords that makers of tools leave out of an input schema."""
_CHOICES = ("oneOf", "anyOf")
_DEEPEST = 80
_BETWEEN = 1
"""The signs between two texts of compact JSON (`":"`, `","`) are one piece; where things end (`"},"`, `"}}},"`) they are two."""
_FRAME = 18
"""`{"name":"","description":"","inputSchema":{"type":"object","properties":{},"required":[]}}`"""
_DESCRIBED, _UNTYPED, _NAMED_BODY = 2, 4, 2
"""`"description":"`, `"type":"string"` and `"body":{`."""
_OF_THE_PARAMETER = frozenset({"name", "in", "required"})
_LONG = 40


class Size(msgspec.Struct, frozen=True):
    """Length of a schema as compact JSON with its references put in, and whether it stands inside itself."""

    pieces: int
    circular: bool = False


class ToolSchemas:
    """Sizes and refused shapes for one description; each schema is measured once."""

    def __init__(self, description: Description) -> None:
        self._index = description.index
        self._known: dict[int, Size] = {}
        self._open: set[int] = set()
        self._counted: dict[str, int] = {}
        self._parameters: dict[int, int] = {}
        """Pieces of parameters by the identity of their values: the same stand at many operations."""

    def tokens(self, operation: DescribedOperation) -> int:
        """Estimated tokens of the definition: name, text, and an input schema that holds each parameter and the body."""
        length = _FRAME + self._said(operation.operation_id or operation.name) + self._said(operation.summary) + self._said(operation.description)
        for parameter in operation.parameters:
            length += self._said(parameter.name) * (1 + parameter.required) + self._parameter(parameter)
        body = self._body(operation)
        length += self.size(body).pieces + _NAMED_BODY if body is not None else 0
        return tokens(length)

    def _parameter(self, parameter: Parameter) -> int:
        """Pieces of a parameter's schema with the parameter's description in it."""
        known = self._parameters.get(id(parameter.node.value))
        if known is None:
            known = self._parameters[id(parameter.node.value)] = self._measured(parameter)
        return known

    def _measured(self, parameter: Parameter) -> int:
        if parameter.schema is None:
            length, own = _UNTYPED, None
        elif parameter.schema.key == parameter.node.key:  # 2.0: the parameter is its own schema
            value = {k: v for k, v in parameter.schema.value.items() if k not in _OF_THE_PARAMETER}
            length, own = self._inside(value, parameter.schema.file, 0).pieces, value.get("description")
        else:
            length, own = self.size(parameter.schema).pieces, self._index.follow(parameter.schema).child("description").value
        if parameter.description:
            length += self._said(parameter.description) + (_DESCRIBED if own is None else -self._said(str(own)))
        return length

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

    def _said(self, text: str) -> int:
        """Pieces of a text and of the signs after it (`","`), which melt into its last full stop. Names and types stand many times."""
        known = self._counted.get(text)
        if known is None:
            known = pieces(text) + (_BETWEEN if text[-1:].isalnum() else 0)
            if len(text) <= _LONG:
                self._counted[text] = known
        return known

    def _measure(self, value: Any, file: str, depth: int) -> Size:
        if isinstance(value, str):
            return Size(self._said(value))
        if not isinstance(value, (dict, list)):
            return Size(1 + _BETWEEN)
        known = self._known.get(id(value))
        if known is not None:
            return known
        if id(value) in self._open or depth > _DEEPEST:
            return Size(_BETWEEN, True)
        self._open.add(id(value))
        found = self._inside(value, file, depth)
        self._open.discard(id(value))
        self._known[id(value)] = found
        return found

    def _inside(self, value: dict[str, Any] | list[Any], file: str, depth: int) -> Size:
        if isinstance(value, dict):
            if isinstance(value.get("$ref"), str):
                target = self._index.follow(Node(value, file, ()))
                return self._measure(target.value, target.file, depth + 1) if target.value is not None else Size(_BETWEEN)
            parts = [(self._said(str(k)), v) for k, v in value.items() if k not in DROPPED and not str(k).startswith("x-")]
        else:
            parts = [(0, v) for v in value]
        ends = not parts or not isinstance(parts[-1][1], (dict, list))
        length, circular = _BETWEEN if ends else 0, False
        for extra, below in parts:
            size = self._measure(below, file, depth + 1)
            length += extra + size.pieces
            circular = circular or size.circular
        return Size(length, circular)

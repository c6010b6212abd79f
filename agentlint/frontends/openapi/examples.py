"""Examples held against their schemas: what a model copies from the description has to be what the API takes.

Each schema is compiled once where an example stands beside it, each place of a file is visited once. Nothing is said where the specifications leave doubt:
null under OpenAPI 3.0's `nullable`, properties that only one direction has, values written as text, values that fit several alternatives.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, unquote

from agentlint.frontends.openapi.document import Document
from agentlint.frontends.openapi.validity_schemas import jsonschema_rs
from agentlint.ir.description import Node

_MAPS = frozenset({"properties", "patternProperties", "$defs", "definitions", "schemas", "dependentSchemas"})
_LISTS = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_INNER = frozenset({"items", "not", "additionalProperties", "if", "then", "else", "contains", "propertyNames", "unevaluatedProperties", "unevaluatedItems"})
_DATA = frozenset({"example", "examples", "default", "enum", "const", "value", "x-example"})
_TYPES: dict[str, tuple[type, ...]] = {"string": (str,), "boolean": (bool,), "integer": (int,), "number": (int, float)}
_BASE = "file:///"
_LONGEST = 160
Wrong = tuple[Node, str]
"""The example's place and what is wrong."""


def wrong_examples(document: Document, version: str) -> Iterator[Wrong]:
    """Every example that its own schema refuses."""
    if jsonschema_rs is None:
        return
    judge = _Judge(document, version)
    for file in document.files:
        top = document.top(file)
        if top is not None:
            yield from _walk(top, judge)


def _walk(top: Node, judge: _Judge) -> Iterator[Wrong]:
    """Every place of a file with what it is: a schema, or anything else."""
    stack: list[tuple[Node, bool]] = [(top, False)]
    while stack:
        node, schema = stack.pop()
        value = node.value
        if isinstance(value, list):
            stack += [(Node(v, node.file, (*node.pointer, i)), schema) for i, v in enumerate(value) if isinstance(v, (dict, list))]
            continue
        if "$ref" in value:
            continue
        if schema or "allOf" in value or ("type" in value and "properties" in value):
            schema = True
            yield from judge.beside_keywords(node)
        elif "example" in value or "examples" in value:
            yield from judge.beside_schema(node)
        for key, below in value.items():
            if not isinstance(below, (dict, list)) or key in _DATA or str(key).startswith("x-"):
                continue
            child = Node(below, node.file, (*node.pointer, key))
            if key in _MAPS and isinstance(child.value, dict):
                stack += [(c, True) for _, c in child.children() if isinstance(c.value, dict)]
            else:
                stack.append((child, key == "schema" or key == "itemSchema" or (schema and (key in _LISTS or key in _INNER))))


class _Judge:
    def __init__(self, document: Document, version: str) -> None:
        self._document = document
        self._old = version in ("2.0", "3.0")
        draft = jsonschema_rs.Draft4 if self._old else jsonschema_rs.Draft202012
        resources = [(_BASE + quote(f), top.value) for f in document.files if (top := document.top(f)) is not None]
        self._registry = jsonschema_rs.Registry(resources, draft=draft)
        self._validator = jsonschema_rs.Draft4Validator if self._old else jsonschema_rs.Draft202012Validator

    def beside_keywords(self, schema: Node) -> Iterator[Wrong]:
        """Examples inside a schema. A plain scalar is judged by its type alone."""
        value = schema.value
        given = [schema.child("example")] if "example" in value else []
        if not self._old and isinstance(value.get("examples"), list):
            given += [child for _, child in schema.child("examples").children()]
        if given:
            yield from self._of(schema, given, json_text=False)

    def beside_schema(self, node: Node) -> Iterator[Wrong]:
        """Examples of a parameter, header or media type; of a Swagger 2.0 answer, by media type."""
        value = node.value
        schema = node.child("schema")
        if not isinstance(schema.value, dict):
            return
        given = [node.child("example")] if "example" in value else []
        several = node.child("examples")
        if isinstance(several.value, dict):
            for key, entry in several.children():
                if "in" not in value and "responses" in node.pointer and "/" in str(key):
                    given += [entry] if "json" in str(key) else []
                    continue
                entry = self._document.follow(entry)
                if isinstance(entry.value, dict):
                    given += [entry.child(k) for k in ("value", "dataValue") if k in entry.value]
        media = str(node.pointer[-1]) if len(node.pointer) > 1 and node.pointer[-2] == "content" else ""
        if not media or "json" in media:
            yield from self._of(schema, given, json_text=bool(media) or "in" not in value)

    def _of(self, schema: Node, given: list[Node], json_text: bool) -> Iterator[Wrong]:
        given = [one for one in given if one.value is not None and not self._plainly_right(schema.value, one.value)]
        validator = self._compiled(schema) if given else None
        for one in given if validator is not None else ():
            value = one.value
            wrong = self._first(validator, value)
            if wrong is not None and isinstance(value, str) and (json_text or not self._takes_scalars(schema)):
                try:
                    wrong = self._first(validator, json.loads(value))
                except ValueError:
                    wrong = None if not json_text else wrong
            if wrong is not None:
                yield self._place(one, list(wrong.instance_path)), _told(wrong)

    @staticmethod
    def _plainly_right(schema: dict[str, Any], value: Any) -> bool:
        """True for a scalar of the type that a schema without further demands asks for."""
        said = _TYPES.get(schema.get("type", "")) if isinstance(schema.get("type"), str) else None
        plain = not any(k in schema for k in ("enum", "const", "pattern", "allOf", "anyOf", "oneOf", "not", "minimum", "maximum", "minLength", "maxLength"))
        return plain and said is not None and isinstance(value, said) and (isinstance(value, bool) == (bool in said))

    def _takes_scalars(self, schema: Node) -> bool:
        shown = self._document.follow(schema).value
        return isinstance(shown, dict) and shown.get("type") in _TYPES

    def _compiled(self, schema: Node) -> Any:
        pointer = "".join("/" + quote(str(p).replace("~", "~0").replace("/", "~1"), safe="~") for p in schema.pointer)
        try:
            return self._validator({"$ref": f"{_BASE}{quote(schema.file)}#{pointer}"}, validate_formats=False, registry=self._registry)
        except (ValueError, TypeError, RecursionError):  # a schema that is no schema is told elsewhere
            return None

    def _first(self, validator: Any, value: Any) -> Any:
        """The first error that stands, None when there is none."""
        try:
            return next((e for e in validator.iter_errors(value) if self._stands(e)), None)
        except (ValueError, TypeError, RecursionError):
            return None

    def _stands(self, error: Any) -> bool:
        kind = type(error.kind).__name__.rpartition(".")[2]
        if self._old and error.instance is None:
            return False
        if kind in ("AnyOf", "OneOfNotValid"):
            return all(any(self._stands(e) for e in branch) for branch in error.kind.context)
        if kind == "Required":
            return self._asked_both_ways(str(error.absolute_keyword_location or ""), error.kind.property)
        return kind not in ("OneOfMultipleValid", "BacktrackLimitExceeded", "RegexEngineFailure")

    def _asked_both_ways(self, keyword: str, name: str) -> bool:
        """True for a required property that requests and answers both have, as far as the schema that requires it tells."""
        file, _, pointer = keyword.removeprefix(_BASE).partition("#")
        top = self._document.top(unquote(file))
        if top is None or not pointer:
            return False
        node = top
        for part in unquote(pointer).strip("/").split("/")[:-1]:
            key = part.replace("~1", "/").replace("~0", "~")
            node = node.child(int(key) if isinstance(node.value, list) and key.isdigit() else key)
        shown = self._document.follow(node.child("properties").child(name)).value
        return isinstance(shown, dict) and not shown.get("readOnly") and not shown.get("writeOnly")

    def _place(self, example: Node, path: list[Any]) -> Node:
        """The part of an example that is wrong, as far as the author wrote it there."""
        for key in path:
            below = example.child(key)
            if below.value is None:
                break
            example = below
        return example


def _told(error: Any) -> str:
    """What is wrong, without the value where that is long."""
    if type(error.kind).__name__.rpartition(".")[2] in ("AnyOf", "OneOfNotValid"):
        return "it fits none of the alternatives of its schema"
    said = " ".join(str(error.message).split())
    return said if len(said) <= _LONGEST else f"it {said[max(said.rfind(' is not '), said.rfind(' has '), len(said) - _LONGEST) :].strip()}"

"""Examples held against their schemas: what a model copies from the description has to be what the API takes.

Each schema is compiled once where an example stands beside it, each place of a file is visited once. Nothing is said where the specifications leave doubt:
null under OpenAPI 3.0's `nullable`, properties that only one direction has, values written as text, values that fit several alternatives.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, unquote

from agentlint.frontends.openapi.document import Document, pointer_of
from agentlint.frontends.openapi.validity_schemas import jsonschema_rs
from agentlint.ir.description import Node

_MAPS = frozenset({"properties", "patternProperties", "$defs", "definitions", "schemas", "dependentSchemas"})
_LISTS = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_INNER = frozenset({"items", "not", "additionalProperties", "if", "then", "else", "contains", "propertyNames", "unevaluatedProperties", "unevaluatedItems"})
_DATA = frozenset({"example", "examples", "default", "enum", "const", "value", "x-example"})
_PLAIN = frozenset({
    "type", "enum", "items", "properties", "required", "nullable",
    "title", "description", "example", "examples", "default", "deprecated", "format", "externalDocs",
})
"""Keywords that ask for nothing that a look at the value cannot tell, or for nothing at all (formats are not judged)."""
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
    stack: list[tuple[Any, Any, bool]] = [(top.value, None, False)]
    while stack:
        value, way, schema = stack.pop()
        if isinstance(value, list):
            stack += [(v, (way, i), schema) for i, v in enumerate(value) if isinstance(v, (dict, list))]
            continue
        if "$ref" in value:
            continue
        shown = "example" in value or "examples" in value
        if schema or "allOf" in value or ("type" in value and "properties" in value):
            schema = True
            if shown:
                yield from judge.beside_keywords(Node(value, top.file, pointer_of(way)))
        elif shown:
            yield from judge.beside_schema(Node(value, top.file, pointer_of(way)))
        for key, below in value.items():
            if not isinstance(below, (dict, list)) or key in _DATA or str(key).startswith("x-"):
                continue
            if key in _MAPS and isinstance(below, dict):
                stack += [(v, ((way, key), k), True) for k, v in below.items() if isinstance(v, dict)]
            else:
                stack.append((below, (way, key), key == "schema" or key == "itemSchema" or (schema and (key in _LISTS or key in _INNER))))


class _Judge:
    def __init__(self, document: Document, version: str) -> None:
        self._document = document
        self._old = version in ("2.0", "3.0")
        draft = jsonschema_rs.Draft4 if self._old else jsonschema_rs.Draft202012
        resources = [(_BASE + quote(f), top.value) for f in document.files if (top := document.top(f)) is not None]
        self._registry = jsonschema_rs.Registry(resources, draft=draft)
        self._validator = jsonschema_rs.Draft4Validator if self._old else jsonschema_rs.Draft202012Validator
        self._by_reference: dict[tuple[str, str], Any] = {}

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
        given = [one for one in given if one.value is not None and not self._plainly_right(schema.value, one.value, schema.file)]
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

    def _plainly_right(self, schema: Any, value: Any, file: str) -> bool:
        """True for a value of the type that a schema without further demands asks for: what needs no schema of its own to be compiled."""
        if isinstance(schema, dict) and schema.keys() == {"$ref"}:
            judge = self._referred(file, schema["$ref"])
            return judge is not None and self._first(judge, value) is None
        if not isinstance(schema, dict) or not _PLAIN.issuperset(schema) or not isinstance(kind := schema.get("type"), str):
            return False
        if kind in ("array", "object") and "enum" in schema:
            return False
        if kind == "array":
            return isinstance(value, list) and all(self._plainly_right(schema.get("items"), one, file) for one in value)
        if kind == "object":
            return isinstance(value, dict) and self._has_plainly(schema, value, file)
        said = _TYPES.get(kind)
        right = said is not None and isinstance(value, said) and (isinstance(value, bool) == (bool in said))
        choices = schema.get("enum", (value,))
        return right and isinstance(choices, (list, tuple)) and value in choices

    def _has_plainly(self, schema: dict[str, Any], value: dict[str, Any], file: str) -> bool:
        own, required = schema.get("properties", {}), schema.get("required", [])
        return (
            isinstance(own, dict) and isinstance(required, list) and all(isinstance(name, str) and name in value for name in required)
            and all(name not in own or self._plainly_right(own[name], one, file) for name, one in value.items())
        )

    def _takes_scalars(self, schema: Node) -> bool:
        shown = self._document.follow(schema).value
        return isinstance(shown, dict) and shown.get("type") in _TYPES

    def _referred(self, file: str, reference: Any) -> Any:
        """The judge of a schema that others of the file refer to, made once; None for one of another file and one that is no schema."""
        if not isinstance(reference, str) or not reference.startswith("#"):
            return None
        key = file, reference
        if key not in self._by_reference:
            self._by_reference[key] = self._compile(f"{quote(file)}{reference}")
        return self._by_reference[key]

    def _compiled(self, schema: Node) -> Any:
        known = self._referred(schema.file, schema.value["$ref"]) if schema.value.keys() == {"$ref"} else None
        pointer = "".join("/" + quote(str(p).replace("~", "~0").replace("/", "~1"), safe="~") for p in schema.pointer)
        return known or self._compile(f"{quote(schema.file)}#{pointer}")

    def _compile(self, place: str) -> Any:
        try:
            return self._validator({"$ref": _BASE + place}, validate_formats=False, registry=self._registry)
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

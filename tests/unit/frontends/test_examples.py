"""Examples held against their schemas: what is wrong is told at the author's own line, what is in doubt is not told."""

from __future__ import annotations

import pytest

from agentlint.frontends.openapi import load
from agentlint.frontends.openapi.validity import start
from agentlint.ir.description import Description

HEAD = "openapi: %s\ninfo: {title: T, version: '1'}\npaths:\n  /things:\n    post:\n"


def wrong(text: str, **files: str) -> list[tuple[str, int, str]]:
    described = load(text.encode(), "api.yaml", lambda path: files[path].encode() if path in files else None)
    assert isinstance(described, Description)
    found = (p for p in start(described, False)() if p.origin == "example")
    return sorted((p.file, p.line, p.message) for p in found)


def body(version: str, schema: str, example: str, media: str = "application/json") -> str:
    lines = f"      requestBody: {{content: {{{media}: {{schema: {schema},\n        example: {example}}}}}}}\n"
    return HEAD % version + lines + "      responses: {'204': {description: done}}\n"


@pytest.mark.parametrize(("schema", "example", "said"), [
    ("{type: object, properties: {n: {type: integer}}}", "{n: many}", '"many" is not of type "integer"'),
    ("{type: string, enum: [a, b]}", "c", '"c" is not one of "a" or "b"'),
    ("{type: object, required: [n], properties: {n: {type: integer}}}", "{m: 1}", '"n" is a required property'),
    ("{type: array, enum: [[1], [2]], items: {type: integer}}", "[3]", "[3] is not one of [1] or [2]"),
    ("{type: array, items: {type: object, required: [n], properties: {n: {type: string, enum: [a]}}}}", "[{n: a}, {n: b}]", '"b" is not one of "a"'),
    ("{type: object, properties: {on: {type: integer}}}", "{on: true}", 'true is not of type "integer"'),
    ("{oneOf: [{type: object, required: [n], properties: {n: {}}}, {type: integer}]}", "{m: 1}", "it fits none of the alternatives of its schema"),
])
def test_a_wrong_example_is_told_at_its_line(schema: str, example: str, said: str) -> None:
    """In the file that the author wrote."""
    assert wrong(body("3.0.3", schema, example)) == [("api.yaml", 7, said)]


@pytest.mark.parametrize(("version", "schema", "example"), [
    ("3.0.3", "{type: object, properties: {n: {type: string, nullable: true}}}", "{n: null}"),
    ("3.1.0", "{type: object, properties: {n: {type: [string, 'null']}}}", "{n: null}"),
    ("3.0.3", "{type: object, required: [n], properties: {n: {type: string, readOnly: true}}}", "{}"),
    ("3.0.3", "{type: object, properties: {n: {type: integer}}}", "'{\"n\": 1}'"),
    ("3.0.3", "{type: integer}", "{value: {}}"),
])
def test_doubt_is_silence(version: str, schema: str, example: str) -> None:
    """Null before 3.1, properties of one direction, JSON written as text; the last is an XML body."""
    media = "application/xml" if schema == "{type: integer}" else "application/json"
    assert wrong(body(version, schema, example, media)) == []


def test_examples_inside_schemas_and_in_other_files() -> None:
    """A property's own example, an entry of `examples`, a schema that another file holds."""
    text = HEAD % "3.1.0" + """\
      parameters:
        - {name: n, in: query, schema: {type: integer}, examples: {few: {value: 3}, many: {value: lots}}}
      responses: {'200': {description: it, content: {application/json: {schema: {$ref: 'thing.yaml'}}}}}
"""
    thing = "type: object\nproperties:\n  size:\n    type: integer\n    examples: [1, big]\n"
    assert wrong(text, **{"thing.yaml": thing}) == [("api.yaml", 7, '"lots" is not of type "integer"'), ("thing.yaml", 5, '"big" is not of type "integer"')]


def test_schemas_referred_to_from_inside() -> None:
    """Entries of a list, whose schema stands elsewhere: right ones are silent, a wrong one is told where it stands."""
    text = HEAD % "3.0.3" + """\
      responses: {'200': {description: it, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/N'}},
        example: [1, 2, many]}}}}
  /more:
    get:
      responses: {'200': {description: it, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/N'}}, example: [3]}}}}
components: {schemas: {N: {type: integer}}}
"""
    assert wrong(text) == [("api.yaml", 7, '"many" is not of type "integer"')]


def test_circles_and_names_that_look_like_keywords() -> None:
    """A property called `example` is a property; a schema that holds itself ends."""
    text = HEAD % "3.0.3" + """\
      responses: {'200': {description: it, content: {application/json: {schema: {$ref: '#/components/schemas/Node'}, example: {next: {next: {n: x}}}}}}}
components:
  schemas:
    Node:
      type: object
      properties: {example: {type: integer}, n: {type: integer}, next: {$ref: '#/components/schemas/Node'}}
"""
    assert wrong(text) == [("api.yaml", 6, '"x" is not of type "integer"')]

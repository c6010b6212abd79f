"""Reading API descriptions: the author's own line and column, whatever the shape of the file."""

from __future__ import annotations

import json
import time

from agentlint.frontends.openapi import load
from agentlint.ir.description import Description
from agentlint.ir.source import Gap


def loaded(text: str, path: str = "openapi.json") -> Description:
    found = load(text.encode(), path)
    assert not isinstance(found, Gap)
    return found


def document(paths: dict[str, object], **more: object) -> str:
    return json.dumps({"openapi": "3.0.3", "info": {"title": "Bücher – Größe", "version": "1"}, **more, "paths": paths}, ensure_ascii=False)


def test_columns_count_characters_in_a_document_of_one_line() -> None:
    """Also behind text that is not ASCII, and past the first block of bytes."""
    paths = {f"/größe/{n}": {"get": {"summary": "é" * 50, "responses": {"200": {"description": "ü"}}}} for n in range(200)}
    text = document(paths)
    description = loaded(text)
    for operation in (description.operations[0], description.operations[150]):
        where = description.index.locate(operation.node)
        start = text.index(json.dumps(operation.path, ensure_ascii=False))
        assert (where.line, where.column) == (1, text.index('"get"', start) + 1)


def test_places_in_one_long_line_cost_no_more_than_their_number() -> None:
    """Four times the operations take about four times as long, not sixteen."""

    def seconds(count: int) -> float:
        description = loaded(document({f"/things/{n}": {"get": {"summary": "x" * 400, "responses": {}}} for n in range(count)}))
        start = time.process_time()
        for operation in description.operations:
            description.index.locate(operation.node)
        return time.process_time() - start

    seconds(200)
    assert seconds(4000) < 9 * max(seconds(1000), 0.01)


def test_values_may_be_left_empty() -> None:
    """`flags:` with nothing after it is null, whatever the version of the YAML library gives for it; files that are referred to may hold it too."""
    root = "openapi: 3.0.3\ninfo: {title: Desk, version: '1'}\npaths:\n  /a:\n    $ref: 'part.yaml'\n"
    part = b"get:\n  summary:\n  responses:\n    '200': {description: one, content: {application/json: {example: {flags: , tag: ''}, schema: {$ref: 'part.yaml#/x'}}}}\nx:\n  type: object\n  nullable:\n"
    found = load(root.encode(), "openapi.yaml", lambda path: part if path == "part.yaml" else None)
    assert isinstance(found, Description)
    assert [operation.name for operation in found.operations] == ["GET /a"]

"""References of a description: those that lead nowhere are told, whatever their place is called; data is not mistaken for them."""

from __future__ import annotations

import pytest

from agentlint.frontends.openapi import load
from agentlint.frontends.openapi.validity import validate
from agentlint.ir.description import Description

TEXT = """\
openapi: 3.0.3
info: {title: T, version: '1'}
paths:
  /things:
    get:
      responses: {'200': {description: it}, %s}
components:
  schemas:
    Thing: {type: object, example: {$ref: '#/nowhere'}, properties: {default: %s}}
"""
FINE = "{type: string}"


def nowhere(response: str, schema: str) -> list[str]:
    described = load((TEXT % (response, schema)).encode(), "api.yaml", lambda path: None)
    assert isinstance(described, Description)
    return sorted(p.pointer for p in validate(described) if "leads nowhere" in p.message)


@pytest.mark.parametrize(("response", "schema", "told"), [
    ("default: {description: no}", FINE, []),
    ("default: {$ref: '#/components/responses/Gone'}", FINE, ["/paths/~1things/get/responses/default/$ref"]),
    ("default: {description: no}", "{$ref: '#/components/schemas/Gone'}", ["/components/schemas/Thing/properties/default/$ref"]),
])
def test_a_reference_to_nowhere_is_told(response: str, schema: str, told: list[str]) -> None:
    """An answer and a property may be called `default`, which as a keyword holds data."""
    assert nowhere(response, schema) == told


@pytest.mark.parametrize(("place", "told"), [("schema: {type: file}", False), ("schema: {type: object, properties: {a: {type: file}}}", True)])
def test_a_file_is_an_answer_of_its_own_in_swagger_2(place: str, told: bool) -> None:
    """`type: file` may stand where an answer is described, and nowhere inside it."""
    text = "swagger: '2.0'\ninfo: {title: T, version: '1'}\npaths: {/things: {get: {responses: {'200': {description: it, %s}}}}}\n"
    described = load((text % place).encode(), "api.yaml", lambda path: None)
    assert isinstance(described, Description)
    assert bool(validate(described)) is told

"""What a description tells beside its operations: the pace, identifiers of calls, who did it."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from agentlint.analysis.contracts import judge
from agentlint.frontends.openapi import load
from agentlint.ir.contracts import Clause
from agentlint.ir.description import Description

PUT = {"summary": "Put a book there", "operationId": "putBook", "responses": {"200": {"description": "done"}}}


def clauses(document: dict[str, Any]) -> dict[str, Clause]:
    """What is counted of a document, by name."""
    found = load(yaml.safe_dump({"openapi": "3.1.0", **document}).encode(), "openapi.yaml", lambda _: None)
    assert isinstance(found, Description)
    contract = judge(found).contract
    assert contract is not None
    return {clause.name: clause for clause in contract.clauses}


def books(operation: dict[str, Any], text: str = "", **more: Any) -> dict[str, Any]:
    return {"info": {"title": "Books", "version": "1", "description": text}, "paths": {"/books/{isbn}": {"put": {**PUT, **operation}}}, **more}


def answer(status: str, **more: Any) -> dict[str, Any]:
    return {"responses": {"200": {"description": "done"}, status: {"description": "refused", **more}}}


@pytest.mark.parametrize("text", [
    "At most 60 requests per minute are answered.", "The limit is 1,000 API calls every hour.", "Requests are limited to 10 requests/second.", "No rate limit applies.",
    "Look at `X-RateLimit-Remaining` in each answer.", "Refused calls say in Retry-After when to come back.", "Exceeding 5 rps is refused.",
])
def test_a_text_tells_the_pace(text: str) -> None:
    assert clauses(books({}, text))["pace"].told == 1


@pytest.mark.parametrize("text", ["Calls are rate limited.", "See our page on rate limits.", "Books come in 3 volumes per year.", "Sends 2 reminders."])
def test_a_text_without_a_figure_tells_no_pace(text: str) -> None:
    assert clauses(books({}, text))["pace"].told == 0


@pytest.mark.parametrize("operation", [
    answer("429", headers={"Retry-After": {"schema": {"type": "integer"}}}),
    answer("default", headers={"retry-after": {"schema": {"type": "integer"}}}),
    answer("201", headers={"RateLimit-Policy": {"schema": {"type": "string"}}}),
    answer("201", headers={"X-Rate-Limit-Reset": {"schema": {"type": "string"}}}),
    answer("429", content={"application/json": {"schema": {"type": "object", "properties": {"retry_after": {"type": "integer"}}}}}),
    {"x-ratelimit": {"minute": 60}},
])
def test_answers_tell_the_pace(operation: dict[str, Any]) -> None:
    assert clauses(books(operation))["pace"].told == 1


@pytest.mark.parametrize("operation", [answer("429"), answer("202", headers={"Retry-After": {"schema": {"type": "integer"}}}), {"summary": "Set a rate limit"}])
def test_a_wait_for_work_or_a_bare_refusal_tells_no_pace(operation: dict[str, Any]) -> None:
    assert clauses(books(operation))["pace"].told == 0


@pytest.mark.parametrize("name", ["traceparent", "X-Request-ID", "X-Correlation-Id", "requestId", "X-B3-TraceId", "X-Amzn-Trace-Id", "Opc-Request-Id"])
def test_headers_stand_for_the_call(name: str) -> None:
    taken = {"parameters": [{"name": name, "in": "header", "schema": {"type": "string"}}]}
    assert clauses(books(taken))["correlation"].told == 1
    assert clauses(books(answer("201", headers={name: {"schema": {"type": "string"}}})))["correlation"].told == 1


@pytest.mark.parametrize(("name", "text"), [("Idempotency-Key", ""), ("X-Client-Id", ""), ("Acme-Request-Id", "An idempotency key, kept for three days."), ("X-Api-Key", "")])
def test_headers_that_stand_for_no_single_call(name: str, text: str) -> None:
    taken = {"parameters": [{"name": name, "in": "header", "description": text, "schema": {"type": "string"}}]}
    assert clauses(books(taken))["correlation"].told == 0


def test_a_field_of_an_answer_stands_for_the_call_unless_requests_are_things() -> None:
    told = answer("400", content={"application/json": {"schema": {"type": "object", "properties": {"request_id": {"type": "string"}}}}})
    document = books(told)
    assert clauses(document)["correlation"].told == 1
    document["paths"]["/requests"] = {"get": {"responses": {"200": {"description": "all"}}}}
    assert clauses(document)["correlation"].told == 0


@pytest.mark.parametrize(("fields", "told"), [(["id", "updated_by"], 1), (["id", "createdByUser"], 1), (["id", "author"], 1), (["id", "title", "sorted_by"], 0)])
def test_a_thing_shows_by_whom(fields: list[str], told: int) -> None:
    book = {"type": "object", "properties": {name: {"type": "string"} for name in fields}}
    shown = {"content": {"application/json": {"schema": book}}, "description": "one"}
    document = books({"responses": {"200": shown}})
    document["paths"]["/books/{isbn}"]["get"] = {"responses": {"200": shown}}
    assert clauses(document)["actor"].told == told


def test_a_caller_says_for_whom_it_acts() -> None:
    book = {"content": {"application/json": {"schema": {"type": "object", "properties": {"id": {"type": "string"}}}}}, "description": "one"}
    plain = {"responses": {"200": book}}
    document = books({**plain, "parameters": [{"name": "X-On-Behalf-Of", "in": "header", "schema": {"type": "string"}}]})
    document["paths"]["/books/{isbn}"]["get"] = plain
    assert clauses(document)["actor"].told == 1

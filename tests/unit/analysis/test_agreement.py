"""Descriptions beside code: one row for what both know, and no accusation from what only looks alike."""

from agentlint.analysis.contracts.agreement import agree
from agentlint.ir.operations import Operation


def _one(surface: str, method: str, path: str, file: str = "app.py") -> Operation:
    return Operation(id=f"{file}:{surface}:{method} {path}", surface=surface, method=method, path=path, file=file, line=1, symbol="f", action="a", resource="r", changes_state=method != "GET")


def _described(*names: str, file: str = "openapi.json") -> list[Operation]:
    return [_one("api", *name.split(" "), file=file) for name in names]


def test_what_only_a_browser_may_call_is_served_as_well() -> None:
    code = [_one("api", "GET", "/v1/books"), _one("gui", "POST", "/v1/books"), _one("api", "GET", "/.well-known/x"), _one("api", "HEAD", "/v1/books")]
    found = agree(code, _described("GET /v1/books", "POST /v1/books"), "openapi.json")
    assert len(found.operations) == len(code)
    assert not found.mismatches


def test_two_descriptions_do_not_accuse_each_other() -> None:
    first = _described("GET /books", "POST /books", file="a.yaml")
    found = agree(first, _described("GET /books", "DELETE /books", file="b.yaml"), "b.yaml", frozenset({"a.yaml"}))
    assert [f"{o.method} {o.path}" for o in found.operations] == ["GET /books", "POST /books", "DELETE /books"]
    assert not found.mismatches


def test_a_copy_adds_no_second_row_for_what_the_code_lacks() -> None:
    code = [_one("api", "GET", "/api/books"), _one("api", "POST", "/api/books"), *_described("PUT /books", file="a.yaml")]
    found = agree(code, _described("GET /books", "POST /books", "PUT /books", file="b.yaml"), "b.yaml", frozenset({"a.yaml"}))
    assert len(found.operations) == 3
    assert found.described >= {"GET /api/books", "POST /api/books"}

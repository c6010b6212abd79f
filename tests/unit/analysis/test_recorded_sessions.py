"""Recorded browser sessions: what changed something and no description offers is the GUI's alone, and nothing secret comes through."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agentlint.app import run
from agentlint.cli.main import run as command
from agentlint.options import Options
from agentlint.reporters.json_v1 import render

API = """\
openapi: 3.0.3
info: {title: Desk, version: '1'}
servers: [{url: /api/v1}]
security: [{key: []}]
paths:
  /tickets/{id}/close:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    post: {operationId: closeTicket, responses: {'204': {description: closed}}}
  /drafts:
    post: {operationId: keepDraft, security: [{sid: []}], responses: {'204': {description: kept}}}
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key}
    sid: {type: apiKey, in: cookie, name: sid}
"""


def entry(method: str, path: str, status: int = 200, host: str = "desk.example", **sent: Any) -> dict[str, Any]:
    request = {"method": method, "url": f"https://{host}{path}", "cookies": [{"name": "sid", "value": "C00KIE"}], "headers": [], **sent}
    return {"request": request, "response": {"status": status, "content": {"mimeType": "text/html" if method == "GET" else ""}}}


@pytest.fixture
def judged(tmp_path: Path) -> Any:
    """The GUI's operations of a session, and the whole report as JSON."""

    def judge(*entries: dict[str, Any]) -> tuple[dict[str, str | None], str]:
        (tmp_path / "openapi.yaml").write_text(API)
        (tmp_path / "s.har").write_text(json.dumps({"log": {"version": "1.2", "entries": list(entries)}}, indent=1))
        report, _ = run(Options(tmp_path / "openapi.yaml", sessions=(tmp_path / "s.har",)))
        return {o.id: o.status for o in report.operations if o.surface == "gui"}, render(report)

    return judge


def test_a_request_is_held_against_what_is_described(judged: Any) -> None:
    """Described under the server's path, under a deployment's prefix, by a cookie alone, or not at all."""
    found, _ = judged(
        entry("GET", "/"), entry("POST", "/api/v1/tickets/17/close"), entry("POST", "/api/v1/drafts"), entry("POST", "/tickets/17/assign"), entry("POST", "/login"),
    )
    assert found == {
        "gui:POST /api/v1/tickets/{id}/close": "agent-accessible", "gui:POST /api/v1/drafts": "gui-only", "gui:POST /tickets/{id}/assign": "gui-only",
        "gui:POST /login": "human-by-design",
    }


def test_what_says_nothing_of_the_product_is_counted_and_left(judged: Any) -> None:
    """Other sites, refused calls, beacons, queries."""
    query = {"postData": {"mimeType": "application/json", "text": json.dumps({"query": "query { a }"})}}
    beacon = {**entry("POST", "/seen"), "_resourceType": "ping"}
    found, text = judged(
        entry("GET", "/"), entry("POST", "/collect", host="stats.other.example"), entry("POST", "/gone", 404), beacon, entry("POST", "/graphql", **query)
    )
    assert found == {}
    reasons = [g["reason"] for g in json.loads(text)["inventory"]["unreadable"]] + [text]
    assert any("other sites" in r for r in reasons) and any("nothing answered" in r for r in reasons) and any("beacons" in r for r in reasons)


def test_a_form_may_name_its_method(judged: Any) -> None:
    """Browsers' forms know only GET and POST."""
    found, _ = judged(entry("POST", "/tickets/17", postData={"mimeType": "application/x-www-form-urlencoded", "text": "_method=delete&t=B0DY"}))
    assert found == {"gui:DELETE /tickets/{id}": "gui-only"}


def test_no_secret_reaches_an_output(judged: Any) -> None:
    """Cookies, query texts, bodies, tokens in paths."""
    sent = {"postData": {"mimeType": "application/json", "text": '{"password": "B0DY"}'}}
    _, text = judged(entry("POST", "/invite/eyJhbGciOiJI/accept?token=QU3RY", **sent), entry("POST", "/reset/AbXdEfGhIjKlMn"), entry("POST", "/k/9f86d081884c7d65"))
    assert not any(secret in text for secret in ("C00KIE", "B0DY", "QU3RY", "eyJhbGciOiJI", "AbXdEfGhIjKlMn", "9f86d081884c7d65"))


def test_a_file_that_is_no_session_is_told_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The user named it: a mistake in the call, not a gap."""
    (tmp_path / "openapi.yaml").write_text(API)
    (tmp_path / "s.har").write_text('{"log": {"version": "1.2",\n }}')
    with pytest.raises(SystemExit) as stopped:
        command(["check", str(tmp_path / "openapi.yaml"), "--har", str(tmp_path / "s.har")])
    assert stopped.value.code == 2 and "s.har:2: not JSON" in capsys.readouterr().err

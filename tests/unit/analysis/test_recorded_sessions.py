"""Recorded browser sessions: what changed something and no description offers is the GUI's alone, and nothing secret comes through."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agentlint.app import run
from agentlint.cli.main import run as command
from agentlint.options import Options
from agentlint.reporters.catalog import REPORTERS
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


WATCHES = """\
openapi: 3.0.3
info: {title: Watches, version: '1'}
security: [{key: []}]
paths:
  /watch:
    post: {operationId: addWatch, requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Watch'}}}}, responses: {'204': {description: made}}}
  /watch/{uuid}:
    parameters: [{name: uuid, in: path, required: true, schema: {type: string}}]
    put: {operationId: setWatch, requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Watch'}}}}, responses: {'204': {description: set}}}
    delete: {operationId: dropWatch, responses: {'204': {description: gone}}}
  /users/{name}/servers/{server}:
    parameters:
      - {name: name, in: path, required: true, schema: {type: string}}
      - {name: server, in: path, required: true, schema: {type: string}}
    post: {operationId: startServer, responses: {'204': {description: started}}}
components:
  securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}
  schemas:
    Watch: {type: object, properties: {url: {type: string}, title: {type: string}, paused: {type: boolean}}}
"""


def form(text: str) -> dict[str, Any]:
    return {"postData": {"mimeType": "application/x-www-form-urlencoded", "text": text}}


@pytest.mark.parametrize(("sent", "status"), [
    (entry("POST", "/watch/delete/17"), "agent-accessible"),
    (entry("POST", "/form/add/quickwatch", **form("url=a&csrf_token=b")), "agent-accessible"),
    (entry("POST", "/watches/17/pause"), "agent-accessible"),  # an update sets `paused`
    (entry("POST", "/watches/17/clone"), "agent-accessible"),  # read and created
    (entry("POST", "/watches/17/share"), "gui-only"),
    (entry("POST", "/settings"), "gui-only"),
    (entry("POST", "/watches/edit/17", **form("title=a&url=b&email=c&interval=d&proxy=e")), "partial"),
    (entry("POST", "/watches/edit/17", **form("title=a&url=b&csrf_token=c&save=d")), "agent-accessible"),
    (entry("POST", "/users/maria/servers/"), "agent-accessible"),  # the last hole left empty
    (entry("POST", "/edit/17"), None),  # of what?
    (entry("POST", "/users/maria/ban"), "gui-only"),
    (entry("DELETE", "/watch/17", status=-1), "agent-accessible"),  # the page went on before the answer
    (entry("DELETE", "/elsewhere/17", status=0), None),
])
def test_pages_do_it_at_addresses_of_their_own(tmp_path: Path, sent: dict[str, Any], status: str | None) -> None:
    """By verb and noun, where no described path answers; nothing is said where the address names no thing."""
    (tmp_path / "openapi.yaml").write_text(WATCHES)
    (tmp_path / "s.har").write_text(json.dumps({"log": {"version": "1.2", "entries": [entry("GET", "/"), sent]}}))
    report, _ = run(Options(tmp_path / "openapi.yaml", sessions=(tmp_path / "s.har",)))
    found = [o for o in report.operations if o.surface == "gui"]
    assert [o.status for o in found] == ([status] if status else [])
    assert not any("maria" in f"{o.path} {o.evidence}" for o in found)


def linked(path: str, target: str, status: int = 302) -> dict[str, Any]:
    found = entry("GET", path, status)
    return {**found, "response": {**found["response"], "redirectURL": target}}


def test_a_link_that_does_something_and_leads_on_counts(judged: Any) -> None:
    """Not a step of signing in, not a page that opens, not a way elsewhere."""
    found, _ = judged(
        entry("GET", "/"), linked("/backups/create", "/backups"), linked("/backups/create", "/login"), linked("/reports/download", "/files/1"),
        linked("/posts/new", "https://other.example/"), entry("GET", "/tickets/17/close"), linked("/tickets/17/view", "/tickets/17"),
    )
    assert found == {"gui:GET /backups/create": "gui-only"}


def test_no_secret_reaches_an_output(judged: Any) -> None:
    """Cookies, query texts, bodies, tokens in paths."""
    sent = {"postData": {"mimeType": "application/json", "text": '{"password": "B0DY"}'}}
    params = {"postData": {"mimeType": "multipart/form-data", "params": [{"name": "F13LD", "value": "VA1UE"}], "text": 'name="P4RT"'}}
    headers = {"headers": [{"name": "Authorization", "value": "Bearer H3AD3R"}], "queryString": [{"name": "key", "value": "QS"}]}
    requests = [
        entry("POST", "/invite/eyJhbGciOiJI/accept?token=QU3RY", **sent), entry("POST", "/reset/AbXdEfGhIjKlMn"), entry("POST", "/k/9f86d081884c7d65"),
        entry("POST", "/u/ann%40mail.example/ban", **params), entry("POST", "/s/4111111111111111/pay", **headers), entry("POST", "/t;jsessionid=J5E55/save"),
        linked("/tickets/close?token=T0KEN", "/tickets?flash=F1ASH"), entry("POST", "/tickets/17/close#FRAGM"), entry("POST", "/x", host="user:PA55@desk.example"),
    ]
    _, text = judged(*requests)
    planted = (
        "C00KIE", "B0DY", "QU3RY", "eyJhbGciOiJI", "AbXdEfGhIjKlMn", "9f86d081884c7d65", "F13LD", "VA1UE", "P4RT", "H3AD3R", "mail.example", "4111111111111111", "J5E55",
        "T0KEN", "F1ASH", "FRAGM", "PA55",
    )
    assert [secret for secret in planted if secret in text] == []


@pytest.mark.parametrize("name", sorted(r.name for r in REPORTERS))
def test_no_secret_reaches_any_format(tmp_path: Path, name: str) -> None:
    """What the JSON report holds back, no other format brings out."""
    (tmp_path / "openapi.yaml").write_text(API)
    sent = form("password=B0DY&F13LD=VA1UE")
    entries = [entry("POST", "/invite/eyJhbGciOiJI/accept?token=QU3RY", **sent), entry("POST", "/tickets/AbXdEfGhIjKlMn/close", **sent)]
    (tmp_path / "s.har").write_text(json.dumps({"log": {"version": "1.2", "entries": entries}}))
    out = tmp_path / "out"
    with pytest.raises(SystemExit):
        command(["check", str(tmp_path / "openapi.yaml"), "--har", str(tmp_path / "s.har"), "--format", name, "-o", str(out), "--verbose", "--fail-on", "never"])
    text = out.read_text(encoding="utf-8")
    assert text and not any(secret in text for secret in ("C00KIE", "B0DY", "F13LD", "VA1UE", "QU3RY", "eyJhbGciOiJI", "AbXdEfGhIjKlMn"))


ENTRY = {"method": "POST", "url": "https://desk.example/tickets/17/assign"}
DIALECTS: dict[str, Any] = {
    "a browser's own, without cookies": {"log": {"version": "1.2", "creator": {"name": "WebInspector"}, "pages": [], "entries": [
        {"_initiator": {"type": "script"}, "_priority": "High", "_resourceType": "fetch", "cache": {}, "connection": "443",
         "request": {**ENTRY, "httpVersion": "h2", "headers": [], "queryString": [], "cookies": [], "headersSize": -1, "postData": {"mimeType": "application/json", "text": "{}"}},
         "response": {"status": 200, "content": {"size": 2, "mimeType": "application/json"}, "redirectURL": "", "_transferSize": 90, "_error": None}}]}},
    "without pages, numbers as texts": {"log": {"entries": [{"request": {**ENTRY, "bodySize": 0}, "response": {"status": "200", "content": {}}}]}},
    "fields that are null": {"log": {"pages": None, "entries": [{"comment": "", "request": {**ENTRY, "postData": None, "headers": None}, "response": {"status": 200, "content": None, "headers": None}}]}},
    "a proxy's, the body in base64": {"log": {"version": "1.2", "entries": [
        {"request": {**ENTRY, "postData": {"mimeType": "multipart/form-data; boundary=x", "params": [], "text": "AAA", "encoding": "base64"}},
         "response": {"status": 302, "headers": [{"name": "location", "value": "/tickets"}], "content": {"encoding": "base64", "text": "QQ=="}}, "_webSocketMessages": []}]}},
    "a socket beside it": {"log": {"entries": [
        {"_resourceType": "websocket", "_webSocketMessages": [{"type": "send", "data": "S0CKET"}], "request": {"method": "GET", "url": "wss://desk.example/live"}, "response": {"status": 101}},
        {"request": {"method": "POST", "url": "https://desk.example/socket.io/?EIO=4"}, "response": {"status": 200}}, {"request": ENTRY, "response": {"status": 200}}]}},
    "no answer recorded": {"log": {"entries": [{"request": {**ENTRY, "url": "https://desk.example/api/v1/tickets/17/close"}}]}},
    "a broken entry beside a good one": {"log": {"entries": [None, {"request": None}, {"request": {"method": 3, "url": "https://[/"}}, {"request": {"method": "GET", "url": "https://[/"}}, {"request": ENTRY, "response": {"status": 200}}]}},
}


@pytest.mark.parametrize("name", DIALECTS)
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_dialects_of_other_programs_are_read(tmp_path: Path, name: str, bom: bytes) -> None:
    """Browsers, proxies and recorders write the same form with more, less or nothing in its fields."""
    (tmp_path / "openapi.yaml").write_text(API)
    (tmp_path / "s.har").write_bytes(bom + json.dumps(DIALECTS[name]).encode())
    report, _ = run(Options(tmp_path / "openapi.yaml", sessions=(tmp_path / "s.har",)))
    assert len([o for o in report.operations if o.surface == "gui"]) == 1
    assert any("WebSocket connections" in gap.reason for gap in report.inventory.gaps) == ("socket" in name)


def test_a_file_that_is_no_session_is_told_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The user named it: a mistake in the call, not a gap."""
    (tmp_path / "openapi.yaml").write_text(API)
    (tmp_path / "s.har").write_text('{"log": {"version": "1.2",\n }}')
    with pytest.raises(SystemExit) as stopped:
        command(["check", str(tmp_path / "openapi.yaml"), "--har", str(tmp_path / "s.har")])
    assert stopped.value.code == 2 and "s.har:2: not JSON" in capsys.readouterr().err

"""What a page sends, tied to the operation that answers it."""

from __future__ import annotations

import pytest

from agentlint.analysis.clients.ties import tie_pages, tie_sessions
from agentlint.analysis.operations import Entry
from agentlint.ir.operations import Guard, Operation, Route
from agentlint.ir.pages import PageAction


def entry(method: str, path: str) -> Entry:
    operation = Operation(f"api:{method} {path}", "api", method, path, "a.py", 1, path, "", "", True)
    return Entry(operation, (), (), (Route("flask", method, path, "a.f", "f", "a.py", 1),))


@pytest.mark.parametrize(
    ("asked", "offered", "tied"),
    [
        ("api/alerts/{}", "/{tenant}/api/alerts/{alert_id}", True),
        ("/api/alerts", "/v2/api/alerts", True),
        ("/alerts", "/{tenant}/alerts", False),
        ("/{}/alerts", "/{tenant}/{project}/alerts", False),
        ("/api/alerts", "/{tenant}/{project}/api/alerts", False),
    ],
)
def test_prefixes_that_a_page_leaves_out(asked: str, offered: str, tied: bool) -> None:
    actions = [PageAction("script", "POST", asked, "page.js", 3)]
    assert bool(tie_pages([entry("POST", offered)], actions)) is tied


def test_what_fits_many_addresses_means_none_of_them() -> None:
    routes = [entry("POST", f"/{thing}/filter") for thing in ("alerts", "pumps", "rooms", "shifts")]
    assert not tie_pages(routes, [PageAction("script", "POST", "/filter", "page.js", 3)])
    assert len(tie_pages(routes, [PageAction("script", "POST", "/pumps/filter", "page.js", 3)])) == 1


SCRIPTS = 10_000
"""Lines of a front end."""
KEYS = (Guard("session", "cookie"), Guard("token", "bearer"))


def _endpoint(name: str, *guards: Guard) -> Entry:
    surface = "api" if any(g.kind == "token" for g in guards) else "gui"
    auth = tuple(g.kind for g in guards)
    operation = Operation(f"{surface}:POST /api/{name}", surface, "POST", f"/api/{name}", "api.py", len(name), name, name, name, True, (), auth)
    return Entry(operation, (), guards, (Route("x", "POST", f"/api/{name}", f"api.{name}", name, "api.py", len(name), renders="json"),))


def test_scripts_that_nobody_can_follow_call_what_takes_a_session() -> None:
    """Endpoints for the session alone say that there are such scripts, not that they were read."""
    entries = [_endpoint("a" * n, *KEYS) for n in range(1, 21)] + [_endpoint("b" * n, KEYS[0]) for n in range(30, 36)]
    assert len(tie_sessions(entries, SCRIPTS)) == 20
    assert not tie_sessions(entries, 100)


def test_scripts_that_were_read_say_themselves_what_they_call() -> None:
    entries = [_endpoint("a" * n, *KEYS) for n in range(1, 21)]
    read = tie_pages(entries, [PageAction("script", "POST", f"/api/{'a' * n}", file="app.js", line=n) for n in range(1, 6)])
    assert len(read) == 5
    assert not tie_sessions([*entries, *read], SCRIPTS)

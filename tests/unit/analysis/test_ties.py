"""What a page sends, tied to the operation that answers it."""

from __future__ import annotations

import pytest

from agentlint.analysis.clients.ties import tie_pages
from agentlint.analysis.operations import Entry
from agentlint.ir.operations import Operation, Route
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

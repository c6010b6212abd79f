"""Every folder under `fixtures/clients/` sends the requests that its `calls.txt` lists."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentlint.analysis.clients.requests_sent import find_client_calls
from agentlint.frontends import javascript, markup
from agentlint.ir.pages import PageAction
from agentlint.ir.syntax import Module

FIXTURES = Path(__file__).parents[3] / "fixtures" / "clients"
CASES = sorted(p for p in FIXTURES.iterdir() if p.is_dir())


def lowered(path: Path) -> list[Module]:
    name = f"{path.parent.name}/{path.name}"
    if path.suffix == ".html":
        return [javascript.lower(text.encode(), name, f"{name}#{n}", line) for n, (line, text) in enumerate(markup.scripts(path.read_bytes()))]
    return [javascript.lower(path.read_bytes(), name, name)]


def shown(action: PageAction) -> str:
    route = f" route={action.route_name}" if action.route_name else ""
    return f"{action.method} {action.target}{route} | {action.file}:{action.line} {action.symbol} [{action.caller}]"


@pytest.mark.parametrize("case", CASES, ids=lambda p: p.name)
def test_requests_of_client_code(case: Path, update_golden: bool) -> None:
    gaps: list[str] = []
    modules = [m for path in sorted(case.iterdir()) if path.suffix != ".txt" for m in lowered(path)]
    found = find_client_calls(modules, lambda file, line, reason, *kind: gaps.append(f"? {file}:{line} {reason}"))
    actual = "\n".join([*map(shown, found), *gaps]) + "\n"
    golden = case / "calls.txt"
    if update_golden:
        golden.write_text(actual, encoding="utf-8")
    assert actual == golden.read_text(encoding="utf-8")


def test_a_script_nested_beyond_following_is_a_gap_not_an_end() -> None:
    source = b"x = " + b"[" * 200 + b"]" * 200 + b"; fetch('/kept');"
    found = find_client_calls([javascript.lower(source, "a.js", "a")], lambda *_: None)
    assert [a.target for a in found] == ["/kept"]

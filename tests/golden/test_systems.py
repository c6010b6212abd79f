"""The fixture systems: every run gives exactly the findings that stand in `expected.json`, and judges operations and decisions as it says."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

from agentlint.app import run
from agentlint.findings import Report
from agentlint.options import Options

SYSTEMS = Path(__file__).parents[2] / "fixtures" / "systems"
each = pytest.mark.parametrize("name", [p.parent.name for p in sorted(SYSTEMS.glob("*/expected.json"))])
_WORST = ("unaudited", "partial", "audited")


@cache
def report_on(name: str) -> Report:
    return run(Options(SYSTEMS / name))[0]


def expected(name: str) -> dict[str, list[dict[str, str]]]:
    return json.loads((SYSTEMS / name / "expected.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def lines(rows: Iterable[tuple[str, ...]]) -> list[str]:
    return sorted({" ".join(row) for row in rows})


@each
def test_a_run_gives_exactly_the_expected_findings(name: str) -> None:
    """By rule, file and symbol; several of one rule at one symbol are one entry."""
    wanted = lines((f["rule"], f["file"], f["symbol"]) for f in expected(name)["findings"])
    assert lines((f.rule, f.file, f.symbol) for f in report_on(name).findings) == wanted


@each
def test_operations_of_pages_are_judged_as_expected(name: str) -> None:
    """All state-changing operations of pages and no other."""
    wanted = lines((o["file"], o["symbol"], o["status"]) for o in expected(name)["operations"])
    found = (o for o in report_on(name).operations if o.surface == "gui" and o.changes_state)
    assert lines((o.file, o.symbol, o.status or "none") for o in found) == wanted


@each
def test_decisions_are_judged_as_expected(name: str) -> None:
    """By file and symbol, the worst status of what is decided there. Functions below the handlers may have rows of their own."""
    worst: dict[tuple[str, str], str] = {}
    for decision in report_on(name).decisions:
        key = (decision.file, decision.symbol)
        worst[key] = min(worst.get(key, decision.status), decision.status, key=_WORST.index)
    wanted = {(d["file"], d["symbol"]): d["status"] for d in expected(name)["decisions"]}
    assert {key: worst.get(key, "not found") for key in wanted} == wanted

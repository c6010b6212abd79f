"""Rows that middleware keeps of every request, one small program a case."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agentlint.app import Options, run

CASES = sorted(p for p in (Path(__file__).parents[3] / "fixtures" / "request_records").iterdir() if p.is_dir())


@pytest.mark.parametrize("folder", CASES, ids=lambda p: p.name)
def test_case(folder: Path) -> None:
    wanted = dict(pair for file in folder.rglob("*.py") for pair in re.findall(r"# expect: (\S+) (\S+)", file.read_text(encoding="utf-8")))
    rows = run(Options(folder))[0].decisions
    assert wanted
    assert {symbol: next((r.status for r in rows if r.symbol == symbol), "not found") for symbol in wanted} == wanted

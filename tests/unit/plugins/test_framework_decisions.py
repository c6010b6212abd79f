"""Fixtures with a `decisions.txt` give exactly the decisions written there: what is decided, and whether a record of it lasts."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentlint.app import Options, analyse
from agentlint.ir.decisions import Decision

FIXTURES = Path(__file__).parents[3] / "fixtures" / "frameworks"
CASES = sorted(p.parent for p in FIXTURES.glob("*/decisions.txt"))


def _line(decision: Decision) -> str:
    effect = decision.effect
    said = f"{effect.operation}:{effect.target or effect.kind}({','.join(effect.fields)})"
    records = ", ".join(dict.fromkeys(site.mechanism for site in decision.audit))
    return "  ".join([f"{decision.file}:{decision.line}", decision.symbol or "-", said, decision.status, *filter(None, [records])])


@pytest.mark.parametrize("folder", CASES, ids=lambda p: p.name)
def test_decisions(folder: Path, update_golden: bool) -> None:
    found = "\n".join(sorted(_line(d) for d in analyse(Options(folder)).facts.decisions)) + "\n"
    golden = folder / "decisions.txt"
    if update_golden:
        golden.write_text(found, encoding="utf-8")
    assert found == golden.read_text(encoding="utf-8")

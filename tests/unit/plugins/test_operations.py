"""Fixtures with an `operations.txt` give exactly the operations written there: surface, who may call, what it does, how it was judged."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentlint.app import Options, analyse
from agentlint.ir.operations import Operation

FIXTURES = Path(__file__).parents[3] / "fixtures" / "frameworks"
CASES = sorted(p.parent for p in FIXTURES.glob("*/operations.txt"))


def _line(operation: Operation) -> str:
    effects = " ".join(f"{e.operation}:{e.target or e.kind}({','.join(e.fields)})" for e in operation.effects)
    parts = [f"{operation.surface:7} {operation.method} {operation.path}", f"-> {operation.symbol}", f"[{','.join(operation.auth)}]"]
    return "  ".join([*parts, *filter(None, ["changes" if operation.changes_state else "", operation.status or "", effects])])


@pytest.mark.parametrize("folder", CASES, ids=lambda p: p.name)
def test_operations(folder: Path, update_golden: bool) -> None:
    facts = analyse(Options(folder)).facts
    failed = [g.reason for g in facts.inventory.gaps if "failed" in g.reason]
    found = "\n".join([*(_line(o) for o in facts.operations), *failed]) + "\n"
    golden = folder / "operations.txt"
    if update_golden:
        golden.write_text(found, encoding="utf-8")
    assert found == golden.read_text(encoding="utf-8")

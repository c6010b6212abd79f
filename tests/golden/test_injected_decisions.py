"""Ten lines in which a model decides without a record, added to every fixture system: exactly those findings appear, and go with the record.

That nobody was asked before the account is closed stands beside them: a record is no approval.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from agentlint.app import Options, run
from agentlint.findings import Report

FIXTURES = Path(__file__).parents[2] / "fixtures"
SYSTEMS = sorted(p.parent for p in (FIXTURES / "systems").glob("*/expected.json"))
INJECTED = sorted(p for p in (FIXTURES / "injected").iterdir() if p.is_dir())
RULES = ("unaudited-decision-path", "partially-audited-decision-path", "audit-bypassing-write", "unrecorded-model-decision")
OVERSIGHT = "irreversible-effect-without-approval"
PLACE = "intake/screening.py"


def report_on(folder: Path) -> Report:
    return run(Options(folder))[0]


def found(report: Report) -> set[tuple[str, str, int]]:
    return {(f.rule, f.file, f.line) for f in report.findings if f.rule in RULES}


def expected(source: Path) -> set[tuple[str, str, int]]:
    lines = source.read_text(encoding="utf-8").splitlines()
    marks = ((number, re.search(r"# expect: (\S+)", line)) for number, line in enumerate(lines, 1))
    return {(mark.group(1), PLACE, number) for number, mark in marks if mark}


@pytest.mark.parametrize("injected", INJECTED, ids=lambda p: p.name)
@pytest.mark.parametrize("system", SYSTEMS, ids=lambda p: p.name)
def test_an_unrecorded_decision_of_a_model_is_found_where_it_stands_and_lowers_the_score(system: Path, injected: Path, tmp_path: Path) -> None:
    folder = tmp_path / "system"
    shutil.copytree(system, folder)
    (folder / "intake").mkdir()
    for name in ("__init__.py", "models.py"):
        shutil.copy(injected / "intake" / name, folder / "intake" / name)
    before = report_on(folder)
    shutil.copy(injected / "intake" / "unrecorded.py", folder / PLACE)
    without = report_on(folder)
    shutil.copy(injected / "intake" / "recorded.py", folder / PLACE)
    recorded = report_on(folder)

    assert found(without) - found(before) == expected(injected / "intake" / "unrecorded.py")
    assert found(before) <= found(without)
    assert found(recorded) == found(before)
    closing = {(f.file, f.line) for f in without.findings if f.rule == OVERSIGHT} - {(f.file, f.line) for f in before.findings if f.rule == OVERSIGHT}
    last = max(line for _, _, line in expected(injected / "intake" / "unrecorded.py"))
    assert closing == {(PLACE, last)}
    scores = [report.scores.auditable for report in (before, without, recorded)]
    old, low, mended = (part.parts["recorded"].score for part in scores)
    assert low is not None and mended is not None
    assert low < (100 if old is None else old) or low == 0
    assert mended > low

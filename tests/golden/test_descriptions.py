"""The fixture descriptions: what is judged of each stands beside it; rewritten with `--update-golden`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agentlint.app import Options, run
from agentlint.findings import Report

DESCRIPTIONS = Path(__file__).parents[2] / "fixtures" / "descriptions"


@pytest.mark.parametrize("name", [p.name for p in sorted((*DESCRIPTIONS.glob("*.yaml"), *filter(Path.is_dir, DESCRIPTIONS.iterdir())))])
def test_a_description_is_judged_as_expected(name: str, update_golden: bool) -> None:
    """Missing steps, what a repeat does, sources of identifiers, findings."""
    report, _ = run(Options(DESCRIPTIONS / name))
    text = "\n".join(said(report)) + "\n"
    golden = DESCRIPTIONS / f"{Path(name).stem}.expected.txt"
    if update_golden:
        golden.write_text(text, encoding="utf-8")
    assert golden.read_text(encoding="utf-8") == text


def said(report: Report) -> Iterator[str]:
    """One line a fact."""
    for row in report.lifecycles:
        if row.status == "missing":
            yield f"missing: {row.resource}: {row.transition}"
    for row in report.not_applicable:
        yield f"not applicable: {row.resource}: {row.transition}"
    for operation in report.operations:
        if operation.changes_state:
            yield f"{operation.automation}: {operation.method} {operation.path}"
        if operation.browser_only:
            yield f"browser-only: {operation.method} {operation.path}"
    for found in report.identifiers:
        yield f"{found.status}: {found.operation} {found.parameter} ({found.location})" + (f" from {found.producer}" if found.producer else "")
    for clause in (c for contract in report.contracts for c in contract.clauses):
        yield f"told: {clause.name} {clause.told} of {clause.of}"
    for finding in report.findings:
        yield f"finding: {finding.rule} at line {finding.line}: {finding.message}"

"""Every rule keeps the form that all rules have, and its own pair of examples does what it says, through the real run."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentlint.analysis.facts import Facts
from agentlint.app import run
from agentlint.findings import Finding
from agentlint.options import Options
from agentlint.rules import catalog
from agentlint.rules.base import LoadedRule

RULES = catalog.built_in_rules()
PARTS = {f"agent_ready.{p}" for p in ("reach", "operate", "safe")} | {f"auditable.{p}" for p in ("recorded", "explained", "attributed")}
by_name = pytest.mark.parametrize("rule", RULES, ids=lambda r: r.info.name)


def findings_on(files: dict[str, str], rule: LoadedRule, folder: Path) -> list[Finding]:
    """What the rule alone says of a system."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    report, _ = run(Options(folder, select=(rule.info.name,)))
    assert {f.rule for f in report.findings} <= {rule.info.name}
    return list(report.findings)


@by_name
def test_the_bad_example_fires(rule: LoadedRule, tmp_path: Path) -> None:
    """At a file of the example, at a line that exists."""
    found = findings_on(dict(rule.rule.bad), rule, tmp_path)
    assert found, "the bad example gives no finding"
    for finding in found:
        assert 1 <= finding.line <= rule.rule.bad[finding.file].count("\n") + 1
        assert finding.message.endswith(".")
        assert finding.help


@by_name
def test_the_good_example_is_silent(rule: LoadedRule, tmp_path: Path) -> None:
    """The mended system gives no finding of this rule."""
    assert findings_on(dict(rule.rule.good), rule, tmp_path) == []


@by_name
def test_metadata_is_complete_and_true(rule: LoadedRule) -> None:
    """Names, summaries and what a rule says it reads and lowers."""
    info = rule.info
    module = next(m for m in catalog.MODULES if m.RULE.name == info.name)
    assert module.__name__.rsplit(".", 1)[-1] == info.name.replace("-", "_")
    assert info.name == info.name.lower()
    assert len(info.summary) < 60
    assert not info.summary.endswith(".")
    assert set(info.affects) <= PARTS
    assert set(rule.rule.requires) <= set(Facts.__struct_fields__)
    assert rule.rule.requires
    assert rule.rule.bad
    assert rule.rule.good


def test_names_are_unique() -> None:
    """No two rules share a name."""
    names = [r.info.name for r in RULES]
    assert sorted(set(names)) == sorted(names)


def test_every_rule_file_stands_in_the_catalog() -> None:
    """A rule that is not listed would never run."""
    folder = Path(catalog.__file__).parent
    files = {p for p in folder.glob("*/*.py") if "\nRULE = Rule(" in p.read_text(encoding="utf-8")}
    assert files == {Path(str(m.__file__)) for m in catalog.MODULES}

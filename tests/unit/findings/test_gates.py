"""Gates by severity, rule, score and path; the baseline; the ratchet; limits to a change."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from agentlint.errors import BadBaseline
from agentlint.findings import Finding, Report, Suppressed, Tool
from agentlint.findings.baseline import Baseline, baseline_of, pruned, read_baseline, with_baseline, write_baseline
from agentlint.findings.gates import all_scores, failing, failures, fallen, with_given
from agentlint.findings.scope import Change, limited
from agentlint.ir.gates import SCORES, Gates, PathGate, parse_scores
from agentlint.ir.inventory import Inventory
from tests.golden.sample import sample_report

ERROR = Finding("some-rule", "error", "m", "a.py", 1, "f1")
WARNING = Finding("other-rule", "warning", "m", "legacy/b.py", 2, "f2")
INFO = Finding("third-rule", "info", "m", "c.py", 3, "f3")
ALL = (ERROR, WARNING, INFO)


@pytest.mark.parametrize(
    ("fail_on", "expected"),
    [(("error",), [ERROR]), (("warning",), [ERROR, WARNING]), (("info",), [*ALL]), (("never",), []), (("third-rule",), [INFO]), (("error", "third-rule"), [ERROR, INFO])],
)
def test_severities_and_rules(fail_on: tuple[str, ...], expected: list[Finding]) -> None:
    """A severity means it and worse; a rule means its findings of any severity."""
    assert list(failing(ALL, Gates(fail_on))) == expected


def test_suppressed_findings_do_not_fail() -> None:
    """Whoever silenced them."""
    assert failing([replace(ERROR, suppressed=Suppressed("baseline", "known"))], Gates()) == ()


def test_the_last_path_that_matches_decides_and_the_call_beats_all() -> None:
    """Gates by path, unless the command line says otherwise."""
    gates = Gates(("info",), {}, (PathGate(("legacy/**",), ("error",)), PathGate(("*.py",), ("never",)), PathGate(("a.py",), ("error",))))
    assert failing(ALL, gates) == (ERROR,)
    assert failing(ALL, with_given(gates, ("info",), {})) == ALL


def test_scores_as_gates() -> None:
    """Under the least is too low, at it is not, no score is no pass; parts and parts of the system count alike."""
    card = sample_report().scores
    now = {name: score for name, score in all_scores(card).items() if score is not None}
    assert set(all_scores(card)) == set(SCORES)
    assert failures((), Gates(fail_under=now), card, lambda _: card) == ()
    low = failures((), Gates(fail_under={"auditable.recorded": now["auditable.recorded"] + 0.1}), card, lambda _: card)
    assert low == (f"auditable.recorded is {now['auditable.recorded']:g}, at least {now['auditable.recorded'] + 0.1:g} is asked for",)
    empty = Report(Tool(), "", 0, Inventory(), card).scores
    nothing = replace(empty, agent_ready=replace(empty.agent_ready, score=None))
    there = Gates(paths=(PathGate(("legacy/**",), (), {"agent-ready": 1.0}),))
    assert "agent-ready of legacy/** has no score" in failures((), there, card, lambda _: nothing)[0]


@pytest.mark.parametrize("text", ["", "agent-ready", "agent-redy=70", "agent-ready=seventy", "agent-ready=101", "auditable.nothing=1"])
def test_mistakes_in_scores_are_told(text: str) -> None:
    """A sentence, never a number out of the air."""
    assert isinstance(parse_scores(text), str)


def test_several_scores_in_one_text() -> None:
    """As the command line takes them."""
    assert parse_scores("agent-ready=70, auditable.recorded=60.5") == {"agent-ready": 70.0, "auditable.recorded": 60.5}


def test_the_baseline_knows_what_counted_and_nothing_else() -> None:
    """Written, read and applied, nothing fails any more; lines and words may change, a new finding counts."""
    report = sample_report()
    text = write_baseline(baseline_of(report))
    known = read_baseline(text, "b.json")
    moved = replace(report, findings=tuple(replace(f, line=f.line + 7, message="other words.") for f in report.findings))
    assert all(f.suppressed for f in with_baseline(moved, known).findings)
    fresh = replace(moved, findings=(*moved.findings, ERROR))
    assert [f for f in with_baseline(fresh, known).findings if f.suppressed is None] == [replace(ERROR, known=False)]
    assert write_baseline(known) == text
    assert len(known.findings) == sum(f.suppressed is None for f in report.findings)
    assert {f.suppressed.by for f in with_baseline(report, known).findings if f.suppressed} == {"baseline", "comment"}


def test_what_is_gone_is_told_and_pruned_without_letting_anything_in() -> None:
    """Pruning takes out, never in; scores only rise."""
    report = sample_report()
    known = baseline_of(report)
    mended = replace(report, findings=(*report.findings[2:], ERROR))
    assert with_baseline(mended, known).remarks == ("2 findings of the baseline are gone: `agentlint baseline --prune` takes them out",)
    higher = Baseline({**known.scores, "agent-ready": 99.0}, known.findings)
    after = pruned(higher, mended.findings, report.scores)
    assert set(after.findings) < set(known.findings) and len(after.findings) == len(known.findings) - 2
    assert after.scores["agent-ready"] == 99.0


def test_the_ratchet() -> None:
    """A lower score and one that is gone fell; an equal one and a new one did not."""
    card = sample_report().scores
    now = all_scores(card)
    assert fallen(now, card) == ()
    assert fallen({**now, "auditable": 100.0, "agent-ready.safe": None}, card) == (f"auditable fell from 100 to {now['auditable']:g}",)
    assert fallen({"agent-ready.safe": 10.0}, replace(card, agent_ready=replace(card.agent_ready, parts={
        **card.agent_ready.parts, "safe": replace(card.agent_ready.parts["safe"], score=None)}))) == ("agent-ready.safe fell from 10 to no score",)


@pytest.mark.parametrize("text", ["", "[]", '{"schema": "agentlint-baseline/9", "scores": {}, "findings": []}', '{"schema": "agentlint-baseline/1"}'])
def test_a_file_that_is_no_baseline(text: str) -> None:
    """Refused by name."""
    with pytest.raises(BadBaseline, match=r"b\.json"):
        read_baseline(text, "b.json")


def test_a_change_is_judged_by_every_file_a_finding_rests_on() -> None:
    """The file of the handler, of an effect, of a step; files that no finding rests on leave nothing."""
    report = sample_report()
    service = limited(report, Change(frozenset({"shop/services.py"}), "this change"))
    assert service.findings and any(f.file != "shop/services.py" for f in service.findings)
    assert len(service.findings) < len(report.findings)
    nothing = limited(report, Change(frozenset({"readme.md"}), "this change"))
    assert nothing.findings == () and nothing.scores == report.scores
    assert nothing.remarks[0].startswith("only what this change (1 file) touches is shown; ")

"""Suppressions, baseline, gates and limits to a change, from the command line to the exit code."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from .conftest import Outcome

SYSTEMS = Path(__file__).parents[2] / "fixtures" / "systems"


@pytest.fixture
def clinic(tmp_path: Path) -> Path:
    shutil.copytree(SYSTEMS / "clinic", tmp_path / "clinic", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "clinic"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def report(outcome: Outcome) -> dict:
    return json.loads(outcome.out)


def git(folder: Path, *arguments: str) -> None:
    identity = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org"}
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True, env={**os.environ, **identity})


def test_a_suppressed_finding_stays_in_the_report_and_in_the_score(agentlint, clinic: Path) -> None:
    before = report(agentlint("check", clinic, "--format", "json"))
    target = next(f for f in before["findings"] if f["rule"] == "gui-only-operation" and f["file"] == "patients/views.py")
    lines = (clinic / "patients/views.py").read_text().splitlines(keepends=True)
    lines[target["line"] - 1] = lines[target["line"] - 1].rstrip("\n") + "  # agentlint: ignore[gui-only-operation] a doctor looks at both files first\n"
    (clinic / "patients/views.py").write_text("".join(lines))
    found = agentlint("check", clinic, "--format", "json", "--format", "sarif", "-o", "-", "-o", clinic / "r.sarif")
    after = report(found)
    silenced = [f for f in after["findings"] if "suppressed" in f]
    assert [(f["fingerprint"], f["suppressed"]) for f in silenced] == [
        (target["fingerprint"], {"by": "comment", "reason": "a doctor looks at both files first"})
    ]
    assert after["scores"] == before["scores"]
    results = json.loads((clinic / "r.sarif").read_text())["runs"][0]["results"]
    assert [r["suppressions"] for r in results if "suppressions" in r] == [[{"kind": "inSource", "status": "accepted", "justification": "a doctor looks at both files first"}]]
    assert "1 suppressed" in agentlint("check", clinic).out


def test_suppressions_in_settings(agentlint, clinic: Path) -> None:
    (clinic / ".agentlint.toml").write_text(
        '[[suppress]]\noperation = "POST /patients/*/merge/"\nreason = "by a doctor"\n\n[[suppress]]\nrule = "no-undo"\nreason = "nothing"\n\n'
        '[[suppress]]\npath = "appointments/"\nreason = "until it is rewritten"\nuntil = 2020-01-01\n'
    )
    found = report(agentlint("check", clinic, "--format", "json"))
    silenced = {(f["rule"], f["symbol"]) for f in found["findings"] if "suppressed" in f}
    assert {("gui-only-operation", "merge"), ("unaudited-decision-path", "merge"), ("missing-action-endpoint", "merge")} <= silenced
    assert {symbol for _, symbol in silenced} == {"merge"}
    about = [(f["rule"], f["file"], f["line"]) for f in found["findings"] if f["rule"].endswith("-suppression")]
    assert sorted(about) == [("invalid-suppression", ".agentlint.toml", 9), ("unused-suppression", ".agentlint.toml", 5)]


def test_a_baseline_lets_only_new_findings_fail(agentlint, clinic: Path) -> None:
    assert agentlint("check", clinic).code == 1
    written = agentlint("baseline", clinic)
    assert written.code == 0 and "23 new, 0 gone" in written.err
    text = (clinic / ".agentlint-baseline.json").read_text()
    known = agentlint("check", clinic, "--fail-on", "info", "--ratchet")
    assert known.code == 0 and "23 in the baseline" in known.out
    assert agentlint("check", clinic, "--no-baseline").code == 1
    edit(clinic / "patients/views.py", "from", "# A comment that moves every line.\n\nfrom")
    assert agentlint("check", clinic, "--fail-on", "info").code == 0
    agentlint("baseline", clinic)
    assert (clinic / ".agentlint-baseline.json").read_text() == text
    (clinic / "patients/views.py").write_text((clinic / "patients/views.py").read_text() + NEW_VIEW)
    edit(clinic / "patients/urls.py", "urlpatterns = [", 'urlpatterns = [\n    path("<int:pk>/forget/", views.forget),')
    new = agentlint("check", clinic, "--format", "json", "--ratchet")
    assert new.code == 1
    assert {f["symbol"] for f in report(new)["findings"] if "suppressed" not in f} == {"forget"}
    assert "agent-ready fell from" in new.err and "auditable fell from" in new.err


NEW_VIEW = '''

@permission_required("patients.delete_patient")
def forget(request, pk):
    get_object_or_404(Patient, pk=pk).delete()
    return redirect("/")
'''


def test_pruning_takes_out_what_is_gone_and_lets_nothing_in(agentlint, clinic: Path) -> None:
    agentlint("baseline", clinic)
    before = json.loads((clinic / ".agentlint-baseline.json").read_text())
    edit(clinic / "patients/urls.py", "views.merge", "views.PatientUpdate.as_view()")
    told = agentlint("check", clinic)
    assert "of the baseline are gone" in told.out
    agentlint("baseline", clinic, "--prune")
    after = json.loads((clinic / ".agentlint-baseline.json").read_text())
    rows, left = ({tuple(f.values()) for f in b["findings"]} for b in (before, after))
    assert left < rows and {symbol for _, _, symbol, _ in rows - left} == {"merge"}


def test_gates_on_scores_and_rules_and_paths(agentlint, clinic: Path) -> None:
    low = agentlint("check", clinic, "--fail-on", "never", "--fail-under", "agent-ready=99,auditable.recorded=0")
    assert low.code == 1 and "agentlint: failed: agent-ready is " in low.err and "auditable.recorded" not in low.err
    assert agentlint("check", clinic, "--fail-on", "never", "--fail-under", "agent-ready=1").code == 0
    assert agentlint("check", clinic, "--fail-on", "partially-covered-operation").code == 1
    assert agentlint("check", clinic, "--fail-on", "no-undo").code == 0
    (clinic / ".agentlint.toml").write_text('fail-under = "auditable=99"\n\n[[overrides]]\npaths = ["*"]\nfail-on = "never"\n')
    settings = agentlint("check", clinic)
    assert settings.code == 1 and settings.err.splitlines()[-1].startswith("agentlint: failed: auditable is ")
    (clinic / ".agentlint.toml").write_text('[[overrides]]\npaths = ["*"]\nfail-on = "never"\n\n[[overrides]]\npaths = ["patients/"]\nfail-under = {agent-ready = 100}\n')
    part = agentlint("check", clinic)
    assert part.code == 1 and "agent-ready of patients/ is " in part.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--fail-on", "eror"), "did you mean 'error'"),
        (("--fail-under", "agent-redy=7"), "there is no score 'agent-redy'"),
        (("--ratchet",), "there is no baseline"),
        (("--baseline", "gone.json"), "cannot be read"),
        (("--changed-since", "nowhere"), "hint"),
    ],
)
def test_mistakes_in_gates_are_the_users(agentlint, clinic: Path, arguments: tuple[str, ...], told: str) -> None:
    found = agentlint("check", clinic, *arguments)
    assert found.code == 2
    assert told in found.err


def test_a_change_shows_what_it_takes_part_in(agentlint, clinic: Path) -> None:
    git(clinic, "init", "-q", "-b", "main")
    git(clinic, "add", ".")
    git(clinic, "commit", "-qm", "first")
    whole = report(agentlint("check", clinic, "--format", "json"))
    quiet = agentlint("check", clinic, "--changed-since", "main", "--format", "json")
    assert quiet.code == 0 and report(quiet)["findings"] == []
    edit(clinic / "appointments/services.py", "def mark_missed", "# Moved.\ndef mark_missed")
    found = agentlint("check", clinic, "--changed-since", "main", "--format", "json")
    some = report(found)
    assert found.code == 1
    assert some["scores"] == whole["scores"]
    assert 0 < len(some["findings"]) < len(whole["findings"])
    files = {f["file"] for f in some["findings"]}
    assert "appointments/services.py" in files and "appointments/views.py" in files  # the handler reaches the changed service
    assert "only what the change since main (1 file) touches is shown" in some["remarks"][0]
    agentlint("baseline", clinic, "-o", clinic / "known.json")
    with_baseline = agentlint("check", clinic, "--changed-since", "main", "--baseline", clinic / "known.json")
    assert with_baseline.code == 0 and "gone" not in with_baseline.out  # what the change does not touch is not gone
    staged = agentlint("hook", "--root", clinic)
    assert (staged.code, staged.out) == (0, "")
    git(clinic, "add", ".")
    assert agentlint("hook", "--root", clinic, "--format", "json").code == 1
    assert agentlint("hook", "--root", clinic, clinic / "templates" / "nothing.txt").code == 0


def test_settings_at_the_top_count_for_a_folder_below(agentlint, clinic: Path) -> None:
    """Found from below, with patterns as seen from the top; the report says which file it was."""
    git(clinic, "init", "-q")
    (clinic / "pyproject.toml").write_text(
        '[tool.agentlint]\nexclude = ["/patients/urls.py"]\nformats = "json"\n'
        '[[tool.agentlint.suppress]]\npath = "/patients/views.py"\nreason = "is rewritten"\n[[tool.agentlint.overrides]]\npaths = "/patients/"\nfail-on = "never"\n'
    )
    found = agentlint("check", clinic / "patients")
    below = report(found)
    assert (found.code, below["settings"]) == (0, "../pyproject.toml")
    assert {f["suppressed"]["reason"] for f in below["findings"] if f["file"] == "views.py"} <= {"is rewritten"}
    top = report(agentlint("check", clinic, "--fail-on", "never"))
    assert top["settings"] == "pyproject.toml" and below["inventory"]["files"] > 0
    told = agentlint("check", clinic / "patients", "--format", "console").out
    assert "settings: ../pyproject.toml" in told
    assert agentlint("check", clinic, "--config", clinic / "gone.toml").code == 2


def test_settings_above_count_for_an_earlier_revision_too(agentlint, clinic: Path) -> None:
    """Both sides of a comparison leave out the same files."""
    (clinic / "pyproject.toml").write_text('[tool.agentlint]\nexclude = ["/patients/views.py"]\n')
    git(clinic, "init", "-q")
    git(clinic, "add", ".")
    git(clinic, "commit", "-qm", "first")
    told = agentlint("diff", "HEAD", "--root", clinic / "patients", "--format", "console").out
    assert "No difference in what a program can do" in told

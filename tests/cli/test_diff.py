"""`agentlint diff` between folders, saved reports and revisions: what a change means for programs and for the record."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

SYSTEMS = Path(__file__).parents[2] / "fixtures" / "systems"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def worsen(system: Path) -> None:
    """The API loses its cancel action; booking loses its record; a page for people alone comes."""
    edit(system / "api/views.py", "    @action(detail=True, methods=[\"post\"])\n    def cancel", "    def cancel")
    edit(system / "appointments/services.py", '    record(actor, "booked", appointment)\n', "")
    edit(system / "patients/urls.py", "urlpatterns = [", 'urlpatterns = [\n    path("<int:pk>/forget/", views.forget),')
    (system / "patients/views.py").write_text(
        (system / "patients/views.py").read_text()
        + '\n\n@permission_required("patients.delete_patient")\ndef forget(request, pk):\n    get_object_or_404(Patient, pk=pk).delete()\n    return redirect("/")\n'
    )


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    for name in ("before", "after"):
        shutil.copytree(SYSTEMS / "clinic", tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    worsen(tmp_path / "after")
    return tmp_path / "before", tmp_path / "after"


def whats(changes: list[dict]) -> set[str]:
    return {c["what"] for c in changes}


def test_what_was_lost_is_told(agentlint, pair: tuple[Path, Path]) -> None:
    found = agentlint("diff", *pair, "--format", "json", "--fail-on-loss")
    assert found.code == 1
    told = json.loads(found.out)
    assert whats(told["capabilities_lost"]) == {"POST /api/v1/appointments/{id}/cancel/"}
    assert {(c["symbol"], c["before"], c["after"]) for c in told["became_gui_only"]} == {("cancel", "agent-accessible", "gui-only")}
    assert {c["symbol"] for c in told["new_gui_only"]} == {"forget"}
    assert any(c["before"].startswith("audited") and c["after"] == "unaudited" for c in told["records_lost"])
    assert {c["symbol"] for c in told["new_unrecorded"]} == {"forget"}
    assert told["capabilities_gained"] == told["records_gained"] == told["became_accessible"] == []
    scores = {s["name"]: s for s in told["scores"]}
    assert scores["agent-ready"]["after"] < scores["agent-ready"]["before"]


def test_the_other_way_round_it_is_a_gain(agentlint, pair: tuple[Path, Path]) -> None:
    found = agentlint("diff", *reversed(pair), "--format", "json", "--fail-on-loss")
    told = json.loads(found.out)
    assert found.code == 0
    assert whats(told["capabilities_gained"]) == {"POST /api/v1/appointments/{id}/cancel/"}
    assert told["became_accessible"] and told["records_gained"]
    assert told["capabilities_lost"] == told["became_gui_only"] == told["records_lost"] == told["new_gui_only"] == []


def test_saved_reports_and_folders_tell_the_same(agentlint, pair: tuple[Path, Path], tmp_path: Path) -> None:
    files = [tmp_path / "before.json", tmp_path / "after.json"]
    for folder, file in zip(pair, files):
        agentlint("check", folder, "--format", "json", "-o", file, "--fail-on", "never")
    from_files, from_folders = (json.loads(agentlint("diff", *p, "--format", "json").out) for p in (files, pair))
    names = ("old", "new")
    assert {k: v for k, v in from_files.items() if k not in names} == {k: v for k, v in from_folders.items() if k not in names}


def test_revisions(agentlint, tmp_path: Path) -> None:
    """The system stands in a folder of the repository; what is committed and what lies there are told apart."""
    system = tmp_path / "services" / "clinic"
    shutil.copytree(SYSTEMS / "clinic", system, ignore=shutil.ignore_patterns("__pycache__"))
    identity = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org"}
    for command in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-qm", "first"]):
        subprocess.run(["git", "-C", str(tmp_path), *command], check=True, capture_output=True, env={**os.environ, **identity})
    same = agentlint("diff", "main", "--root", system)
    assert same.code == 0 and "No difference in what a program can do" in same.out
    worsen(system)
    changed = agentlint("diff", "main", "--root", system, "--format", "markdown", "-o", tmp_path / "comment.md")
    assert changed.code == 0 and changed.out == ""
    text = (tmp_path / "comment.md").read_text()
    assert "## Capabilities lost (1)" in text and "| POST /api/v1/appointments/{id}/cancel/ (AppointmentViewSet.cancel) |" in text
    assert "## Decisions that lost their record" in text


def test_moved_and_renamed_things_are_the_same_things(agentlint, pair: tuple[Path, Path]) -> None:
    """A hole's name, an address of a page, a file of a service: nothing is lost by moving."""
    before, after = pair
    shutil.rmtree(after)
    shutil.copytree(before, after)
    edit(after / "patients/urls.py", '"<int:pk>/merge/"', '"<int:pk>/put-together/"')
    edit(after / "patients/urls.py", '"<int:pk>/edit/"', '"<int:number>/edit/"')
    (after / "appointments/services.py").rename(after / "appointments/doing.py")
    for file in after.rglob("*.py"):
        text = file.read_text()
        file.write_text(text.replace("from appointments import services", "from appointments import doing as services").replace("appointments.services", "appointments.doing"))
    told = json.loads(agentlint("diff", before, after, "--format", "json").out)
    assert {name: rows for name, rows in told.items() if isinstance(rows, list) and rows and name not in ("scores", "remarks")} == {}
    assert [s["before"] for s in told["scores"]] == [s["after"] for s in told["scores"]]


@pytest.mark.parametrize(
    ("text", "told"),
    [('{"schema": "agentlint-report/1"', "cannot read"), ('{"schema": "agentlint-report/1", "tool": 3}', "cannot read")],
)
def test_a_broken_report_is_named(agentlint, tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "r.json").write_text(text)
    found = agentlint("diff", tmp_path / "r.json", tmp_path / "r.json")
    assert found.code == 2
    assert told in found.err and "r.json" in found.err


def test_neither_a_folder_nor_a_revision(agentlint, tmp_path: Path) -> None:
    found = agentlint("diff", "nowhere", "--root", tmp_path)
    assert found.code == 2
    assert "nowhere" in found.err and "hint" in found.err

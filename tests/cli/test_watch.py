"""Watching a system: judged again after a change, so that the hook finds its answer ready; what is written there starts nothing."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

SYSTEMS = Path(__file__).parents[2] / "fixtures" / "systems"
_PATIENCE = 60
FLAW = "\n\ndef drop(request, pk):\n    get_object_or_404(Patient, pk=pk).delete()\n    return redirect('/')\n"


def _until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE
    while not holds():
        assert time.monotonic() < end, "nothing came"
        time.sleep(0.05)


@pytest.mark.skipif(os.name != "posix", reason="interrupted by a signal")
def test_a_change_is_judged_before_the_hook_asks(tmp_path: Path) -> None:
    pytest.importorskip("watchfiles")
    root = tmp_path / "clinic"
    shutil.copytree(SYSTEMS / "clinic", root)
    environment = {**os.environ, "AGENTLINT_CACHE_DIR": str(tmp_path / "cache")}
    command = [sys.executable, "-m", "agentlint"]
    out = root / "answer.json"

    def answer() -> dict[str, object]:
        try:
            found: dict[str, object] = json.loads(out.read_text())
            return found
        except (OSError, ValueError):  # not yet, or not whole
            return {}

    with subprocess.Popen([*command, "watch", "--format", "json", "-o", out.name], cwd=root, env=environment, start_new_session=True) as watching:
        try:
            _until(lambda: bool(answer()))
            views = root / "patients/views.py"
            (root / "patients/urls.py").write_text(
                (root / "patients/urls.py").read_text().replace("urlpatterns = [", 'urlpatterns = [\n    path("<int:pk>/drop/", views.drop),')
            )
            views.write_text(views.read_text() + FLAW)
            _until(lambda: "/drop/" in json.dumps(answer()))
            written = out.stat().st_mtime_ns
            hooked = subprocess.run([*command, "hook", "--profile", "patients/views.py"], cwd=root, env=environment, capture_output=True, text=True)
            assert hooked.returncode == 1, hooked.stderr
            assert [line.split()[-2:] for line in hooked.stderr.splitlines() if line.split()[1:2] == ["s"]] == [["look", "up"]]
            time.sleep(2.5)  # longer than files take to count as saved
            assert out.stat().st_mtime_ns == written, "its own output started it again"
        finally:
            watching.send_signal(signal.SIGTERM)  # an interrupt may be ignored: a shell starts what it leaves in the background so
            try:
                watching.wait(_PATIENCE)
            finally:
                watching.kill()
    assert watching.returncode == 0


class _Clinic:
    """A copy of a small system, a cache of its own, and commands run there."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "clinic"
        self.cache = folder / "cache"
        shutil.copytree(SYSTEMS / "clinic", self.root)

    def run(self, *arguments: str, ci: str = "") -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "AGENTLINT_CACHE_DIR": str(self.cache), "CI": ci}
        return subprocess.run([sys.executable, "-m", "agentlint", *arguments], cwd=self.root, env=environment, capture_output=True, text=True)

    def looked_up(self, found: subprocess.CompletedProcess[str]) -> bool:
        return [line.split()[-2:] for line in found.stderr.splitlines() if line.split()[1:2] == ["s"]] == [["look", "up"]]

    def is_watched(self) -> bool:
        """Whether a watcher has told where it runs. Asking by starting one more might come before the first and be the one itself."""
        return any(self.cache.glob("watchers/*.pid"))


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[_Clinic]:
    pytest.importorskip("watchfiles")
    made = _Clinic(tmp_path)
    yield made
    made.run("watch", "--stop")


@pytest.mark.skipif(os.name != "posix", reason="ended by a signal")
def test_a_hook_leaves_one_watcher_behind_and_the_next_finds_its_answer(clinic: _Clinic) -> None:
    assert clinic.run("hook", "--watch", "patients/views.py").returncode == 1
    _until(clinic.is_watched)
    assert "runs already" in clinic.run("watch", "--idle", "0.01").stderr
    views = clinic.root / "patients/views.py"
    views.write_text(views.read_text() + "\nKEPT = 'for ten years'\n")
    entries = len(list((clinic.cache / "v1").rglob("*")))
    _until(lambda: len(list((clinic.cache / "v1").rglob("*"))) > entries)  # only the watcher can have written
    _until(lambda: clinic.looked_up(clinic.run("hook", "--watch", "--profile", "patients/views.py")))
    assert clinic.run("watch", "--stop").stderr == "the watcher was ended\n"
    assert clinic.run("watch", "--stop").stderr == "there is no watcher of this folder\n"
    assert not clinic.is_watched()


def test_a_watcher_ends_after_an_idle_while(clinic: _Clinic) -> None:
    assert clinic.run("watch", "--background", "--idle", "0.05").returncode == 0
    _until(clinic.is_watched)
    _until(lambda: not clinic.is_watched())


def test_a_pipeline_gets_no_watcher(clinic: _Clinic) -> None:
    clinic.run("hook", "--watch", "patients/views.py", ci="true")
    assert not (clinic.cache / "watchers").exists()


def test_without_the_package_it_says_what_to_install(agentlint, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    found = agentlint("watch", tmp_path)
    assert found.code == 2
    assert "watchfiles" in found.err
    assert "pip install 'agentlint-arch[watch]'" in found.err


def test_a_path_that_is_not_there(agentlint, tmp_path: Path) -> None:
    found = agentlint("watch", tmp_path / "nowhere")
    assert found.code == 2
    assert "does not exist" in found.err

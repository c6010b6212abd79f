"""The hook in the hands of the real pre-commit: tried from a repository, installed, and installed into an environment of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SYSTEMS = ROOT / "fixtures" / "systems"
pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
CONFIG = """\
repos:
  - repo: local
    hooks:
      - {id: agentlint, name: agentlint, entry: agentlint hook, language: system, require_serial: true, files: '\\.(py|html)$'}
"""


class Project:
    """A git repository with a system in it."""

    def __init__(self, folder: Path, store: Path) -> None:
        self.folder = folder
        bin_folder = Path(sys.executable).parent
        identity = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org"}
        kept = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
        self.environment = {**kept, **identity, "PRE_COMMIT_HOME": str(store), "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}", "PRE_COMMIT_COLOR": "never"}

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True, env=self.environment)

    def git(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run("git", *arguments)

    def pre_commit(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run(sys.executable, "-m", "pre_commit", *arguments)

    def append(self, file: str, text: str) -> None:
        path = self.folder / file
        path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    pytest.importorskip("pre_commit")
    folder = tmp_path / "clinic"
    shutil.copytree(SYSTEMS / "clinic", folder, ignore=shutil.ignore_patterns("__pycache__"))
    made = Project(folder, tmp_path / "store")
    made.git("init", "-q", "-b", "main")
    made.git("add", ".")
    made.git("commit", "-qm", "first")
    return made


FLAW = "\n\ndef drop(request, pk):\n    get_object_or_404(Patient, pk=pk).delete()\n    return redirect('/')\n"


def test_an_installed_hook_stops_a_commit_that_brings_a_flaw_and_no_other(project: Project) -> None:
    """Other findings of the system, which the commit has no part in, stay out of its way."""
    (project.folder / ".pre-commit-config.yaml").write_text(CONFIG)
    project.git("add", ".")
    assert project.pre_commit("install").returncode == 0
    harmless = project.git("commit", "-m", "configuration")
    assert harmless.returncode == 0, harmless.stderr
    project.append("history/__init__.py", "\nKEPT = 'for ten years'\n")
    project.git("add", ".")
    fine = project.git("commit", "-m", "a change without a flaw")
    assert fine.returncode == 0, fine.stderr
    assert "Passed" in fine.stderr
    project.append("patients/views.py", FLAW)
    urls = project.folder / "patients/urls.py"
    urls.write_text(urls.read_text().replace("urlpatterns = [", 'urlpatterns = [\n    path("<int:pk>/drop/", views.drop),'))
    project.git("add", ".")
    stopped = project.git("commit", "-m", "a flaw")
    assert stopped.returncode == 1
    assert "drop" in stopped.stderr and "gui-only-operation" in stopped.stderr
    assert "accounts/views.py" not in stopped.stderr.split("What this rests on")[0]
    assert project.git("log", "--format=%s", "-1").stdout.strip() == "a change without a flaw"


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="try-repo takes a git repository")
def test_the_hook_can_be_tried_from_its_repository(project: Project) -> None:
    """`pre-commit try-repo`, over all files."""
    tried = project.pre_commit("try-repo", str(ROOT), "agentlint-system", "--all-files")
    assert tried.returncode == 1, tried.stderr
    assert "agentlint" in tried.stdout and "gui-only-operation" in tried.stdout
    assert "internal error" not in tried.stdout


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="try-repo takes a git repository")
@pytest.mark.slow
def test_the_hook_in_an_environment_of_its_own(project: Project) -> None:
    """As people get it: pre-commit builds an environment and installs agentlint with what it needs."""
    project.append("history/__init__.py", "\nKEPT = 'for ten years'\n")
    project.git("add", ".")
    tried = project.pre_commit("try-repo", str(ROOT), "agentlint")
    if "CalledProcessError" in tried.stdout and "pip" in tried.stdout:
        pytest.skip("no package index can be reached from here")
    assert tried.returncode == 0, tried.stdout + tried.stderr
    assert "Passed" in tried.stdout

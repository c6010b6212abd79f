"""What git knows of a change, in a real repository."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from agentlint.errors import BadRevision
from agentlint.project.git import changed_since, extract, is_revision, resolve, staged

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def git(folder: Path, *arguments: str) -> None:
    identity = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org"}
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True, env={**os.environ, **identity})


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """`main` with two files in `app/`, and a branch that has moved on."""
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "app").mkdir()
    for name in ("app/one.py", "app/two.py", "outside.py"):
        (tmp_path / name).write_text("x = 1\n")
    (tmp_path / ".gitattributes").write_text("app/two.py export-ignore\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "first")
    git(tmp_path, "checkout", "-qb", "work")
    return tmp_path


def test_committed_staged_edited_and_untracked_files(repository: Path) -> None:
    """All that differs from where the branch parted, below the root and relative to it."""
    (repository / "app/one.py").write_text("x = 2\n")
    git(repository, "commit", "-qam", "second")
    git(repository, "checkout", "-q", "main")
    (repository / "outside.py").write_text("main went on\n")
    git(repository, "commit", "-qam", "third")
    git(repository, "checkout", "-q", "work")
    (repository / "app/two.py").write_text("x = 2\n")
    (repository / "app/three é.py").write_text("x = 3\n")
    assert changed_since(repository / "app", "main") == {"one.py", "two.py", "three é.py"}
    assert changed_since(repository, "main") == {"app/one.py", "app/two.py", "app/three é.py"}
    git(repository, "add", "app/two.py")
    assert staged(repository / "app") == {"two.py"}


def test_the_files_of_another_revision(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """All of them, also those that an archive would leave out, and nothing in the working tree moves."""
    (repository / "app/one.py").write_text("edited\n")
    target = tmp_path_factory.mktemp("old")
    extract(repository / "app", "main", target)
    assert {p.name: p.read_text() for p in target.iterdir()} == {"one.py": "x = 1\n", "two.py": "x = 1\n"}
    assert (repository / "app/one.py").read_text() == "edited\n"
    assert staged(repository) == frozenset()


def test_a_hooks_surroundings_do_not_mislead(repository: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Git sets `GIT_DIR` while a hook runs."""
    monkeypatch.setenv("GIT_DIR", str(tmp_path_factory.mktemp("elsewhere")))
    assert staged(repository) == frozenset()


def test_what_git_does_not_know(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A message and a hint, also outside of any repository."""
    for revision in ("nowhere", "--output=x", "main:app"):
        assert not is_revision(repository, revision)
        with pytest.raises(BadRevision):
            resolve(repository, revision)
    with pytest.raises(BadRevision, match="not a git repository"):
        changed_since(tmp_path_factory.mktemp("plain"), "main")

"""What git knows of a project: which files a change touches, and the files of another revision."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from agentlint.errors import BadRevision

_SECONDS = 120
_NO_LARGE_FILES = ("-c", "filter.lfs.smudge=", "-c", "filter.lfs.process=", "-c", "filter.lfs.required=false")
_HOOK_VARIABLES = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_PREFIX"})
"""Set by git while a hook runs: they would make another folder's question be answered from the hook's repository. Its index is meant."""


def changed_since(root: Path, revision: str) -> frozenset[str]:
    """Files below a root that differ between the working tree and where it parted from a revision, untracked ones too; relative to the root."""
    folder = root if root.is_dir() else root.parent
    resolve(folder, revision)
    base = _git(folder, "merge-base", revision, "HEAD", check=False).strip() or revision.encode()
    return _names(_git(folder, "diff", "--name-only", "--relative", "-z", os.fsdecode(base), "--", ".")) | _untracked(folder)


def staged(root: Path) -> frozenset[str]:
    """Files below a root that the next commit changes, relative to the root."""
    folder = root if root.is_dir() else root.parent
    _git(folder, "rev-parse", "--git-dir")  # outside a repository `diff` would compare files
    return _names(_git(folder, "diff", "--cached", "--name-only", "--relative", "-z", "--", "."))


def resolve(folder: Path, revision: str) -> str:
    """The commit that a revision names. Raises BadRevision."""
    if revision.startswith("-"):
        raise BadRevision(f"{revision!r} is no revision", "give a branch, a tag or a commit")
    found = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}", check=False).strip()
    if not found:
        hint = "give a branch, a tag or a commit that is there; in CI the history may be cut off (fetch-depth: 0, GIT_DEPTH: 0)"
        raise BadRevision(f"git knows no revision {revision!r} in {folder}", hint)
    return found.decode()


def is_revision(folder: Path, revision: str) -> bool:
    """True when git can tell a commit by that name."""
    try:
        return bool(resolve(folder, revision))
    except BadRevision:
        return False


def extract(folder: Path, revision: str, target: Path) -> None:
    """Writes the files of a folder as they were at a revision into an empty target folder. Raises BadRevision.

    Through an index of its own: an archive would leave out what `export-ignore` names.
    """
    prefix = os.fsdecode(_git(folder, "rev-parse", "--show-prefix").strip()).rstrip("/")
    git_dir = os.fsdecode(_git(folder, "rev-parse", "--absolute-git-dir").strip())
    tree = f"{resolve(folder, revision)}:{prefix}"
    with TemporaryDirectory() as scratch:
        place = ("--git-dir", git_dir, "--work-tree", str(target))
        index = {"GIT_INDEX_FILE": os.path.join(scratch, "index")}
        _git(target, *place, "read-tree", tree, extra=index)
        _git(target, *place, *_NO_LARGE_FILES, "checkout-index", "--all", "--force", "--quiet", extra=index)


def _untracked(folder: Path) -> frozenset[str]:
    return _names(_git(folder, "ls-files", "--others", "--exclude-standard", "-z", "--", "."))


def _names(output: bytes) -> frozenset[str]:
    return frozenset(os.fsdecode(name).replace(os.sep, "/") for name in output.split(b"\0") if name)


def _git(folder: Path, *arguments: str, check: bool = True, extra: Mapping[str, str] | None = None) -> bytes:
    environment = {name: value for name, value in os.environ.items() if name not in _HOOK_VARIABLES}
    if environment.get("GIT_INDEX_FILE"):  # may be relative to where the hook runs, and `-C` goes elsewhere
        environment["GIT_INDEX_FILE"] = os.path.abspath(environment["GIT_INDEX_FILE"])
    try:
        done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, timeout=_SECONDS, env={**environment, **(extra or {})})
    except FileNotFoundError as error:
        raise BadRevision("git is not installed", "install git, or compare folders or saved reports instead") from error
    except subprocess.TimeoutExpired as error:
        raise BadRevision(f"git {arguments[0]} took longer than {_SECONDS} s", "try it by hand in the same folder") from error
    if done.returncode and (check or b"not a git repository" in done.stderr):
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise BadRevision(f"git {arguments[0]} failed in {folder}: {said[0] if said else 'no message'}", "run it inside a git repository")
    return done.stdout

"""The files of a project: found through git where there is one, else by walking; each read at most once."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from agentlint.errors import BadPath
from agentlint.ir.source import Gap
from agentlint.project.ignoring import ignored_by
from agentlint.project.roles import (
    SET_ASIDE,
    Role,
    alembic_folders,
    example_folders,
    is_machine_made,
    is_read,
    is_release,
    library_folders,
    may_be_description,
    may_be_sorted,
    may_declare,
    may_hold_description,
    patch_folders,
    proven_test_folders,
    role_of,
)
from agentlint.project.unread import form_of

MOST_BYTES = 32 * 1024 * 1024
"""A larger file is recorded as unreadable."""
_MOST_READ = 64 * 1024 * 1024
_HEAD = 64 * 1024
_MOST_OF_MIGRATION = 512 * 1024
_ABOVE, _MOST_FOLDERS = 3, 200


class SourceFile(msgspec.Struct, frozen=True):
    """A file to read: `path` is relative to the root, with forward slashes."""

    path: str
    absolute: str
    role: Role
    size: int


class Found(msgspec.Struct, frozen=True):
    """What a root holds."""

    root: str
    files: tuple[SourceFile, ...]
    set_aside: dict[str, int]
    """Files not analysed on purpose, by reason. Migrations that make triggers count here and are among the files all the same."""
    gaps: tuple[Gap, ...]
    beside: tuple[str, ...] = ()
    """Paths of files in which frameworks declare things; read only when a plugin asks."""


def find_files(root: Path, exclude: tuple[str, ...] = (), below: str = "") -> Found:
    """The files below a folder, or the one file given, sorted by path. `below` is the folder as the patterns see it. Raises BadPath."""
    if not root.exists():
        raise BadPath(f"{root} does not exist", "give the folder or the API description to analyse")
    single = root.is_file()
    base = root.parent if single else root
    names = [root.name] if single else sorted(_listed(base))
    excluded = ignored_by(exclude)
    files: list[SourceFile] = []
    aside: dict[str, int] = {}
    gaps: list[Gap] = []
    test_folders, examples, libraries = proven_test_folders(names), example_folders(names), library_folders(names)
    patches = (*patch_folders(names), *alembic_folders(names))
    beside = tuple(n for n in names if may_declare(n) and not excluded(below + n) and role_of(f"{n}.py", test_folders, libraries) not in SET_ASIDE)
    for name in names:
        role = role_of(name, test_folders, libraries)
        if role in ("python", "script", "markup") and name.partition("/")[0] in examples:
            role = "examples"
        if role == "python" and name.startswith(patches):
            role = "migrations"
        if single and role in SET_ASIDE:
            role = role_of("x" + root.suffix)
        if role == "other" or excluded(below + name):
            continue
        if role in SET_ASIDE:
            aside[role] = aside.get(role, 0) + 1
            if role != "migrations" or not _makes_triggers(base / name):
                continue
        _take(base, name, role, files, aside, gaps)
    return Found(str(base), tuple(files), dict(sorted(aside.items())), tuple(sorted(gaps)), beside)


def _makes_triggers(path: Path) -> bool:
    """True for a migration that speaks of triggers, or runs a file of SQL: what they record is a fact of the product, unlike everything else in it."""
    try:
        with path.open("rb") as handle:
            said = handle.read(_MOST_OF_MIGRATION).lower()
            return b"trigger" in said or b".sql" in said
    except OSError:
        return False


def standing_in(found: Found, instead: Mapping[str, Path]) -> Found:
    """The same files, some of them read from elsewhere: how a change is judged before it is made."""
    files = tuple(
        msgspec.structs.replace(f, absolute=str(instead[f.path]), size=instead[f.path].stat().st_size) if f.path in instead else f for f in found.files
    )
    return msgspec.structs.replace(found, files=files)


def _take(base: Path, name: str, role: Role, files: list[SourceFile], aside: dict[str, int], gaps: list[Gap]) -> None:
    """Adds one file, a reason why it is set aside, or a gap."""
    absolute = base / name
    try:
        size = absolute.stat().st_size
        if size > MOST_BYTES:
            gaps.append(Gap(name, 0, f"larger than {MOST_BYTES // 2**20} MB"))
            return
        if role in ("data", "script"):
            with absolute.open("rb") as handle:
                head = handle.read(_HEAD)
                rest = handle.read() if role == "data" and size > _HEAD and may_be_sorted(head) else b""
            if role == "data" and not may_be_description(head, size) and not may_be_description(rest, size):
                form = form_of(head)
                if form:
                    gaps.append(Gap(name, 0, f"{form}, which is not read"))
                return
            reason = "generated" if is_machine_made(head, role) else "vendored" if role == "script" and is_release(head, name) else ""
            if reason:
                aside[reason] = aside.get(reason, 0) + 1
                return
        elif not os.access(absolute, os.R_OK):
            raise PermissionError(13, "Permission denied")
        elif role == "markup":
            with absolute.open("rb") as handle:
                role = "data" if may_hold_description(name, handle.read(_HEAD)) else role
    except OSError as error:
        gaps.append(Gap(name, 0, f"cannot be read: {error.strerror or error}"))
        return
    files.append(SourceFile(name, str(absolute), role, size))


def _listed(base: Path) -> Iterator[str]:
    """Relative paths of all files of a kind that is read: those git tracks or does not ignore, or all that a walk finds."""
    try:
        found = subprocess.run(
            ["git", "-C", str(base), "ls-files", "-z", "--cached", "--others", "--exclude-standard"], capture_output=True, check=True, timeout=60,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        found = b""
    names = [os.fsdecode(n) for n in found.split(b"\0") if n]
    if names:
        yield from sorted({n for n in names if is_read(n) and os.path.isfile(os.path.join(base, n))})
        return
    yield from _walked(base)


def _walked(base: Path) -> Iterator[str]:
    """All such files below a folder, symbolic links to folders not followed, `.gitignore` at the top obeyed."""
    ignore = base / ".gitignore"
    lines = ignore.read_text(encoding="utf-8", errors="replace").splitlines() if ignore.is_file() else []
    ignored = ignored_by(lines)
    for folder, folders, names in os.walk(base, followlinks=False):
        relative = os.path.relpath(folder, base).replace(os.sep, "/")
        prefix = "" if relative == "." else relative + "/"
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in ("node_modules", "__pycache__") and not ignored(f"{prefix}{f}/"))
        for name in sorted(filter(is_read, names)):
            path = f"{prefix}{name}"
            if not ignored(path) and os.path.isfile(os.path.join(folder, name)):
                yield path


def file_beside(root: str, path: str, name: str) -> str:
    """The file that another calls by a name, or by the end of its path: in its folder, or the one or two above and what lies below them."""
    base, wanted = Path(root), name.lstrip("./")
    folders = list(Path(path).parents)[:_ABOVE]
    direct = ((folder / wanted).as_posix() for folder in folders)
    found = next((p for p in direct if (base / p).is_file()), "")
    if found:
        return found
    for seen, (folder, below, names) in enumerate(os.walk(base / folders[-1])):
        below[:] = sorted(f for f in below if not f.startswith("."))
        relative = os.path.relpath(folder, base).replace(os.sep, "/")
        if Path(wanted).name in names and f"{relative}/{Path(wanted).name}".endswith(f"/{wanted}"):
            return f"{relative}/{Path(wanted).name}".removeprefix("./")
        if seen > _MOST_FOLDERS:
            break
    return ""


def read_within(root: str, path: str) -> bytes | None:
    """A file by its path from the root, None when it is not there, too large, or outside the root."""
    base = Path(root).resolve()
    target = (base / path).resolve()
    if not target.is_relative_to(base) or not target.is_file() or target.stat().st_size > _MOST_READ:
        return None
    return target.read_bytes()

"""Settings from `pyproject.toml [tool.agentlint]` or `.agentlint.toml`, also of a folder above: read, checked, all mistakes told at once with file and line."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from agentlint.errors import BadSettings
from agentlint.ir.gates import Gates, PathGate
from agentlint.ir.notes import Suppression
from agentlint.project.settings_reading import READERS, Known, Reading, nearest

FILES = (".agentlint.toml", "pyproject.toml")
"""Places of settings, the first that has any wins; the analysed folder first, then those above it up to the root of the repository."""

_ANY = Known()


class Settings(msgspec.Struct, frozen=True):
    """What a project set; everything has a default so that a bare command works."""

    exclude: tuple[str, ...] = ()
    """Patterns in the form of `.gitignore` of files to leave out."""
    ignore: tuple[str, ...] = ()
    """Rules not to run."""
    select: tuple[str, ...] = ()
    """The only rules to run; empty means all."""
    fail_on: tuple[str, ...] = ("error",)
    """What fails the run: a severity (findings at or over it), rules by name, or `never`."""
    fail_under: dict[str, float] = {}
    """Least scores by name, such as `agent-ready` or `auditable.recorded`."""
    overrides: tuple[PathGate, ...] = ()
    """Gates by path: tables with `paths`, `fail-on`, `fail-under`; the last that matches a finding counts."""
    suppress: tuple[Suppression, ...] = ()
    """Findings that are known and meant: tables with `rule`, `path`, `operation`, `reason`, `until`."""
    baseline: str = ""
    """File of known findings, relative to the settings file.  [default: `.agentlint-baseline.json` beside the analysed root, when it is there]"""
    ratchet: bool = False
    """Fail when a score is lower than in the baseline."""
    knowledge: tuple[str, ...] = ()
    """Further knowledge files, relative to the settings file."""
    formats: tuple[str, ...] = ()
    """Forms of the report when the call names none."""
    options: dict[str, str] = {}
    """Options of rules by `rule.option`, from `[rules.<name>]` tables."""
    file: str = ""
    """Where the settings came from; empty for defaults."""
    shown: str = ""
    """The same as seen from the analysed folder, with forward slashes: what reports say."""
    below: str = ""
    """The analysed folder as seen from that of the settings, `services/shop/`; patterns speak of paths from there. Empty when it is the same folder."""

    @property
    def gates(self) -> Gates:
        """What can make a run fail."""
        return Gates(self.fail_on, self.fail_under, self.overrides)


def load_settings(root: Path, explicit: Path | None, known: Known = _ANY, stands_for: Path | None = None) -> Settings:
    """Settings of a project, its names checked against `known`. Raises BadSettings with every mistake.

    `stands_for` is the folder that the root is a copy of: the settings above it count.
    """
    folder = root if root.is_dir() else root.parent
    if explicit is not None and not explicit.is_file():
        raise BadSettings(f"{explicit} does not exist", "give an existing file to --config")
    place = stands_for or folder
    for path in (explicit,) if explicit is not None else (*(folder / name for name in FILES), *_above(place)):
        if path.is_file():
            text = _text(path)
            table = _table(path, text)
            if table is not None:
                own = folder if path.parent == folder else place
                below, shown = _below(own, path), _shown(path, own)
                return _checked(table, Reading(text, shown, known, below), path)
    return Settings()


def _above(folder: Path) -> Iterator[Path]:
    """Places of settings in the folders above, the nearest first, up to the root of the repository; none where there is no repository."""
    here = folder.resolve()
    folders = (here, *here.parents)
    top = next((n for n, parent in enumerate(folders) if (parent / ".git").exists()), 0)
    yield from (parent / name for parent in folders[1 : top + 1] for name in FILES)


def _below(folder: Path, path: Path) -> str:
    """The folder as seen from that of a settings file above it; empty for a file that lies elsewhere, whose patterns speak of paths in the folder."""
    try:
        relative = folder.resolve().relative_to(path.resolve().parent).as_posix()
    except ValueError:
        return ""
    return "" if relative == "." else f"{relative}/"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise BadSettings(f"{path}: cannot be read: {error.strerror or error}", "make the file readable, or give another to --config") from error


def _shown(path: Path, folder: Path) -> str:
    """The settings file as findings name it: as seen from the root."""
    try:
        return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
    except ValueError:  # on another drive
        return path.as_posix()


def _table(path: Path, text: str) -> dict[str, Any] | None:
    """The settings table of a file, None when it has none."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        if path.name == "pyproject.toml" and "tool.agentlint" not in text:
            return None
        raise BadSettings(f"{path}: not valid TOML: {error}", "mend the line that the message names") from error
    if path.name != "pyproject.toml":
        return data
    tool = data.get("tool", {})
    return tool.get("agentlint") if isinstance(tool, dict) else None


def _checked(table: dict[str, Any], reading: Reading, path: Path) -> Settings:
    values: dict[str, Any] = {}
    for key, value in table.items():
        name = key.replace("-", "_")
        reader = READERS.get(name)
        if reader is None:
            reading.wrong((key,), f"unknown setting {key!r}{nearest(key, [k.replace('_', '-') for k in READERS])}")
            continue
        result = reader(reading, (key,), value)
        if result is not None:
            values["options" if name == "rules" else name] = result
    if reading.mistakes:
        lines = "\n".join(f"{path}:{line}: {message}" for line, message in sorted(set(reading.mistakes)))
        raise BadSettings(lines, "docs/settings.md lists the settings, `agentlint rules` the rules")
    return Settings(file=str(path), shown=reading.file, below=reading.below, **values)

"""Settings from `pyproject.toml [tool.agentlint]` or `.agentlint.toml`: read, checked, all mistakes told at once with file and line."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from agentlint.errors import BadSettings

FILES = (".agentlint.toml", "pyproject.toml")
"""Places of settings, the first that has any wins."""
_FAIL_ON = ("error", "warning", "info", "never")
_FORMATS = ("console", "json", "sarif", "markdown", "github", "gitlab", "junit", "csv")


class Settings(msgspec.Struct, frozen=True):
    """What a project set; everything has a default so that a bare command works."""

    exclude: tuple[str, ...] = ()
    """Patterns in the form of `.gitignore` of files to leave out."""
    ignore: tuple[str, ...] = ()
    """Rules not to run."""
    select: tuple[str, ...] = ()
    """The only rules to run; empty means all."""
    fail_on: str = "error"
    """Severity from which findings fail the run: `error`, `warning`, `info` or `never`."""
    knowledge: tuple[str, ...] = ()
    """Further knowledge files, relative to the settings file."""
    formats: tuple[str, ...] = ()
    options: dict[str, str] = {}
    """Options of rules by `rule.option`, from `[rules.<name>]` tables."""
    file: str = ""
    """Where the settings came from; empty for defaults."""


def load_settings(root: Path, explicit: Path | None, rules: tuple[str, ...] = ()) -> Settings:
    """Settings of a project. `rules` are the known rule names, to check references. Raises BadSettings with every mistake."""
    folder = root if root.is_dir() else root.parent
    for path in (explicit,) if explicit is not None else tuple(folder / name for name in FILES):
        if path is not None and path.is_file():
            table = _table(path)
            if table is not None:
                return _checked(table, path, rules)
        elif explicit is not None:
            raise BadSettings(f"{explicit} does not exist", "give an existing file to --config")
    return Settings()


def _table(path: Path) -> dict[str, Any] | None:
    """The settings table of a file, None when it has none."""
    text = path.read_text(encoding="utf-8", errors="replace")
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


def _checked(table: dict[str, Any], path: Path, rules: tuple[str, ...]) -> Settings:
    text = path.read_text(encoding="utf-8", errors="replace")
    mistakes: list[tuple[int, str]] = []
    values: dict[str, Any] = {}

    def wrong(key: str, message: str) -> None:
        mistakes.append((_line(text, key), message))

    for key, value in table.items():
        reader = _READERS.get(key.replace("-", "_"))
        if reader is None:
            wrong(key, f"unknown setting {key!r}{_nearest(key, [k.replace('_', '-') for k in _READERS])}")
            continue
        result = reader(key, value, wrong)
        if result is not None:
            values[key.replace("-", "_")] = result
    for key in ("ignore", "select"):
        for name in values.get(key, ()):
            if rules and name not in rules:
                wrong(name, f"{key}: unknown rule {name!r}{_nearest(name, rules)}")
    options = values.pop("rules", {})
    for name in {o.partition(".")[0] for o in options}:
        if rules and name not in rules:
            wrong(name, f"rules: unknown rule {name!r}{_nearest(name, rules)}")
    if mistakes:
        lines = "\n".join(f"{path}:{line}: {message}" for line, message in sorted(mistakes))
        raise BadSettings(lines, "`agentlint rules` lists the rules; the README lists the settings")
    return Settings(options=options, file=str(path), **values)


_Wrong = Callable[[str, str], None]


def _strings(key: str, value: Any, wrong: _Wrong) -> tuple[str, ...] | None:
    if isinstance(value, list) and all(isinstance(v, str) for v in value):
        return tuple(value)
    wrong(key, f"{key} must be a list of strings")
    return None


def _fail_on(key: str, value: Any, wrong: _Wrong) -> str | None:
    if value in _FAIL_ON:
        return str(value)
    wrong(key, f"{key} must be one of {', '.join(_FAIL_ON)}, not {value!r}{_nearest(str(value), _FAIL_ON)}")
    return None


def _formats(key: str, value: Any, wrong: _Wrong) -> tuple[str, ...] | None:
    names = _strings(key, [value] if isinstance(value, str) else value, wrong)
    for name in names or ():
        if name not in _FORMATS:
            wrong(key, f"{key}: unknown format {name!r}{_nearest(name, _FORMATS)}")
    return names


def _rule_tables(key: str, value: Any, wrong: _Wrong) -> dict[str, str] | None:
    if not isinstance(value, dict) or not all(isinstance(v, dict) for v in value.values()):
        wrong(key, f"{key} must hold one table a rule, such as [tool.agentlint.rules.gui-only-operation]")
        return None
    return {f"{rule}.{option}": str(given) for rule, options in value.items() for option, given in options.items()}


_READERS: dict[str, Callable[[str, Any, _Wrong], Any]] = {
    "exclude": _strings, "ignore": _strings, "select": _strings, "fail_on": _fail_on, "knowledge": _strings, "formats": _formats, "rules": _rule_tables,
}


def _nearest(name: str, known: tuple[str, ...] | list[str]) -> str:
    near = difflib.get_close_matches(name, list(known), 1)
    return f"; did you mean {near[0]!r}?" if near else ""


def _line(text: str, key: str) -> int:
    """Line of the first place that names a key; 1 when it cannot be told."""
    match = re.search(rf'(^|["\'\s.\[]){re.escape(key)}(["\'\s=.\]]|$)', text, re.MULTILINE)
    return text.count("\n", 0, match.start(0) + 1) + 1 if match else 1

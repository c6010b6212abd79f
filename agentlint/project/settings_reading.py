"""How each setting is read and checked: a value, or one mistake with the line where it stands."""

from __future__ import annotations

import datetime
import difflib
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from agentlint.ir.formats import FORMATS
from agentlint.ir.gates import NEVER, SCORES, SEVERITY_NAMES, PathGate, parse_scores
from agentlint.ir.notes import Suppression
from agentlint.project.toml_lines import TomlLines

Path = tuple[str | int, ...]
"""Keys and indexes from the settings table down to a value."""


class Known(msgspec.Struct, frozen=True):
    """Names that settings may refer to; no names means that none are checked."""

    rules: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    """Forms of the report that plugins add."""


class Reading:
    """One settings file while it is checked."""

    def __init__(self, text: str, file: str, known: Known, below: str = "") -> None:
        self._lines = TomlLines(text)
        self.file = file
        self.known = known
        self.below = below
        self.mistakes: list[tuple[int, str]] = []

    def wrong(self, path: Path, message: str, text: str = "") -> None:
        """Records a mistake; `text` is the part of the value that is wrong."""
        self.mistakes.append((self._lines.at(path, text), message))

    def line(self, path: Path) -> int:
        """Line of a value."""
        return self._lines.at(path)

    def rule(self, path: Path, name: str) -> None:
        """Checks the name of a rule."""
        if self.known.rules and name not in self.known.rules:
            self.wrong(path, f"{path[0]}: unknown rule {name!r}{nearest(name, self.known.rules)}", name)


Reader = Callable[[Reading, Path, Any], Any]
"""Reads a value; None when it is wrong, which is recorded."""


def nearest(name: str, known: Sequence[str]) -> str:
    """`; did you mean ...?` when a known name is near."""
    near = difflib.get_close_matches(name, list(known), 1)
    return f"; did you mean {near[0]!r}?" if near else ""


def _strings(reading: Reading, path: Path, value: Any) -> tuple[str, ...] | None:
    if isinstance(value, list) and all(isinstance(v, str) for v in value):
        return tuple(value)
    reading.wrong(path, f"{path[-1]} must be a list of strings")
    return None


def _one_or_more(reading: Reading, path: Path, value: Any) -> tuple[str, ...] | None:
    return _strings(reading, path, [value] if isinstance(value, str) else value)


def _text(reading: Reading, path: Path, value: Any) -> str | None:
    if isinstance(value, str) and value:
        return value
    reading.wrong(path, f"{path[-1]} must be a text")
    return None


def _truth(reading: Reading, path: Path, value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    reading.wrong(path, f"{path[-1]} must be true or false")
    return None


def _rules(reading: Reading, path: Path, value: Any) -> tuple[str, ...] | None:
    names = _one_or_more(reading, path, value)
    for name in names or ():
        reading.rule(path, name)
    return names


def _fail_on(reading: Reading, path: Path, value: Any) -> tuple[str, ...] | None:
    names = _one_or_more(reading, path, value)
    levels = (*SEVERITY_NAMES, NEVER)
    for name in names or ():
        if name not in levels and not (name in reading.known.rules or not reading.known.rules):
            near = nearest(name, (*levels, *reading.known.rules))
            reading.wrong(path, f"{path[-1]} must be one of {', '.join(levels)} or the name of a rule, not {name!r}{near}", name)
    if names is not None and NEVER in names and len(names) > 1:
        reading.wrong(path, f"{path[-1]}: {NEVER!r} stands alone")
    return names


def _fail_under(reading: Reading, path: Path, value: Any) -> dict[str, float] | None:
    if isinstance(value, str):
        parsed = parse_scores(value)
        if isinstance(parsed, str):
            reading.wrong(path, f"{path[-1]}: {parsed}")
            return None
        return parsed
    if not isinstance(value, dict):
        reading.wrong(path, f"{path[-1]} must be a table such as {{agent-ready = 70, \"auditable.recorded\" = 60}}")
        return None
    found: dict[str, float] = {}
    for name, least in value.items():
        if name not in SCORES:
            reading.wrong((*path, name), f"{path[-1]}: unknown score {name!r}{nearest(name, SCORES)}")
        elif isinstance(least, bool) or not isinstance(least, (int, float)) or not 0 <= least <= 100:
            reading.wrong((*path, name), f"{path[-1]}: {name} must be a number from 0 to 100, not {least!r}")
        else:
            found[name] = float(least)
    return found


def _formats(reading: Reading, path: Path, value: Any) -> tuple[str, ...] | None:
    names = _one_or_more(reading, path, value)
    known = (*FORMATS, *reading.known.formats)
    for name in names or ():
        if reading.known.rules and name not in known:
            reading.wrong(path, f"{path[-1]}: unknown format {name!r}{nearest(name, known)}", name)
    return names


def _rule_tables(reading: Reading, path: Path, value: Any) -> dict[str, str] | None:
    if not isinstance(value, dict) or not all(isinstance(v, dict) for v in value.values()):
        reading.wrong(path, f"{path[-1]} must hold one table a rule, such as [tool.agentlint.rules.gui-only-operation]")
        return None
    for rule in value:
        reading.rule((*path, rule), rule)
    return {f"{rule}.{option}": str(given) for rule, options in value.items() for option, given in options.items()}


def _tables(reading: Reading, path: Path, value: Any, fields: dict[str, Reader]) -> list[tuple[Path, dict[str, Any]]]:
    """The tables of a list, each with its checked fields by name with underscores."""
    if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
        reading.wrong(path, f"{path[-1]} must be a list of tables: [[tool.agentlint.{path[-1]}]]")
        return []
    found = []
    for number, table in enumerate(value):
        given: dict[str, Any] = {}
        for key, inner in table.items():
            name = key.replace("-", "_")
            reader = fields.get(name)
            if reader is None:
                reading.wrong((*path, number, key), f"{path[0]}: unknown key {key!r}{nearest(key, [f.replace('_', '-') for f in fields])}")
            else:
                given[name] = reader(reading, (*path, number, key), inner)
        found.append(((*path, number), given))
    return found


def _overrides(reading: Reading, path: Path, value: Any) -> tuple[PathGate, ...]:
    found = []
    for place, given in _tables(reading, path, value, {"paths": _one_or_more, "fail_on": _fail_on, "fail_under": _fail_under}):
        if "paths" not in given or len(given) < 2:
            reading.wrong(place, f"{path[0]}: a table needs paths, and fail-on or fail-under")
        elif given["paths"]:
            found.append(PathGate(given["paths"], given.get("fail_on") or (), given.get("fail_under") or {}, reading.below))
    return tuple(found)


def _until(reading: Reading, path: Path, value: Any) -> str | None:
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value.isoformat()
    try:
        return datetime.date.fromisoformat(str(value)).isoformat()
    except ValueError:
        reading.wrong(path, f"{path[-1]} must be a day such as 2030-12-31, not {value!r}")
        return None


def _suppress(reading: Reading, path: Path, value: Any) -> tuple[Suppression, ...]:
    found = []
    fields: dict[str, Reader] = {"rule": _rules, "path": _one_or_more, "operation": _one_or_more, "reason": _reason, "until": _until}
    for place, given in _tables(reading, path, value, fields):
        if "reason" not in given:
            reading.wrong(place, f"{path[0]}: a suppression needs a reason")
        if not {"rule", "path", "operation"} & set(given):
            reading.wrong(place, f"{path[0]}: a suppression names a rule, a path or an operation, or several of them")
        found.append(Suppression(
            given.get("rule") or (), given.get("reason") or "", "settings", reading.file, reading.line(place),
            paths=given.get("path") or (), below=reading.below, operations=given.get("operation") or (), until=given.get("until") or "",
        ))
    return tuple(found)


def _reason(reading: Reading, path: Path, value: Any) -> str | None:
    if isinstance(value, str) and value.strip():
        return " ".join(value.split())
    reading.wrong(path, "suppress: the reason says nothing")
    return None


READERS: dict[str, Reader] = {
    "exclude": _strings, "ignore": _rules, "select": _rules, "fail_on": _fail_on, "fail_under": _fail_under, "overrides": _overrides, "suppress": _suppress,
    "baseline": _text, "ratchet": _truth, "knowledge": _strings, "formats": _formats, "rules": _rule_tables,
}
"""The settings by name, with underscores."""

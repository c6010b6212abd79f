"""What an API description says to agentlint: `x-agentlint-ignore` keys, which speak of what they stand in, and comments in YAML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from agentlint.frontends.notes import note_by_lines
from agentlint.frontends.openapi.parsed import Parsed, Pointer, Unreadable
from agentlint.frontends.openapi.reading import parse
from agentlint.ir.notes import ADDRESS, Note

KEY = "x-agentlint-ignore"
_COMMENT = re.compile(r"(?:^|(?<=\s))#\s*(agentlint:.*?)\s*$", re.MULTILINE)


def notes_of(data: bytes, path: str) -> tuple[Note, ...]:
    """The notes of one file of a description; none when it cannot be read, which is told elsewhere."""
    found: list[Note] = []
    if ADDRESS.encode() in data:
        text = data.decode("utf-8", "replace").replace("\r\n", "\n")
        lines = text.split("\n")
        for match in _COMMENT.finditer(text):
            line = text.count("\n", 0, match.start(1)) + 1
            before = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
            found.append(note_by_lines(path, line, match[1], lines, not before.strip()))
    if KEY.encode() in data:
        try:
            found += _keys(parse(data, path), path)
        except Unreadable:
            return tuple(sorted(found))
    return tuple(sorted(found))


def _keys(parsed: Parsed, path: str) -> Iterator[Note]:
    stack: list[tuple[Any, Pointer]] = [(parsed.value, ())]
    while stack:
        value, pointer = stack.pop()
        if isinstance(value, dict) and KEY in value:
            line = parsed.places.at((*pointer, KEY))[0]
            first = parsed.places.at(pointer)[0] if pointer else 1
            last = _last_line(parsed, pointer)
            for text in _texts(value[KEY]):
                yield Note(path, line, text, first, last)
        children = value.items() if isinstance(value, dict) else enumerate(value)
        stack += [(child, (*pointer, key)) for key, child in children if isinstance(child, (dict, list)) and key != KEY]


def _last_line(parsed: Parsed, pointer: Pointer) -> int:
    """The line before whatever follows the node at a pointer; 0 when nothing does."""
    last, value = 0, parsed.value
    for depth, key in enumerate(pointer):
        keys: list[str | int] = list(value) if isinstance(value, dict) else list(range(len(value)))
        after = keys[keys.index(key) + 1 :][:1]
        if after:
            last = max(1, parsed.places.at((*pointer[:depth], after[0]))[0] - 1)
        value = value[key]
    return last


def _texts(value: object) -> Iterator[str]:
    """Each entry of the key as the comment that says the same; what has no such form is passed on to be refused with its line."""
    if isinstance(value, dict) and "rule" not in value:
        for rule, reason in value.items():
            given = reason if isinstance(reason, dict) else {"reason": reason}
            yield _comment({"rule": rule, **given})
    elif isinstance(value, dict):
        yield _comment(value)
    elif isinstance(value, list):
        for entry in value:
            yield _comment(entry if isinstance(entry, dict) else {"rule": entry})
    else:
        yield _comment({"rule": value})


def _comment(entry: dict[str, Any]) -> str:
    rules = entry.get("rule")
    names = ", ".join(map(str, rules)) if isinstance(rules, list) else str(rules or "")
    until = f", until={entry['until']}" if entry.get("until") else ""
    return f"{ADDRESS} ignore[{names}{until}] {entry.get('reason') or ''}".rstrip()

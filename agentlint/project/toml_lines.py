"""Where the values of a TOML file stand: what the standard library's parser does not tell."""

from __future__ import annotations

import re

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"""^\s*((?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+))*)\s*=""")
_PART = re.compile(r""""([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+)""")


class TomlLines:
    """Lines of keys by their path below the settings table (`[tool.agentlint]`, or the top of a file of its own)."""

    def __init__(self, text: str) -> None:
        self._lines: dict[tuple[str | int, ...], int] = {}
        self._text = text.splitlines()
        counts: dict[tuple[str, ...], int] = {}
        table: tuple[str | int, ...] = ()
        for number, line in enumerate(self._text, 1):
            header = _HEADER.match(line)
            if header:
                names = _parts(header[2])
                names = names[2:] if names[:2] == ("tool", "agentlint") else names
                table = names
                if header[1] == "[[":
                    counts[names] = counts.get(names, -1) + 1
                    table = (*names, counts[names])
                self._lines.setdefault(table, number)
                if names:
                    self._lines.setdefault(names, number)
                continue
            key = _KEY.match(line)
            if key:
                self._lines.setdefault((*table, *_parts(key[1])), number)

    def at(self, path: tuple[str | int, ...], text: str = "") -> int:
        """Line of a value, or of a text in it, or of the innermost thing around it whose line is known; 1 at the worst."""
        for length in range(len(path), 0, -1):
            line = self._lines.get(path[:length])
            if line is not None:
                return next((n for n in range(line, len(self._text) + 1) if text in self._text[n - 1]), line)
        return 1


def _parts(key: str) -> tuple[str, ...]:
    return tuple(a or b or c for a, b, c in _PART.findall(key))

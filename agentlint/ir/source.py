"""Where a fact stands in the user's files, and what could not be seen there."""

from __future__ import annotations

import msgspec


class Location(msgspec.Struct, frozen=True, order=True, gc=False):
    """A place in a file of the analysed root. `line` and `column` count from 1; 0 means unknown."""

    file: str
    """Path relative to the analysed root, with forward slashes."""
    line: int = 0
    column: int = 0
    end_line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


class Gap(msgspec.Struct, frozen=True, order=True, gc=False):
    """Something that could not be read or resolved: shown, counted, never guessed."""

    file: str
    line: int
    reason: str
    """Plain words a user understands, e.g. `syntax error near 'def ('`."""
    kind: str = "unreadable"
    """`unreadable` (the input), `unread` (a web framework that no plugin reads) or `unresolved` (the analysis could not follow it)."""


class Excerpt(msgspec.Struct, frozen=True, order=True, gc=False):
    """Consecutive lines of a user's file, for reports that show the code behind what they say."""

    file: str
    line: int
    """Number of the first line."""
    lines: tuple[str, ...]

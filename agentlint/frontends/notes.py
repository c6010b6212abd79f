"""Which lines a note speaks of, told from lines alone: its own when something stands before it, else the next one that holds more than a comment."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agentlint.ir.notes import ADDRESS, Note

_NOTHING = re.compile(r"^\s*(//|/\*|\*|#|<!--|\{#|<%#|<%--|\{%-?\s*comment\b)?")


def note_by_lines(file: str, line: int, text: str, lines: Sequence[str], alone: bool) -> Note:
    """The note at `line` (from 1) of a file with these lines; `alone` says that nothing stands before it on its line."""
    if not alone:
        return Note(file, line, text, line, line)
    for number in range(line, len(lines)):
        content = lines[number]
        mark = _NOTHING.match(content)
        if content.strip() and not (mark and mark[1]):
            return Note(file, line, text, line, number + 1)
    return Note(file, line, text, line, line)


def is_note(text: str) -> bool:
    """True for the text of a comment that addresses agentlint."""
    return text.startswith(ADDRESS)

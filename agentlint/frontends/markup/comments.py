"""Comments of a page or template that address agentlint: those of HTML and of the template languages."""

from __future__ import annotations

import re

from agentlint.frontends.notes import note_by_lines
from agentlint.ir.notes import ADDRESS, Note

_COMMENT = re.compile(
    r"(?P<open><!--|\{#-?|\{%-?\s*comment\b[^%]*%\}|<%#|<%--|^[ \t]*##)\s*(?P<text>agentlint:.*?)\s*(?:--+>|-?#\}|\{%-?\s*endcomment|--%>|%>|$)", re.MULTILINE
)


def notes_of(source: str, path: str) -> tuple[Note, ...]:
    """The notes of a page's text."""
    if ADDRESS not in source:
        return ()
    lines = source.split("\n")
    found = []
    for match in _COMMENT.finditer(source):
        line = source.count("\n", 0, match.start("text")) + 1
        before = source[source.rfind("\n", 0, match.start("open")) + 1 : match.start("open")]
        found.append(note_by_lines(path, line, match["text"], lines, not before.strip()))
    return tuple(sorted(found))

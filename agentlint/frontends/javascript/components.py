"""The scripts inside single-file components (Vue, Svelte): the rest of the file is blanked, so that lines stay."""

from __future__ import annotations

import re

_SCRIPT = re.compile(rb"<script\b([^>]*)>(.*?)</script\s*>", re.DOTALL | re.IGNORECASE)
_LANG = re.compile(rb"""\blang\s*=\s*["']?(tsx|ts|typescript|jsx)""", re.IGNORECASE)
_SUFFIXES = (".vue", ".svelte")


def is_component(path: str) -> bool:
    """Whether a file holds its script in an element."""
    return path.lower().endswith(_SUFFIXES)


def script_of(source: bytes) -> tuple[bytes, str]:
    """The scripts of a component on the lines where they stand, and the grammar that they ask for."""
    pieces: list[bytes] = []
    dialect = "javascript"
    at = 0
    for match in _SCRIPT.finditer(source):
        pieces.append(b"\n" * source.count(b"\n", at, match.start(2)))
        pieces.append(match[2])
        at = match.end(2)
        lang = _LANG.search(match[1])
        if lang:
            dialect = {b"tsx": "tsx", b"jsx": "javascript"}.get(lang[1].lower(), "typescript")
    return b"".join(pieces), dialect

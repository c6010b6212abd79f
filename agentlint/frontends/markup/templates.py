"""Template tags inside markup: found first and masked, so that what is left can be read as plain HTML."""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

OPEN, FILL = "\ue000", "\ue001"
"""A masked tag keeps its length: `OPEN` where it starts, `FILL` for the rest."""
MASK = OPEN + FILL

_TAG = re.compile(
    r"\{(?:#.*?#\}"
    r"|%[-+]?\s*comment\b.*?%\}.*?\{%[-+]?\s*endcomment\s*[-+]?%\}"
    r"|(?P<block>%[-+~]?(?P<block_text>.*?)[-+~]?%\})"
    r"|(?P<value>\{\{?[-~]?(?P<value_text>.*?)[-~]?\}?\}\}))"
    r"|<(?:!--(?!\[if).*?-->"
    r"|(?P<foreign>/?%\w[\w:]*(?:\s[^>%]*)?/?>|%.*?%>|\?.*?\?>))",
    re.DOTALL,
)
"""Two alternatives that start with a character each: the engine looks for these characters alone."""
_VERBATIM = re.compile(r"\{%[-+]?\s*(verbatim|raw)(?:\s+\w+)?\s*[-+]?%\}(.*?)\{%[-+]?\s*end(?:verbatim|raw)\b[^%]*%\}", re.DOTALL)
_FOREIGN_VALUE = re.compile(r"<%[-=]|<\?=")
_WORD = re.compile(r"[\w-]+")


class Tag(msgspec.Struct, frozen=True):
    """One template tag. `kind` is `value` for what prints, `block` for what steers, `foreign` for syntaxes not known here."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def word(self) -> str:
        """The first word: `if`, `url`, `include`, ..."""
        found = _WORD.search(self.text)
        return found[0] if found else ""


class Masked(msgspec.Struct, frozen=True):
    """A source with its template tags and comments masked; offsets are those of the source."""

    source: str
    text: str
    tags: dict[int, Tag]

    def between(self, start: int, end: int) -> list[str | Tag]:
        """Plain texts and tags of a stretch, in order."""
        found: list[str | Tag] = []
        at = start
        while at < end:
            opening = self.text.find(OPEN, at, end)
            if opening < 0:
                opening = end
            if opening > at:
                found.append(self.text[at:opening].replace(FILL, ""))
            tag = self.tags.get(opening) if opening < end else None
            if tag is not None:
                found.append(tag)
            at = tag.end if tag is not None else opening + 1
        return found


@lru_cache(maxsize=1)  # a page is read twice: for its actions and for its scripts
def mask(source: str) -> Masked:
    """Find and mask every template tag; comments become blanks, what stands in verbatim blocks stays as it is."""
    literal = [(m.start(2), m.end(2)) for m in _VERBATIM.finditer(source)] if "{%" in source else []
    tags: dict[int, Tag] = {}

    def replacement(match: re.Match[str]) -> str:
        start, end = match.span()
        if any(a <= start and end <= b for a, b in literal) and not match["foreign"]:
            return match[0]
        kind, text = _kind(match)
        if not kind:
            return " " * (end - start)
        tags[start] = Tag(kind, text.strip(), start, end)
        return OPEN + FILL * (end - start - 1)

    return Masked(source, _TAG.sub(replacement, source), tags)


def _kind(match: re.Match[str]) -> tuple[str, str]:
    if match["block"]:
        return "block", match["block_text"]
    if match["value"]:
        return "value", match["value_text"]
    if match["foreign"]:
        return ("foreign-value" if _FOREIGN_VALUE.match(match[0]) else "foreign"), match[0]
    return "", ""

"""What a button or link says to the person."""

from __future__ import annotations

import html
import re

from agentlint.frontends.markup.elements import Element, plain
from agentlint.frontends.markup.templates import Masked, Tag

_TRANSLATED = re.compile(r"""(?:^(?:trans|translate)\s+|(?:\b_|gettext|ngettext|pgettext|_t|\bt)\(\s*)(?:'([^']*)'|"([^"]*)")""")
_MARKUP = re.compile(r"<[^>]*>")
_LONGEST = 60
_REACH = 2000
"""How far from a start tag its end tag is looked for."""


def said_between(page: Masked, start: int, closing: str) -> str:
    """The text of the element that opened at `start`, until its closing tag."""
    found = re.compile(rf"</{closing}\s*>", re.IGNORECASE).search(page.text, start, start + _REACH)
    return said(page, start, found.start() if found else start)


def said(page: Masked, start: int, end: int) -> str:
    """The words of a stretch: texts, and the literals of translation tags."""
    pieces: list[str] = []
    for piece in page.between(start, end):
        if isinstance(piece, Tag):
            match = _TRANSLATED.search(piece.text)
            pieces.append((match[1] or match[2] or "") if match else "")
        else:
            pieces.append(piece)
    text = html.unescape(_MARKUP.sub(" ", "".join(pieces)))
    return " ".join(text.split())[:_LONGEST]


def label(page: Masked, element: Element) -> str:
    """The words of a button or link: its text, or what stands in for it."""
    if element.name == "input":
        attributes = element.all("value", "title", "aria-label")
        return said(page, attributes[0].start, attributes[0].end) if attributes else ""
    words = said_between(page, element.end, element.name)
    return words or plain(page, element, "title") or plain(page, element, "aria-label")

"""Drawing on a terminal: colour, width and wrapping by the style that the command line chose."""

from __future__ import annotations

import re
import textwrap

from agentlint.reporters.base import Style

_CODES = {"red": "31", "green": "32", "yellow": "33", "blue": "34", "cyan": "36", "bold": "1", "dim": "2"}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_NARROWEST, _WIDEST = 40, 140


class Pen:
    """Writes text in a style; without colour everything is plain."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self.width = max(_NARROWEST, min(style.width, _WIDEST))
        self.blocks = ("█", "░") if style.unicode else ("#", ".")
        self.arrow = "→" if style.unicode else "->"

    def paint(self, text: str, color: str) -> str:
        """Text in a colour; unknown or empty colours leave it as it is."""
        return f"\x1b[{_CODES[color]}m{text}\x1b[0m" if self.style.color and color in _CODES and text else text

    def bold(self, text: str) -> str:
        """Text that stands out."""
        return self.paint(text, "bold")

    def dim(self, text: str) -> str:
        """Text that stands back."""
        return self.paint(text, "dim")

    def link(self, place: str) -> str:
        """A place in a file, never broken, so that terminals and editors can follow it."""
        return self.paint(clean(place), "blue")

    def wrapped(self, text: str, indent: str) -> list[str]:
        """Text in lines that fit, every line indented."""
        return self.hanging(indent, text)

    def hanging(self, head: str, text: str, dim: bool = False) -> list[str]:
        """A head, and text that wraps under its own start."""
        lines = _wrap(clean(text), max(20, self.width - len(head))) or [""]
        body = [self.dim(line) if dim else line for line in lines]
        return [head + body[0], *(" " * len(head) + line for line in body[1:])]


def _wrap(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)


def clean(text: str) -> str:
    """Text without control characters: what stands in a user's file must not steer the terminal."""
    return _CONTROL.sub("?", text)

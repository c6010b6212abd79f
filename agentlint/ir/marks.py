"""How the tags of a template stand inside the script that it embeds: as words a script may hold anywhere, in code and in texts."""

from __future__ import annotations

import re

HOLE = "__hole__"
"""What a template fills in when it renders."""

_ROUTE = re.compile(r"__route__([A-Za-z0-9_$]+?)__end__")
_ENCODED = re.compile(r"\$([0-9a-f]+)\$")
_UNSAFE = re.compile(r"[^A-Za-z0-9]")


def route_mark(name: str) -> str:
    """The word for a URL that the framework builds from a route's name."""
    return "__route__" + _UNSAFE.sub(lambda m: f"${ord(m[0]):x}$", name) + "__end__"


def read_marks(text: str) -> tuple[str, str]:
    """A text with its holes as `{}`, and the route name it carries (empty when none); the route's own word is taken out."""
    names = _ROUTE.findall(text)
    name = _ENCODED.sub(lambda m: chr(int(m[1], 16)), names[0]) if names else ""
    return _ROUTE.sub("", text).replace(HOLE, "{}"), name

"""Access paths and type texts of knowledge rows: expanding, normalising, parsing."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

import msgspec

_ALTERNATIVES = re.compile(r"\{([^{}]*)\}")
_PLACE = re.compile(r"^(item of )?(receiver|T|arg \d+|kwarg \w+|attribute \w+(\.\w+)*|result \w+|class|return)$")


class TypeText(msgspec.Struct, frozen=True, gc=False):
    """A parsed `returns`: a dotted class name or a place, its arguments, and whether the class object itself is meant."""

    name: str
    args: tuple[TypeText, ...] = ()
    meta: bool = False

    @property
    def is_place(self) -> bool:
        """True when `name` is a place at the call site and not a class."""
        return _is_place(self.name)


@functools.cache
def _is_place(name: str) -> bool:
    return bool(_PLACE.match(name))


def expand(path: str) -> Iterator[str]:
    """Every path that `{a,b}` alternatives stand for, in order."""
    match = _ALTERNATIVES.search(path)
    if match is None:
        yield path
        return
    for choice in match.group(1).split(","):
        yield from expand(path[: match.start()] + choice.strip() + path[match.end() :])


def bare(path: str) -> str:
    """The path without call marks: `a.B.c()` -> `a.B.c`."""
    return path.replace("()", "") if "(" in path else path


def places(text: str) -> tuple[str, ...]:
    """The alternatives of a place text, best first: `arg 1 or kwarg mode`."""
    return tuple(part.strip() for part in text.split(" or ")) if text else ()


def is_place(text: str) -> bool:
    """True when every alternative is a well-formed place."""
    return bool(text) and all(_PLACE.match(part) for part in places(text))


@functools.cache
def parse_type(text: str) -> tuple[TypeText, ...]:
    """Alternatives of a `returns` text. Raises ValueError with the offending part."""
    return tuple(_parse_one(part.strip()) for part in _split(text, "|"))


def _parse_one(text: str) -> TypeText:
    if "[" not in text:
        if not text or not re.fullmatch(r"[\w. ]+", text) or (" " in text and not _PLACE.match(text)):
            raise ValueError(f"not a type or place: {text!r}")
        return TypeText(text)
    if not text.endswith("]"):
        raise ValueError(f"bracket not closed in {text!r}")
    name, inner = text[: text.index("[")], text[text.index("[") + 1 : -1]
    arguments = tuple(_parse_one(part.strip()) for part in _split(inner, ","))
    if name == "type":
        only = arguments[0]
        return TypeText(only.name, only.args, meta=True)
    return TypeText(name, arguments)


def _split(text: str, mark: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for position, letter in enumerate(text):
        if letter == "[":
            depth += 1
        elif letter == "]":
            depth -= 1
        elif letter == mark and depth == 0:
            parts.append(text[start:position])
            start = position + 1
    return [*parts, text[start:]]

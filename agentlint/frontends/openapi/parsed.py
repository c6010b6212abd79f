"""One parsed file: its value, where each node stands, and what is wrong with its text."""

from __future__ import annotations

from typing import Any, Protocol

import msgspec

Pointer = tuple[str | int, ...]
"""Keys and indexes from the top of a file down to a node."""


class Places(Protocol):
    """Finds the line and column of a node."""

    def at(self, pointer: Pointer) -> tuple[int, int]:
        """Line and column, from 1, of the deepest node on the way to the pointer that is there."""


class Flaw(msgspec.Struct, frozen=True):
    """Something wrong with the text itself."""

    line: int
    column: int
    message: str


class Parsed(msgspec.Struct, frozen=True, eq=False):
    """A file as a value of dicts, lists and scalars. Keys are always text."""

    value: Any
    places: Places
    repeated: tuple[Pointer, ...] = ()
    """Keys that stand twice in one mapping; the last one counts."""


class Unreadable(Exception):
    """The text is no YAML or JSON, or too much of it."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw.message)
        self.flaw = flaw

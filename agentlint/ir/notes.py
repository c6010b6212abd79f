"""What a user's files say to agentlint: comments and keys that address it, with the lines that they speak of."""

from __future__ import annotations

import msgspec

ADDRESS = "agentlint:"
"""How a note starts."""


class Note(msgspec.Struct, frozen=True, gc=False, array_like=True, order=True):
    """A text that starts with `agentlint:`, without the marker of its comment."""

    file: str
    line: int
    text: str
    first: int
    """First line that the note speaks of: its own, or the next one with code when it stands alone."""
    last: int
    """Last such line; 0 means to the end of the file."""


class Suppression(msgspec.Struct, frozen=True, gc=False):
    """A person's word that findings are known and meant, with the reason."""

    rules: tuple[str, ...]
    """Names of the rules it silences; empty means every rule."""
    reason: str
    by: str
    """`comment` or `settings`."""
    file: str
    """Where it stands."""
    line: int
    first: int = 0
    last: int = 0
    """For comments, the lines of `file` that it speaks of; `last` 0 means to the end."""
    paths: tuple[str, ...] = ()
    """For settings, files in the form of `.gitignore`; empty means all."""
    below: str = ""
    """The analysed folder as these patterns see it, `services/shop/`; empty when they speak of paths in it."""
    operations: tuple[str, ...] = ()
    """For settings, operations as `METHOD /path`, `*` for any text; empty means all."""
    until: str = ""
    """The last day on which it holds, `YYYY-MM-DD`; empty for ever."""


class SuppressionFlaw(msgspec.Struct, frozen=True, gc=False, order=True):
    """Something wrong with a suppression itself."""

    kind: str
    """`unused`: it silences nothing; `invalid`: it does not hold."""
    file: str
    line: int
    message: str
    """A sentence without its full stop."""
    help: str
    names: str
    """What tells it from others on the same line: its rules."""

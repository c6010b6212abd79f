"""What an answer rests on: files, lines, frameworks, shares resolved, and everything that could not be seen."""

from __future__ import annotations

import msgspec

from agentlint.ir.source import Gap


class Inventory(msgspec.Struct, frozen=True):
    """What the answer rests on."""

    files: int = 0
    lines: int = 0
    languages: dict[str, int] = {}
    frameworks: tuple[str, ...] = ()
    specs: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()
    routes: tuple[int, int] = (0, 0)
    """Routes whose handler was resolved, of all routes seen."""
    calls: tuple[int, int] = (0, 0)
    """Calls resolved to project code or a known library, of all calls."""
    set_aside: dict[str, int] = {}
    """Files not analysed on purpose, by reason (`tests`, `vendored`, `generated`, `migrations`)."""

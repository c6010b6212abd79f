"""What a run is asked to do."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import msgspec

Progress = Callable[[str, float], None]
"""Told the name and the seconds of a pass when it ends."""


class Options(msgspec.Struct, frozen=True):
    """What a run is asked to do."""

    path: Path
    config: Path | None = None
    select: tuple[str, ...] = ()
    workers: int = 1
    today: datetime.date | None = None
    """The day that suppressions with an end are compared with; without one none ends."""
    progress: Progress | None = None
    """Told the name and the seconds of each pass when it ends."""
    cache: Path | None = None
    """Folder of the cache; without one nothing is looked up and nothing kept."""
    seconds: float = 0
    """The most processor time that reading one file may take; 0 means no limit."""
    sessions: tuple[Path, ...] = ()
    """Recorded browser sessions (HAR) to hold against what programs may call."""
    stands_for: Path | None = None
    """The folder that `path` is a copy of: settings above it count when the copy has none of its own."""

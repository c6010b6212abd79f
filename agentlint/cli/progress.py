"""What is being done, on standard error: for a person who waits at a terminal, never for a pipe; and the clock of `--profile`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

_QUIET_SECONDS = 1.0
"""What ends sooner needs no word."""

_NEXT = {
    "find files": "reading", "read and lower": "linking", "link": "inferring types", "types": "following calls",
    "calls": "finding effects", "effects": "finding routes", "routes": "following requests of scripts", "client side": "finding operations",
    "operations": "walking decisions", "decisions": "matching", "matching": "judging", "descriptions": "judging",
}
"""What follows a pass that has ended."""


@contextmanager
def progress(profile: bool, wanted: bool | None) -> Iterator[Callable[[str, float], None] | None]:
    """A listener for the passes of a run; what it drew is gone at the end."""
    if profile:
        yield lambda name, seconds: click.echo(f"{seconds:8.3f} s  {name}", err=True)
        return
    if not (sys.stderr.isatty() if wanted is None else wanted):
        yield None
        return
    line = _Line(0.0 if wanted else _QUIET_SECONDS, sys.stderr.isatty())
    try:
        yield line.ended
    finally:
        line.clear()


class _Line:
    """One line that is written over, or one line a pass where nothing can be written over."""

    def __init__(self, quiet: float, over: bool) -> None:
        self._quiet, self._over = quiet, over
        self._start = time.monotonic()
        self._drawn = False

    def ended(self, name: str, seconds: float) -> None:
        """A pass has ended."""
        del seconds
        passed = time.monotonic() - self._start
        if passed < self._quiet:
            return
        text = f"agentlint: {_NEXT.get(name, name)} ({passed:.0f} s)"
        click.echo(f"\r\x1b[2K{text}" if self._over else text, err=True, nl=not self._over, color=True)
        self._drawn = self._over

    def clear(self) -> None:
        """Removes what was drawn."""
        if self._drawn:
            click.echo("\r\x1b[2K", err=True, nl=False, color=True)

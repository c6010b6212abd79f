"""What a fix is: changes of files, each a pure function from text to text, and the findings that should be gone afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

Change = Callable[[bytes], bytes]
"""New text of a file from its old one; the same text when there is nothing (more) to do. A file that is not there yet is empty."""


class Fix(msgspec.Struct, frozen=True):
    """One thing to mend."""

    name: str
    """Kind of fix, e.g. `register-history`."""
    title: str
    """What it does here, in one line."""
    file: str
    line: int
    """Where the flaw stands that gave rise to it."""
    changes: Mapping[str, Change]
    """By file."""
    findings: tuple[str, ...] = ()
    """Fingerprints of the findings it is meant to end; at least one of them has to go."""
    trial: Mapping[str, Change] | None = None
    """What the changes amount to for an analysis, when that is not the changes themselves."""
    note: str = ""
    """What a person still has to do."""


class Sources(msgspec.Struct, frozen=True):
    """The files of the system, read on demand."""

    python: tuple[str, ...]
    """Paths of Python files that are analysed."""
    read: Callable[[str], bytes]
    """Bytes of a file; empty when it cannot be read."""

    def of_module(self, module: str) -> str | None:
        """The one file that holds a module; None when there is none or more than one could."""
        stem = module.replace(".", "/")
        ends = (f"{stem}.py", f"{stem}/__init__.py")
        found = [p for p in self.python if p.endswith(ends) and (p in ends or p.endswith(tuple(f"/{e}" for e in ends)))]
        return found[0] if len(found) == 1 else None

"""Counting what a description tells: of how many things, and which lack it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from agentlint.ir.contracts import Clause

_FIRST = 3
"""Of what lacks something, how much is named."""
_Name = Literal["errors", "pages", "pace", "reason", "actor", "correlation", "history"]


def clause(name: _Name, what: str, rows: Sequence[tuple[str, bool]]) -> Clause:
    """One row a thing: what it is called, and whether it is told of it."""
    lacking = [subject for subject, told in rows if not told]
    return Clause(name, len(rows) - len(lacking), len(rows), what, tuple(lacking[:_FIRST]))

"""Reads the lines around the places that a report names; each file is read once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from agentlint.ir.source import Excerpt
from agentlint.project.files import MOST_BYTES

BEFORE, AFTER = 1, 4
_WIDEST = 200
"""Characters of a line that are kept."""


def read_excerpts(root: Path, places: Iterable[tuple[str, int]]) -> tuple[Excerpt, ...]:
    """The lines around (file, line) places below a root; windows that touch become one. What is outside the root or cannot be read is left out."""
    base = (root.parent if root.is_file() else root).resolve()
    wanted: dict[str, set[int]] = defaultdict(set)
    for file, line in places:
        if file and line:
            wanted[file].add(line)
    return tuple(e for file in sorted(wanted) for e in _of_file(file, _lines(base, file), wanted[file]))


def _lines(base: Path, file: str) -> list[str]:
    path = (base / file).resolve()
    try:
        if not path.is_relative_to(base) or path.stat().st_size > MOST_BYTES:
            return []
        return [line[:_WIDEST].rstrip() for line in path.read_text(encoding="utf-8", errors="replace").split("\n")]
    except OSError:
        return []


def _of_file(file: str, text: list[str], numbers: Iterable[int]) -> Iterator[Excerpt]:
    kept = sorted({n for line in numbers for n in range(max(1, line - BEFORE), min(len(text), line + AFTER) + 1)})
    start = 0
    for index in range(1, len(kept) + 1):
        if index == len(kept) or kept[index] != kept[index - 1] + 1:
            yield Excerpt(file, kept[start], tuple(text[n - 1] for n in kept[start:index]))
            start = index

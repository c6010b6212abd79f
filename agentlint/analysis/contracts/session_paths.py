"""Paths of recorded requests beside described ones: which description answers, and what of a path may be shown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from agentlint.analysis.contracts.session_meaning import VERBS
from agentlint.analysis.wording import words
from agentlint.ir.description import Recorded
from agentlint.ir.operations import Operation

_WORD = re.compile(r"[A-Za-z][A-Za-z._-]{0,39}(v?\d{1,2})?\Z|v\d{1,3}(\.\d{1,3})?\Z")
_HOLE = re.compile(r"\{[^}]*\}")
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
_SHORT, _LEAST = 18, 3
"""Letters that a word has at most, and on average at least."""


def answers(operation: Operation, request: Recorded, prefix: str) -> bool:
    """True when a request goes to an operation that stands below a prefix. A path that ends with a slash may leave the last hole empty."""
    if operation.method not in (request.method, "ANY") or not request.path.startswith(prefix):
        return False
    below = request.path[len(prefix) :]
    if _pattern(operation.path).match(below.rstrip("/") or "/"):
        return True
    return below.endswith("/") and operation.path.endswith("}") and "/" in below.strip("/") and bool(_pattern(operation.path).match(below + "-"))


def named(path: str) -> str:
    """The path with everything that may identify a thing or a person made a hole: a path in an output holds plain words only."""
    return "/" + "/".join("{id}" if part and not _plain(part) else part for part in path.strip("/").split("/"))


class Places:
    """Where described paths have holes: a plain word that a request has there is the name of something."""

    def __init__(self, machine: Iterable[Operation], prefixes: Iterable[str]) -> None:
        self._fixed: set[tuple[str, ...]] = set()
        self._holes: dict[tuple[str, ...], str] = {}
        for operation in machine:
            parts = operation.path.strip("/").split("/")
            for at, part in enumerate(parts):
                before = tuple(_HOLE.sub("{}", p).lower() for p in parts[:at])
                if part.startswith("{") and part.endswith("}"):
                    self._holes.setdefault(before, part)
                else:
                    self._fixed.add((*before, part.lower()))
        self._prefixes = sorted(prefixes, key=len, reverse=True)

    def without_names(self, path: str) -> str:
        """The path with the holes that described paths have at the same places."""
        prefix = next((p for p in self._prefixes if p and (path == p or path.startswith(p + "/"))), "")
        done: list[str] = []
        for part in path[len(prefix) :].strip("/").split("/"):
            before = tuple(_HOLE.sub("{}", p).lower() for p in done)
            stays = not part or part.startswith("{") or (*before, part.lower()) in self._fixed or bool(set(words(part)) & VERBS)
            done.append(part if stays or not before else self._holes.get(before, part))
        return f"{prefix}/" + "/".join(done)


def _plain(part: str) -> bool:
    """True for words; letters in mixed case that make no words are a token."""
    if not _WORD.match(part):
        return False
    said = _WORDS.findall(part)
    return len(part) <= _SHORT * len(said) and (part.islower() or len(part) >= _LEAST * len(said) or part.isupper())


@lru_cache(maxsize=20_000)
def _pattern(path: str) -> re.Pattern[str]:
    """What requests to a described path look like."""
    pieces = (re.escape(piece) for piece in _HOLE.split(path.rstrip("/")))
    return re.compile("[^/]+".join(pieces) + r"\Z", re.IGNORECASE)


def shape(path: str) -> str:
    """A path without the names of its holes."""
    return _HOLE.sub("{}", path).strip("/").lower()


def matches(path: str, below: str) -> bool:
    """True when a request to `below` is one to a described path."""
    return bool(_pattern(path).match(below))

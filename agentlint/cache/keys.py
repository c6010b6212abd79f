"""The names under which facts and reports are stored: digests of everything that they rest on."""

from __future__ import annotations

from agentlint.cache.store import digest
from agentlint.cache.versions import lowering_version

FACTS = "file"
"""Kind of the facts of one file."""
REPORT = "run"
"""Kind of the report of a whole run."""


def facts_key(role: str, path: str, source: bytes) -> bytes:
    """The name of a file's facts: its content, where it stands, and the code that reads it."""
    return digest(lowering_version(), role.encode(), path.encode("utf-8", "surrogateescape"), source)

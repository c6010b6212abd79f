"""The names under which facts, requests and reports are stored: digests of everything that they rest on."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from agentlint import PLUGIN_GROUPS
from agentlint.cache.store import digest
from agentlint.cache.versions import lowering_version, whole_version
from agentlint.ir.syntax import Module

FACTS = "file"
"""Kind of the facts of one file."""
REQUESTS = "requests"
"""Kind of the requests that a system's scripts send."""
REPORT = "run"
"""Kind of the report of a whole run."""


def facts_key(role: str, path: str, source: bytes) -> bytes:
    """The name of a file's facts: its content, where it stands, and the code that reads it."""
    return digest(lowering_version(), role.encode(), path.encode("utf-8", "surrogateescape"), source)


def requests_key(scripts: Sequence[Module]) -> bytes:
    """The name of what scripts send: the facts of all of them, and all code."""
    return digest(whole_version(*PLUGIN_GROUPS), msgspec.msgpack.encode(scripts))

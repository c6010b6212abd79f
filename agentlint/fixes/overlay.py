"""Overlay 1.0 documents: a list of updates to an API description that tools apply, and that leaves the description itself alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

import msgspec
import yaml


class Update(msgspec.Struct, frozen=True):
    """One operation and what it gains."""

    path: str
    method: str
    """In lower case."""
    gains: dict[str, str]


def overlay_file(description: str) -> str:
    """Where the overlay of a description lies: beside it."""
    path = PurePosixPath(description)
    return str(path.with_name(f"{path.stem}.overlay.yaml"))


def overlay_text(description: str, title: str, updates: Sequence[Update]) -> bytes:
    """The overlay as YAML, updates in the order given."""
    document = {
        "overlay": "1.0.0", "info": {"title": title, "version": "1.0.0"}, "extends": PurePosixPath(description).name,
        "actions": [{"target": target(u), "update": dict(u.gains)} for u in updates],
    }
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=1000).encode()


def target(update: Update) -> str:
    """The JSONPath (RFC 9535) of exactly one operation."""
    quoted = update.path.replace("\\", "\\\\").replace("'", "\\'")
    return f"$.paths['{quoted}'].{update.method}"


def applied(document: dict[str, Any], updates: Sequence[Update]) -> int:
    """Applies the updates to a parsed description in place; how many targets were there. A tool skips a missing target without a word, so it is counted."""
    done = 0
    for update in updates:
        item = document.get("paths", {}).get(update.path)
        operation = item.get(update.method) if isinstance(item, dict) else None
        if isinstance(operation, dict):
            operation.update(update.gains)
            done += 1
    return done

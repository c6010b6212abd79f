"""Overlay 1.0 documents: a list of updates to an API description that tools apply, and that leaves the description itself alone."""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

import msgspec
import yaml

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


class Update(msgspec.Struct, frozen=True):
    """One place of a description and what it gains."""

    keys: tuple[str, ...]
    """From the top down to a mapping."""
    gains: dict[str, Any]

    @classmethod
    def of_operation(cls, path: str, method: str, gains: dict[str, Any]) -> Update:
        """The update of one operation; the method in lower case."""
        return cls(("paths", path, method), gains)


class _Plain(yaml.SafeDumper):
    """Writes every value where it stands, without anchors: readers of overlays need not know them."""

    def ignore_aliases(self, data: Any) -> bool:
        """Never an alias."""
        return True


def overlay_file(description: str) -> str:
    """Where the overlay of a description lies: beside it."""
    path = PurePosixPath(description)
    return str(path.with_name(f"{path.stem}.overlay.yaml"))


def overlay_text(description: str, title: str, updates: Sequence[Update], extends: str = "") -> bytes:
    """The overlay as YAML, updates in the order given. `extends` is the description as seen from the overlay, when it does not lie beside it."""
    extends = extends.replace("\\", "/") or PurePosixPath(description).name
    document = {
        "overlay": "1.0.0", "info": {"title": title, "version": "1.0.0"}, "extends": extends,
        "actions": [{"target": target(u), "update": u.gains} for u in updates],
    }
    return yaml.dump(document, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=1000).encode()


def target(update: Update) -> str:
    """The JSONPath (RFC 9535) of exactly one place."""
    return "$" + "".join(f".{key}" if _NAME.match(key) else "['" + key.replace("\\", "\\\\").replace("'", "\\'") + "']" for key in update.keys)


def applied(document: dict[str, Any], updates: Sequence[Update]) -> int:
    """Applies the updates to a parsed description in place; how many targets were there. A tool skips a missing target without a word, so it is counted."""
    done = 0
    for update in updates:
        place: Any = document
        for key in update.keys:
            place = place.get(_key(place, key)) if isinstance(place, dict) else None
        if isinstance(place, dict):
            _merge(place, update.gains)
            done += 1
    return done


def _merge(place: dict[str, Any], gains: dict[str, Any]) -> None:
    """As the specification asks: mappings are united, lists are put together, all else is replaced."""
    for said, value in gains.items():
        key = _key(place, said)
        old = place.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            _merge(old, value)
        elif isinstance(old, list) and isinstance(value, list):
            old.extend(copy.deepcopy(value))
        else:
            place[key] = copy.deepcopy(value)


def _key(place: dict[Any, Any], key: str) -> Any:
    """The key as the description's reader gives it: statuses of answers are numbers to YAML."""
    return next((k for k in place if str(k) == key), key) if key not in place else key

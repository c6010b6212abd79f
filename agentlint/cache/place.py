"""Where the cache stands on this machine."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path | None:
    """`AGENTLINT_CACHE_DIR`, else `agentlint` below `XDG_CACHE_HOME` or the user's cache folder; None when the user has no home."""
    if own := environment.get("AGENTLINT_CACHE_DIR"):
        return Path(own)
    shared = environment.get("XDG_CACHE_HOME") or environment.get("LOCALAPPDATA")
    if shared and Path(shared).is_absolute():  # the XDG specification: relative paths are to be ignored
        return Path(shared) / "agentlint"
    home = Path(os.path.expanduser("~"))
    return home / ".cache" / "agentlint" if home.is_absolute() else None

"""What made a fact: agentlint's own code and data, its plugins, the libraries and the interpreter under it, as one digest."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from functools import cache
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

from agentlint.cache.store import digest

_ROOT = Path(__file__).parent.parent
_LOWERING = ("frontends", "ir", "reading.py")
"""What facts of single files depend on."""


@cache
def lowering_version() -> bytes:
    """Changes when the facts of an unchanged file could: with the frontends, the shape of facts, the parsers."""
    return digest(_sources(_ROOT / part for part in _LOWERING), _installed("tree_sitter", "msgspec"), sys.version.encode())


@cache
def whole_version(*groups: str) -> bytes:
    """Changes when anything that takes part in a run does; `groups` are the entry-point groups of the plugins, which are not imported."""
    points = sorted((p for group in groups for p in entry_points(group=group)), key=lambda p: (p.group, p.name, p.value))
    packages = sorted({p.value.partition(":")[0].partition(".")[0] for p in points})
    plugins = digest(*(f"{p.name}={p.value}".encode() for p in points), *(_package(name) for name in packages))
    return digest(_sources([_ROOT]), plugins, _installed(""), sys.version.encode())


def _package(name: str) -> bytes:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        return b""
    origin = Path(spec.origin)
    return _sources([origin.parent if origin.name == "__init__.py" else origin])


def _sources(roots: Iterable[Path]) -> bytes:
    """Digest of the contents of code and data files: times of files say nothing about what a reproducible build put there."""
    parts: list[bytes] = []
    for root in roots:
        if root.is_file():
            parts += [root.name.encode(), root.read_bytes()]
            continue
        for folder, folders, names in os.walk(root):
            folders[:] = sorted(f for f in folders if f != "__pycache__")
            for name in sorted(names):
                if name.endswith((".py", ".yaml", ".so", ".pyd")):
                    path = os.path.join(folder, name)
                    with open(path, "rb") as handle:
                        parts += [os.path.relpath(path, root).encode(), handle.read()]
    return digest(*parts)


def _installed(*prefixes: str) -> bytes:
    """Names and versions of installed distributions, by the names of their metadata folders: cheap, and enough to tell versions apart."""
    found = set()
    for entry in sys.path:
        try:
            names = os.listdir(entry or ".")
        except OSError:
            continue
        found |= {n for n in names if n.endswith((".dist-info", ".egg-info")) and n.startswith(prefixes)}
    return digest(*(n.encode() for n in sorted(found)))

"""A content-addressed store of bytes in files: whole or absent, checked on reading, silent when the disk refuses.

Safe under concurrent runs and killed processes: an entry is written beside its place and renamed into it, so that a reader sees all of it or nothing.
Nothing in an entry is executed: it is bytes with a checksum, decoded by whoever asked into a fixed type.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import time
from collections.abc import Iterator
from pathlib import Path

_MAGIC = b"agentlint cache 1\n"
_DIGEST = 32
_HEADER = len(_MAGIC) + 2 * _DIGEST
MOST_BYTES = 1024 * 1024 * 1024
"""When the store is larger than this, the oldest entries go until half is left."""
_CHECK_EVERY = 24 * 3600.0
_ABANDONED = 3600.0
"""Seconds after which a half-written file belongs to a process that was killed."""


def digest(*parts: bytes) -> bytes:
    """The 32-byte name of some contents; parts are told apart."""
    found = hashlib.blake2b(digest_size=_DIGEST)
    for part in parts:
        found.update(len(part).to_bytes(8, "little"))
        found.update(part)
    return found.digest()


class Store:
    """Entries by kind and key. Every failure of the disk means "not there"; after the first failed write nothing more is written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "v1"
        self._numbers = itertools.count()
        self._refused = False

    def get(self, kind: str, key: bytes) -> bytes | None:
        """The entry's content; None when there is none, or not the one that was written."""
        path = self._path(kind, key)
        try:
            with open(path, "rb") as handle:
                data = handle.read()
        except OSError:
            return None
        payload = data[_HEADER:]
        if data[:_HEADER] == _MAGIC + key + digest(payload):
            return payload
        with contextlib.suppress(OSError):  # cut short by a crash of the machine, or changed since: worth nothing to anybody
            os.unlink(path)
        return None

    def peek(self, kind: str, key: bytes) -> bytes | None:
        """The checksum of an entry's content without reading it."""
        try:
            with open(self._path(kind, key), "rb", buffering=0) as handle:
                header = handle.read(_HEADER)
        except OSError:
            return None
        return header[-_DIGEST:] if len(header) == _HEADER and header.startswith(_MAGIC + key) else None

    def put(self, kind: str, key: bytes, payload: bytes) -> None:
        """Writes an entry whole, or not at all."""
        if self._refused:
            return
        path = self._path(kind, key)
        beside = f"{path}.{os.getpid()}.{next(self._numbers)}.part"
        try:
            self._write(beside, _MAGIC + key + digest(payload) + payload)
            os.replace(beside, path)
        except OSError:
            self._refused = True
            with contextlib.suppress(OSError):
                os.unlink(beside)

    def _write(self, path: str, data: bytes) -> None:
        folder = os.path.dirname(path)
        if not os.path.isdir(folder):
            os.makedirs(folder, mode=0o700, exist_ok=True)
        with open(path, "xb", buffering=0) as handle:
            view = memoryview(data)
            while view:
                view = view[handle.write(view) :]

    def _path(self, kind: str, key: bytes) -> str:
        name = key.hex()
        return f"{self.folder}/{kind}/{name[:2]}/{name[2:]}"

    # ------------------------------------------------------------------- size

    def size(self) -> tuple[int, int]:
        """Entries and bytes."""
        sizes = [size for _, size, _ in self._entries()]
        return len(sizes), sum(sizes)

    def clear(self) -> int:
        """Removes everything; answers how many entries went. Raises OSError when the folder cannot be changed."""
        count = 0
        for path, _, _ in list(self._entries()):
            os.unlink(path)
            count += 1
        return count

    def tidy(self, most: int = MOST_BYTES, now: float | None = None) -> None:
        """At most once a day: removes what killed processes left, and the oldest entries of a store that grew too large."""
        now = time.time() if now is None else now
        mark = self.folder / "tidied"
        with contextlib.suppress(OSError):
            if mark.exists() and now - mark.stat().st_mtime < _CHECK_EVERY:
                return
            mark.touch()
            os.utime(mark, (now, now))
            kept = []
            for path, size, written in self._entries():
                if path.endswith(".part") and now - written > _ABANDONED:
                    os.unlink(path)
                else:
                    kept.append((written, size, path))
            total = sum(size for _, size, _ in kept)
            for _, size, path in sorted(kept) if total > most else ():
                if total <= most // 2:
                    break
                os.unlink(path)
                total -= size

    def _entries(self) -> Iterator[tuple[str, int, float]]:
        """Path, bytes and time of writing of every file of the store."""
        for folder, _, names in os.walk(self.folder):
            for name in sorted(names):
                path = os.path.join(folder, name)
                if name == "tidied":
                    continue
                with contextlib.suppress(OSError):  # another run may tidy at the same time
                    found = os.stat(path)
                    yield path, found.st_size, found.st_mtime

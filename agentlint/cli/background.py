"""The watcher that a command leaves running: at most one for each folder, found again by its lock, ended by `agentlint watch --stop` or by itself."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from agentlint.cache import cache_folder, digest
from agentlint.errors import MissingExtra, NoCache

if TYPE_CHECKING:
    from filelock import FileLock

IDLE = 60
"""Minutes without a change after which a watcher that was left running ends."""
_TO_END = 10
"""Seconds that a watcher has to end after it was asked to."""


def leave_running(root: Path, given: tuple[str, ...], idle: float = IDLE) -> None:
    """Starts a watcher that outlives the caller and its terminal, with arguments of `check`; it ends at once when one is there.

    Raises MissingExtra, NoCache.
    """
    for package in ("watchfiles", "filelock"):
        if importlib.util.find_spec(package) is None:
            raise missing(package)
    lock = _lock(root)
    if not _taken(lock):  # one more would only end, or come after all should this one be ended meanwhile
        return
    lock.release()
    log = _file(root, ".log")
    command = [sys.executable, "-P", "-m", "agentlint", "watch", *given, "--idle", str(idle)]
    # what git tells its hooks, such as the index of this one commit, is not so later
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    detached = {"start_new_session": True} if os.name == "posix" else {"creationflags": 0x00000008 | 0x00000200}  # DETACHED_PROCESS, CREATE_NEW_PROCESS_GROUP
    with open(log, "wb") as errors:
        subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors, env=environment, **detached)


@contextlib.contextmanager
def only_one(root: Path) -> Iterator[bool]:
    """Whether this process is the one watcher of a folder, as long as the block lasts. Where nothing can be kept nobody can tell, and it is.

    Raises MissingExtra.
    """
    try:
        lock = _lock(root)
    except NoCache:
        yield True
        return
    if not _taken(lock):
        yield False
        return
    told = _file(root, ".pid")
    try:
        told.write_text(str(os.getpid()), encoding="ascii")
        yield True
    finally:
        told.unlink(missing_ok=True)  # before the lock goes: the number of an ended process may be another's
        lock.release()


def end(root: Path) -> bool:
    """Ends the watcher of a folder; whether there was one. Raises MissingExtra, NoCache."""
    lock = _lock(root)
    if _taken(lock):
        lock.release()
        return False
    asked: set[str] = set()
    until = time.monotonic() + _TO_END
    while not _taken(lock):
        if time.monotonic() > until:
            return False
        with contextlib.suppress(OSError, ValueError):  # it has not told yet, ended meanwhile, or does just now
            holder = _file(root, ".pid").read_text(encoding="ascii")
            if holder not in asked:  # one that waited to start may have come after the first
                os.kill(int(holder), signal.SIGTERM)
                asked.add(holder)
        time.sleep(0.05)
    lock.release()
    return True


def _lock(root: Path) -> FileLock:
    try:
        from filelock import FileLock
    except ImportError as error:
        raise missing("filelock") from error
    return FileLock(_file(root, ".lock"), timeout=0)


def _taken(lock: FileLock) -> bool:
    from filelock import Timeout

    try:
        lock.acquire()
    except Timeout:
        return False
    return True


def _file(root: Path, suffix: str) -> Path:
    """What is kept about the watcher of a folder. Raises NoCache."""
    folder = cache_folder()
    if folder is None:
        raise NoCache("this user has no home folder, so no watcher can be kept", "set AGENTLINT_CACHE_DIR to a folder")
    folder = folder / "watchers"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise NoCache(f"{folder} cannot be made: {error.strerror or error}", "set AGENTLINT_CACHE_DIR to a folder that can be written") from error
    return folder / (digest(os.path.realpath(root).encode()).hex()[:32] + suffix)


def missing(package: str) -> MissingExtra:
    """Says how to install what watching needs."""
    return MissingExtra(f"`agentlint watch` needs the package {package}", "pip install 'agentlint-arch[watch]'")

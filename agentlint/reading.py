"""Reads and lowers source files in worker processes; a file that fails is a gap, never the end of the run; facts of unchanged files come from the cache."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context

import msgspec

from agentlint.cache.keys import FACTS, facts_key
from agentlint.cache.store import Store
from agentlint.ir.pages import Page
from agentlint.ir.source import Gap
from agentlint.ir.syntax import Module
from agentlint.project.files import SourceFile

_BATCH_BYTES = 400_000
"""Source bytes of one batch: large enough to hide the hand-over, small enough to share the work evenly."""
_LARGE_SCRIPT = 50_000
"""Characters of a script within a page that may be a bundle; shorter ones with long lines hold data, and what a person wrote beside it."""
_WORTH_A_POOL = 1_500_000
"""Fewer bytes are read faster in this process than a pool starts."""


class Read(msgspec.Struct, frozen=True):
    """What some files gave."""

    modules: tuple[Module, ...] = ()
    pages: tuple[Page, ...] = ()
    gaps: tuple[Gap, ...] = ()

    def with_more(self, other: Read) -> Read:
        """What both gave."""
        return Read((*self.modules, *other.modules), (*self.pages, *other.pages), (*self.gaps, *other.gaps))


class Reading(msgspec.Struct, frozen=True):
    """How files are read."""

    workers: int = 1
    seconds: float = 0
    """The most processor time that one file may take; 0 means no limit."""
    store: Store | None = None
    """Where facts of files are looked up and kept."""


class _TooSlow(Exception):
    """A file took longer than it may."""


_decoder = msgspec.msgpack.Decoder(Read)


def read_all(files: Sequence[SourceFile], how: Reading) -> Read:
    """All files lowered, in the order of their paths, whatever the number of workers and whatever the cache held."""
    found: list[Read] = []
    missing = [f for f in files if _is_text(f.path)]
    odd = tuple(f for f in files if not _is_text(f.path))  # names that are no valid text cannot be handed over, nor kept
    if how.store is not None:
        found, missing = _from_store(missing, how.store)
    found += _lower_batch(odd, msgspec.structs.replace(how, store=None))
    batches = list(_batches(missing))
    small = sum(f.size for f in missing) < _WORTH_A_POOL
    if how.workers <= 1 or small or len(batches) < 2:
        found += [one for batch in batches for one in _lower_batch(batch, how)]
    else:
        found += [_decoder.decode(packed) for part in _in_processes(batches, how) for packed in part]
    return Read(
        tuple(sorted((m for r in found for m in r.modules), key=lambda m: m.path)), tuple(sorted((p for r in found for p in r.pages), key=lambda p: p.path)),
        tuple(sorted({g for r in found for g in r.gaps})),
    )


def _is_text(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def _from_store(files: Sequence[SourceFile], store: Store) -> tuple[list[Read], list[SourceFile]]:
    found: list[Read] = []
    missing: list[SourceFile] = []
    for file in files:
        try:
            with open(file.absolute, "rb") as handle:
                packed = store.get(FACTS, facts_key(file.role, file.path, handle.read()))
            if packed is not None:
                found.append(_decoder.decode(packed))
                continue
        except (OSError, msgspec.DecodeError):
            pass  # read it the long way, which says what is wrong with it
        missing.append(file)
    return found, missing


def _in_processes(batches: list[tuple[SourceFile, ...]], how: Reading) -> list[list[bytes]]:
    try:
        with ProcessPoolExecutor(how.workers, mp_context=get_context("fork" if os.name == "posix" else "spawn")) as pool:
            return list(pool.map(_packed_batch, batches, [how] * len(batches)))
    except (BrokenProcessPool, OSError):  # no processes to be had here (a sandbox, a full table): the same work in this one
        return [_packed_batch(batch, how) for batch in batches]


def _batches(files: Iterable[SourceFile]) -> Iterable[tuple[SourceFile, ...]]:
    batch: list[SourceFile] = []
    size = 0
    for file in files:
        batch.append(file)
        size += file.size
        if size >= _BATCH_BYTES:
            yield tuple(batch)
            batch, size = [], 0
    if batch:
        yield tuple(batch)


def _packed_batch(batch: tuple[SourceFile, ...], how: Reading) -> list[bytes]:
    return [packed if packed is not None else msgspec.msgpack.encode(read) for read, packed in _lowered(batch, how)]


def _lower_batch(batch: tuple[SourceFile, ...], how: Reading) -> list[Read]:
    return [read for read, _ in _lowered(batch, how)]


def _lowered(batch: tuple[SourceFile, ...], how: Reading) -> Iterator[tuple[Read, bytes | None]]:
    """The facts of each file; packed too when they were stored."""
    for file in batch:
        modules: list[Module] = []
        pages: list[Page] = []
        gap: Gap | None = None
        source, lasting = b"", True
        try:
            with open(file.absolute, "rb") as handle:
                source = handle.read()
            with _limited(how.seconds):
                _lower_one(file, source, modules, pages)
        except OSError as error:
            gap, lasting = Gap(file.path, 0, f"cannot be read: {error.strerror or error}"), False
        except _TooSlow:
            gap, lasting = Gap(file.path, 0, f"took longer than {how.seconds:g} seconds of processor time to read; --timeout allows more"), False
        except RecursionError:
            gap = Gap(file.path, 0, "nested too deeply to read")
        except Exception as error:
            gap = Gap(file.path, 0, f"could not be lowered ({type(error).__name__}: {error})")
        read = Read(tuple(modules), tuple(pages), () if gap is None else (gap,))
        packed = None
        if how.store is not None and lasting:
            packed = msgspec.msgpack.encode(read)
            how.store.put(FACTS, facts_key(file.role, file.path, source), packed)
        yield read, packed


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """Ends what takes longer with `_TooSlow`, where the system has timers: in the main thread of a process on POSIX.

    Seconds of the processor, not of the clock: a busy machine reads no fewer files.
    """
    if seconds <= 0 or not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_number: int, _frame: object) -> None:
        raise _TooSlow

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _lower_one(file: SourceFile, source: bytes, modules: list[Module], pages: list[Page]) -> None:
    if file.role in ("python", "migrations"):
        from agentlint.frontends.python import lower

        name, is_package = module_name(file.path)
        modules.append(lower(source, file.path, name, is_package))
    elif file.role == "markup":
        from agentlint.frontends import javascript, markup

        pages.append(markup.lower(source, file.path))
        for number, (offset, text) in enumerate(markup.scripts(source)):
            if len(text) > _LARGE_SCRIPT and javascript.is_generated(text.encode(), ""):
                continue  # a bundle that was put into its page
            modules.append(javascript.lower(text.encode(), file.path, f"{file.path}#{number}", line_offset=offset))
    elif file.role == "script":
        from agentlint.frontends import javascript

        if not javascript.is_generated(source, file.path):
            modules.append(javascript.lower(source, file.path, file.path.rsplit(".", 1)[0]))


def module_name(path: str) -> tuple[str, bool]:
    """Dotted name of a Python file by its path from the root, and whether it is a package's `__init__`."""
    dotted = path.removesuffix(".py").replace("/", ".")
    if dotted == "__init__" or dotted.endswith(".__init__"):
        return dotted.removesuffix("__init__").rstrip("."), True
    return dotted, False

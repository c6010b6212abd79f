"""Reads and lowers source files in worker processes; a file that fails is a gap, never the end of the run."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

import msgspec

from agentlint.ir.pages import Page
from agentlint.ir.source import Gap
from agentlint.ir.syntax import Module
from agentlint.project.files import SourceFile

_BATCH_BYTES = 400_000
"""Source bytes of one batch: large enough to hide the hand-over, small enough to share the work evenly."""
_WORTH_A_POOL = 1_500_000
"""Fewer bytes are read faster in this process than a pool starts."""


class Read(msgspec.Struct, frozen=True):
    """What one batch of files gave."""

    modules: tuple[Module, ...] = ()
    pages: tuple[Page, ...] = ()
    gaps: tuple[Gap, ...] = ()


def read_all(files: Sequence[SourceFile], workers: int) -> Read:
    """All files lowered, in the order of their paths, whatever the number of workers."""
    batches = list(_batches(files))
    small = sum(f.size for f in files) < _WORTH_A_POOL
    if workers <= 1 or small or len(batches) < 2:
        parts: list[bytes | Read] = [_lower_batch(batch) for batch in batches]
    else:
        parts = _in_processes(batches, workers)
    decoder = msgspec.msgpack.Decoder(Read)
    found = [decoder.decode(part) if isinstance(part, bytes) else part for part in parts]
    return Read(
        tuple(sorted((m for r in found for m in r.modules), key=lambda m: m.path)), tuple(sorted((p for r in found for p in r.pages), key=lambda p: p.path)),
        tuple(sorted({g for r in found for g in r.gaps})),
    )


def _in_processes(batches: list[tuple[SourceFile, ...]], workers: int) -> list[bytes | Read]:
    try:
        with ProcessPoolExecutor(workers, mp_context=get_context("fork" if os.name == "posix" else "spawn")) as pool:
            return list(pool.map(_packed_batch, batches))
    except (BrokenProcessPool, OSError):  # no processes to be had here (a sandbox, a full table): the same work in this one
        return [_lower_batch(batch) for batch in batches]


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


def _packed_batch(batch: tuple[SourceFile, ...]) -> bytes:
    return msgspec.msgpack.encode(_lower_batch(batch))


def _lower_batch(batch: tuple[SourceFile, ...]) -> Read:
    modules: list[Module] = []
    pages: list[Page] = []
    gaps: list[Gap] = []
    for file in batch:
        try:
            with open(file.absolute, "rb") as handle:
                source = handle.read()
            _lower_one(file, source, modules, pages)
        except OSError as error:
            gaps.append(Gap(file.path, 0, f"cannot be read: {error.strerror or error}"))
        except RecursionError:
            gaps.append(Gap(file.path, 0, "nested too deeply to read"))
        except Exception as error:
            gaps.append(Gap(file.path, 0, f"could not be lowered ({type(error).__name__}: {error})"))
    return Read(tuple(modules), tuple(pages), tuple(gaps))


def _lower_one(file: SourceFile, source: bytes, modules: list[Module], pages: list[Page]) -> None:
    if file.role == "python":
        from agentlint.frontends.python import lower

        name, is_package = module_name(file.path)
        modules.append(lower(source, file.path, name, is_package))
    elif file.role == "markup":
        from agentlint.frontends import javascript, markup

        pages.append(markup.lower(source, file.path))
        for number, (offset, text) in enumerate(markup.scripts(source)):
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

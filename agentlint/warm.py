"""A whole run from the cache when nothing that it rests on has changed; else the run, whose report is kept for the next.

A report rests on the facts of every source file, the bytes of every description, the files that these ask for, the settings, what was asked, and the
versions of everything that takes part. A file whose facts stay the same (a comment was mended) changes nothing.
"""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

import msgspec

from agentlint import PLUGIN_GROUPS
from agentlint.cache.keys import FACTS, REPORT, facts_key
from agentlint.cache.store import Store, digest
from agentlint.cache.versions import whole_version
from agentlint.errors import AgentlintError
from agentlint.findings.report import Report
from agentlint.options import Options
from agentlint.project.files import Found, SourceFile, find_files, read_within
from agentlint.project.settings import Settings, load_settings


class _Kept(msgspec.Struct, frozen=True):
    """A stored report with the further files that descriptions asked for."""

    report: Report
    asked: tuple[tuple[str, bytes | None], ...] = ()


class _Inputs(msgspec.Struct, frozen=True):
    """What a run is about to read, or has read."""

    sources: tuple[tuple[int, bytes], ...]
    """Time of change and content of each file, by which a change during the run is told."""
    key: bytes | None
    """The name of the report; None when some file has no stored facts."""


def run(options: Options) -> tuple[Report, Settings]:
    """One whole run. Raises errors of `agentlint.errors` for a user's mistakes."""
    start = time.perf_counter()
    store = Store(options.cache) if options.cache is not None else None
    asked = _asked(options) if store is not None else None
    if store is None or asked is None:
        return _afresh(options, None)
    settings, found = asked
    before = _inputs(options, settings, found, store)
    report = _known(store, before.key, found.root)
    if report is not None:
        if options.progress is not None:
            options.progress("look up", time.perf_counter() - start)
        return msgspec.structs.replace(report, duration_s=round(time.perf_counter() - start, 3)), settings
    return _kept(options, settings, found, store, before)


def _afresh(options: Options, found: Found | None) -> tuple[Report, Settings]:
    from agentlint.app import answer

    answered = answer(options, found)
    return answered.report, answered.settings


def _asked(options: Options) -> tuple[Settings, Found] | None:
    """Settings and files; None when something is wrong with them, which the run itself tells best."""
    try:
        settings = load_settings(options.path, options.config, stands_for=options.stands_for)
        found = find_files(options.path, settings.exclude, settings.below)
    except AgentlintError:
        return None
    return (settings, found) if found.files else None


def _kept(options: Options, settings: Settings, found: Found, store: Store, before: _Inputs) -> tuple[Report, Settings]:
    from agentlint.app import answer

    answered = answer(options, found)
    after = _inputs(options, settings, found, store)
    if after.key is not None and after.sources == before.sources:
        with contextlib.suppress(UnicodeEncodeError):  # a file name that is no valid text
            store.put(REPORT, after.key, msgspec.msgpack.encode(_Kept(answered.report, answered.asked)))
    store.tidy()
    return answered.report, answered.settings


def _known(store: Store, key: bytes | None, root: str) -> Report | None:
    packed = store.get(REPORT, key) if key is not None else None
    if packed is None:
        return None
    try:
        kept = msgspec.msgpack.decode(packed, type=_Kept)
        same = all(_digest_within(root, path) == known for path, known in kept.asked)
    except (msgspec.DecodeError, OSError):
        return None
    return kept.report if same else None


def _digest_within(root: str, path: str) -> bytes | None:
    data = read_within(root, path)
    return None if data is None else digest(data)


def _inputs(options: Options, settings: Settings, found: Found, store: Store) -> _Inputs:
    sources: list[tuple[int, bytes]] = []
    facts: list[bytes] = []
    complete = True
    for file in found.files:
        changed, content, known = _of_file(file, store)
        sources.append((changed, content))
        complete = complete and known is not None
        facts += [file.path.encode("utf-8", "surrogateescape"), file.role.encode(), known or b""]
    key = digest(_of_run(options, settings, found), *facts) if complete else None
    return _Inputs(tuple(sources), key)


def _of_file(file: SourceFile, store: Store) -> tuple[int, bytes, bytes | None]:
    """When a file changed, its content as a digest, and a digest of what it means: of its facts, of a description the content itself."""
    try:
        with open(file.absolute, "rb") as handle:
            data = handle.read()
            changed = os.fstat(handle.fileno()).st_mtime_ns
    except OSError:
        return 0, b"", None
    if file.role == "data":
        content = digest(data)
        return changed, content, content
    key = facts_key(file.role, file.path, data)
    return changed, key, store.peek(FACTS, key)


def _of_run(options: Options, settings: Settings, found: Found) -> bytes:
    """Everything beside the files."""
    folder = Path(settings.file).parent
    knowledge = [_bytes_of(folder / name) or b"" for name in settings.knowledge]
    wanted = repr((str(options.path), options.select, options.today, settings, found.set_aside, found.gaps, found.beside))
    recorded = [part for path in options.sessions for part in (str(path).encode("utf-8", "backslashreplace"), _bytes_of(path) or b"")]
    return digest(whole_version(*PLUGIN_GROUPS), wanted.encode("utf-8", "backslashreplace"), *knowledge, b"sessions", *recorded)


def _bytes_of(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None

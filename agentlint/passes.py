"""The state of one run while its passes go on: the gaps so far, files asked for, the clock of each pass, plugins that broke."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from agentlint.cache.store import Store, digest
from agentlint.extension.documents import Documents
from agentlint.extension.loading import is_shipped
from agentlint.ir.source import Gap
from agentlint.ir.syntax import Module
from agentlint.options import Progress

if TYPE_CHECKING:
    from agentlint.extension.framework import Framework


class Passes:
    """State of one run: the gaps so far, and the clock of each pass."""

    def __init__(self, progress: Progress | None, workers: int, store: Store | None) -> None:
        self.workers = workers
        self.store = store
        self.gaps: list[Gap] = []
        self.asked: dict[str, bytes | None] = {}
        self.migrations: tuple[Module, ...] = ()
        self.sql_files: dict[tuple[str, str], str] = {}
        self.beside = Documents()
        self.last = True
        """False while an internal error leads to another try without the code that it is about."""
        self._progress = progress

    def note(self, path: str, data: bytes | None) -> None:
        """Remembers a further file that was asked for, and what was there."""
        self.asked[path] = None if data is None else digest(data)

    def gap(self, file: str, line: int, reason: str, kind: str = "unresolved") -> None:
        """Records what could not be resolved, or with another kind what was not read at all."""
        self.gaps.append(Gap(file, line, reason, kind))

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Tells how long a pass took."""
        start = time.perf_counter()
        yield
        if self._progress is not None:
            self._progress(name, time.perf_counter() - start)

    def guarded(self, what: str, framework: Framework, work: Callable[[], Sequence[object]]) -> list[object]:
        """A plugin's answer; when it breaks, a gap that names it instead, see `broken`."""
        try:
            return list(work())
        except Exception as error:
            self.broken(framework, what, error)
            return []

    def broken(self, framework: Framework, what: str, error: Exception) -> None:
        """Records that a plugin failed, by name; raises the error of one that is shipped, as long as the run can go on without the code that it failed on."""
        if not self.last and is_shipped(framework):
            raise error
        self.gap("", 0, f"plugin {framework.name} {framework.version} failed in {what}: {type(error).__name__}: {error}")

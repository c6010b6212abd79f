"""What pages and their scripts hold and send: read and followed in a process of its own while the Python passes go on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import msgspec

from agentlint.beside import Shelf, beside
from agentlint.cache.keys import REQUESTS, requests_key
from agentlint.ir.pages import PageAction
from agentlint.ir.source import Gap
from agentlint.ir.syntax import Module
from agentlint.isolation import isolated
from agentlint.project.files import SourceFile
from agentlint.reading import Read, Reading, read_all

_WORTH_A_PROCESS = 150_000
"""Bytes of pages and scripts that take longer than a process starts."""
_WORTH_KEEPING = 3_000
"""Lines of scripts whose requests take longer to follow than to look up."""


class Requests(msgspec.Struct, frozen=True):
    """What scripts send, and what of it could not be followed."""

    actions: tuple[PageAction, ...] = ()
    gaps: tuple[Gap, ...] = ()


class ClientSide(msgspec.Struct, frozen=True):
    """Pages and scripts, with all that a person can send through them."""

    read: Read
    requests: Requests

    @property
    def actions(self) -> list[PageAction]:
        """What pages hold, then what scripts send."""
        return [*(a for p in self.read.pages for a in p.actions), *self.requests.actions]


def client_side(files: Sequence[SourceFile], how: Reading) -> Callable[[], ClientSide]:
    """Starts the work and answers with a function that waits for its result; the same result whatever the number of workers."""
    apart = how.workers > 1 and sum(f.size for f in files) > _WORTH_A_PROCESS
    alone = msgspec.structs.replace(how, workers=how.workers - 1) if apart else how
    return cache(beside(lambda: _followed(files, alone), ClientSide, apart))


def _followed(files: Sequence[SourceFile], how: Reading) -> ClientSide:
    read = read_all(files, how)
    large = sum(m.lines for m in read.modules) > _WORTH_KEEPING
    shelf = Shelf(how.store, REQUESTS, requests_key(read.modules)) if how.store is not None and large else None
    return ClientSide(read, beside(lambda: _requests(read.modules), Requests, False, shelf)())


def _requests(scripts: Sequence[Module]) -> Requests:
    if not scripts:
        return Requests()
    from agentlint.analysis.clients.requests_sent import find_client_calls

    gaps: list[Gap] = []

    def work(modules: tuple[Module, ...], _last: bool) -> tuple[PageAction, ...]:
        return tuple(find_client_calls(modules, lambda file, line, reason: gaps.append(Gap(file, line, reason, "unresolved"))))

    return Requests(isolated(tuple(scripts), work, gaps), tuple(gaps))

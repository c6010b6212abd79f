"""Work that needs nothing of what goes on beside it: done by a second process where there is one to spare, and not done again while it rests on the same."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import TypeVar

import msgspec

from agentlint.cache.store import Store

_R = TypeVar("_R")


class Shelf(msgspec.Struct, frozen=True):
    """Where a result is kept between runs, under a name made of everything that it rests on."""

    store: Store
    kind: str
    key: bytes


def beside(work: Callable[[], _R], kind: type[_R], apart: bool, shelf: Shelf | None = None) -> Callable[[], _R]:
    """Starts the work, `apart` in a process forked for it, and answers with a function that waits for its result.

    The result is the same in any case: what was kept is what the work gave, and what a process cannot give, because it could not start or was killed, is
    worked out here.
    """
    if shelf is None:
        return _started(work, kind, apart)
    packed = shelf.store.get(shelf.kind, shelf.key)
    if packed is not None:
        with contextlib.suppress(msgspec.DecodeError):
            known = msgspec.msgpack.decode(packed, type=kind)
            return lambda: known
    waiting = _started(work, kind, apart)

    def result() -> _R:
        made = waiting()
        shelf.store.put(shelf.kind, shelf.key, msgspec.msgpack.encode(made))
        return made

    return result


def _started(work: Callable[[], _R], kind: type[_R], apart: bool) -> Callable[[], _R]:
    if not apart or os.name != "posix":
        return work
    context = get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_send, args=(work, sender))
    try:
        process.start()
    except OSError:
        return work
    sender.close()

    def result() -> _R:
        try:
            return msgspec.msgpack.decode(receiver.recv_bytes(), type=kind)
        except (EOFError, OSError):
            return work()
        finally:
            receiver.close()
            process.join()

    return result


def _send(work: Callable[[], object], sender: Connection) -> None:
    try:
        packed = msgspec.msgpack.encode(work())
    except Exception:
        return  # the other side finds nothing, does the work itself, and meets the error where it is handled
    sender.send_bytes(packed)

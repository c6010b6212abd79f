"""Work that needs nothing of what goes on beside it, done by a second process where there is one to spare."""

from __future__ import annotations

import os
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import TypeVar

import msgspec

_R = TypeVar("_R")


def beside(work: Callable[[], _R], kind: type[_R], apart: bool) -> Callable[[], _R]:
    """Starts the work, `apart` in a process forked for it, and answers with a function that waits for its result.

    The result is the same either way: what a process cannot give, because it could not start or was killed, is worked out here.
    """
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

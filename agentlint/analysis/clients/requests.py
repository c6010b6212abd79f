"""Requests as they are met while client code is read, before it is settled which of them are shown."""

from __future__ import annotations

import msgspec

from agentlint.analysis.clients.values import Ref, Value, fixed, refers, rendered
from agentlint.ir.marks import HOLE

Place = tuple[str, int, int]
"""File, line and call site."""
Chain = tuple[str, ...]
"""Functions from the one being read down to the one that sends, each by its identity."""


class Met(msgspec.Struct, frozen=True):
    """One request met under one chain of calls."""

    sends: Place
    """Where the library is called."""
    chain: Chain
    method: str
    url: str
    open: bool
    """Whether a caller might say more."""
    file: str
    line: int
    symbol: str
    caller: str

    @property
    def speaks(self) -> bool:
        """Whether the URL says anything."""
        return any(c.isalnum() for c in self.url.split("?")[0].replace("{}", ""))


def shown_method(value: Value) -> str:
    """The method in capitals, `ANY` when it is not known."""
    text = fixed(value.default if isinstance(value, Ref) else value)
    return text.upper() if text and text.isalpha() else "ANY"


def meet(sends: Place, chain: Chain, values: tuple[Value, Value], place: tuple[str, int, str], caller: str) -> Met:
    """The record of one request."""
    method, url = values
    file, line, symbol = place
    return Met(sends, chain, shown_method(method), rendered(url).replace(HOLE, "{}"), refers(url) or refers(method), file, line, symbol, caller)

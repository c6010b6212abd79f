"""What routes do on the way to their handlers: traces that nearly all leave, what showing any page sends, what decorators of many write; and the verbs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from agentlint.analysis.decisions.consequence import concerns_session
from agentlint.ir.operations import Route

if TYPE_CHECKING:
    from agentlint.analysis.operations import Reach

_SHARED, _FEW_HANDLERS = 0.34, 12
"""Share of all handlers, and their least number, that reach what belongs to none of them."""
_MOST = 0.5
"""The same of pages where what they send outside is concerned."""
_OUTSIDE = frozenset({"outbound-http", "mail", "queue", "message"})


def shared_traces(routes: Sequence[Route], reach: Reach) -> frozenset[tuple[str, int]]:
    """Lines below handlers that write into the session and that a large share of all handlers reaches."""
    handlers: dict[tuple[str, int], set[tuple[str, str]]] = defaultdict(set)
    for route in routes:
        for reached in reach.of(route):
            if reached.chain and concerns_session(reached.effect):
                handlers[reached.effect.file, reached.effect.line].add((route.file, route.symbol))
    most = max(_FEW_HANDLERS, len({(r.file, r.symbol) for r in routes}) * _SHARED)
    return frozenset(place for place, found in handlers.items() if len(found) > most)


def sent_by_pages(routes: Sequence[Route], reach: Reach) -> frozenset[tuple[str, int]]:
    """Lines below handlers that send something outside and that most pages reach: showing any of them does (a look for updates, a hit that is counted)."""
    pages = [r for r in routes if r.method in ("GET", "ANY") and r.surface is None]
    handlers: dict[tuple[str, int], set[tuple[str, str]]] = defaultdict(set)
    for route in pages:
        for reached in reach.of(route):
            if reached.chain and reached.effect.kind in _OUTSIDE:
                handlers[reached.effect.file, reached.effect.line].add((route.file, route.symbol))
    most = max(_FEW_HANDLERS, len({(r.file, r.symbol) for r in pages}) * _MOST)
    return frozenset(place for place, found in handlers.items() if len(found) > most)


def done_around(routes: Sequence[Route], reach: Reach) -> frozenset[tuple[str, int]]:
    """Lines that decorators of many handlers reach: checks that keep a table of theirs, what a page looked at last."""
    handlers: dict[tuple[str, int], set[str]] = defaultdict(set)
    for route in routes:
        for reached in reach.of(route):
            if reach.is_around(route.handler, reached):
                handlers[reached.effect.file, reached.effect.line].add(route.handler)
    return frozenset(place for place, found in handlers.items() if len(found) > _FEW_HANDLERS)


def named_verbs(methods: Sequence[str]) -> set[str]:
    """The methods that a branch is for. The other side of a question is for whatever is left: what a page or a form sends stands for it."""
    return set(methods) & {"GET", "POST"} if "OPTIONS" in methods else set(methods)

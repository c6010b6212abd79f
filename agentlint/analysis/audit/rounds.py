"""The order in which functions are accounted for: callees first, and those that call one another in a row twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

_N = TypeVar("_N")


def rounds(nodes: Iterable[_N], callees: Callable[[_N], Iterable[_N]]) -> Iterator[_N]:
    """Nodes that come callees first, once each; nodes that call one another stand in a row there, and come a second time when all of them are known.

    What the first round says of a function leaves out what those do that it calls and that come later.
    """
    order = tuple(dict.fromkeys(nodes))
    places = {node: place for place, node in enumerate(order)}
    first = last = -1
    for place, node in enumerate(order):
        yield node
        later = max((places.get(callee, -1) for callee in callees(node)), default=-1)
        if later > place:
            first, last = (place if first < 0 else first), max(last, later)
        if first >= 0 and last <= place:
            yield from order[first : place + 1]
            first = last = -1

"""Wrappers that a decorator of the project puts around handlers: a framework is given the wrapper, a person looks for what it runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import msgspec

from agentlint.analysis.program import Program
from agentlint.ir.operations import Route

_SHARED = 3
"""Addresses that one function inside another answers before it is what stands around others."""


class Wrappers:
    """Routes that plugins gave to wrappers, and which of them are told again with the handlers themselves."""

    def __init__(self, routes: Sequence[Route], program: Program) -> None:
        found: dict[str, list[Route]] = defaultdict(list)
        for route in routes:
            info = program.functions.get(route.handler)
            if info is not None and info.parent:
                found[route.handler].append(route)
        self._routes = [r for shared in found.values() if len({one.path for one in shared}) >= _SHARED for r in shared]
        self.replaced: set[Route] = set()

    def around(self, route: Route) -> Route:
        """The route with the checks of the wrapper that a plugin read at the same address, which is left out from then on."""
        fitting = [outer for outer in self._routes if outer.method == route.method and _fits(outer.path, route.path)]
        if not fitting:
            return route
        # of `/api/loans/` and `/api/readers/{id}/loans/`, what is called `/loans/` is the one that says least beside it
        outer = min(fitting, key=lambda r: (abs(len(r.path) - len(route.path)), r.path))
        self.replaced.add(outer)
        path = route.path if len(route.path) >= len(_tail(outer.path)) else outer.path
        checks = tuple(dict.fromkeys((*route.guard_handlers, *outer.guard_handlers, outer.handler)))
        return msgspec.structs.replace(route, path=path, guards=(*route.guards, *outer.guards), guard_handlers=checks)


def _fits(outer: str, inner: str) -> bool:
    """True for one address at the end of the other."""
    return outer.endswith(inner) or (len(_tail(outer)) > 1 and inner.endswith(_tail(outer)))


def _tail(path: str) -> str:
    return path.replace("/{}", "", 1)

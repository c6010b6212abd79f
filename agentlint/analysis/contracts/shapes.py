"""Operations by where their paths begin: what stands below a path is looked up, not searched for."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence

from agentlint.analysis.contracts.resources import Resource
from agentlint.analysis.contracts.roles import Role

_AFTER_ALL = "\U0010ffff"


class Shapes:
    """All roles of one description, sorted by the shapes of their paths."""

    def __init__(self, resources: Sequence[Resource]) -> None:
        self._roles = [(number, role) for number, resource in enumerate(resources) for role in resource.roles]
        order = sorted(range(len(self._roles)), key=lambda at: (self._roles[at][1].path.shape, at))
        self._sorted = [(self._roles[at][1].path.shape, at) for at in order]

    def beginning_with(self, *prefixes: str) -> tuple[Role, ...]:
        """Roles whose path's shape begins with any of the texts, in the order of the resources."""
        return tuple(self._roles[at][1] for at in self._places(prefixes))

    def by_resource(self, prefixes: Iterable[str]) -> dict[int, list[Role]]:
        """The same by the number of the resource."""
        found: dict[int, list[Role]] = defaultdict(list)
        for at in self._places(prefixes):
            number, role = self._roles[at]
            found[number].append(role)
        return found

    def at(self, shape: str) -> tuple[Role, ...]:
        """Roles with exactly this shape."""
        start, end = bisect_left(self._sorted, (shape, 0)), bisect_left(self._sorted, (shape, len(self._sorted)))
        return tuple(self._roles[at][1] for at in sorted(at for _, at in self._sorted[start:end]))

    def _places(self, prefixes: Iterable[str]) -> list[int]:
        found: set[int] = set()
        for prefix in prefixes:
            start, end = bisect_left(self._sorted, (prefix, 0)), bisect_left(self._sorted, (prefix + _AFTER_ALL, 0))
            found.update(at for _, at in self._sorted[start:end])
        return sorted(found)

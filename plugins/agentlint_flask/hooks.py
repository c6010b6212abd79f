"""Functions that Flask runs before requests: of one blueprint, or of the whole application."""

from __future__ import annotations

from agentlint.api import MountTree

_OF_APPLICATION = "before_app_request"
HOOKS = ("before_request", _OF_APPLICATION)


class Hooks:
    """Which hooks run before the routes of a table."""

    def __init__(self, tree: MountTree) -> None:
        self._tree = tree
        self._own: dict[str, list[str]] = {}
        self._everywhere: list[str] = []
        self._names: dict[str, list[str]] = {}

    def add(self, key: str, hook: str, function: str) -> None:
        """A function that a table registers as a hook."""
        if hook == _OF_APPLICATION:
            self._everywhere.append(function)
        elif key:
            self._own.setdefault(key, []).append(function)

    def same(self, parameter: str, key: str) -> None:
        """A parameter that stands for a table which a caller hands in."""
        self._names.setdefault(parameter, []).append(key)

    def of(self, key: str, answers_programs: bool) -> tuple[str, ...]:
        """Ids of the hooks before the routes of a table.

        Hooks of a whole application serve pages and programs alike and let through who shows any of several credentials: they tell who may call only
        of routes that answer programs.
        """
        above = set(self._tree.above(key)) if answers_programs else set()
        found = [*self._own.get(key, ()), *(self._everywhere if answers_programs else ())]
        for table in sorted(self._own):
            if table != key and self._meant(table) & above:
                found += self._own[table]
        return tuple(dict.fromkeys(found))

    def _meant(self, key: str) -> set[str]:
        found, waiting = set(), [key]
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                waiting += self._names.get(one, ())
        return found

"""The bounded set of effects that one function reaches: equal effects kept once, the nearest places of each kind kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agentlint.analysis.calls.sites import CallSite, Target
from agentlint.ir.effects import Confidence, Effect

_PLACES = 4
"""Places kept for one kind of effect (same kind, operation, model and write API)."""
_ASSIGNMENTS = 10
"""The same for attributes that are set one after the other: each line of them is another field."""
_CATEGORIES = 120
"""Different effects kept for one function."""

Category = tuple[str, str, str, str, str, bool]
Place = tuple[str, int, tuple[str, ...]]


class Entry:
    """One reached effect: how far away, under which HTTP methods, how surely, and the first step of the way."""

    __slots__ = ("confidence", "distance", "effect", "methods", "rest", "via")

    def __init__(
        self, effect: Effect, distance: int, methods: tuple[str, ...], confidence: Confidence, via: tuple[CallSite, Target] | None, rest: Entry | None
    ) -> None:
        self.effect, self.distance, self.methods, self.confidence, self.via, self.rest = effect, distance, methods, confidence, via, rest

    def order(self) -> tuple[object, ...]:
        """Nearest first, then by place."""
        e = self.effect
        first = (self.via[0].file, self.via[0].line) if self.via is not None else ("", 0)
        return (self.distance, e.file, e.line, e.kind, e.operation, e.model or e.target, e.fields, e.api, e.verb, first)

    def category(self) -> Category:
        """What makes two effects the same for whoever asks what a function does."""
        e = self.effect
        return (e.kind, e.operation, e.model or e.target, e.api, e.verb, e.incidental)

    def place(self) -> Place:
        """Where it happens and to which fields."""
        return (self.effect.file, self.effect.line, self.effect.fields)


class Reached:
    """The entries of one function."""

    __slots__ = ("_found", "overflow", "version")

    def __init__(self, own: Iterable[Entry]) -> None:
        self._found: dict[Category, dict[Place, Entry]] = {}
        self.overflow = False
        self.version = 0
        """Grows with every change."""
        for entry in own:
            self.add(entry)

    def __iter__(self) -> Iterator[Entry]:
        for places in self._found.values():
            yield from places.values()

    def add(self, entry: Entry) -> bool:
        """Keeps the entry if it is new, nearer, or widens the HTTP methods; True when anything changed."""
        category, place = entry.category(), entry.place()
        places = self._found.get(category)
        if places is None:
            if len(self._found) >= _CATEGORIES:
                self.overflow = True
                return False
            self._found[category] = {place: entry}
            self.version += 1
            return True
        changed = self._keep(places, place, entry, _ASSIGNMENTS if entry.effect.api == "attribute" else _PLACES)
        self.version += changed
        return changed

    @staticmethod
    def _keep(places: dict[Place, Entry], place: Place, entry: Entry, most: int) -> bool:
        known = places.get(place)
        if known is not None:
            return _improve(places, place, known, entry)
        if len(places) >= most:
            farthest = max(places, key=lambda p: (places[p].distance, p))
            if (entry.distance, place) >= (places[farthest].distance, farthest):
                return False
            del places[farthest]
        places[place] = entry
        return True


def _improve(places: dict[Place, Entry], place: Place, known: Entry, entry: Entry) -> bool:
    methods = _either(known.methods, entry.methods)
    nearer = entry.distance < known.distance
    if not nearer and methods == known.methods:
        return False
    best = entry if nearer else known
    places[place] = Entry(best.effect, best.distance, methods, best.confidence, best.via, best.rest)
    return True


def _either(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({*one, *other})) if one and other else ()


def joined_methods(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...] | None:
    """HTTP methods under which both hold; None when they exclude each other. Empty means any."""
    if not one or not other:
        return one or other
    both = tuple(sorted(set(one) & set(other)))
    return both or None

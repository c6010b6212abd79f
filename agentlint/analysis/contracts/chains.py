"""The shortest chain of calls that an agent needs before each operation, worked out from credentials alone over who answers what.

A fixpoint: an operation is reached once each thing that it requires is held by an answer of one that is reached, is a constant, or is the caller's own
choice. The shortest chains are settled first, so that with one required thing the chain is the shortest there is; with several, whose chains may share
calls, the shortest is taken for each thing in turn, calls that are there already not counted again.

Things that go round in a circle (A asks for what only B answers, B for what only A answers) are no proof that nobody gets in: the caller is taken to
know one of them from elsewhere, and that is said.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Sequence

import msgspec

from agentlint.ir.contracts import Call, Chain, Given, Identifier, Lack

CIRCULAR = "only answers to those who know it already hold it; the caller must know it from elsewhere"
_Ways = dict[tuple[str, str], list[tuple[str, str]]]
"""By parameter and its place: operations that answer with it, and where in their answers; the best first."""


class Callable(msgspec.Struct, frozen=True):
    """An operation as far as chains are concerned."""

    name: str
    """`METHOD /path`."""
    operation_id: str
    file: str
    browser_only: bool


def chains(operations: Sequence[Callable], identifiers: Sequence[Identifier]) -> tuple[tuple[Chain, ...], tuple[Identifier, ...]]:
    """A chain for each operation, in their order; and the identifiers again, those that go round in a circle told as the caller's to know."""
    found = _Settling(operations, identifiers)
    found.settle()
    rows = tuple(
        msgspec.structs.replace(row, status="caller-known", producer=None, others=(), evidence=CIRCULAR, found=False)
        if not row.optional and (row.operation, row.parameter, row.location) in found.assumed else row
        for row in identifiers
    )
    return tuple(found.chain(o) for o in operations), rows


class _Settling:
    def __init__(self, operations: Sequence[Callable], identifiers: Sequence[Identifier]) -> None:
        self._known = {o.name: o for o in operations}
        self._order = {o.name: number for number, o in enumerate(operations)}
        self._asked: dict[str, list[Identifier]] = defaultdict(list)
        for row in identifiers:
            if not row.optional:
                self._asked[row.operation].append(row)
        self._calls: dict[str, tuple[Call, ...]] = {}
        """Calls up to and with an operation that is reached."""
        self._wanted = {name: _wanted(self._asked[name]) for name in self._known}
        self._waiting: dict[str, list[str]] = defaultdict(list)
        for name, rows in self._wanted.items():
            for producer in sorted({producer for ways in rows.values() for producer, _ in ways}):
                self._waiting[producer].append(name)
        self._shut = {o.name for o in operations if o.browser_only or any(row.status == "unreachable" for row in self._asked[o.name])}
        """Operations that no program gets to, whatever it knows."""
        self.assumed: set[tuple[str, str, str]] = set()

    def settle(self) -> None:
        """Chains for all operations, circles cut where no more is reached otherwise."""
        self._close()
        self._reach([name for name in self._known if not self._wanted[name] and name not in self._shut])
        circular = sorted((n for n in self._known if n not in self._calls and n not in self._shut), key=self._first_to_assume)
        for name in circular:
            if name not in self._calls:
                rows = self._wanted[name]
                unreached = [key for key, ways in rows.items() if not any(producer in self._calls for producer, _ in ways)]
                self.assumed.update((name, *key) for key in unreached)
                self._wanted[name] = {key: ways for key, ways in rows.items() if key not in unreached}
                self._reach([name])

    def _first_to_assume(self, name: str) -> tuple[object, ...]:
        """Calls that make or list things near the top give others a start; a deletion gives nothing."""
        return (name.startswith("DELETE"), name.count("{"), self._order[name])

    def _close(self) -> None:
        """What is answered only by operations that are shut is shut too."""
        pending = list(self._shut)
        while pending:
            for after in self._waiting[pending.pop()]:
                if after not in self._shut and any(all(p in self._shut for p, _ in ways) for ways in self._wanted[after].values()):
                    self._shut.add(after)
                    pending.append(after)

    def _reach(self, first: Sequence[str]) -> None:
        """Settles operations and those that they open, in the order of the length of their chains."""
        queue = [(len(self._with_producers(name)), self._order[name], name) for name in first]
        heapq.heapify(queue)
        queued = set(first)
        while queue:
            _, _, name = heapq.heappop(queue)
            if name in self._calls:
                continue
            self._calls[name] = self._with_producers(name)
            for after in self._waiting[name]:
                # those that come to be reached later have longer chains: an operation is queued when its first way is open
                if after not in queued and after not in self._calls and after not in self._shut and self._ready(after):
                    queued.add(after)
                    heapq.heappush(queue, (len(self._with_producers(after)), self._order[after], after))

    def _ready(self, name: str) -> bool:
        return all(any(producer in self._calls for producer, _ in ways) for ways in self._wanted[name].values())

    def _with_producers(self, name: str) -> tuple[Call, ...]:
        """The calls for all that is required, each once, and the operation itself at the end."""
        calls: dict[str, Call] = {}
        given: list[Given] = []
        for (parameter, location), ways in self._wanted[name].items():
            reached = [way for way in ways if way[0] in self._calls]
            producer, place = min(reached, key=lambda way: sum(call.operation not in calls for call in self._calls[way[0]]))
            calls.update((call.operation, call) for call in self._calls[producer] if call.operation not in calls)
            given.append(Given(parameter, location, producer, place))
        return (*calls.values(), Call(name, self._known[name].operation_id, tuple(given)))

    def chain(self, operation: Callable) -> Chain:
        """The chain of one operation, once all is settled."""
        calls = self._calls.get(operation.name, ())
        asked = self._asked[operation.name]
        own = (r.parameter for r in asked if r.status == "caller-known" or (operation.name, r.parameter, r.location) in self.assumed)
        return Chain(operation.name, operation.operation_id, operation.file, calls, tuple(dict.fromkeys(own)), () if calls else self._lacking(operation))

    def _lacking(self, operation: Callable) -> tuple[Lack, ...]:
        """What keeps an operation out of reach."""
        found = [Lack("", "only a browser gets through")] if operation.browser_only else []
        for row in self._asked[operation.name]:
            ways = self._wanted[operation.name].get((row.parameter, row.location), [])
            if row.status == "unreachable":
                found.append(Lack(row.parameter, row.evidence))
            elif ways and all(producer in self._shut for producer, _ in ways):
                shown = list(dict.fromkeys(producer for producer, _ in ways))[:3]
                found.append(Lack(row.parameter, f"only {' or '.join(shown)} answers with it, and that is out of reach"))
        return tuple(found)


def _wanted(rows: Sequence[Identifier]) -> _Ways:
    """What an operation takes from answers."""
    found: _Ways = {}
    for row in rows:
        if row.status == "produced":
            said = (row.producer or "", *row.others)
            found[row.parameter, row.location] = [(operation, place) for operation, _, place in (text.partition(" -> ") for text in said)]
    return found

"""What handlers hand their work to: the functions that they call nearby, and those of them that do all that there is to do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from agentlint.analysis.calls.sites import Target
from agentlint.analysis.effects.summaries import Node, Summaries
from agentlint.ir.operations import Route

_NEAR = 3
"""Calls between a handler and a function that it hands its work to."""
_KINDS = frozenset({"call", "deferred", "override", "reference"})

Line = tuple[str, int]
"""File and line of an effect."""


class HandingOn:
    """Answers by the routes of an operation."""

    def __init__(self, summaries: Summaries) -> None:
        self._summaries = summaries
        self._lines: dict[Node, frozenset[Line]] = {}
        self._nodes: dict[str, set[Node]] = defaultdict(set)

    def near(self, routes: tuple[Route, ...]) -> frozenset[str]:
        """Functions that the handlers call, directly or through a few others."""
        found: set[Node] = set()
        waiting = self._handlers(routes)
        for _ in range(_NEAR):
            waiting = {callee for node in waiting for callee in self._called(node)} - found
            found |= waiting
        for node in found:
            self._nodes[node[0]].add(node)
        return frozenset(function for function, _ in found)

    def doing_all(self, routes: tuple[Route, ...], lines: frozenset[Line]) -> tuple[tuple[str, ...], ...]:
        """Functions nearby that reach every one of the lines, the nearest first: handlers have nothing else to do than to call one of them.

        What one call runs on things of several classes stands together: `thing.update()` is one piece of work, whichever class has it.
        """
        found: dict[tuple[str, ...], None] = {}
        waiting = self._handlers(routes)
        for _ in range(_NEAR):
            groups = {frozenset(g) for node in waiting for g in self._alternatives(node) if lines <= frozenset().union(*map(self._reached, g))}
            told = sorted(tuple(sorted({function for function, _ in g})) for g in groups)
            waiting = {node for g in groups for node in g} if any(names not in found for names in told) else set()
            found |= dict.fromkeys(told)
        return tuple(found)

    def _alternatives(self, node: Node) -> Iterator[set[Node]]:
        """The methods of one name that one call runs, together."""
        groups: dict[tuple[int, str], set[Node]] = defaultdict(set)
        for site, target, callee in self._summaries.edges(node):
            if target.kind in _KINDS and self._is_work(target):
                groups[id(site.call), callee[0].rpartition(".")[2]].add(callee)
        return iter(groups.values())

    def lines_of(self, function: str) -> frozenset[Line]:
        """Lines of the effects that a function reaches, on whichever class it was met so far."""
        return frozenset(line for node in self._nodes.get(function, ()) for line in self._reached(node))

    def _handlers(self, routes: tuple[Route, ...]) -> set[Node]:
        return {self._summaries.node(f, r.owner, *r.runs_on) for r in routes for f in (r.handler, *r.extra_handlers) if f}

    def _called(self, node: Node) -> Iterator[Node]:
        return (callee for _, target, callee in self._summaries.edges(node) if target.kind in _KINDS and self._is_work(target))

    def _is_work(self, target: Target) -> bool:
        """False for what is tied by its name only, and for the inside of a decorator, which runs whatever it was put around."""
        return target.confidence != "low" and not self._summaries.is_wrapper(target.function)

    def _reached(self, node: Node) -> frozenset[Line]:
        known = self._lines.get(node)
        if known is None:
            known = self._lines[node] = frozenset((e.effect.file, e.effect.line) for e in self._summaries.entries(node))
        return known

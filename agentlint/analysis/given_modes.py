"""What two operations give to a function that both of them call: one that hands in another constant, or what was submitted, asks for another thing."""

from __future__ import annotations

from collections import defaultdict

import msgspec

from agentlint.analysis.calls.sites import CallSite
from agentlint.analysis.deciding_parameters import DecidingParameters, Line
from agentlint.analysis.effects.arguments import argument_for, default_of, parameter_names, takes_any
from agentlint.analysis.effects.summaries import Node, Summaries
from agentlint.analysis.effects.written_values import WrittenValues
from agentlint.analysis.program import FunctionInfo, Program
from agentlint.ir import syntax as s
from agentlint.ir.operations import Route
from agentlint.ir.walk import dotted, expressions, statements

_NEAR = 4
"""Calls between a handler and a function whose parameters are compared."""
_FARTHER = 1
"""Calls beyond the nearest call of a function within which others of it count too: what calls it again far below does so for another reason."""
_KINDS = frozenset({"call", "override"})
_SUBMITTED = frozenset({
    "form", "files", "values", "json", "get_json", "args", "data", "cleaned_data", "validated_data", "POST", "FILES", "GET", "get_argument",
    "get_body_argument", "query_params",
})
"""Attributes under which frameworks keep what was submitted."""
_BESIDE = frozenset(
    "user actor who request session commit flush source origin via channel log logger verbose quiet silent lang language locale context ctx db using".split()
)
"""Parameters that say who asks, by which way and how loud: no part of what is asked for."""

_SENT, _UNKNOWN = "\0sent", "\0unknown"
_BOTH = frozenset({"True", "False"})
_Given = dict[str, frozenset[str]]
"""Parameter to what is given for it: constants as text, `_SENT` for what was submitted, `_UNKNOWN` for anything else."""


class Difference(msgspec.Struct, frozen=True):
    """A parameter that decides what is done and that an endpoint never fills as the page does."""

    function: str
    parameter: str
    constant: bool
    """True where both give constants: the endpoint does something else. Otherwise it does one of the things that the page lets a person choose."""


class GivenModes:
    """Answers for the routes of two operations."""

    def __init__(self, program: Program, summaries: Summaries) -> None:
        self._program, self._summaries = program, summaries
        self._written = WrittenValues(program)
        self._lines: dict[Node, frozenset[Line]] = {}
        self._deciding = DecidingParameters(program, summaries, self._reached)
        self._calls: dict[tuple[Route, ...], dict[Node, _Given]] = {}
        self._compared: dict[tuple[tuple[Route, ...], tuple[Route, ...]], list[tuple[Difference, frozenset[Line]]]] = {}

    def difference(self, page: tuple[Route, ...], endpoint: tuple[Route, ...], lines: frozenset[Line]) -> Difference | None:
        """How the page's way to lines of effects differs from the endpoint's, the plainest first; None where nothing is known to differ."""
        found = [d for d, decided in self._between(page, endpoint) if decided & lines]
        return min(found, key=lambda d: (not d.constant, d.function, d.parameter), default=None)

    def calling(self, page: tuple[Route, ...], endpoint: tuple[Route, ...], function: str) -> Difference | None:
        """The same for all that one function does."""
        return self.difference(page, endpoint, frozenset().union(*(self._reached(n) for n in self._given(page) if n[0] == function)))

    def _between(self, page: tuple[Route, ...], endpoint: tuple[Route, ...]) -> list[tuple[Difference, frozenset[Line]]]:
        known = self._compared.get((page, endpoint))
        if known is None:
            mine, theirs = self._given(page), self._given(endpoint)
            known = self._compared[page, endpoint] = [
                (Difference(node[0], name, _SENT not in mine[node][name]), lines)
                for node in mine if node in theirs
                for name, lines in self._deciding.of(node).items()
                if name not in _BESIDE and _differ(mine[node].get(name, frozenset()), theirs[node].get(name, frozenset()))
            ]
        return known

    def _given(self, routes: tuple[Route, ...]) -> dict[Node, _Given]:
        """What an operation's handlers, and what they call nearby, give to the functions that they call."""
        known = self._calls.get(routes)
        if known is None:
            handlers = {self._summaries.node(f, r.owner, *r.runs_on) for r in routes for f in (r.handler, *r.extra_handlers) if f}
            known = self._calls[routes] = self._follow(handlers)
        return known

    def _follow(self, handlers: set[Node]) -> dict[Node, _Given]:
        found: dict[Node, dict[str, set[str]]] = {}
        met: dict[Node, int] = {}
        waiting: dict[Node, _Given] = {node: {} for node in handlers}
        for depth in range(_NEAR):
            following: dict[Node, dict[str, set[str]]] = {}
            for caller, held in waiting.items():
                for site, target, callee in self._summaries.edges(caller):
                    if not self._reached(callee) or callee in handlers:
                        continue
                    given = self._fill(site, callee[0], held) if target.kind in _KINDS else self._unknown(callee[0])
                    into, later = found.setdefault(callee, defaultdict(set)), following.setdefault(callee, defaultdict(set))
                    for name, values in given.items():
                        later[name] |= values
                        if depth <= met.setdefault(callee, depth) + _FARTHER:
                            into[name] |= values
            waiting = {node: {name: frozenset(values) for name, values in held.items()} for node, held in following.items()}
        return {node: {name: frozenset(values) for name, values in held.items()} for node, held in found.items()}

    def _unknown(self, function: str) -> _Given:
        return dict.fromkeys(parameter_names(self._program.functions.get(function)), frozenset({_UNKNOWN}))

    def _fill(self, site: CallSite, function: str, held: _Given) -> _Given:
        """What one call gives for every parameter of a function."""
        callee, caller = self._program.functions[function], self._program.functions.get(site.caller)
        hidden = any(k.name is None for k in site.call.keywords) or any(isinstance(a, s.Other) for a in site.call.args)
        found: _Given = {}
        for name in parameter_names(callee):
            given = argument_for(site, callee, name)
            if given is None and not hidden:
                found[name] = self._default(callee, name)
            else:
                found[name] = self._value(given, caller, held) if given is not None and caller is not None else frozenset({_UNKNOWN})
        return found

    def _default(self, callee: FunctionInfo, name: str) -> frozenset[str]:
        default = default_of(callee, name)
        if default is None or takes_any(callee):
            return frozenset({_UNKNOWN})
        return frozenset({_text(default) or self._written.constant(default, callee) or _UNKNOWN})

    def _value(self, given: s.Expr, caller: FunctionInfo, held: _Given) -> frozenset[str]:
        if isinstance(given, s.Name):
            if given.id in parameter_names(caller):
                return held.get(given.id, frozenset({_UNKNOWN}))
            set_to = [x.value for x in statements(caller.node.body) if isinstance(x, s.Assign) and any(dotted(t) == given.id for t in x.targets)]
            if len(set_to) == 1 and set_to[0] is not None and not isinstance(set_to[0], s.Name):
                return self._value(set_to[0], caller, held)
        constant = _text(given) or self._written.constant(given, caller)
        if constant:
            return frozenset({constant})
        submitted = any(isinstance(e, s.Attribute) and e.attr in _SUBMITTED for e in expressions(given))
        return frozenset({_SENT if submitted else _UNKNOWN})

    def _reached(self, node: Node) -> frozenset[Line]:
        known = self._lines.get(node)
        if known is None:
            known = self._lines[node] = frozenset((e.effect.file, e.effect.line) for e in self._summaries.entries(node))
        return known


def _text(value: s.Expr) -> str:
    """A literal as text; empty for anything else."""
    return (str(value.value) or "''") if isinstance(value, s.Constant) else ""


def _differ(mine: frozenset[str], theirs: frozenset[str]) -> bool:
    """True when an endpoint gives constants only, and none of those that the page gives, or the page lets people say it."""
    if not mine or not theirs or _UNKNOWN in mine or theirs & {_SENT, _UNKNOWN} or theirs >= _BOTH:
        return False
    return _SENT in mine or not mine & theirs

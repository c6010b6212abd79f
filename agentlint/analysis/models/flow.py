"""Where a model's answer goes: the functions that hand it on, and the calls and branches that depend on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet

import msgspec

from agentlint.analysis.calls.sites import Calls
from agentlint.analysis.program import FunctionInfo, Program
from agentlint.ir import syntax as s
from agentlint.ir import walk

_COLLECTING = frozenset({"append", "extend", "add", "insert", "update", "setdefault"})
_OWN = "self."
_MOST_FUNCTIONS = 2000
"""Functions to which an answer is followed; more means that a helper used everywhere was taken for a wrapper."""


class Flow(msgspec.Struct, frozen=True):
    """A model's answer inside one function."""

    sites: frozenset[int]
    """Calls that give the answer or something made of it."""
    names: frozenset[str]
    """Variables that hold it."""
    returns: bool
    """True when the function gives it to its caller."""


class Answers:
    """Flows of all functions that come to hold a model's answer."""

    def __init__(self, program: Program, calls: Calls, sources: Iterable[tuple[str, int]]) -> None:
        self._program, self._calls = program, calls
        self._sites: dict[str, set[int]] = {}
        self._kept: dict[str, set[str]] = {}
        """By function: attributes of its object (`self.answer`) that hold the answer from the start."""
        self.flows: dict[str, Flow] = {}
        for function, site in sources:
            self._sites.setdefault(function, set()).add(site)
        self._spread()

    def _spread(self) -> None:
        waiting = sorted(self._sites, reverse=True)
        while waiting and len(self.flows) < _MOST_FUNCTIONS:
            function = waiting.pop()
            info = self._program.functions.get(function)
            if info is None:
                continue
            before = self.flows.get(function)
            flow = flow_in(info.node, frozenset(self._sites.get(function, ())), self._kept.get(function, ()))
            self.flows[function] = flow
            waiting += self._keep(info, flow)
            if flow.returns and not (before is not None and before.returns):
                waiting += self._hand_on(function)

    def _keep(self, info: FunctionInfo, flow: Flow) -> list[str]:
        """Methods of the class that read what this one put on the object, and did not know of it yet."""
        owner = self._program.classes.get(info.owner) if info.owner else None
        kept = {name for name in flow.names if name.startswith(_OWN)} - self._kept.get(info.id, set())
        changed = []
        for method in owner.methods.values() if owner is not None and kept else ():
            node = self._program.functions.get(method)
            known = self._kept.setdefault(method, set())
            new = kept - known
            if node is not None and new and (method == info.id or not new.isdisjoint(_read(node.node))):
                known |= new
                changed += [method] if method != info.id else []
        return sorted(changed, reverse=True)

    def _hand_on(self, function: str) -> list[str]:
        changed = []
        for site in self._calls.callers(function):
            target = next((t for t in site.targets if t.function == function), None)
            if target is None or target.confidence == "low" or site.caller == function:
                continue
            known = self._sites.setdefault(site.caller, set())
            if site.call.site not in known:
                known.add(site.call.site)
                changed.append(site.caller)
        return sorted(set(changed), reverse=True)

    def callers(self, function: str) -> list[str]:
        """Functions that call another one for sure enough, sorted."""
        found = {c.caller for c in self._calls.callers(function) if any(t.function == function and t.confidence != "low" for t in c.targets)}
        return sorted(found)

    def depends(self, function: str, site: int, tests: Iterable[str], asked: Iterable[int] = ()) -> bool:
        """True when a call of the function takes the answer, or runs under a test of it: of variables that hold it, or of the call that gives it."""
        flow = self.flows.get(function)
        if flow is None:
            return False
        if flow.names.intersection(tests) or site in flow.sites or flow.sites.intersection(asked):
            return True
        info = self._program.functions[function]
        for call in walk.calls(info.node.body):
            if call.site == site:
                return mentions(call, flow.names, flow.sites - {site})
        return False


def flow_in(node: s.Function, sites: frozenset[int], held: Iterable[str] = ()) -> Flow:
    """The answer's way through one function, in which variables may hold it from the start; two rounds, so that what a loop carries over is seen."""
    names: set[str] = set(held)
    returns = False
    for _ in range(2):
        for stmt in walk.statements(node.body):
            match stmt:
                case s.Assign() if stmt.value is not None and mentions(stmt.value, names, sites):
                    names.update(n for target in stmt.targets for n in _bound(target))
                case s.Loop() if stmt.iterable is not None and stmt.target is not None and mentions(stmt.iterable, names, sites):
                    names.update(_bound(stmt.target))
                case s.With():
                    for item in stmt.items:
                        if item.target is not None and mentions(item.value, names, sites):
                            names.update(_bound(item.target))
                case s.Return() if stmt.value is not None and mentions(stmt.value, names, sites):
                    returns = True
                case s.Expression():
                    names.update(_collected(stmt.value, names, sites))
                    returns = returns or (isinstance(stmt.value, s.Other) and stmt.value.kind.startswith("yield") and mentions(stmt.value, names, sites))
    return Flow(sites, frozenset(names), returns)


def mentions(expr: s.Expr, names: AbstractSet[str], sites: AbstractSet[int]) -> bool:
    """True when an expression holds one of the variables or one of the calls."""
    return any((isinstance(e, s.Name) and e.id in names) or (isinstance(e, s.Call) and e.site in sites) or own_attribute(e) in names for e in _parts(expr))


def own_attribute(expr: s.Expr) -> str:
    """`self.answer` for an attribute of the object whose method runs; empty for anything else."""
    return f"{_OWN}{expr.attr}" if isinstance(expr, s.Attribute) and isinstance(expr.value, s.Name) and expr.value.id == "self" else ""


def _read(node: s.Function) -> frozenset[str]:
    return frozenset(map(own_attribute, walk.body_expressions(node.body))) - {""}


def _parts(expr: s.Expr) -> Iterator[s.Expr]:
    """The expressions that an expression is made of, those of its lambdas included."""
    for part in walk.expressions(expr):
        yield part
        if isinstance(part, s.Lambda):
            for stmt in part.function.body:
                for root in walk.own_expressions(stmt):
                    yield from _parts(root)


def _bound(target: s.Expr) -> Iterator[str]:
    if isinstance(target, s.Name):
        yield target.id
    elif isinstance(target, s.Sequence):
        for item in target.items:
            yield from _bound(item)
    elif isinstance(target, (s.Attribute, s.Subscript)):  # what holds it may be saved or returned
        yield from filter(None, (own_attribute(target),))
        root: s.Expr = target
        while isinstance(root, (s.Attribute, s.Subscript)):
            root = root.value
        if isinstance(root, s.Name) and root.id not in ("self", "cls", "request"):
            yield root.id


def _collected(expr: s.Expr, names: set[str], sites: frozenset[int]) -> Iterator[str]:
    """`parts.append(answer)` makes `parts` hold the answer."""
    if isinstance(expr, s.Call) and isinstance(expr.func, s.Attribute) and expr.func.attr in _COLLECTING and isinstance(expr.func.value, s.Name):
        if any(mentions(argument, names, sites) for argument in expr.args):
            yield expr.func.value.id

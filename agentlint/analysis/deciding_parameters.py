"""Parameters that say how a function does its work: whether it reaches an effect, and what the effect writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from agentlint.analysis.effects.arguments import parameter_names
from agentlint.analysis.effects.summaries import Node, Summaries
from agentlint.analysis.program import FunctionInfo, Program
from agentlint.ir import syntax as s
from agentlint.ir.walk import calls, expressions, own_expressions, statements

Line = tuple[str, int]
"""File and line of an effect."""


class DecidingParameters:
    """Answers for functions, on the classes they run on."""

    def __init__(self, program: Program, summaries: Summaries, reached: Callable[[Node], frozenset[Line]]) -> None:
        self._program, self._summaries, self._reached = program, summaries, reached
        self._known: dict[Node, dict[str, frozenset[Line]]] = {}

    def of(self, node: Node) -> dict[str, frozenset[Line]]:
        """Parameters, each with the lines of effects that hang on what is given for it."""
        known = self._known.get(node)
        if known is None:
            info = self._program.functions.get(node[0])
            known = self._known[node] = self._find(node, info) if info is not None else {}
        return known

    def _find(self, node: Node, info: FunctionInfo) -> dict[str, frozenset[Line]]:
        names = parameter_names(info)
        found: dict[str, set[Line]] = defaultdict(set)
        own = {(e.file, e.line) for e in self._summaries.own(node)}
        fields = {f: {(e.file, e.line) for e in self._summaries.own(node) if f in e.fields} for e in self._summaries.own(node) for f in e.fields}
        everything = tuple(statements(info.node.body))
        for stmt in everything:
            for name in _tested(stmt) & names:
                found[name] |= self._below(node, _decided(stmt, everything), own)
            for name, field in _assigned(stmt):
                if name in names:
                    found[name] |= fields.get(field, set())
            for name, line in _handed_in(stmt):
                if name in names:
                    found[name] |= {place for place in own if place[1] == line and not any(place in lines for lines in fields.values())}
        return {name: frozenset(lines) for name, lines in found.items() if lines}

    def _below(self, node: Node, block: Iterable[s.Stmt], own: set[Line]) -> set[Line]:
        """Lines of effects that statements of a function reach."""
        block = tuple(block)
        within = {id(c) for c in calls(block)}
        lines = {stmt.line for stmt in statements(block) if hasattr(stmt, "line")} | {c.line for c in calls(block)}
        found = {place for place in own if place[1] in lines}
        for site, _, callee in self._summaries.edges(node) if within else ():
            if id(site.call) in within:
                found |= self._reached(callee)
        return found


def _tested(stmt: s.Stmt) -> frozenset[str]:
    """Names whose value a branch asks for: by themselves, turned round, or compared with something constant."""
    if not isinstance(stmt, s.If):
        return frozenset()
    return frozenset(_asked(stmt.test))


def _asked(test: s.Expr) -> Iterator[str]:
    if isinstance(test, s.Name):
        yield test.id
    elif isinstance(test, s.Apply):
        compared = any(isinstance(o, (s.Constant, s.Attribute, s.Sequence)) for o in test.operands)
        if test.op in ("and", "or", "not") or compared:
            for operand in test.operands:
                yield from _asked(operand)


def _decided(stmt: s.Stmt, everything: tuple[s.Stmt, ...]) -> Iterator[s.Stmt]:
    """Statements that run only one way a branch goes: its own, and all that follows where one of its sides leaves."""
    if isinstance(stmt, s.If):
        yield from (*stmt.body, *stmt.orelse)
        if any(side and isinstance(side[-1], (s.Return, s.Raise)) for side in (stmt.body, stmt.orelse)):
            yield from (later for later in everything if getattr(later, "line", 0) > stmt.line)


def _assigned(stmt: s.Stmt) -> Iterator[tuple[str, str]]:
    """Names, each with the attribute that is set to its value."""
    if isinstance(stmt, s.Assign) and isinstance(stmt.value, s.Name):
        yield from ((stmt.value.id, target.attr) for target in stmt.targets if isinstance(target, s.Attribute))


def _handed_in(stmt: s.Stmt) -> Iterator[tuple[str, int]]:
    """Names within the arguments of calls, each with the line of the call."""
    for call in (e for root in own_expressions(stmt) for e in expressions(root) if isinstance(e, s.Call)):
        for argument in (*call.args, *(k.value for k in call.keywords)):
            yield from ((e.id, call.line) for e in expressions(argument) if isinstance(e, s.Name))

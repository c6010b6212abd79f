"""Effects of checks: what a function writes while it only decides whether the caller may go on (rate limits, tokens used up, attempts counted)."""

from __future__ import annotations

import re

from agentlint.analysis.program import Program
from agentlint.ir import syntax as s
from agentlint.ir.effects import ReachedEffect
from agentlint.ir.walk import expressions, statements

_CHECK = re.compile(
    r"^_?(is|are|has|have|can|may|must|should|allow\w*|authori[sz]e\w*|check\w*|verify\w*|valid\w*|limit\w*|throttl\w*|rate_?limit\w*|require\w*|ensure\w*|permit\w*)(_|$)",
    re.IGNORECASE,
)


class PermitChecks:
    """Knows the lines of a program on which a check stands before an early way out: `if not Limit.allow(user): return`."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._lines: dict[str, frozenset[int]] = {}

    def hold(self, reached: ReachedEffect) -> bool:
        """True when the chain to an effect goes through a check."""
        return any(step.line in self._checks(step.file) for step in reached.chain)

    def _checks(self, file: str) -> frozenset[int]:
        known = self._lines.get(file)
        if known is None:
            module = self._program.module_of(file)
            known = self._lines[file] = frozenset(_check_lines(module.body)) if module is not None else frozenset()
        return known


def _check_lines(body: tuple[s.Stmt, ...]) -> set[int]:
    found: set[int] = set()
    for stmt in statements(body):
        if isinstance(stmt, s.Define):
            found |= _check_lines(stmt.definition.body)
        elif isinstance(stmt, s.If) and _leaves(stmt.body):
            found |= {e.line for e in expressions(stmt.test) if isinstance(e, s.Call) and _CHECK.match(_name(e))}
    return found


def _name(call: s.Call) -> str:
    return call.func.attr if isinstance(call.func, s.Attribute) else call.func.id if isinstance(call.func, s.Name) else ""


def _leaves(body: tuple[s.Stmt, ...]) -> bool:
    return bool(body) and isinstance(body[-1], (s.Return, s.Raise))

"""Handlers of nobody's framework that ask for whoever is signed in, of something of which nothing is known: `@require_login`, `accounts.get_current_user()`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentlint.analysis.program import FunctionInfo, Program
from agentlint.ir import syntax as s
from agentlint.ir.operations import Guard
from agentlint.ir.walk import body_expressions, dotted

_ASKS = re.compile(
    r"^(require|requires|needs|ensure|check)_?(login|logged_in|signed_in|sign_in)$|^(login|sign_in)_required$|^(get_)?(current|logged_in|signed_in)_(user|account|member)$"
)
_TOKENS = re.compile(r"authorization|bearer|api_?key|token|x-auth", re.IGNORECASE)
_DEEPEST = 2
_LONG = 60
"""Letters of a text that is a sentence, and no name of a header."""


class SignedIn:
    """Answers for one program; remembers which functions read tokens."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._known: dict[tuple[str, int], bool] = {}

    def guards(self, info: FunctionInfo) -> tuple[Guard, ...]:
        """A session, where what is asked for by such a name reads no token as far as it can be followed: a page does not know its visitor otherwise."""
        for name, line, target in _asked(info, self._program):
            if target is None or not self._reads_tokens(target, _DEEPEST):
                return (Guard("session", name, info.module.path, line),)
        return ()

    def _reads_tokens(self, info: FunctionInfo, depth: int) -> bool:
        """True for a function that names a token, or calls one that does."""
        known = self._known.get((info.id, depth))
        if known is None:
            both = (info, *self._program.inner(info.id))
            known = any(map(_names_token, both)) or (depth > 0 and any(self._reads_tokens(f, depth - 1) for one in both for f in self._called(one)))
            self._known[info.id, depth] = known
        return known

    def _called(self, info: FunctionInfo) -> Iterator[FunctionInfo]:
        found = (self._program.functions.get(self._program.resolve(c.func, info)) for c in self._program.calls_in(info))
        yield from (f for f in found if f is not None)


def _names_token(info: FunctionInfo) -> bool:
    for expr in body_expressions(info.node.body):
        text = expr.value if isinstance(expr, s.Constant) else expr.attr if isinstance(expr, s.Attribute) else None
        if isinstance(text, str) and len(text) < _LONG and _TOKENS.search(text):
            return True
    return False


def _asked(info: FunctionInfo, program: Program) -> Iterator[tuple[str, int, FunctionInfo | None]]:
    for decorator in info.node.decorators:
        yield from _one(decorator.func if isinstance(decorator, s.Call) else decorator, info, program)
    for call in program.calls_in(info):
        yield from _one(call.func, info, program)


def _one(func: s.Expr, info: FunctionInfo, program: Program) -> Iterator[tuple[str, int, FunctionInfo | None]]:
    name = dotted(func).rpartition(".")[2]
    if _ASKS.match(name):
        yield name, func.line, program.functions.get(program.resolve(func, info))

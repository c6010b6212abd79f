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


def signed_in(info: FunctionInfo, program: Program) -> tuple[Guard, ...]:
    """A session, where what is asked for by such a name reads no token as far as it can be followed: a page does not know its visitor otherwise."""
    for name, line, target in _asked(info, program):
        if not any(_reads_tokens(t, program, _DEEPEST) for t in target):
            return (Guard("session", name, info.module.path, line),)
    return ()


def _asked(info: FunctionInfo, program: Program) -> Iterator[tuple[str, int, list[FunctionInfo]]]:
    for decorator in info.node.decorators:
        yield from _one(decorator.func if isinstance(decorator, s.Call) else decorator, info, program)
    for call in program.calls_in(info):
        yield from _one(call.func, info, program)


def _one(func: s.Expr, info: FunctionInfo, program: Program) -> Iterator[tuple[str, int, list[FunctionInfo]]]:
    name = dotted(func).rpartition(".")[2]
    if _ASKS.match(name):
        found = program.functions.get(program.resolve(func, info))
        yield name, func.line, [found] if found is not None else []


def _reads_tokens(info: FunctionInfo, program: Program, depth: int) -> bool:
    """True for a function that names a token, or calls one that does."""
    inner = [f for f in program.functions.values() if f.parent == info.id]
    for one in (info, *inner):
        for expr in body_expressions(one.node.body):
            text = expr.value if isinstance(expr, s.Constant) else expr.attr if isinstance(expr, s.Attribute) else None
            if isinstance(text, str) and len(text) < 60 and _TOKENS.search(text):
                return True
        called = (program.functions.get(program.resolve(c.func, one)) for c in program.calls_in(one))
        if depth and any(f is not None and f.id != info.id and _reads_tokens(f, program, depth - 1) for f in called):
            return True
    return False

"""Branches that turn away whoever brings a token: what stands behind them is for a person's browser, whatever else the program accepts."""

from __future__ import annotations

from collections.abc import Callable

from agentlint.analysis.program import FunctionInfo, Program
from agentlint.ir import syntax as s
from agentlint.ir.walk import dotted, statements

REFUSED = "whoever brings a token is turned away"
"""What a guard says that such a branch leaves: the browser's session."""


def turns_tokens_away(info: FunctionInfo, program: Program, is_token: Callable[[str, str], bool]) -> int:
    """Line of a branch that raises where the request brings a credential of programs; 0 where there is none. `is_token` judges source and name of a header."""
    for stmt in statements(info.node.body):
        if isinstance(stmt, s.If) and stmt.body and isinstance(stmt.body[-1], s.Raise) and _brings(stmt.test, info, program, is_token):
            return stmt.line
    return 0


def _brings(test: s.Expr, info: FunctionInfo, program: Program, is_token: Callable[[str, str], bool]) -> bool:
    """True for `"X-Api-Key" in request.headers`, one of several such, and for a function of the project that returns one."""
    match test:
        case s.Apply(op="or", operands=parts):
            return any(_brings(part, info, program, is_token) for part in parts)
        case s.Apply(op="in", operands=(s.Constant(value=str() as name), source)):
            return is_token(dotted(source), name)
        case s.Call(func=func):
            asked = program.functions.get(program.resolve(func, info))
            body = asked.node.body if asked is not None else ()
            last = body[-1] if len(body) == 1 else None
            return asked is not None and isinstance(last, s.Return) and last.value is not None and not isinstance(last.value, s.Call) and _brings(
                last.value, asked, program, is_token
            )
    return False

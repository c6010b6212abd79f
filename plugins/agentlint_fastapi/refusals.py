"""Providers that turn a caller away: what a dependency may bring back empty becomes a demand where the code refuses to go on without it."""

from __future__ import annotations

from agentlint.api import FunctionInfo, Program, syntax, walk


def refuses_without(name: str, info: FunctionInfo, program: Program) -> bool:
    """True when a function raises where it has looked at a parameter, or at what it made of it, or hands it to a function that may raise."""
    held = {name}
    for stmt in walk.statements(info.node.body):
        if isinstance(stmt, syntax.Assign) and stmt.value is not None and _mentions(stmt.value, held):
            held |= {t.id for t in stmt.targets if isinstance(t, syntax.Name)}
        elif isinstance(stmt, syntax.If) and _mentions(stmt.test, held):
            if any(isinstance(inner, syntax.Raise) for inner in walk.statements((*stmt.body, *stmt.orelse))):
                return True
        elif isinstance(stmt, syntax.Try) and any(_mentions(e, held) for e in walk.body_expressions(stmt.body)):
            if any(isinstance(inner, syntax.Raise) for inner in walk.statements((stmt,))):
                return True
    return any(_mentions_any(call, held) and _may_raise(call, info, program) for call in program.calls_in(info))


def _may_raise(call: syntax.Call, info: FunctionInfo, program: Program) -> bool:
    target = program.lookup(program.resolve(call.func, info))
    return isinstance(target, FunctionInfo) and any(isinstance(stmt, syntax.Raise) for stmt in walk.statements(target.node.body))


def _mentions_any(call: syntax.Call, held: set[str]) -> bool:
    return any(_mentions(a, held) for a in (*call.args, *(k.value for k in call.keywords)))


def _mentions(expr: syntax.Expr, held: set[str]) -> bool:
    return any(isinstance(e, syntax.Name) and e.id in held for e in walk.expressions(expr))

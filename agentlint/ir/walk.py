"""Walking the syntax tree: every expression, call or statement below a node, in source order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agentlint.ir import syntax as s


def child_expressions(expr: s.Expr) -> tuple[s.Expr, ...]:
    """The direct sub-expressions of an expression, in source order; a lambda's body is not entered."""
    match expr:
        case s.Call():
            return (expr.func, *expr.args, *(k.value for k in expr.keywords))
        case s.Attribute():
            return (expr.value,)
        case s.Template():
            return expr.parts
        case s.Sequence():
            return expr.items
        case s.Mapping():
            return (*(k for k in expr.keys if k is not None), *expr.values)
        case s.Subscript():
            return (expr.value, expr.index)
        case s.Apply():
            return expr.operands
        case s.Comprehension():
            clauses = (e for c in expr.clauses for e in (c.iterable, c.target, *c.conditions))
            return (*clauses, *expr.elements)
        case s.Other():
            return expr.children
        case _:
            return ()


def own_expressions(stmt: s.Stmt) -> tuple[s.Expr, ...]:
    """The expressions that stand directly in a statement (tests, values, targets), not those of nested blocks."""
    match stmt:
        case s.Expression():
            return (stmt.value,)
        case s.Assign():
            return (*((stmt.value,) if stmt.value is not None else ()), *stmt.targets)
        case s.Return() | s.Raise():
            return () if stmt.value is None else (stmt.value,)
        case s.If():
            return (stmt.test,)
        case s.Loop():
            return tuple(e for e in (stmt.iterable, stmt.test, stmt.target) if e is not None)
        case s.With():
            return tuple(e for item in stmt.items for e in (item.value, item.target) if e is not None)
        case s.Match():
            return (stmt.subject, *(e for c in stmt.cases for e in (*c.patterns, *(() if c.guard is None else (c.guard,)))))
        case s.Try():
            return tuple(h.type for h in stmt.handlers if h.type is not None)
        case _:
            return ()


def blocks(stmt: s.Stmt) -> tuple[tuple[s.Stmt, ...], ...]:
    """The nested blocks of a statement in source order; definitions are not entered."""
    match stmt:
        case s.If() | s.Loop():
            return (stmt.body, stmt.orelse)
        case s.Try():
            return (stmt.body, *(h.body for h in stmt.handlers), stmt.orelse, stmt.final)
        case s.With():
            return (stmt.body,)
        case s.Match():
            return tuple(c.body for c in stmt.cases)
        case _:
            return ()


def statements(body: Iterable[s.Stmt]) -> Iterator[s.Stmt]:
    """Every statement of a block and its nested blocks, in source order; bodies of nested definitions are not entered."""
    stack = list(reversed(tuple(body)))
    while stack:
        stmt = stack.pop()
        yield stmt
        for block in reversed(blocks(stmt)):
            stack.extend(reversed(block))


def expressions(root: s.Expr) -> Iterator[s.Expr]:
    """The expression and everything below it, outermost first; lambdas are yielded but not entered."""
    stack = [root]
    while stack:
        expr = stack.pop()
        yield expr
        stack.extend(reversed(child_expressions(expr)))


def body_expressions(body: Iterable[s.Stmt]) -> Iterator[s.Expr]:
    """Every expression of a block, nested blocks included, nested definitions and lambdas not entered."""
    for stmt in statements(body):
        for root in own_expressions(stmt):
            yield from expressions(root)


def calls(body: Iterable[s.Stmt]) -> Iterator[s.Call]:
    """Every call of a block, nested blocks included, nested definitions and lambdas not entered."""
    for expr in body_expressions(body):
        if isinstance(expr, s.Call):
            yield expr


def dotted(expr: s.Expr | None) -> str:
    """`a.b.c` for a chain of names and attributes, the empty string for anything else."""
    parts: list[str] = []
    while isinstance(expr, s.Attribute):
        parts.append(expr.attr)
        expr = expr.value
    if not isinstance(expr, s.Name):
        return ""
    parts.append(expr.id)
    return ".".join(reversed(parts))

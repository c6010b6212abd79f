"""Walking the syntax tree: every expression, call or statement below a node, in source order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter
from typing import Any

from agentlint.ir import syntax as s


def _of_call(expr: s.Call) -> tuple[s.Expr, ...]:
    if expr.keywords:
        return (expr.func, *expr.args, *[k.value for k in expr.keywords])
    return (expr.func, *expr.args)


def _of_mapping(expr: s.Mapping) -> tuple[s.Expr, ...]:
    return (*[k for k in expr.keys if k is not None], *expr.values)


def _of_comprehension(expr: s.Comprehension) -> tuple[s.Expr, ...]:
    return (*[e for c in expr.clauses for e in (c.iterable, c.target, *c.conditions)], *expr.elements)


_CHILDREN: dict[type, Callable[[Any], tuple[s.Expr, ...]]] = {
    s.Call: _of_call,
    s.Attribute: lambda expr: (expr.value,),
    s.Template: attrgetter("parts"),
    s.Sequence: attrgetter("items"),
    s.Mapping: _of_mapping,
    s.Subscript: attrgetter("value", "index"),
    s.Apply: attrgetter("operands"),
    s.Comprehension: _of_comprehension,
    s.Other: attrgetter("children"),
}
"""How to get the sub-expressions of each kind of expression; kinds that have none are absent. A table: these walks are the analysis' innermost loops."""


def child_expressions(expr: s.Expr) -> tuple[s.Expr, ...]:
    """The direct sub-expressions of an expression, in source order; a lambda's body is not entered."""
    get = _CHILDREN.get(type(expr))
    return get(expr) if get is not None else ()


def _of_assign(stmt: s.Assign) -> tuple[s.Expr, ...]:
    return stmt.targets if stmt.value is None else (stmt.value, *stmt.targets)


def _of_value(stmt: s.Return | s.Raise) -> tuple[s.Expr, ...]:
    return () if stmt.value is None else (stmt.value,)


def _of_match(stmt: s.Match) -> tuple[s.Expr, ...]:
    return (stmt.subject, *(e for c in stmt.cases for e in (*c.patterns, *(() if c.guard is None else (c.guard,)))))


_OWN: dict[type, Callable[[Any], tuple[s.Expr, ...]]] = {
    s.Expression: lambda stmt: (stmt.value,),
    s.Assign: _of_assign,
    s.Return: _of_value,
    s.Raise: _of_value,
    s.If: lambda stmt: (stmt.test,),
    s.Loop: lambda stmt: tuple(e for e in (stmt.iterable, stmt.test, stmt.target) if e is not None),
    s.With: lambda stmt: tuple(e for item in stmt.items for e in (item.value, item.target) if e is not None),
    s.Match: _of_match,
    s.Try: lambda stmt: tuple(h.type for h in stmt.handlers if h.type is not None),
}


def own_expressions(stmt: s.Stmt) -> tuple[s.Expr, ...]:
    """The expressions that stand directly in a statement (tests, values, targets), not those of nested blocks."""
    get = _OWN.get(type(stmt))
    return get(stmt) if get is not None else ()


_BLOCKS: dict[type, Callable[[Any], tuple[tuple[s.Stmt, ...], ...]]] = {
    s.If: attrgetter("body", "orelse"),
    s.Loop: attrgetter("body", "orelse"),
    s.Try: lambda stmt: (stmt.body, *[h.body for h in stmt.handlers], stmt.orelse, stmt.final),
    s.With: lambda stmt: (stmt.body,),
    s.Match: lambda stmt: tuple(c.body for c in stmt.cases),
}


def blocks(stmt: s.Stmt) -> tuple[tuple[s.Stmt, ...], ...]:
    """The nested blocks of a statement in source order; definitions are not entered."""
    get = _BLOCKS.get(type(stmt))
    return get(stmt) if get is not None else ()


def statements(body: Iterable[s.Stmt]) -> Iterator[s.Stmt]:
    """Every statement of a block and its nested blocks, in source order; bodies of nested definitions are not entered."""
    stack = list(reversed(tuple(body)))
    while stack:
        stmt = stack.pop()
        yield stmt
        get = _BLOCKS.get(type(stmt))
        if get is not None:
            for block in reversed(get(stmt)):
                stack.extend(reversed(block))


def expressions(root: s.Expr) -> Iterator[s.Expr]:
    """The expression and everything below it, outermost first; lambdas are yielded but not entered."""
    stack = [root]
    while stack:
        expr = stack.pop()
        yield expr
        get = _CHILDREN.get(type(expr))
        if get is not None:
            stack.extend(get(expr)[::-1])


def body_expressions(body: Iterable[s.Stmt]) -> Iterator[s.Expr]:
    """Every expression of a block, nested blocks included, nested definitions and lambdas not entered."""
    get_own, get_children = _OWN.get, _CHILDREN.get
    for stmt in statements(body):
        own = get_own(type(stmt))
        if own is None:
            continue
        stack = list(own(stmt)[::-1])
        while stack:  # as in `expressions`: a generator for every root would cost more than the walk
            expr = stack.pop()
            yield expr
            get = get_children(type(expr))
            if get is not None:
                stack.extend(get(expr)[::-1])


def calls(body: Iterable[s.Stmt]) -> Iterator[s.Call]:
    """Every call of a block, nested blocks included, nested definitions and lambdas not entered."""
    for expr in body_expressions(body):
        if type(expr) is s.Call:
            yield expr


def dotted(expr: s.Expr | None) -> str:
    """`a.b.c` for a chain of names and attributes, the empty string for anything else."""
    if type(expr) is s.Name:
        return expr.id
    parts: list[str] = []
    while type(expr) is s.Attribute:
        parts.append(expr.attr)
        expr = expr.value
    if type(expr) is not s.Name:
        return ""
    parts.append(expr.id)
    parts.reverse()
    return ".".join(parts)

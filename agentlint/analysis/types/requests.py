"""Branches on the request's HTTP method: which methods reach a statement."""

from __future__ import annotations

from typing import TypeAlias

from agentlint.ir import syntax as s
from agentlint.ir.walk import dotted

Methods: TypeAlias = frozenset[str] | None
"""Methods that reach a place; None for all."""

ALL = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
_BODIES = {"POST": frozenset({"POST"}), "FILES": frozenset({"POST"})}
"""Attributes of a request that hold something only under a method."""


def both(left: Methods, right: Methods) -> Methods:
    """Methods that pass both conditions."""
    return right if left is None else left if right is None else left & right


def either(left: Methods, right: Methods) -> Methods:
    """Methods that pass one of two conditions."""
    return None if left is None or right is None else left | right


def shown(methods: Methods) -> tuple[str, ...]:
    """The public form: sorted, empty for any."""
    return () if methods is None or methods >= ALL else tuple(sorted(methods))


def when(test: s.Expr) -> tuple[Methods, Methods]:
    """Methods under which a test can be true, and under which it can be false."""
    if isinstance(test, s.Apply):
        return _of_operator(test)
    if isinstance(test, s.Attribute):
        return _BODIES.get(test.attr) if _is_request(test.value) else None, None
    if isinstance(test, s.Call) and isinstance(test.func, s.Attribute) and isinstance(test.func.value, s.Attribute) and test.func.attr in ("get", "getlist"):
        return _BODIES.get(test.func.value.attr) if _is_request(test.func.value.value) else None, None
    return None, None


def _of_operator(test: s.Apply) -> tuple[Methods, Methods]:
    op, operands = test.op, test.operands
    if op == "not":
        yes, no = when(operands[0])
        return no, yes
    if op == "and":
        parts = [when(o) for o in operands]
        yes, no = parts[0]
        for more_yes, more_no in parts[1:]:
            yes, no = both(yes, more_yes), either(no, more_no)
        return yes, no
    if op == "or":
        parts = [when(o) for o in operands]
        yes, no = parts[0]
        for more_yes, more_no in parts[1:]:
            yes, no = either(yes, more_yes), both(no, more_no)
        return yes, no
    if len(operands) != 2:
        return None, None
    return _of_comparison(op, operands[0], operands[1])


def _of_comparison(op: str, left: s.Expr, right: s.Expr) -> tuple[Methods, Methods]:
    if op in ("in", "not in") and isinstance(left, s.Constant) and isinstance(right, s.Attribute) and _is_request(right.value):
        body = _BODIES.get(right.attr)  # `"save" in request.POST`
        return (body, None) if op == "in" else (None, body)
    if op in ("==", "!=", "in", "not in"):
        subject, wanted = (left, _methods(right)) if is_method(left) else (right, _methods(left))
        if is_method(subject) and wanted is not None:
            rest = ALL - wanted
            return (wanted, rest) if op in ("==", "in") else (rest, wanted)
    return None, None


def _methods(expr: s.Expr) -> frozenset[str] | None:
    if isinstance(expr, s.Constant) and isinstance(expr.value, str):
        return frozenset({expr.value.upper()}) & ALL or None
    if isinstance(expr, s.Sequence):
        found = [_methods(item) for item in expr.items]
        return frozenset().union(*(f for f in found if f)) if found and all(found) else None
    return None


def is_method(expr: s.Expr) -> bool:
    """True for `request.method` in its spellings, also lowered or raised."""
    if isinstance(expr, s.Call) and isinstance(expr.func, s.Attribute) and expr.func.attr in ("lower", "upper") and not expr.args:
        expr = expr.func.value
    return isinstance(expr, s.Attribute) and expr.attr == "method" and _is_request(expr.value)


def _is_request(expr: s.Expr) -> bool:
    return dotted(expr).rpartition(".")[2] in ("request", "req", "_request", "current_request")


def in_case(subject: s.Expr, patterns: tuple[s.Expr, ...]) -> Methods:
    """Methods under which a case of `match request.method` runs."""
    if not patterns or not is_method(subject):
        return None
    found = [_methods(p) for p in patterns]
    return frozenset().union(*(f for f in found if f)) if all(found) else None

"""Answers by which a function says whether it did what it was asked to: `{"success": True}`, `{"error": "not found"}`, `Result(ok=False)`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agentlint.ir import syntax as s
from agentlint.ir import walk

_DONE = frozenset({"success", "ok", "succeeded", "is_success", "successful"})
_FAILED = frozenset({"error", "errors", "failed", "is_error", "failure"})


def told_by(test: s.Expr, truth: bool) -> Iterator[tuple[str, bool]]:
    """Variables whose answer the test reads, and whether it says that something was done: `if result.get("success"):` -> (`result`, True)."""
    while isinstance(test, s.Apply) and test.op == "not":
        truth, test = not truth, test.operands[0]
    if isinstance(test, s.Apply) and test.op == ("and" if truth else "or"):
        for operand in test.operands:
            yield from told_by(operand, truth)
        return
    if isinstance(test, s.Apply) and test.op == "in" and isinstance(test.operands[0], s.Constant) and isinstance(test.operands[1], s.Name):
        if test.operands[0].value in _FAILED:
            yield test.operands[1].id, not truth
        return
    name, key = _read(test)
    if name and key in _DONE:
        yield name, truth
    elif name and key in _FAILED:
        yield name, not truth


def _read(test: s.Expr) -> tuple[str, str]:
    """The variable and the entry of it that an expression reads."""
    held, key = test, ""
    if isinstance(test, s.Call) and isinstance(test.func, s.Attribute) and test.func.attr == "get" and test.args:
        held, key = test.func.value, _text(test.args[0])
    elif isinstance(test, s.Subscript):
        held, key = test.value, _text(test.index)
    elif isinstance(test, s.Attribute):
        held, key = test.value, test.attr
    return (held.id, key) if isinstance(held, s.Name) else ("", "")


def reports(function: s.Function, applied: Iterable[int]) -> bool:
    """True when the function says in its answers whether it did anything, and says so rightly: every answer that tells of a failure stands before
    the first of the lines at which something is `applied`."""
    first = min(applied, default=0)
    answers = [stmt for stmt in walk.statements(function.body) if isinstance(stmt, s.Return)]
    said = [(stmt.line, _says(stmt.value)) for stmt in answers]
    return bool(first) and all(verdict is not None and (verdict or line < first) for line, verdict in said) and any(verdict for _, verdict in said)


def _says(answer: s.Expr | None) -> bool | None:
    """Whether an answer tells of success; None when it does not tell."""
    if isinstance(answer, s.Mapping):
        entries = {_text(k): v for k, v in zip(answer.keys, answer.values, strict=True) if k is not None}
    elif isinstance(answer, s.Call):
        entries = {k.name: k.value for k in answer.keywords if k.name}
    else:
        return None
    for key, value in entries.items():
        if key in _DONE:
            return bool(value.value) if isinstance(value, s.Constant) else None
    return False if _FAILED.intersection(entries) else None


def _text(expr: s.Expr) -> str:
    return expr.value if isinstance(expr, s.Constant) and isinstance(expr.value, str) else ""

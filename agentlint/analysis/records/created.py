"""Which changes a function that runs after every save makes a record of: it may ask first whether the row is new."""

from __future__ import annotations

from collections.abc import Iterable

from agentlint.ir import syntax as s
from agentlint.ir.walk import expressions

_SAYS_NEW = "created"
_KEYS = ("pk", "id")


def recorded_saves(body: Iterable[s.Stmt], lines: frozenset[int], row: str = "") -> tuple[str, ...]:
    """`create` and `update`, as far as some path for such a save comes by one of the lines that make a record. `row` names what is saved where the function
    runs before, so that new rows have no key yet; it is empty where every row has one."""
    body = tuple(body)
    return tuple(operation for operation, new in (("create", True), ("update", False)) if _Walk(new, lines, row).block(body)[0])


class _Walk:
    """Follows a body for new rows, or for known ones."""

    def __init__(self, new: bool, lines: frozenset[int], row: str) -> None:
        self._new, self._lines, self._row = new, lines, row

    def block(self, body: Iterable[s.Stmt]) -> tuple[bool, bool]:
        """Whether a record is made, and whether control leaves at the end."""
        for stmt in body:
            made, falls = self._statement(stmt)
            if made or not falls:
                return made, falls
        return False, True

    def _statement(self, stmt: s.Stmt) -> tuple[bool, bool]:
        match stmt:
            case s.If():
                known = self._value(stmt.test)
                taken = [arm for arm, truth in ((stmt.body, True), (stmt.orelse, False)) if known in (None, truth)]
                ends = [self.block(arm) for arm in taken]
                return self._at(stmt.test) or any(made for made, _ in ends), any(falls for _, falls in ends)
            case s.Loop():
                return self.block(stmt.body)[0] or self.block(stmt.orelse)[0], True
            case s.With():
                inside = self.block(stmt.body)
                return inside[0] or any(self._at(item.value) for item in stmt.items), inside[1]
            case s.Try():
                parts = (stmt.body, stmt.orelse, stmt.final, *(h.body for h in stmt.handlers))
                return any(self.block(part)[0] for part in parts), True
            case s.Match():
                return any(self.block(case.body)[0] for case in stmt.cases), True
            case s.Return() | s.Raise():
                return self._at(stmt.value), False
            case s.Expression() | s.Assign():
                return self._at(stmt.value), True
        return False, True

    def _at(self, expr: s.Expr | None) -> bool:
        return expr is not None and any(getattr(part, "line", 0) in self._lines for part in expressions(expr))

    def _value(self, test: s.Expr) -> bool | None:
        """What a test says of new rows, or of known ones; None when it asks for something else."""
        if isinstance(test, s.Name):
            return self._new if test.id == _SAYS_NEW else None
        if isinstance(test, s.Attribute) and test.attr in _KEYS:
            own = isinstance(test.value, s.Name) and test.value.id == self._row
            return not self._new if own else None  # one that has its key before is asked for its former row next, and there is none
        if isinstance(test, s.Attribute) and test.attr == "adding":
            return self._new
        if isinstance(test, s.Subscript):
            return self._new if isinstance(test.index, s.Constant) and test.index.value == _SAYS_NEW else None
        if isinstance(test, s.Call) and isinstance(test.func, s.Attribute) and test.func.attr in ("get", "pop") and test.args:
            return self._new if isinstance(test.args[0], s.Constant) and test.args[0].value == _SAYS_NEW else None
        if not isinstance(test, s.Apply):
            return None
        values = [self._value(part) for part in test.operands]
        if test.op == "not":
            return None if values[0] is None else not values[0]
        if test.op == "and":
            return False if False in values else True if all(values) else None
        if test.op == "or":
            return True if True in values else None if None in values else False
        return None

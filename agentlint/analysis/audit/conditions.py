"""Branch conditions as the audit walk compares them: the same test twice, its negation, and tests of a write's own result."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from agentlint.analysis.excerpts import excerpt
from agentlint.ir import syntax as s
from agentlint.ir import walk

_NEGATIONS = {"!=": "==", "is not": "is", "not in": "in", ">=": "<", "<=": ">"}


class Condition(msgspec.Struct, frozen=True, gc=False):
    """A test in one normal form: its text without negation, whether it must be true, and the variables it reads."""

    text: str = ""
    truth: bool = True
    names: frozenset[str] = frozenset()
    def negated(self) -> Condition:
        """The condition under which the test came out the other way."""
        return Condition(self.text, not self.truth, self.names)


def holding(test: s.Expr, truth: bool) -> Iterator[Condition]:
    """Everything that holds on the branch where the test came out `truth`: the test itself, and its parts where they must agree with it."""
    while isinstance(test, s.Apply) and test.op == "not":
        truth, test = not truth, test.operands[0]
    condition = condition_of(test)
    yield condition if truth else condition.negated()
    if isinstance(test, s.Apply) and test.op == ("and" if truth else "or"):
        for operand in test.operands:
            yield from holding(operand, truth)


def condition_of(test: s.Expr) -> Condition:
    """The test in normal form: `x is not None` and `not x is None` meet, and so do `a != b` and `not a == b`."""
    truth = True
    while isinstance(test, s.Apply) and test.op == "not":
        truth, test = not truth, test.operands[0]
    names = frozenset(e.id for e in walk.expressions(test) if isinstance(e, s.Name))
    if isinstance(test, s.Apply) and test.op in _NEGATIONS:
        left, right = (excerpt(o, 200) for o in test.operands[:2])
        return Condition(f"{left} {_NEGATIONS[test.op]} {right}", not truth, names)
    return Condition(excerpt(test, 200), truth, names)


def happened(test: s.Expr, truth: bool) -> Iterator[tuple[str, bool]]:
    """Variables that the test compares with nothing, and whether they are something on the branch: `if not updated:` -> (`updated`, False)."""
    while isinstance(test, s.Apply) and test.op == "not":
        truth, test = not truth, test.operands[0]
    if isinstance(test, s.Name):
        yield test.id, truth
    elif isinstance(test, s.Apply) and len(test.operands) == 2 and isinstance(test.operands[0], s.Name) and isinstance(test.operands[1], s.Constant):
        name, value = test.operands[0].id, test.operands[1].value
        verdict = _compare(test.op, value)
        if verdict is not None:
            yield name, verdict == truth
    elif isinstance(test, s.Apply) and test.op == ("and" if truth else "or"):
        for operand in test.operands:
            yield from happened(operand, truth)


def _compare(op: str, value: object) -> bool | None:
    """Whether a true comparison with the constant means that something was done; None when it does not tell."""
    if op in ("==", "is"):
        return value not in (0, None, False)
    if op in ("!=", "is not"):
        return {0: True, 1: False}.get(value) if isinstance(value, int) else True if value is None else None
    if op in (">", ">="):
        return True
    return False if op in ("<", "<=") else None

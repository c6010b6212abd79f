"""Branches that are decided beforehand: by flags of the class that runs, or by what a decorator is told where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeGuard

import msgspec

from agentlint.analysis.program import FunctionInfo, Program, Scope
from agentlint.ir import syntax as s
from agentlint.ir.walk import blocks, expressions, own_expressions, statements


class Where(msgspec.Struct, frozen=True):
    """On what a function runs."""

    owner: str = ""
    """The concrete class; empty for functions of none."""
    told: tuple[tuple[str, bool], ...] = ()
    """Flags that a decorator was given, by the names of its parameters; they hold in the functions inside of it too."""
    checks: bool = False
    """True for decorators and what they call: their keyword arguments are those of a request."""


class Flags:
    """The truth of tests that are made of flags."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._tests: dict[str, tuple[s.Expr, ...]] = {}

    def verdicts(self, info: FunctionInfo, where: Where) -> tuple[bool | None, ...]:
        """What the flags of a class decide in a function: classes that switch the same branches off run the same lines."""
        if not where.owner:
            return ()
        known = self._tests.get(info.id)
        if known is None:
            tests = (stmt.test for stmt in statements(info.node.body) if isinstance(stmt, s.If))
            known = self._tests[info.id] = tuple(test for test in tests if any(_is_flag(e) for e in expressions(test)))
        return tuple(self._flag(test, where) for test in known)

    def asked(self, body: tuple[s.Stmt, ...], where: Where) -> Iterator[tuple[s.Stmt, s.Expr]]:
        """Statements of a block that can run, each with the expressions of its own: branches and parts of tests that a flag switches off are left out."""
        for stmt in body:
            roots = self._up_to_false(stmt.test, where) if isinstance(stmt, s.If) else own_expressions(stmt)
            yield from ((stmt, root) for root in roots)
            verdict = self._flag(stmt.test, where) if isinstance(stmt, s.If) else None
            for position, block in enumerate(blocks(stmt)):
                if verdict is None or verdict is (position == 0):
                    yield from self.asked(block, where)

    def _up_to_false(self, test: s.Expr, where: Where) -> tuple[s.Expr, ...]:
        """The part of a test that runs: in `a and b`, nothing after an operand that is surely false."""
        if not isinstance(test, s.Apply) or test.op != "and":
            return (test,)
        at = next((i for i, part in enumerate(test.operands) if self._flag(part, where) is False), len(test.operands))
        return test.operands[:at]

    def _flag(self, test: s.Expr, where: Where) -> bool | None:
        """The truth of a test made of flags (`self.accepts_tokens`, a decorator's `check_login`), None when nothing tells."""
        if isinstance(test, s.Name):
            return dict(where.told).get(test.id)
        if _is_flag(test) and where.owner:
            held = self._program.attribute(where.owner, test.attr)
            if held is not None and isinstance(held[0], s.Constant) and isinstance(held[0].value, bool):
                return held[0].value
            return None
        if isinstance(test, s.Apply):
            parts = [self._flag(o, where) for o in test.operands]
            if test.op == "not":
                return None if parts[0] is None else not parts[0]
            if test.op == "and":
                return False if False in parts else True if all(p is True for p in parts) else None
            if test.op == "or":
                return True if True in parts else False if all(p is False for p in parts) else None
        return None

    def of_decorator(self, decorator: s.Expr, name: str, scope: Scope) -> Where:
        """What a decorator of the project is told: flags that it is given, and the defaults of the rest."""
        info = self._program.functions.get(name)
        if info is None:
            return Where(checks=True)
        params = info.node.params
        found: dict[str, s.Expr] = {p.name: p.default for p in params if p.default is not None}
        if isinstance(decorator, s.Call):
            found |= {p.name: a for p, a in zip((p for p in params if p.kind == "positional"), decorator.args, strict=False)}
            found |= {k.name: k.value for k in decorator.keywords if k.name}
        told = {name: self._program.fold(value, scope) for name, value in found.items()}
        return Where(told=tuple((name, value) for name, value in sorted(told.items()) if isinstance(value, bool)), checks=True)


def _is_flag(expr: s.Expr) -> TypeGuard[s.Attribute]:
    """True for an attribute of the class that runs."""
    return isinstance(expr, s.Attribute) and isinstance(expr.value, s.Name) and expr.value.id in ("self", "cls")

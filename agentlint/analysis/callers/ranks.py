"""Who among the signed-in may call: operations that only administrators reach, told by decorators, permission classes, dependencies and early refusals."""

from __future__ import annotations

import re
from collections.abc import Iterable

from agentlint.analysis.program import FunctionInfo, Program
from agentlint.ir import syntax as s
from agentlint.ir.operations import Route
from agentlint.ir.walk import dotted, statements

_FLAGS = frozenset({"is_superuser", "is_staff", "is_admin", "superuser", "is_administrator", "is_instance_admin", "is_sysadmin"})
_NAMES = re.compile(
    r"^(is_?|require_?s?_?|only_?|get_?|current_?|active_?|has_?)*(admin(istrator)?s?|super_?users?|staff(_?member)?)(_?(user|only|required|permission|access|mixin|role))*$",
    re.IGNORECASE,
)
_DEMANDS = re.compile(r"(^|_)(admin(istrator)?s?|super_?users?|staff(_?member)?s?)_(required|only)$", re.IGNORECASE)


class Ranks:
    """Judges routes; one per program."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._known: dict[str, bool] = {}

    def administrators(self, route: Route) -> bool:
        """True when the code refuses everybody but administrators (superusers, staff)."""
        if any(self._checks(name) for name in route.guard_handlers):
            return True
        if any(self._refuses(f) or self._decorated(f) for f in (route.handler, *route.extra_handlers) if f):
            return True
        owner = self._program.classes.get(route.owner)
        if owner is None:
            return False
        if any(_NAMES.match(name.rpartition(".")[2]) for name in self._program.mro(owner.id)):
            return True
        test = self._program.method(owner.id, "test_func") or self._program.method(owner.id, "has_permission")
        return test is not None and self._checks(test.id)

    def _checks(self, name: str) -> bool:
        """True for a check that only administrators pass: the project's own by its body, a library's by its name."""
        if name not in self._program.functions:
            return bool(_NAMES.match(name.rpartition(".")[2]))
        if name not in self._known:
            self._known[name] = self._refuses(name) or self._grants(self._program.functions[name])
        return self._known[name]

    def _grants(self, info: FunctionInfo) -> bool:
        """True when whatever the function returns, beside a plain refusal, asks for the flag."""
        returned = [r for r in self._program.returned(info) if not (isinstance(r, s.Constant) and not r.value)]
        return bool(returned) and all(any(_is_flag(part) for part in _conjuncts(r)) for r in returned)

    def _refuses(self, function: str) -> bool:
        """True when a branch leaves unless the flag is set."""
        info = self._program.functions.get(function)
        if info is None:
            return False
        return any(isinstance(stmt, s.If) and _leaves(stmt.body) and _lacks_flag(stmt.test) for stmt in statements(info.node.body))

    def _decorated(self, function: str) -> bool:
        info = self._program.functions.get(function)
        return info is not None and any(_demanding(d) or self._wraps(d, info) for d in info.node.decorators)

    def _wraps(self, decorator: s.Expr, info: FunctionInfo) -> bool:
        """True for a decorator of the project whose wrapper refuses everybody else."""
        name = self._program.resolve(decorator.func if isinstance(decorator, s.Call) else decorator, info.module)
        return name in self._program.functions and any(self._refuses(f) for f in self._program.functions if f.startswith(f"{name}."))


def _demanding(decorator: s.Expr) -> bool:
    called = decorator.func if isinstance(decorator, s.Call) else decorator
    name = dotted(called).rpartition(".")[2]
    if _NAMES.match(name) or _DEMANDS.search(name):
        return True
    lambdas = [a.function for a in decorator.args if isinstance(a, s.Lambda)] if isinstance(decorator, s.Call) else []
    return any(_is_flag(part) for f in lambdas for stmt in f.body if isinstance(stmt, s.Return) and stmt.value is not None for part in _conjuncts(stmt.value))


def _conjuncts(expr: s.Expr) -> Iterable[s.Expr]:
    """The parts that must all hold."""
    if isinstance(expr, s.Apply) and expr.op == "and":
        return [part for value in expr.operands for part in _conjuncts(value)]
    if isinstance(expr, s.Call) and dotted(expr.func) == "bool" and expr.args:
        return _conjuncts(expr.args[0])
    return [expr]


def _is_flag(expr: s.Expr) -> bool:
    return isinstance(expr, s.Attribute) and expr.attr in _FLAGS


def _lacks_flag(test: s.Expr) -> bool:
    """True for `not user.is_superuser`, also beside other demands: `not user or not user.is_superuser`."""
    if isinstance(test, s.Apply) and test.op == "or":
        return any(_lacks_flag(value) for value in test.operands)
    if isinstance(test, s.Apply) and test.op == "and":  # `not settings.OPEN_TO_ALL and not user.is_staff`: what a deployment may loosen
        return any(_lacks_flag(value) for value in test.operands) and all(_lacks_flag(value) or _is_setting(value) for value in test.operands)
    if not (isinstance(test, s.Apply) and test.op == "not"):
        return False
    return any(_is_flag(part) for part in _conjuncts(test.operands[0]))


def _is_setting(expr: s.Expr) -> bool:
    while isinstance(expr, s.Apply) and expr.op == "not":
        expr = expr.operands[0]
    return dotted(expr).rpartition(".")[2].isupper()


def _leaves(body: tuple[s.Stmt, ...]) -> bool:
    return bool(body) and isinstance(body[-1], s.Return | s.Raise)

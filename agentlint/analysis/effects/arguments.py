"""Which expression of a call fills which parameter of a function of the program."""

from __future__ import annotations

from agentlint.analysis.calls.sites import CallSite
from agentlint.analysis.program import FunctionInfo, Program
from agentlint.ir import syntax as s


def argument_for(site: CallSite, callee: FunctionInfo, name: str) -> s.Expr | None:
    """The expression that the call gives for a parameter; None when the default holds or spreads hide it."""
    given = next((k.value for k in site.call.keywords if k.name == name), None)
    if given is not None:
        return given
    position = next((i for i, p in enumerate(callee.node.params) if p.name == name), -1) - _filled(site, callee)
    if not 0 <= position < len(site.call.args) or any(isinstance(a, s.Other) for a in site.call.args[: position + 1]):
        return None
    return site.call.args[position]


def default_of(callee: FunctionInfo, name: str) -> s.Expr | None:
    """What a parameter holds when no call fills it."""
    return next((p.default for p in callee.node.params if p.name == name), None)


def handed_to(expr: s.Expr, info: FunctionInfo | None, program: Program) -> str:
    """The function and its parameter that an expression is, also seen from a function within it: `shop.client.send method`; empty when it is none."""
    while isinstance(expr, s.Name) and info is not None:
        if expr.id in parameter_names(info):
            return f"{info.id} {expr.id}"
        info = program.functions.get(info.parent)
    return ""


def takes_any(info: FunctionInfo) -> bool:
    """True for a function with `**kwargs`."""
    return bool(spread_name(info))


def spread_name(info: FunctionInfo) -> str:
    """The parameter that takes whatever keywords are left, empty for none."""
    return next((p.name for p in info.node.params if p.kind == "double-star"), "")


def _filled(site: CallSite, callee: FunctionInfo) -> int:
    """Leading parameters that the call does not write: `self` and `cls` of methods."""
    if not callee.owner or any(isinstance(d, s.Name) and d.id == "staticmethod" for d in callee.node.decorators):
        return 0
    by_class = isinstance(site.call.func, s.Attribute) and any(t.meta and t.name == callee.owner for t in site.receiver)
    is_class_method = any(isinstance(d, s.Name) and d.id == "classmethod" for d in callee.node.decorators)
    return 0 if by_class and not is_class_method else 1


def parameter_names(info: FunctionInfo | None) -> frozenset[str]:
    """Names of the parameters that a caller can fill one by one."""
    if info is None:
        return frozenset()
    return frozenset(p.name for p in info.node.params if p.kind in ("positional", "keyword") and p.name not in ("self", "cls"))

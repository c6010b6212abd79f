"""Which expressions of a method mean the same on every class that runs it, so that no class has to ask for them again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from agentlint.analysis.program import FunctionInfo
from agentlint.analysis.types.bindings import Binding, Flow
from agentlint.ir import syntax as s
from agentlint.ir.walk import body_expressions, child_expressions, expressions

if TYPE_CHECKING:
    from agentlint.analysis.types.engine import Engine

_NOTHING: frozenset[int] = frozenset()
_READ_BY_CLASS = frozenset({"super", "cast"})
"""Names of calls that look at the class, or at its type variables."""


class Independence:
    """Answers by function; errs on the side of "it may differ"."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: dict[str, frozenset[int]] = {}

    def of(self, function_id: str) -> frozenset[int]:
        """Identities of the expressions of a body that rest on nothing of `self`, of undeclared parameters or of what surrounds a nested function."""
        known = self._known.get(function_id)
        if known is None:
            info = self._engine.program.functions.get(function_id)
            known = self._known[function_id] = _Function(self._engine, info).shared() if info is not None else _NOTHING
        return known


class _Function:
    def __init__(self, engine: Engine, info: FunctionInfo) -> None:
        self._engine, self._info = engine, info
        self._flow: Flow = engine.flows[info.id]
        self._around = frozenset(_bound_around(engine, info))
        self._differing: set[int] = set()
        """Identities of the bindings that a class may make differ."""

    def shared(self) -> frozenset[int]:
        self._spread()
        found: set[int] = set()
        for expr in reversed(tuple(body_expressions(self._info.node.body))):  # innermost first: a part is met before the whole
            if not self._differs(expr) and all(id(child) in found for child in child_expressions(expr)):
                found.add(id(expr))
        return frozenset(found)

    def _differs(self, expr: s.Expr) -> bool:
        """True when the expression itself, its parts aside, may mean something else on another class."""
        if isinstance(expr, s.Name):
            held = self._held(expr)
            return expr.id in _READ_BY_CLASS or any(id(b) in self._differing for b in held) or (not held and expr.id in self._around)
        if isinstance(expr, s.Attribute):
            binding = self._flow.reaching.get(id(expr))
            return expr.attr in _READ_BY_CLASS or (binding is not None and id(binding) in self._differing)
        return isinstance(expr, s.Lambda)

    def _held(self, name: s.Name) -> tuple[Binding, ...] | list[Binding]:
        binding = self._flow.reaching.get(id(name))
        if binding is not None:
            return (binding,)
        return self._flow.bindings.get(name.id, ()) if name.id not in self._flow.globals else ()

    def _spread(self) -> None:
        """Finds the differing bindings: parameters to start with, then whatever is made of one that differs."""
        rests_on: dict[int, list[int]] = {}
        pending: list[int] = []
        for binding in self._bindings():
            if self._starts(binding):
                pending.append(id(binding))
            for source in self._sources(binding):
                rests_on.setdefault(id(source), []).append(id(binding))
        while pending:
            one = pending.pop()
            if one not in self._differing:
                self._differing.add(one)
                pending += rests_on.get(one, ())

    def _bindings(self) -> Iterator[Binding]:
        stack = [*self._flow.reaching.values(), *(b for held in self._flow.bindings.values() for b in held)]
        seen: set[int] = set()
        while stack:
            binding = stack.pop()
            if id(binding) not in seen:
                seen.add(id(binding))
                stack += binding.more
                yield binding

    def _sources(self, binding: Binding) -> Iterator[Binding]:
        yield from binding.more
        for root in _roots(binding):
            for expr in expressions(root):
                if isinstance(expr, s.Name):
                    yield from self._held(expr)
                elif isinstance(expr, s.Attribute) and id(expr) in self._flow.reaching:
                    yield self._flow.reaching[id(expr)]

    def _starts(self, binding: Binding) -> bool:
        """True for a binding that differs by itself."""
        if binding.kind == "parameter":
            return not self._is_alike(binding.expr)
        if binding.kind == "declared":
            return self._has_variables(binding.expr)
        parts = (e for root in _roots(binding) for e in expressions(root))
        return any(self._is_free(e) or isinstance(e, s.Lambda) or (isinstance(e, s.Attribute) and e.attr in _READ_BY_CLASS) for e in parts)

    def _is_free(self, expr: s.Expr) -> bool:
        return isinstance(expr, s.Name) and (expr.id in _READ_BY_CLASS or (expr.id in self._around and not self._held(expr)))

    def _is_alike(self, parameter: s.Parameter) -> bool:
        """True for a parameter that every class is passed alike: its annotation names a class of the project, or no class calls the method on itself."""
        engine, info = self._engine, self._info
        if (info.owner and info.node.params[0] is parameter) or self._around or self._has_variables(parameter.annotation):
            return False
        if not engine.parameters.called_within(info):
            return True
        said = engine.annotations.read(parameter.annotation, info)
        return parameter.kind in ("positional", "keyword") and any(t.name in engine.program.classes for t in said)

    def _has_variables(self, annotation: s.Expr | None) -> bool:
        said = self._engine.annotations.read(annotation, self._info)
        return bool(said) and self._engine.generics.has_variables(said)


def _roots(binding: Binding) -> Iterator[s.Expr]:
    """The expressions whose types a binding takes."""
    if binding.kind in ("value", "element", "entered", "caught", "starred", "narrowed", "narrowed-class") and binding.expr is not None:
        yield binding.expr
    yield from (expr for _, expr in binding.added or ())


def _bound_around(engine: Engine, info: FunctionInfo) -> Iterator[str]:
    """Names bound in the functions around a nested one."""
    outer = engine.program.outer(info)
    while outer is not None and not isinstance(outer, s.Module):
        if isinstance(outer, FunctionInfo):
            yield from engine.flows[outer.id].bindings
        outer = engine.program.outer(outer)

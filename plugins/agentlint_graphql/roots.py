"""The classes that schemas name as roots: `Schema(query=Query, mutation=Mutation)`, also through a function of the project that makes the schema."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import Program, Scope, syntax, walk
from agentlint_graphql.fields import KINDS, Kind

_LIBRARIES = ("graphene", "strawberry", "strawberry_django")
_DEEPEST = 6


class Roots:
    """Root classes of all schemas of a program, by what they are the root of."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._found: dict[Kind, dict[str, None]] = {kind: {} for kind in KINDS}
        self.open: list[tuple[str, int]] = []
        """Places where a root is named that is no class of the project."""
        for module in program.modules.values():
            self._read(module, module.body)
        for info in program.functions.values():
            self._read(info, info.node.body)

    def of(self, kind: Kind) -> tuple[str, ...]:
        """Ids of the root classes."""
        return tuple(self._found[kind])

    def composed(self, kind: Kind) -> tuple[str, ...]:
        """Root classes and all that they are composed of by inheritance, in order of resolution."""
        return tuple(dict.fromkeys(base for root in self._found[kind] for base in self._program.mro(root) if base in self._program.classes))

    def _read(self, scope: Scope, body: tuple[syntax.Stmt, ...]) -> None:
        for call in walk.calls(body):
            named: dict[Kind, syntax.Expr] = {kind: k.value for k in call.keywords for kind in KINDS if k.name == kind}
            if not named and not (call.args and walk.dotted(call.func).rpartition(".")[2] == "Schema"):
                continue
            for kind, expr in self._given(call, named, scope):
                classes = list(self._classes(expr, scope))
                self._found[kind].update(dict.fromkeys(classes))
                if not classes and not isinstance(expr, syntax.Constant) and kind != "subscription" and self._is_schema(call, scope):
                    self.open.append((scope.path if isinstance(scope, syntax.Module) else scope.module.path, call.line))

    def _given(self, call: syntax.Call, named: dict[Kind, syntax.Expr], scope: Scope) -> Iterator[tuple[Kind, syntax.Expr]]:
        placed = dict(zip(KINDS, call.args, strict=False)) if named or self._is_schema(call, scope) else {}
        for kind in KINDS:
            expr = named.get(kind, placed.get(kind))
            if expr is not None:
                yield kind, expr

    def _is_schema(self, call: syntax.Call, scope: Scope) -> bool:
        name = self._program.resolve(call.func, scope)
        known = (name, *(self._program.mro(name) if name in self._program.classes else ()))
        return any(n.partition(".")[0] in _LIBRARIES for n in known)

    def _classes(self, expr: syntax.Expr, scope: Scope, depth: int = 0) -> Iterator[str]:
        """Classes that an expression names; those joined by `merge_types("Query", (A, B))` or `type("Query", (A, B), {})` one by one."""
        if depth > _DEEPEST:
            return
        if isinstance(expr, syntax.Call):
            for argument in (*expr.args, *(k.value for k in expr.keywords)):
                yield from self._classes(argument, scope, depth + 1)
        elif isinstance(expr, syntax.Sequence):
            for item in expr.items:
                yield from self._classes(item, scope, depth + 1)
        elif isinstance(expr, syntax.Other):
            for child in expr.children:
                yield from self._classes(child, scope, depth + 1)
        elif isinstance(expr, syntax.Name | syntax.Attribute):
            yield from self._named(expr, scope, depth)

    def _named(self, expr: syntax.Expr, scope: Scope, depth: int) -> Iterator[str]:
        name = self._program.resolve(expr, scope)
        if name in self._program.classes:
            if _may_be_type(name, self._program):
                yield name
            return
        held = self._program.lookup(name)
        if isinstance(held, syntax.Call | syntax.Sequence):
            yield from self._classes(held, self._program.modules.get(name.rpartition(".")[0], scope), depth + 1)


def _may_be_type(class_id: str, program: Program) -> bool:
    """True for classes of a GraphQL library: by a base, or by a decorator."""
    for base in program.mro(class_id):
        info = program.classes.get(base)
        if info is None and base.partition(".")[0] in _LIBRARIES:
            return True
        for decorator in info.node.decorators if info is not None else ():
            func = decorator.func if isinstance(decorator, syntax.Call) else decorator
            if program.resolve(func, info.module).partition(".")[0] in _LIBRARIES:  # type: ignore[union-attr]
                return True
    return False

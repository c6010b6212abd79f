"""Decorators of a project that register path operations: they are given a router, or a method of one, and call it with what they were told."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from agentlint.api import FunctionInfo, Guard, MountTree, Program, Scope, syntax, table_key, walk
from agentlint_fastapi.dependencies import Dependencies

VERBS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "trace"})
LISTS = frozenset({"api_route", "route", "add_api_route", "add_route"})
"""Methods of tables that are told the methods of HTTP in a list."""
_DEEPEST = 3


class Registered(msgspec.Struct, frozen=True, eq=False):
    """What a decorator registers the function below it as."""

    key: str
    path: str
    methods: tuple[str, ...]
    found: tuple[Guard | str, ...]
    """Guards and ids of functions that the decorator puts before the operation."""


class _Use(msgspec.Struct, frozen=True, eq=False):
    """One use of a decorator: what its parameters are given, where it stands, and the table whose method it is."""

    maker: FunctionInfo
    given: dict[str, syntax.Expr]
    scope: Scope
    own: str


class Wrapped:
    """Answers what decorators of the project register; `classes` is the class behind each table that the program makes."""

    def __init__(self, program: Program, dependencies: Dependencies, tree: MountTree, classes: dict[str, str]) -> None:
        self._program = program
        self._dependencies = dependencies
        self._tree = tree
        self._classes = classes

    def of(self, decorator: syntax.Call, scope: Scope) -> Iterator[Registered]:
        """`@protected(router.post, "/orders", scopes=[...])`, `@routed(router, "/orders")`, `@router.protected_post("/orders")`."""
        use = self._use(decorator, scope)
        if use is None:
            return
        blocks = list(self._inside(use.maker, 0))
        for block in blocks:
            for call in walk.calls(block.node.body):
                key, verb = self._registers(call, use, block)
                if not key:
                    continue
                told = [*self._dependencies.of_expression(self._meant(_keyword(call, "dependencies"), use), block)]
                yield Registered(key, self._path(call, use), self._methods(verb, call, decorator, use), (*told, *self._around(blocks)))

    def _use(self, decorator: syntax.Call, scope: Scope) -> _Use | None:
        target = self._program.lookup(self._program.resolve(decorator.func, scope))
        own = ""
        if not isinstance(target, FunctionInfo) and isinstance(decorator.func, syntax.Attribute):
            own = table_key(decorator.func.value, scope, self._program)
            target = self._program.method(self._classes.get(own, ""), decorator.func.attr) if own in self._classes else None
        if not isinstance(target, FunctionInfo):
            return None
        names = [p.name for p in target.node.params][1 if own else 0:]
        given = dict(zip(names, decorator.args, strict=False)) | {k.name: k.value for k in decorator.keywords if k.name}
        return _Use(target, given, scope, own)

    def _inside(self, info: FunctionInfo, depth: int) -> Iterator[FunctionInfo]:
        """A function and those that it defines."""
        yield info
        for stmt in walk.statements(info.node.body) if depth < _DEEPEST else ():
            inner = self._program.functions.get(f"{info.id}.{stmt.definition.name}") if isinstance(stmt, syntax.Define) else None
            if inner is not None:
                yield from self._inside(inner, depth + 1)

    def _registers(self, call: syntax.Call, use: _Use, block: FunctionInfo) -> tuple[str, str]:
        """The table and the verb when a call inside a decorator registers an operation."""
        func = call.func
        if isinstance(func, syntax.Name):  # a parameter that was given `router.post`
            func, scope = use.given.get(func.id, func), use.scope
        elif isinstance(func, syntax.Attribute) and isinstance(func.value, syntax.Name) and func.value.id in use.given:
            func, scope = syntax.Attribute(use.given[func.value.id], func.attr, func.line), use.scope
        else:
            scope = block
        if not isinstance(func, syntax.Attribute) or func.attr not in VERBS | LISTS:
            return "", ""
        key = use.own if use.own and self._is_self(func.value, use) else table_key(func.value, scope, self._program)
        return (key, func.attr) if self._tree.known(key) or (key and self._tree.is_mounted(key)) else ("", "")

    @staticmethod
    def _is_self(expr: syntax.Expr, use: _Use) -> bool:
        first = use.maker.node.params[0].name if use.maker.node.params else ""
        return walk.dotted(expr) == first or (isinstance(expr, syntax.Call) and walk.dotted(expr.func) == "super")

    @staticmethod
    def _meant(expr: syntax.Expr | None, use: _Use) -> syntax.Expr | None:
        """What stands for a parameter, or the expression itself."""
        return use.given.get(expr.id, expr) if isinstance(expr, syntax.Name) else expr

    def _names(self, use: _Use) -> dict[str, object]:
        return {name: self._program.fold(value, use.scope) for name, value in use.given.items()}

    def _path(self, call: syntax.Call, use: _Use) -> str:
        told = call.args[0] if call.args else _keyword(call, "path")
        folded = self._program.fold(told, use.maker, self._names(use)) if told is not None else ""
        return folded if isinstance(folded, str) else ""

    def _methods(self, verb: str, call: syntax.Call, decorator: syntax.Call, use: _Use) -> tuple[str, ...]:
        if verb in VERBS:
            return (verb.upper(),)
        own, handed = _keyword(call, "methods"), _keyword(decorator, "methods")
        folded = self._program.fold(own, use.maker, self._names(use)) if own is not None else self._program.fold(handed, use.scope)
        return tuple(str(m).upper() for m in folded) if isinstance(folded, list | tuple | set) else ("GET",)

    def _around(self, blocks: list[FunctionInfo]) -> Iterator[str]:
        """Functions that a decorator puts around the operation: those that it defines, and those of the decorators that it applies itself."""
        for block in blocks:
            if block is not blocks[0]:
                yield block.id
            for call in walk.calls(block.node.body):
                applied = self._program.lookup(self._program.resolve(call.func, block))
                if isinstance(applied, FunctionInfo) and applied.id != block.id:
                    yield from (inner.id for inner in self._inside(applied, 0))


def _keyword(call: syntax.Call, name: str) -> syntax.Expr | None:
    return next((k.value for k in call.keywords if k.name == name), None)

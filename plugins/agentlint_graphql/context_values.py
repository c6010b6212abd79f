"""Values that resolvers find in their context: `info.context["executor"]`, as the function that makes the context says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from agentlint.api import Element, FunctionInfo, Program, Scope, Type, syntax, walk

INFO = "graphql.GraphQLResolveInfo"
CONTEXT = f"{INFO}.context"
_MAKERS = ("context_value", "get_context", "context_getter", "get_context_value")


def context_values(program: Program) -> Mapping[str, Mapping[str, Type | Element]]:
    """Keys of the mapping that the context is, each with the expression whose value is kept there."""
    found: dict[str, Type | Element] = {}
    for expr, scope in _contexts(program):
        for name, value in _pairs(expr):
            found.setdefault(name, Element(value, scope))
    return {CONTEXT: found} if found else {}


def _contexts(program: Program) -> Iterator[tuple[syntax.Expr, Scope]]:
    """Expressions that make a context: what methods of the usual names return, and what is handed over under those names."""
    for info in program.functions.values():
        if info.node.name in _MAKERS:
            yield from ((returned, info) for returned in program.returned(info))
    scopes: list[tuple[Scope, tuple[syntax.Stmt, ...]]] = [(m, m.body) for m in program.modules.values()]
    for scope, body in (*scopes, *((f, f.node.body) for f in program.functions.values())):
        for call in walk.calls(body):
            for keyword in call.keywords:
                if keyword.name in _MAKERS:
                    named = program.lookup(program.resolve(keyword.value, scope)) if isinstance(keyword.value, syntax.Name) else None
                    yield from ((r, named) for r in program.returned(named)) if isinstance(named, FunctionInfo) else ((keyword.value, scope),)


def _pairs(expr: syntax.Expr) -> Iterator[tuple[str, syntax.Expr]]:
    if isinstance(expr, syntax.Mapping):
        for key, value in zip(expr.keys, expr.values, strict=True):
            if isinstance(key, syntax.Constant) and isinstance(key.value, str):
                yield key.value, value
    elif isinstance(expr, syntax.Call) and walk.dotted(expr.func) == "dict":
        yield from ((k.name, k.value) for k in expr.keywords if k.name)

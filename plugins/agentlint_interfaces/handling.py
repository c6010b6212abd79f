"""Which functions an argument stands for that something on a page runs, and the calls in which such arguments stand."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import Context, FunctionInfo, Guard, Route, Scope, Surface, syntax, walk

_PARTIAL = ("functools.partial", "functools.partial()")


def all_calls(context: Context, package: str) -> Iterator[tuple[syntax.Call, Scope]]:
    """Every call in modules that import a package, with the function or module that holds it."""
    homes = {name for name, module in context.program.modules.items() if _speaks_of(module, package)}
    for module in context.program.modules.values():
        if module.name in homes:
            for call in walk.calls(module.body):
                yield call, module
    for info in context.program.functions.values():
        if info.module.name in homes:
            for call in context.program.calls_in(info):
                yield call, info


def _speaks_of(module: syntax.Module, package: str) -> bool:
    return any(isinstance(s, syntax.Import) and s.module.partition(".")[0] == package for s in walk.statements(module.body))


def functions_of(expr: syntax.Expr | None, scope: Scope, context: Context) -> tuple[FunctionInfo, ...]:
    """The functions of the program that run: named, partly applied, or called by a lambda."""
    program = context.program
    if expr is None:
        return ()
    if isinstance(expr, syntax.Lambda):
        home = scope if isinstance(scope, syntax.Module) else scope.module
        sites = (context.calls.at(home.name, call.site) for call in walk.calls(expr.function.body))
        ids = [t.function for site in sites if site is not None for t in site.targets if t.confidence != "low" and t.kind in ("call", "override")]
        return tuple(program.functions[i] for i in dict.fromkeys(ids) if i in program.functions)
    if isinstance(expr, syntax.Call) and program.resolve(expr.func, scope) in _PARTIAL and expr.args:
        return functions_of(expr.args[0], scope, context)
    if isinstance(expr, syntax.Sequence):
        return tuple(f for item in expr.items for f in functions_of(item, scope, context))
    named = program.functions.get(program.resolve(expr, scope)) if isinstance(expr, syntax.Name | syntax.Attribute) else None
    if named is not None:
        return (named,)
    found = (t.name for t in context.types.of(expr, program.id_of(scope)) if t.meta)
    return tuple(program.functions[n] for n in dict.fromkeys(found) if n in program.functions)


def page_route(
    toolkit: str, functions: tuple[FunctionInfo, ...], call: syntax.Call, scope: Scope, *,
    surface: Surface = "gui", path: str = "", method: str = "CALL", guards: tuple[Guard, ...] = (),
) -> Route:
    """The operation that runs functions, the first of which gives it its name."""
    first = functions[0]
    file = scope.path if isinstance(scope, syntax.Module) else scope.module.path
    return Route(
        framework=toolkit, method=method, path=path or f"/#{first.node.qualname}", handler=first.id, symbol=first.node.qualname, file=first.module.path,
        line=first.node.line, owner=first.owner, surface=surface, guards=guards, renders="json" if surface == "api" else "html",
        extra_handlers=tuple(f.id for f in functions[1:]), table_file=file, table_line=call.line,
    )

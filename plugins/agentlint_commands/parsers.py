"""Commands without a decorator: argparse sub-commands that name their function, `typer.run(f)`, `fire.Fire(f)`, Flask-Script managers."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import Context, FunctionInfo, Program, Route, Scope, syntax, walk

_RUNNERS = frozenset({"typer.run", "fire.Fire", "plac.call", "argh.dispatch_command", "defopt.run"})
_CHOSEN = frozenset({"func", "handler", "command", "cmd", "callback", "function", "run", "action", "main"})
"""Names under which a parser keeps the function of the sub-command that was asked for."""


def parsed_commands(context: Context) -> Iterator[Route]:
    """One route a command."""
    program = context.program
    scopes: list[tuple[Scope, tuple[syntax.Stmt, ...]]] = [(m, m.body) for m in program.modules.values()]
    for scope, body in (*scopes, *((f, f.node.body) for f in program.functions.values())):
        made = program.calls_in(scope) if isinstance(scope, FunctionInfo) else tuple(walk.calls(body))
        adds = any(isinstance(c.func, syntax.Attribute) and c.func.attr == "add_parser" for c in made)
        names = dict(_parsers(body, program, scope)) if adds else {}
        for call in made:
            if isinstance(call.func, syntax.Attribute) and call.func.attr == "set_defaults":
                for keyword in call.keywords:
                    if keyword.name in _CHOSEN:
                        yield from _routes(keyword.value, names.get(walk.dotted(call.func.value), ""), call.line, (scope, program))
            elif call.args and program.resolve(call.func, scope) in _RUNNERS:
                yield from _routes(call.args[0], "", call.line, (scope, program))


def _parsers(body: tuple[syntax.Stmt, ...], program: Program, scope: Scope) -> Iterator[tuple[str, str]]:
    """Variables that hold a sub-command's parser, and the sub-command's name."""
    for stmt in walk.statements(body):
        if isinstance(stmt, syntax.Assign) and isinstance(stmt.value, syntax.Call) and walk.dotted(stmt.value.func).endswith(".add_parser"):
            name = program.fold(stmt.value.args[0], scope) if stmt.value.args else None
            for target in stmt.targets:
                yield walk.dotted(target), name if isinstance(name, str) else ""


def _routes(expr: syntax.Expr, name: str, line: int, where: tuple[Scope, Program]) -> Iterator[Route]:
    scope, program = where
    info = program.lookup(program.resolve(expr, scope)) if isinstance(expr, syntax.Name | syntax.Attribute) else None
    if isinstance(info, FunctionInfo):
        path = scope.path if isinstance(scope, syntax.Module) else scope.module.path
        yield Route(
            framework="commands", method="RUN", path=name or info.node.name.replace("_", "-"), handler=info.id, symbol=info.node.qualname,
            file=info.module.path, line=info.node.line, owner=info.owner, surface="cli", table_file=path, table_line=line,
        )

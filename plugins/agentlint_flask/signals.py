"""Signals of Blinker, which Flask's own are made of: edges from the places that send one to the functions that are connected to it."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import ClassInfo, Context, FunctionInfo, Program, Target, imports, syntax, walk

_MADE = frozenset({"signal", "Signal", "NamedSignal"})
_SENDS = frozenset({"send", "send_async"})
_CONNECTS = frozenset({"connect", "connect_via"})
_SHARED = "blinker.signal"
"""Gives the same signal for the same name wherever it is called."""


def signal_edges(context: Context) -> Iterator[tuple[str, Target]]:
    """Edges from functions that send a signal of the project to its receivers. Blinker documentation, "Subscribing to Signals"."""
    program = context.program
    if not imports(program, "blinker", "flask", "quart"):
        return
    connected: dict[str, set[str]] = {}
    for signal, function in _connections(program):
        if signal:
            connected.setdefault(signal, set()).add(function)
    for info in program.functions.values() if connected else ():
        for call in program.calls_in(info):
            if isinstance(call.func, syntax.Attribute) and call.func.attr in _SENDS:
                for function in sorted(connected.get(_signal(call.func.value, info, program), ())):
                    yield info.id, Target(function, "high", "signal")


def _connections(program: Program) -> Iterator[tuple[str, str]]:
    """Each signal with a function connected to it: `@sold.connect`, `@sold.connect_via(app)`, `sold.connect(keep)`."""
    for info in program.functions.values():
        for decorator in info.node.decorators:
            func = decorator.func if isinstance(decorator, syntax.Call) else decorator
            if isinstance(func, syntax.Attribute) and func.attr in _CONNECTS:
                yield _signal(func.value, info, program), info.id
    scopes: list[tuple[FunctionInfo | syntax.Module, Iterator[syntax.Call]]] = [(i, iter(program.calls_in(i))) for i in program.functions.values()]
    scopes += [(module, walk.calls(module.body)) for module in program.modules.values()]
    for scope, calls in scopes:
        for call in calls:
            if isinstance(call.func, syntax.Attribute) and call.func.attr == "connect" and call.args:
                function = program.resolve(call.args[0], scope)
                if function in program.functions:
                    yield _signal(call.func.value, scope, program), function


def _signal(expr: syntax.Expr, scope: FunctionInfo | syntax.Module, program: Program) -> str:
    """What stands for a signal: its name where all share it, else the variable or class attribute that holds it; empty for anything else."""
    made: object = expr
    path = ""
    if not isinstance(expr, syntax.Call):
        path = program.resolve(expr, scope)
        owner = program.classes.get(path.rpartition(".")[0]) if path else None
        made = owner.attributes.get(path.rpartition(".")[2]) if isinstance(owner, ClassInfo) else program.lookup(path) if path else None
    if not isinstance(made, syntax.Call) or walk.dotted(made.func).rpartition(".")[2] not in _MADE:
        return ""
    name = made.args[0] if made.args else None
    home = program.modules.get(path.rpartition(".")[0]) if path else scope
    if isinstance(name, syntax.Constant) and home is not None and program.resolve(made.func, home) == _SHARED:
        return f"{_SHARED} {name.value}"
    return path

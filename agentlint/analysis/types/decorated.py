"""What decorators of the program hand to the functions they wrap: `return view(*args, order=order, **kwargs)`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from agentlint.analysis.program import FunctionInfo
from agentlint.analysis.types.values import Types_, union
from agentlint.ir import syntax as s
from agentlint.ir.walk import statements

if TYPE_CHECKING:
    from agentlint.analysis.types.engine import Engine

_HELD = ("decorators", "method_decorators")
"""Class attributes by which class-based views list decorators of their methods: Flask, `View.decorators`; Flask-RESTful, `Resource.method_decorators`."""
_DEPTH = 3
"""Functions that a decorator may define inside one another."""


def added_by_decorators(engine: Engine, info: FunctionInfo, parameter: str) -> Types_:
    """Types of a parameter that a wrapper around the function fills, by its name or by its place: `return f(session, *args, **kwargs)`."""
    groups = []
    position = next((n for n, p in enumerate(info.node.params) if p.name == parameter), len(info.node.params))
    for decorator in _decorators(engine, info):
        for wrapper in _inside(engine, decorator, _DEPTH):
            for call, _ in engine.flows[wrapper.id].calls if wrapper.id in engine.flows else ():
                given = next((k.value for k in call.keywords if k.name == parameter), None) or _at(call, position, wrapper) or _put(call, parameter, wrapper)
                if given is not None and isinstance(call.func, s.Name) and _is_wrapped(call.func.id, wrapper, engine):
                    groups.append(engine.eval(given, engine.frame(wrapper.id)))
    return union(groups)


def _at(call: s.Call, position: int, wrapper: FunctionInfo) -> s.Expr | None:
    """What the call gives at a place, unless the wrapper only hands it on."""
    before = call.args[:position + 1]
    if len(before) <= position or any(isinstance(a, s.Other) and a.kind == "star" for a in before):
        return None
    given = before[position]
    return None if isinstance(given, s.Name) and any(p.name == given.id for p in wrapper.node.params) else given


def _put(call: s.Call, parameter: str, wrapper: FunctionInfo) -> s.Expr | None:
    """What the wrapper put among the keywords that it hands on: `kwargs["session"] = session`."""
    handed = {k.value.id for k in call.keywords if k.name is None and isinstance(k.value, s.Name)}
    for stmt in statements(wrapper.node.body) if handed else ():
        for target in stmt.targets if isinstance(stmt, s.Assign) else ():
            if isinstance(target, s.Subscript) and isinstance(target.value, s.Name) and target.value.id in handed:
                if isinstance(target.index, s.Constant) and target.index.value == parameter and isinstance(stmt, s.Assign):
                    return stmt.value
    return None


def _decorators(engine: Engine, info: FunctionInfo) -> Iterator[FunctionInfo]:
    """Functions of the program that stand around a function: at its head, or in a list of its class."""
    program = engine.program
    scope = program.classes.get(info.owner) or info.module
    written = [(d, scope) for d in info.node.decorators]
    for name in _HELD if info.owner else ():
        held = program.attribute(info.owner, name)
        if held is not None:
            written += [(item, held[1]) for item in _items(held[0])]
    for decorator, place in written:
        name = program.resolve(decorator.func if isinstance(decorator, s.Call) else decorator, place)
        if name in program.functions:
            yield program.functions[name]


def _items(held: s.Expr) -> tuple[s.Expr, ...]:
    if isinstance(held, s.Mapping):
        return tuple(item for value in held.values for item in _items(value))
    return held.items if isinstance(held, s.Sequence) else ()


def _inside(engine: Engine, info: FunctionInfo, depth: int) -> Iterator[FunctionInfo]:
    for stmt in statements(info.node.body) if depth else ():
        if isinstance(stmt, s.Define) and (nested := engine.program.functions.get(f"{info.id}.{stmt.definition.name}")) is not None:
            yield nested
            yield from _inside(engine, nested, depth - 1)


def _is_wrapped(name: str, wrapper: FunctionInfo, engine: Engine) -> bool:
    """True for a name that a function around the wrapper takes first: the function that is decorated."""
    outer = engine.program.functions.get(wrapper.id.rpartition(".")[0])
    while outer is not None:
        if outer.node.params and outer.node.params[0].name == name:
            return True
        outer = engine.program.functions.get(outer.id.rpartition(".")[0])
    return False

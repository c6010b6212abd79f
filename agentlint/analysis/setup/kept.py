"""What programs keep on the objects that a framework hands to handlers: under keys (`app["db"] = pool`) and as attributes (`app.db = pool`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from agentlint.analysis.constants.values import Element
from agentlint.analysis.program import Program, Scope
from agentlint.ir import syntax as s
from agentlint.ir import walk

Place = Callable[[s.Expr], bool]
"""Whether an expression means the object, by what it is called."""


def kept_items(program: Program, is_place: Place) -> dict[str, Element]:
    """Key to the expression that was put there; the first place wins. A key that is a variable stands by its dotted name."""
    return _first(program, lambda stmt, scope: _items(stmt, scope, program, is_place))


def kept_attributes(program: Program, is_place: Place, within: Callable[[Scope], bool] = lambda scope: True) -> dict[str, Element]:
    """Attribute to the expression that was put there, in scopes of which `within` holds; the first place wins."""
    return _first(program, lambda stmt, scope: _attributes(stmt, is_place), within)


def called(*names: str) -> Place:
    """Objects whose last name is one of these, or ends in it: `app` stands for `webapp` too."""
    return lambda expr: walk.dotted(expr).rpartition(".")[2].endswith(names)


def _first(
    program: Program, entries: Callable[[s.Stmt, Scope], Iterator[tuple[str, s.Expr]]], within: Callable[[Scope], bool] = lambda scope: True,
) -> dict[str, Element]:
    found: dict[str, Element] = {}
    for scope, body in _scopes(program):
        for stmt in walk.statements(body) if within(scope) else ():
            for key, value in entries(stmt, scope):
                if key and not (isinstance(value, s.Constant) and value.value is None):
                    found.setdefault(key, Element(value, scope))
    return found


def _scopes(program: Program) -> Iterator[tuple[Scope, tuple[s.Stmt, ...]]]:
    for info in program.functions.values():
        yield info, info.node.body
    for module in program.modules.values():
        if module.language == "python":
            yield module, module.body


def _items(stmt: s.Stmt, scope: Scope, program: Program, is_place: Place) -> Iterator[tuple[str, s.Expr]]:
    if isinstance(stmt, s.Assign) and stmt.value is not None and not stmt.op:
        for target in stmt.targets:
            if isinstance(target, s.Subscript) and is_place(target.value):
                yield key_of(target.index, scope, program), stmt.value
            elif is_place(target):
                yield from _pairs(stmt.value).items()
    elif isinstance(stmt, s.Expression) and isinstance(stmt.value, s.Call):
        func = stmt.value.func
        if isinstance(func, s.Attribute) and func.attr == "update" and is_place(func.value):
            for argument in stmt.value.args:
                yield from _pairs(argument).items()
            yield from ((k.name, k.value) for k in stmt.value.keywords if k.name)


def _attributes(stmt: s.Stmt, is_place: Place) -> Iterator[tuple[str, s.Expr]]:
    if isinstance(stmt, s.Assign) and stmt.value is not None and not stmt.op:
        yield from ((t.attr, stmt.value) for t in stmt.targets if isinstance(t, s.Attribute) and is_place(t.value))


def key_of(index: s.Expr | None, scope: Scope, program: Program) -> str:
    """The text of a key, or the dotted name of the variable that is one."""
    if isinstance(index, s.Constant):
        return index.value if isinstance(index.value, str) else ""
    return program.resolve(index, scope) if isinstance(index, (s.Name, s.Attribute)) else ""


def _pairs(value: s.Expr) -> Mapping[str, s.Expr]:
    """Keys and values of a dict display or `dict(...)`."""
    if isinstance(value, s.Mapping):
        return {str(k.value): v for k, v in zip(value.keys, value.values, strict=True) if isinstance(k, s.Constant)}
    if isinstance(value, s.Call) and walk.dotted(value.func) == "dict":
        return {k.name: k.value for k in value.keywords if k.name}
    return {}

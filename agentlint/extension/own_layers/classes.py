"""Classes with a method for each verb that code puts at an address: `register_page("/people", People)`, `urls = ("/people", "People", "/", "Index")`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agentlint.analysis.program import ClassInfo, Program, Scope
from agentlint.analysis.wording import words
from agentlint.extension.own_layers.lines import Line, addresses
from agentlint.extension.own_layers.servlets import responders
from agentlint.extension.own_layers.shown import Shown
from agentlint.ir import syntax as s
from agentlint.ir.walk import dotted

_PUTS = frozenset({"register", "add", "route", "expose", "map", "bind", "mount", "connect"})
_PLACES = frozenset({"route", "routes", "endpoint", "url", "path", "page", "handler", "view", "resource", "servlet"})


def placed(shown: Iterable[Shown], program: Program) -> Iterator[Line]:
    """A line for each verb of a class that stands beside its address."""
    for one in shown:
        if one.module.language != "python" or program.is_class(one.scope):
            continue
        for expr in one.expressions:
            if isinstance(expr, s.Call) and len(expr.args) > 1 and _is_about_places(expr.func):
                yield from _lines(expr.args[0], expr.args[1], one.scope, (one.module.path, expr.line), program)
            elif isinstance(expr, s.Sequence) and len(expr.items) > 1 and not len(expr.items) % 2:
                yield from _pairs(expr, one.scope, one.module.path, program)


def _is_about_places(func: s.Expr) -> bool:
    said = set(words(dotted(func).rpartition(".")[2]))
    return bool(said & _PUTS and said & _PLACES)


def _pairs(table: s.Sequence, scope: Scope, file: str, program: Program) -> Iterator[Line]:
    """The lines of a flat list in which addresses and classes take turns."""
    pairs = list(zip(table.items[::2], table.items[1::2], strict=True))
    if all(isinstance(path, s.Constant) and isinstance(path.value, str) and path.value.startswith("/") for path, _ in pairs):
        for path, held in pairs:
            yield from _lines(path, held, scope, (file, path.line), program)


def _lines(path: s.Expr, held: s.Expr, scope: Scope, place: tuple[str, int], program: Program) -> Iterator[Line]:
    kind = _class(held, scope, program)
    found = next(addresses((path,), program, scope), "") if kind is not None and isinstance(path, s.Constant | s.Template | s.Apply) else ""
    for verb, method in responders(kind, program) if kind is not None and found else ():
        yield Line(found, (verb,), method, *place, owner=kind.id if kind is not None else "")


def _class(held: s.Expr, scope: Scope, program: Program) -> ClassInfo | None:
    """The class that a name or a text names."""
    if isinstance(held, s.Constant) and isinstance(held.value, str):
        module = scope if isinstance(scope, s.Module) else scope.module
        return program.classes.get(program.canonical(f"{module.name}.{held.value}" if module.name else held.value))
    return program.classes.get(program.resolve(held, scope)) if isinstance(held, s.Name | s.Attribute) else None

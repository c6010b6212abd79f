"""Lists that code builds: the expression of every item with the scope it is read in, through `+`, `+=`, `append`, loops and functions that return lists."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

from agentlint.analysis.constants.folding import LIST_MAKERS, MOST_STEPS, Folder, Known
from agentlint.analysis.constants.history import Change
from agentlint.analysis.constants.values import Element
from agentlint.ir import syntax as s

if TYPE_CHECKING:
    from agentlint.analysis.program import ClassInfo, FunctionInfo, Program

    Scope: TypeAlias = FunctionInfo | ClassInfo | s.Module

_DEPTH = 24


class Lists:
    """Answers what items a list has."""

    def __init__(self, program: Program, folder: Folder) -> None:
        self._program, self._folder = program, folder
        self._depth = 0
        self._busy: set[tuple[str, str]] = set()

    def elements(self, expr: s.Expr | None, scope: Scope, names: Known | None = None) -> tuple[Element, ...]:
        """The items of the list that an expression gives, each with its own scope."""
        names = names or {}
        if expr is None or self._depth > _DEPTH:
            return ()
        self._depth += 1
        try:
            return tuple(self._items(expr, scope, names))
        finally:
            self._depth -= 1

    def _items(self, expr: s.Expr, scope: Scope, names: Known) -> Iterator[Element]:
        if isinstance(expr, s.Sequence):
            for item in expr.items:
                if isinstance(item, s.Other) and item.kind == "star":
                    yield from self.elements(item.children[0], scope, names)
                else:
                    yield Element(item, scope, names)
        elif isinstance(expr, s.Apply) and expr.op in ("+", "or", "?:", "|"):
            for operand in expr.operands[1:] if expr.op == "?:" else expr.operands:
                yield from self.elements(operand, scope, names)
        elif isinstance(expr, (s.Name, s.Attribute)):
            yield from self._held_items(expr, scope, names)
        elif isinstance(expr, s.Comprehension):
            for known in self._folder.clause_turns(expr.clauses, scope, names):
                yield Element(expr.elements[0], scope, names if known is None else known)
        elif isinstance(expr, s.Call):
            yield from self._returned_items(expr, scope, names)

    def _held_items(self, expr: s.Name | s.Attribute, scope: Scope, names: Known) -> Iterator[Element]:
        if isinstance(expr, s.Name) and expr.id in names:
            held = names[expr.id]
            yield from (e for e in (held if isinstance(held, tuple) else ()) if isinstance(e, Element))
            return
        home = self._folder.home(expr.id, scope) if isinstance(expr, s.Name) else None
        variable = expr.id if isinstance(expr, s.Name) else expr.attr
        if home is None:
            owner, _, variable = self._program.resolve(expr, scope).rpartition(".")
            home = self._program.modules.get(owner) or self._program.classes.get(owner)
        if home is not None and variable in self._folder.changes(home):
            yield from self._built(variable, home)

    def _built(self, name: str, home: Scope) -> tuple[Element, ...]:
        key = (name, self._program.id_of(home))
        if key in self._busy:
            return ()
        self._busy.add(key)
        try:
            items: tuple[Element, ...] = ()
            for change in self._folder.changes(home)[name]:
                for known in islice(self._folder.turns(change.loops, home, {}), MOST_STEPS):
                    items = self._grown(change, items, home, {**known, name: items})
            return items
        finally:
            self._busy.discard(key)

    def _grown(self, change: Change, items: tuple[Element, ...], home: Scope, names: Known) -> tuple[Element, ...]:
        if change.kind == "set":
            new = self.elements(change.value, home, names)
            return (*items, *new) if change.nested and items else new
        if change.kind in ("extend", "update"):
            return (*items, *self.elements(change.value, home, names))
        if change.kind == "append" and change.value is not None:
            return (*items, Element(change.value, home, names))
        return items

    def _returned_items(self, call: s.Call, scope: Scope, names: Known) -> Iterator[Element]:
        name = self._program.resolve(call.func, scope)
        if name in LIST_MAKERS and call.args:
            yield from self.elements(call.args[0], scope, names)
        function = self._program.functions.get(name)
        if function is not None:
            for value in self._program.returned(function):
                yield from self.elements(value, function)

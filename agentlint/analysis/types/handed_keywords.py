"""Keywords that a decorator is told together with a class, and that an object of the class keeps: `@recorded(Saving, created={"event": opened})`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

import msgspec

from agentlint.analysis.program import ClassInfo, FunctionInfo, Program
from agentlint.analysis.types.bindings import module_code
from agentlint.ir import syntax as s
from agentlint.ir import walk


class Told(msgspec.Struct, frozen=True):
    """One use of a decorator: what it is told by keyword, and the scope in which that is read."""

    keywords: dict[str, s.Expr]
    scope: str

    def at(self, keys: tuple[str, ...]) -> s.Expr | None:
        """The expression under keys: a keyword, then keys of mappings written out."""
        found = self.keywords.get(keys[0])
        for key in keys[1:]:
            pairs = zip(found.keys, found.values, strict=True) if isinstance(found, s.Mapping) else ()
            found = next((v for k, v in pairs if isinstance(k, s.Constant) and k.value == key), None)
        return found


class HandedKeywords:
    """Answers for one program; reads its decorators at the first question."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._keeping: dict[str, frozenset[str]] = {}

    def told(self, expr: s.Expr, class_id: str) -> tuple[tuple[Told, ...], tuple[str, ...]]:
        """For `self.kept["created"]["event"]` in a method of a class: the uses of decorators that hand the class over, and the keys; empty for
        anything else."""
        keys: list[str] = []
        while isinstance(expr, s.Subscript) and isinstance(expr.index, s.Constant) and isinstance(expr.index.value, str):
            keys.insert(0, expr.index.value)
            expr = expr.value
        if not isinstance(expr, s.Attribute) or not isinstance(expr.value, s.Name) or expr.value.id != "self":
            return (), ()
        if class_id not in self._program.classes or expr.attr not in self._keeps(class_id):
            return (), ()
        family = (class_id, *self._program.subclasses(class_id))
        return tuple(one for c in dict.fromkeys(family) for one in self._by_class.get(c, ())), tuple(keys)

    def _keeps(self, class_id: str) -> frozenset[str]:
        """Attributes in which objects of a class keep the further keywords that they are made with."""
        found = self._keeping.get(class_id)
        if found is None:
            made = self._program.method(class_id, "__init__")
            rest = next((p.name for p in made.node.params if p.kind == "double-star"), "") if made is not None else ""
            names = (
                t.attr for stmt in walk.statements(made.node.body) if isinstance(stmt, s.Assign) and isinstance(stmt.value, s.Name) and stmt.value.id == rest
                for t in stmt.targets if isinstance(t, s.Attribute) and isinstance(t.value, s.Name) and t.value.id == "self"
            ) if made is not None and rest else ()
            found = self._keeping[class_id] = frozenset(names)
        return found

    @cached_property
    def _by_class(self) -> dict[str, list[Told]]:
        found: dict[str, list[Told]] = defaultdict(list)
        for info in self._program.functions.values():
            for decorator in info.node.decorators:
                if isinstance(decorator, s.Call) and len(decorator.args) + len(decorator.keywords) > 1:
                    scope = self._program.classes.get(info.owner) or info.module
                    for class_id in self._handed(decorator, info, scope):
                        keywords = {k.name: k.value for k in decorator.keywords if k.name}
                        found[class_id].append(Told(keywords, scope.id if isinstance(scope, ClassInfo) else module_code(scope)))
        return found

    def _handed(self, call: s.Call, info: FunctionInfo, scope: ClassInfo | s.Module) -> Iterator[str]:
        """Classes of the program that a decorator with further keywords is given."""
        maker = self._program.functions.get(self._program.resolve(call.func, scope))
        if maker is None or not any(p.kind == "double-star" for p in maker.node.params):
            return
        for value in (*call.args, *(k.value for k in call.keywords)):
            named = self._program.resolve(value, scope) if isinstance(value, (s.Name, s.Attribute)) else ""
            if named in self._program.classes:
                yield named

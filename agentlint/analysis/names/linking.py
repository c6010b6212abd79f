"""Entering modules into a program: ids of functions and classes, and what every scope binds."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from agentlint.analysis.names.resolution import Bound, Names, Table
from agentlint.ir import syntax as s
from agentlint.ir.walk import dotted, statements


class FunctionInfo(msgspec.Struct, frozen=True, eq=False, gc=False):
    """A function of the project. Compared by identity: its tree is large."""

    id: str
    module: s.Module
    node: s.Function
    owner: str
    """Id of the class whose body holds it, or the empty string."""
    parent: str
    """Id of the enclosing function, or the empty string."""


class ClassInfo(msgspec.Struct, frozen=True, eq=False, gc=False):
    """A class of the project. Compared by identity."""

    id: str
    module: s.Module
    node: s.Class
    methods: dict[str, str]
    """Method name to function id; the last definition wins."""
    attributes: dict[str, s.Expr]
    """Class-level assignments, the last one wins."""
    annotations: dict[str, s.Expr]
    """Class-level annotations."""
    nested: dict[str, str]
    """Name to id of classes in its body."""
    parent: str
    """Id of the class or function that encloses it, or the empty string."""


class Linker:
    """Enters the definitions and bindings of one module after the other."""

    def __init__(self, functions: dict[str, FunctionInfo], classes: dict[str, ClassInfo], names: Names) -> None:
        self._functions, self._classes, self._names = functions, classes, names
        self._told = names.told

    def module(self, module: s.Module) -> None:
        """Enter one module with all that is defined in it."""
        table = self._names.table(module.name, "module", module, None)
        self._scope(module.body, table, "", "")

    def _scope(self, body: Iterable[s.Stmt], table: Table, owner: str, parent: str) -> None:
        """Bind what statements bind; `owner` and `parent` are the class and function that hold them."""
        hidden = _for_checkers(body, table.kind == "class")
        defined = [st for st in statements(body) if self._bind(st, table) and id(st) not in hidden]
        ids = _ids(defined, table.id)
        for stmt, name in zip(defined, ids, strict=True):
            node = stmt.definition  # type: ignore[union-attr]
            if "#" not in name.rpartition(".")[2]:
                table.bind(node.name, Bound("definition", name=name))
            if isinstance(node, s.Class):
                self._class(node, name, table, owner or parent)
            else:
                self._function(node, name, table, owner, parent)

    def _bind(self, stmt: s.Stmt, table: Table) -> bool:
        """Bind the names of one statement; True for definitions, whose ids depend on one another."""
        if isinstance(stmt, s.Define):
            return True
        if isinstance(stmt, s.Import):
            self._names.bind_import(table, stmt)
        elif isinstance(stmt, s.Assign) and self._bind_told(stmt, table):
            pass
        elif isinstance(stmt, s.Assign):
            for target in stmt.targets:
                if isinstance(target, s.Name) and (stmt.value is not None or table.kind == "class" or not stmt.annotation):
                    table.bind(target.id, Bound("value", expr=None if stmt.op else stmt.value))
                else:
                    _bind_parts(target, table)
        elif isinstance(stmt, s.Loop) and stmt.target is not None:
            _bind_parts(stmt.target, table)
        elif isinstance(stmt, s.With):
            for item in stmt.items:
                _bind_parts(item.target, table)
        elif isinstance(stmt, s.Try):
            for handler in stmt.handlers:
                if handler.name:
                    table.bind(handler.name, Bound("local"))
        elif isinstance(stmt, s.Expression) and isinstance(stmt.value, s.Other) and stmt.value.kind == "global":
            table.globals |= {dotted(child) for child in stmt.value.children}
            _bind_globals(table)
        return False

    def _bind_told(self, stmt: s.Assign, table: Table) -> bool:
        """Bind names to classes that a loader is asked for by texts: as good as an import of them."""
        if not isinstance(stmt.value, s.Call) or stmt.op or len(stmt.targets) != 1 or table.kind == "function":
            return False
        target = stmt.targets[0]
        names = target.items if isinstance(target, s.Sequence) else (target,)
        if not all(isinstance(n, s.Name) for n in names):
            return False
        pairs = self._told.pairs(stmt.value)
        if len(pairs) != len(names):
            return False
        for one, (module, name) in zip(names, pairs, strict=True):
            table.bind(one.id, Bound("from", module, name))  # type: ignore[union-attr]
        return True

    def _function(self, node: s.Function, id: str, outer: Table, owner: str, parent: str) -> None:
        self._functions[id] = FunctionInfo(id, outer.module, node, owner, parent)
        self._names.definitions[id] = "function"
        table = self._names.table(id, "function", outer.module, outer)
        for parameter in node.params:
            table.bind(parameter.name, Bound("local"))
        self._scope(node.body, table, "", id)

    def _class(self, node: s.Class, id: str, outer: Table, parent: str) -> None:
        info = ClassInfo(id, outer.module, node, {}, {}, {}, {}, parent)
        self._classes[id] = info
        self._names.definitions[id] = "class"
        table = self._names.table(id, "class", outer.module, outer)
        self._scope(node.body, table, id, parent if parent in self._functions else "")
        for stmt in statements(node.body):
            if isinstance(stmt, s.Assign):
                for target in stmt.targets:
                    if isinstance(target, s.Name):
                        if stmt.value is not None and not stmt.op:
                            info.attributes[target.id] = stmt.value
                        if stmt.annotation is not None:
                            info.annotations[target.id] = stmt.annotation
        for name, bounds in table.names.items():
            for bound in bounds:
                if bound.kind == "definition":
                    (info.nested if self._names.definitions[bound.name] == "class" else info.methods)[name] = bound.name


def _for_checkers(body: Iterable[s.Stmt], in_class: bool) -> frozenset[int]:
    """Identities of the definitions that stand there for type checkers alone: at run time the other branch, in a class also a base or nothing, stands where
    they seem to."""
    shown = (st for st in body if isinstance(st, s.If) and dotted(st.test).rpartition(".")[2] == "TYPE_CHECKING")
    return frozenset(
        id(inner) for st in shown for inner in statements(st.body)
        if isinstance(inner, s.Define) and (in_class or inner.definition.name in _named_in(st.orelse))
    )


def _named_in(body: Iterable[s.Stmt]) -> frozenset[str]:
    """Names that a block gives something to."""
    found: set[str] = set()
    for stmt in statements(body):
        if isinstance(stmt, s.Assign):
            found.update(t.id for t in stmt.targets if isinstance(t, s.Name))
        elif isinstance(stmt, s.Import):
            found.update(n.alias or n.name for n in stmt.names)
        elif isinstance(stmt, s.Define):
            found.add(stmt.definition.name)
    return frozenset(found)


_STUB_DECORATORS = ("overload", "setter", "deleter")


def _ids(defined: list[s.Stmt], prefix: str) -> list[str]:
    """Ids of definitions of one scope: the last of a name has the plain id, overload stubs and property setters never."""
    main: dict[str, int] = {}
    for position, stmt in enumerate(defined):
        node = stmt.definition  # type: ignore[union-attr]
        stub = any(dotted(d).rpartition(".")[2] in _STUB_DECORATORS for d in node.decorators)
        if not stub or node.name not in main:
            main[node.name] = position
    count: dict[str, int] = {}
    ids = []
    for position, stmt in enumerate(defined):
        name = stmt.definition.name  # type: ignore[union-attr]
        plain = f"{prefix}.{name}" if prefix else name
        if main[name] == position:
            ids.append(plain)
        else:
            count[name] = count.get(name, 1) + 1
            ids.append(f"{plain}#{count[name]}")
    return ids


def _bind_parts(target: s.Expr | None, table: Table) -> None:
    if isinstance(target, s.Name):
        table.bind(target.id, Bound("local"))
    elif isinstance(target, s.Sequence):
        for item in target.items:
            _bind_parts(item, table)
    elif isinstance(target, s.Other) and target.kind == "star":
        for child in target.children:
            _bind_parts(child, table)


def _bind_globals(table: Table) -> None:
    """The module has what one of its functions declares global, also where nothing but the function assigns it."""
    top = table
    while top.outer is not None:
        top = top.outer
    for name in sorted(table.globals):
        if top.kind == "module" and name not in top.names:
            top.bind(name, Bound("value"))

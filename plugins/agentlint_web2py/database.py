"""Writes through the database object that web2py puts into every controller: tables by their names, forms, grids.

web2py, "The database abstraction layer" and "Forms and validators".
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from agentlint.api import CallSite, Effect, EffectOperation, FunctionInfo, Program, syntax, walk
from agentlint_web2py.applications import application_of

_ON_TABLES: dict[str, EffectOperation] = {
    "insert": "create", "bulk_insert": "create", "validate_and_insert": "create", "update_or_insert": "write", "truncate": "delete",
}
_ON_SETS: dict[str, EffectOperation] = {
    "update": "update", "update_naive": "update", "validate_and_update": "update", "delete": "delete", "delete_naive": "delete",
}
_ON_ROWS: dict[str, EffectOperation] = {"update_record": "update", "delete_record": "delete"}
_FORMS = frozenset({"process", "accepts"})
_GRIDS = frozenset({"SQLFORM.grid", "SQLFORM.smartgrid"})
_GRID_RIGHTS: tuple[tuple[str, EffectOperation], ...] = (("create", "create"), ("editable", "update"), ("deletable", "delete"))
_CRUD: dict[str, EffectOperation] = {"crud.create": "create", "crud.update": "update", "crud.delete": "delete"}
_DEEPEST = 8


def database_effects(site: CallSite, program: Program) -> Iterator[Effect]:
    """The effects of one call in an application."""
    scope = program.functions.get(site.caller)
    if scope is None or application_of(site.file, program) is None:
        return
    reader = _reader(scope)
    for operation, table in reader.written(site.call):
        yield Effect(
            "orm-write", operation, table, site.file, site.line, site.caller, fields=reader.fields(site.call), api=f"pydal.{operation}()", methods=site.methods,
        )
    if walk.dotted(site.call.func) == "auth" and not site.call.args:
        yield Effect("authentication", "login", "", site.file, site.line, site.caller)


@lru_cache(maxsize=8)
def _reader(scope: FunctionInfo) -> _Reader:
    """The same for all calls of a function, which are asked about in turn."""
    return _Reader(scope)


class _Reader:
    """What the expressions of one function stand for."""

    def __init__(self, scope: FunctionInfo) -> None:
        self._held: dict[str, syntax.Expr] = {}
        for stmt in walk.statements(scope.node.body):
            if isinstance(stmt, syntax.Assign) and stmt.value is not None and not stmt.op:
                self._held.update((t.id, stmt.value) for t in stmt.targets if isinstance(t, syntax.Name))
            elif isinstance(stmt, syntax.Loop) and isinstance(stmt.target, syntax.Name) and stmt.iterable is not None:
                self._held.setdefault(stmt.target.id, stmt.iterable)

    def written(self, call: syntax.Call) -> Iterator[tuple[EffectOperation, str]]:
        """What a call does, to which table."""
        name = walk.dotted(call.func)
        if name in _GRIDS and call.args:
            closed = {k.name for k in call.keywords if isinstance(k.value, syntax.Constant) and k.value.value is False}
            yield from ((operation, self.table(call.args[0])) for right, operation in _GRID_RIGHTS if right not in closed)
        elif name in _CRUD and call.args:
            yield _CRUD[name], self.table(call.args[0])
        elif isinstance(call.func, syntax.Attribute):
            yield from self._method(call.func)

    def _method(self, func: syntax.Attribute) -> Iterator[tuple[EffectOperation, str]]:
        table = self.table(func.value)
        if func.attr in _ON_TABLES and table and self._is_table(func.value):
            yield _ON_TABLES[func.attr], table
        elif func.attr in _ON_SETS and table and self._is_set(func.value):
            yield _ON_SETS[func.attr], table
        elif func.attr in _ON_ROWS:
            yield _ON_ROWS[func.attr], table
        elif func.attr in _FORMS and (form := self._form(func.value)) is not None and form.args:
            yield ("update" if len(form.args) > 1 or any(k.name == "record" for k in form.keywords) else "create"), self.table(form.args[0])

    def fields(self, call: syntax.Call) -> tuple[str, ...]:
        """Columns that a call names."""
        last = call.func.attr if isinstance(call.func, syntax.Attribute) else ""
        named = last in _ON_TABLES or last in _ON_SETS or last in _ON_ROWS
        return tuple(sorted(k.name for k in call.keywords if named and k.name and not k.name.startswith("_")))

    def table(self, expr: syntax.Expr, depth: int = 0) -> str:
        """The table of a table, a set, a query, a field or a row; the first that occurs."""
        expr = self._followed(expr)
        if depth > _DEEPEST:
            return ""
        if _is_db(expr):
            return ""
        if isinstance(expr, syntax.Attribute):
            return expr.attr if _is_db(expr.value) else self.table(expr.value, depth + 1)
        if isinstance(expr, syntax.Subscript):
            key = expr.index.value if isinstance(expr.index, syntax.Constant) else None
            return key if _is_db(expr.value) and isinstance(key, str) else self.table(expr.value, depth + 1)
        parts = expr.operands if isinstance(expr, syntax.Apply) else (*expr.args[:1], expr.func) if isinstance(expr, syntax.Call) and _is_db(expr.func) else ()
        if isinstance(expr, syntax.Call) and not parts:
            parts = (expr.func,)
        return next((found for part in parts if (found := self.table(part, depth + 1))), "")

    def _followed(self, expr: syntax.Expr) -> syntax.Expr:
        for _ in range(_DEEPEST):
            if not isinstance(expr, syntax.Name) or expr.id not in self._held:
                break
            expr = self._held[expr.id]
        return expr

    def _is_table(self, expr: syntax.Expr) -> bool:
        found = self._followed(expr)
        return isinstance(found, syntax.Attribute | syntax.Subscript | syntax.Apply)

    def _is_set(self, expr: syntax.Expr) -> bool:
        found = self._followed(expr)
        return isinstance(found, syntax.Call) and _is_db(found.func)

    def _form(self, expr: syntax.Expr) -> syntax.Call | None:
        """The form that is processed: `SQLFORM(db.order)`, also by a name."""
        found = self._followed(expr)
        return found if isinstance(found, syntax.Call) and walk.dotted(found.func) == "SQLFORM" else None


def _is_db(expr: syntax.Expr) -> bool:
    """True for the database object: `db`, `current.db`, `db_stats`."""
    last = walk.dotted(expr).rpartition(".")[2]
    return last == "db" or last.startswith("db_")

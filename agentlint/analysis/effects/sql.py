"""Writes in SQL: text that looks like a writing statement, and statement objects that a query builder makes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import msgspec

from agentlint.analysis.calls.sites import CallSite
from agentlint.analysis.effects.arguments import parameter_names
from agentlint.analysis.effects.fields import keyword_fields, named_fields, unique
from agentlint.analysis.effects.models import Model, Models
from agentlint.analysis.effects.orm import effect
from agentlint.analysis.effects.places import Places
from agentlint.analysis.effects.sql_texts import SqlText, SqlTexts
from agentlint.ir import syntax as s
from agentlint.ir.effects import Effect, EffectOperation
from agentlint.ir.walk import dotted, statements

_LOOKS_WRITING = re.compile(
    r"^\s*(--[^\n]*\n\s*)*(with\b.*\b(insert|update|delete)\b|(insert|replace|merge)\s+(\w+\s+){0,2}into\b|update\s.+\bset\b|delete\s+from\b|truncate\s"
    r"|(drop|alter|create)\s+(\w+\s+){0,3}(table|view|index|schema|database|sequence|type|function|trigger|role|user|extension)\b)",
    re.IGNORECASE | re.DOTALL,
)
_FALLBACK = re.compile(
    r"\b(?:insert\s+(?:or\s+\w+\s+)?into|replace\s+into|merge\s+into|update|delete\s+from|truncate(?:\s+table)?)\s+[\"`]?([\w.]+)", re.IGNORECASE
)
_CLAUSE = re.compile(r"\b(on|for)\s+$", re.IGNORECASE)
"""Before the word of a clause: `ON UPDATE CURRENT_TIMESTAMP`, `FOR UPDATE OF orders`. `ON CONFLICT DO UPDATE SET` goes on with the same table."""
_PLACEHOLDER = re.compile(r"%\(\w+\)s|%s|:\w+\b|\?|\$\d+")
_OPERATIONS: dict[str, EffectOperation] = {
    "Insert": "create", "Update": "update", "Delete": "delete", "Merge": "write", "TruncateTable": "delete", "Drop": "delete", "Alter": "write",
    "Create": "write",
}
_BUILDERS: dict[str, EffectOperation] = {
    "sqlalchemy.insert": "create", "sqlalchemy.update": "update", "sqlalchemy.delete": "delete", "sqlalchemy.dialects.postgresql.insert": "create",
    "sqlalchemy.dialects.mysql.insert": "create", "sqlalchemy.dialects.sqlite.insert": "create",
}
_NO_ROWS = frozenset({"VIEW", "INDEX"})
"""What is made of tables and dropped again without a row of theirs changing."""
_EMPTY_AT_FIRST = frozenset({"TABLE", "SEQUENCE", "TYPE", "FUNCTION", "PROCEDURE", "TRIGGER", "EXTENSION", "SCHEMA"})
"""What a statement makes that puts no row anywhere: no change and no record, whatever it is called."""
_STATEMENT_TYPES: dict[str, EffectOperation] = {"sqlalchemy.Insert": "create", "sqlalchemy.Update": "update", "sqlalchemy.Delete": "delete"}


_BEFORE = re.compile(r"^(\s*(/\*.*?\*/|(\{\}|hole_\d+_)(?=\s+(insert|update|delete)\b)))+\s*", re.IGNORECASE | re.DOTALL)
"""What stands before a statement and is none of it: remarks, also those that a function makes."""
_PREPARES = re.compile(r"^\s*prepare\s+\w+\s*(\([^)]*\))?\s+as\s+", re.IGNORECASE)
"""A statement that is kept to be run under a name: PostgreSQL, "PREPARE". It is taken for run where it is prepared."""
_WORD = re.compile(r"^[A-Za-z_]\w*$")
_HOLE = re.compile(r"hole_(\d+)_")


class Statement(msgspec.Struct, frozen=True):
    """One writing SQL statement."""

    operation: EffectOperation
    table: str
    fields: tuple[str, ...] = ()


@lru_cache(maxsize=4096)
def parse_sql(text: str) -> tuple[Statement, ...]:
    """The writing statements of an SQL text; empty when it only reads or is no SQL."""
    text = _PREPARES.sub("", _BEFORE.sub("", text, count=1), count=1)
    if not _LOOKS_WRITING.match(text):
        return ()
    clean = _PLACEHOLDER.sub("1", text).replace("{}", "hole_")
    return _with_parser(clean) or _by_pattern(clean)


def _with_parser(text: str) -> tuple[Statement, ...]:
    import logging

    import sqlglot  # slow to import, so only when a program holds writing SQL
    from sqlglot.errors import SqlglotError

    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    try:
        parsed = sqlglot.parse(text)
    except (SqlglotError, RecursionError, ValueError):
        return ()
    return tuple(found for tree in parsed if tree is not None for found in _statements(tree))


def _statements(tree: Any) -> Iterator[Statement]:
    from sqlglot import exp

    kinds = (exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.TruncateTable, exp.Drop, exp.Alter, exp.Create)
    for node in (tree,) if isinstance(tree, kinds) else tree.find_all(*kinds):
        kind = str(node.args.get("kind") or "").upper()
        if isinstance(node, (exp.Drop, exp.Create)) and kind in _NO_ROWS:
            continue
        if isinstance(node, exp.Create) and kind in _EMPTY_AT_FIRST and node.find(exp.Select) is None:
            continue
        table = node.find(exp.Table)
        columns = unique(c for c in _columns(node) if "hole_" not in c)
        yield Statement(_OPERATIONS[type(node).__name__], _placed(table.name if table is not None else ""), columns)


def _placed(name: str) -> str:
    """The table as parsed; a placeholder that is no numbered hole stands for nothing."""
    return name if _HOLE.search(name) else _table(name)


def _table(name: str) -> str:
    """The table's name without the placeholders in it; empty when one stands for all of it."""
    known = _HOLE.sub("", name).replace("hole_", "").strip("_.")
    return "" if known.isdigit() else known


def _columns(node: Any) -> Iterator[str]:
    from sqlglot import exp

    if isinstance(node, exp.Update):
        yield from (e.this.name for e in node.expressions if isinstance(e, exp.EQ) and isinstance(e.this, exp.Column))
    elif isinstance(node, exp.Insert) and isinstance(node.this, exp.Schema):
        yield from (e.name for e in node.this.expressions)


def _by_pattern(text: str) -> tuple[Statement, ...]:
    words: dict[str, EffectOperation] = {"insert": "create", "replace": "write", "merge": "write", "update": "update", "delete": "delete", "truncate": "delete"}
    found = (m for m in _FALLBACK.finditer(text) if m.group(1).lower() != "set" and not _CLAUSE.search(text[:m.start()]))
    return tuple(Statement(words[m.group(0).split()[0].lower()], _placed(m.group(1))) for m in found)


class SqlWrites:
    """Effects of calls that take SQL."""

    def __init__(self, places: Places, models: Models) -> None:
        self._places = places
        self._models = models
        self._texts = SqlTexts(places)

    def at(self, site: CallSite, place: str, api: str) -> Iterator[Effect]:
        """The writes of the statement at a place; nothing when it reads or cannot be seen."""
        expr = self._places.expression(site, place)
        if expr is not None:
            yield from self.of_statement(expr, site, api)

    def of_statement(self, expr: s.Expr, site: CallSite, api: str) -> Iterator[Effect]:
        """The writes of a statement that runs at a call: a text, or what a query builder made."""
        built = self._built(expr, site)
        if built is not None:
            yield built
            return
        for text in self._texts.of(expr, site):
            for statement in parse_sql(text.text):
                model = self._model(statement.table, text)
                found = effect(site, "raw-sql", statement.operation, model, fields=statement.fields, api=api)
                hole = None if model.target or model.open_model else _HOLE.search(statement.table)
                untold = hole is not None and self._texts.is_handed_in(text.in_hole(hole[1]), text.function)
                yield msgspec.structs.replace(found, open_fields="" if found.fields else self._texts.columns(text), untold=untold)

    def _model(self, table: str, text: SqlText) -> Model:
        hole = _HOLE.search(table)
        known = _table(table)
        if known or hole is None:
            return self._models.at_table(known)
        filler = text.in_hole(hole[1])
        if isinstance(filler, s.Name) and filler.id in parameter_names(self._places.program.functions.get(text.function)):
            return Model(open_model=f"parameter {text.function} {filler.id}")
        if isinstance(filler, s.Call):  # `{self.qualified("orders")}`: the schema is put before the name that it is given
            given = (self._places.constant(a, text.function) for a in (*filler.args, *(k.value for k in filler.keywords)))
            named = [word for word in given if isinstance(word, str) and _WORD.match(word)]
            return self._models.at_table(named[0]) if len(named) == 1 else Model()
        return self._models.at_table(self._kept(filler, text.function))

    def _kept(self, filler: s.Expr, function: str) -> str:
        """The one text that a class gives the attribute in which it keeps the name of its table: `self.table = "orders"`; empty when there are others."""
        info = self._places.program.functions.get(function)
        owner = self._places.program.classes.get(info.owner) if info is not None else None
        if owner is None or not isinstance(filler, s.Attribute) or dotted(filler.value) not in ("self", "cls", "type(self)"):
            return ""
        given = [owner.attributes[filler.attr]] if filler.attr in owner.attributes else []
        methods = (self._places.program.functions.get(m) for m in owner.methods.values())
        for stmt in (stmt for method in methods if method is not None for stmt in statements(method.node.body) if isinstance(stmt, s.Assign)):
            if stmt.value is not None and any(isinstance(t, s.Attribute) and t.attr == filler.attr and dotted(t.value) == "self" for t in stmt.targets):
                given.append(stmt.value)
        texts = {e.value for e in given if isinstance(e, s.Constant) and isinstance(e.value, str) and _WORD.match(e.value)}
        return texts.pop() if len(texts) == 1 else ""

    def _built(self, expr: s.Expr, site: CallSite) -> Effect | None:
        """`update(Order).where(...).values(...)`, here or in what was assigned to the name."""
        chains = (expr, *self._places.assigned(site.caller, expr.id)) if isinstance(expr, s.Name) else (expr,)
        fields = unique(name for chain in chains for name in self._values(chain, site))
        for chain in chains:
            root = _root(chain)
            operation = self._builder(root, site)
            if root is not None and operation is not None:
                return effect(site, "orm-write", operation, self._subject(root, site), fields=fields, api=f"sqlalchemy.{_VERB[operation]}")
        for type_ in self._places.typed(expr, site.caller):
            operation = next((_STATEMENT_TYPES[a] for a in self._places.library.ancestors(type_.name) if a in _STATEMENT_TYPES), None)
            if operation is not None:
                model = next(iter(self._models.of_types(type_.args[:1])), Model())
                return effect(site, "orm-write", operation, model, fields=fields, api=f"sqlalchemy.{_VERB[operation]}")
        return None

    def _builder(self, root: s.Call | None, site: CallSite) -> EffectOperation | None:
        if root is None:
            return None
        name = self._places.program.resolve(root.func, self._places.program.scope_of(site.caller))
        known = _BUILDERS.get(self._places.library.canonical(name)) if name else None
        if known is None and isinstance(root.func, s.Attribute) and root.func.attr in ("insert", "update", "delete"):
            types = self._places.typed(root.func.value, site.caller)
            if any(t.name == "sqlalchemy.Table" for t in types):
                return {"insert": "create", "update": "update", "delete": "delete"}[root.func.attr]  # type: ignore[return-value]
        return known

    def _subject(self, root: s.Call, site: CallSite) -> Model:
        subject = root.args[0] if root.args else root.func.value if isinstance(root.func, s.Attribute) else None
        if subject is None:
            return Model()
        items = (self._places.item(t) for t in self._places.typed(subject, site.caller))
        found = self._models.of_types(t for t in items if t.name != "sqlalchemy.Table")
        if found:
            return found[0]
        text = dotted(subject).removesuffix(".__table__").rpartition(".")[2]
        return self._models.of_word(text) or self._models.at_table(text)

    def _values(self, chain: s.Expr, site: CallSite) -> Iterable[str]:
        while isinstance(chain, s.Call) and isinstance(chain.func, s.Attribute):
            if chain.func.attr == "values":
                yield from keyword_fields(chain.keywords, site.caller, self._places) or ()
                for arg in chain.args[:1]:
                    yield from named_fields(arg, site.caller, self._places) or ()
            chain = chain.func.value


def made_where_missing(effects: Iterable[Effect]) -> Iterator[Effect]:
    """Effects with the two statements of a function that is handed a table as one: it changes the row of that table, or makes it where there is none."""
    found = tuple(effects)
    changing = {e.open_model: e for e in found if e.kind == "raw-sql" and e.operation == "update" and e.open_model}
    making = {e.open_model for e in found if e.kind == "raw-sql" and e.operation == "create"} & changing.keys()
    for one in found:
        known = changing[one.open_model] if one.open_model in making and one.kind == "raw-sql" else None
        if known is None or one.operation not in ("create", "update"):
            yield one
        else:
            yield msgspec.structs.replace(one, operation="write", fields=known.fields, open_fields=known.open_fields)


_VERB = {"create": "insert", "update": "update", "delete": "delete", "write": "insert"}


def _root(expr: s.Expr) -> s.Call | None:
    """The first call of a method chain: `insert(X)` of `insert(X).values()`."""
    found: s.Call | None = None
    while isinstance(expr, (s.Call, s.Attribute)):
        if isinstance(expr, s.Call):
            found, expr = expr, expr.func
        else:
            expr = expr.value
    return found

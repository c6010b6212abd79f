"""Writes whose receiver has no known type but whose wording leaves little doubt: `x.objects.filter().delete()`, `db.session.add(x)`, `order.save()`."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from agentlint.analysis.calls.sites import CallSite
from agentlint.analysis.effects.documents import Documents, is_collection_write
from agentlint.analysis.effects.fields import InMemory, row_fields
from agentlint.analysis.effects.models import Model, Models
from agentlint.analysis.effects.orm import OrmWrites, effect
from agentlint.analysis.effects.places import Places
from agentlint.analysis.effects.sql import SqlWrites
from agentlint.analysis.program import Program
from agentlint.ir import syntax as s
from agentlint.ir.effects import Confidence, Effect
from agentlint.ir.walk import dotted

_QUERYSET_WRITES = frozenset({
    "create", "update", "delete", "get_or_create", "update_or_create", "bulk_create", "bulk_update", "acreate", "aupdate", "adelete",
    "aget_or_create", "aupdate_or_create", "abulk_create", "abulk_update", "_raw_delete",
})
_ONLY_ORM = frozenset({
    "get_or_create", "update_or_create", "bulk_create", "bulk_update", "aget_or_create", "aupdate_or_create", "abulk_create", "abulk_update",
})
_MANAGERS = frozenset({"objects", "_default_manager", "_base_manager", "all_objects"})
_QUERIES = frozenset({"query", "where", "filter", "exclude", "all", "get_queryset", "filter_by", "order_by", "select_for_update", "none"})
_ONLY_QUERIES = frozenset({"exclude", "select_related", "prefetch_related", "values_list", "order_by", "annotate", "select_for_update"})
_FETCHES = frozenset({
    "get", "first", "last", "get_object_or_404", "get_object", "latest", "earliest", "aget", "afirst", "get_or_create", "update_or_create", "create",
    "one", "one_or_none", "scalar", "scalar_one", "scalar_one_or_none", "get_or_404", "first_or_404",
})
_SAVE_OPTIONS = frozenset({"update_fields", "force_insert", "force_update", "using"})
_OF_A_FILE = "save"
"""Keyword by which a file field is told not to save its row: `user.avatar.delete(save=False)` deletes the file (Django's `FieldFile`)."""
_NOT_A_ROW = frozenset({
    "form", "serializer", "formset", "image", "img", "im", "fig", "figure", "plt", "pdf", "workbook", "wb", "writer", "doc", "document", "canvas",
    "storage", "default_storage", "fs", "file", "f", "session", "config", "settings", "cache", "redis", "client", "super",
})
_SESSIONS = frozenset({"session", "db", "sess", "db_session", "_session", "dbsession", "async_session", "s", "database_session"})
_SESSION_WRITES = frozenset({"add", "add_all", "delete", "merge", "bulk_save_objects", "bulk_insert_mappings", "bulk_update_mappings"})
_CURSORS = frozenset({"cursor", "cur", "c", "conn", "connection", "db", "engine", "con", "database", "session", "pool", "tx", "transaction"})
_EXECUTES = frozenset({"execute", "executemany", "executescript", "exec_driver_sql", "fetch", "fetchrow", "fetchval"})


class Idioms:
    """Recognises untyped writes; which idioms apply depends on what the program imports at all."""

    def __init__(self, places: Places, models: Models, orm: OrmWrites, sql: SqlWrites, memory: InMemory) -> None:
        self._places, self._models, self._orm, self._sql, self._memory = places, models, orm, sql, memory
        roots = _imported(places.program)
        self._django = "django" in roots or "mongoengine" in roots
        self._alchemy = bool(roots & {"sqlalchemy", "sqlmodel", "flask_sqlalchemy"})
        self._mongo = bool(roots & {"pymongo", "motor", "flask_pymongo", "bson"})
        self._documents = Documents(places, models)

    def at(self, site: CallSite) -> Iterator[Effect]:
        """Effects of a call whose receiver is not known."""
        func = site.call.func
        if not isinstance(func, s.Attribute):
            return
        names = (*_key(func.value), *self._names(_either(func.value), site.caller))
        on_cursor = bool(names) and names[0].lstrip("_").lower() in _CURSORS
        if on_cursor and (site.name in _EXECUTES or "execute" in site.name):
            yield from self._sql.at(site, "arg 0 or kwarg sql or kwarg statement", "sql.execute()")
        elif on_cursor and site.call.args and _is_text(site.call.args[0]):
            yield from self._sql.at(site, "arg 0", "sql.execute()")  # whatever a library calls it: the text that is handed in is a statement
        elif self._mongo and is_collection_write(site.name):
            yield from self._documented(site, func)
        elif self._alchemy and site.name in _SESSION_WRITES and names and names[0] in _SESSIONS:
            yield from self._session(site)
        elif self._is_queryset_write(site.name, names):
            yield from self._queryset(site, func, "medium")
        elif self._django and site.name in ("save", "asave", "delete", "adelete"):
            yield from self._instance(site, func, names)

    def _documented(self, site: CallSite, func: s.Attribute) -> Iterator[Effect]:
        path = f"pymongo.Collection.{site.name}"
        row = self._places.library.effect(path)
        if row is not None:
            model = self._documents.model(func.value, site.caller) or Model()
            fields = row_fields(site, row.fields, self._places)
            yield effect(site, "orm-write", row.operation, model, fields=fields, api=f"{path}()", confidence="medium")

    def _names(self, expr: s.Expr, function: str) -> tuple[str, ...]:
        """Names along the chain, going on in the query that the function assigned to its first name."""
        names = chain_names(expr)
        values = self._places.assigned(function, expr.id) if isinstance(expr, s.Name) else ()
        built = next((found for v in values if isinstance(v, s.Call) and (found := chain_names(v))[:1] and found[0] in _QUERIES), ())
        return (*built, *names) if built else names

    def _is_queryset_write(self, name: str, names: tuple[str, ...]) -> bool:
        if self._django and name in _QUERYSET_WRITES and (name in _ONLY_ORM or _MANAGERS & set(names)):
            return True
        return (self._django or self._alchemy) and name in ("update", "delete", "adelete", "aupdate") and bool(_QUERIES & set(names[:1]))

    def _queryset(self, site: CallSite, func: s.Attribute, confidence: Confidence) -> Iterator[Effect]:
        path = f"django.db.models.QuerySet.{site.name}" if self._django else f"sqlalchemy.orm.Query.{site.name}"
        row = self._places.library.effect(path)
        if row is None:
            return
        model = self._queried_model(func.value, site) or self._orm.naming.named(func.value, site.caller)
        fields = row_fields(site, row.fields, self._places)
        yield effect(site, "orm-write", row.operation, model, fields=fields, api=f"{path}()", confidence=confidence)

    def _queried_model(self, expr: s.Expr, site: CallSite, depth: int = 2) -> Model | None:
        """`Order` of `Order.objects.filter()` and `session.query(Order).filter()`, also through a local name."""
        while isinstance(expr, (s.Attribute, s.Call, s.Subscript)):
            subject = None
            if isinstance(expr, s.Attribute):
                subject, expr = (expr.value if expr.attr in _MANAGERS else None), expr.value
            elif isinstance(expr, s.Call):
                is_query = isinstance(expr.func, s.Attribute) and expr.func.attr == "query" and bool(expr.args)
                subject, expr = (expr.args[0] if is_query else None), expr.func
            else:
                expr = expr.value
            if subject is not None:
                known = next(iter(self._models.of_types(self._places.typed(subject, site.caller))), None)
                return known or self._orm.naming.named(subject, site.caller)
        values = self._places.assigned(site.caller, expr.id) if isinstance(expr, s.Name) and depth else ()
        return next((m for v in values if (m := self._queried_model(v, site, depth - 1)) is not None), None)

    def _instance(self, site: CallSite, func: s.Attribute, names: tuple[str, ...]) -> Iterator[Effect]:
        """`x.save()` and `x.delete()`: sure enough when x was fetched or its fields were set here, a guess when only its name says so."""
        word = names[0] if names else ""
        if site.name == "save" and _is_form(word, func.value):
            yield from self._form(site, func)
            return
        model = self._orm.naming.named(func.value, site.caller)
        foreign = not model.name and any(k.name not in _SAVE_OPTIONS for k in site.call.keywords)
        if site.call.args or foreign or _is_no_row(word) or any(k.name == _OF_A_FILE for k in site.call.keywords):
            return
        receiver = dotted(func.value)
        if "delete" in site.name and self._queried(receiver, site):
            yield from self._queryset(site, func, "medium")
            return
        fields = self._memory.before(site, receiver) if receiver else ()
        sure = self._fetched(func.value, site) or bool(fields) or any(_is_row_path(t.name, self._places) for t in site.receiver)
        if not sure and not model.name and not model.open_model:
            return
        operation = "delete" if "delete" in site.name else "update" if sure else "write"
        given = row_fields(site, ("kwarg update_fields",), self._places)
        yield effect(
            site, "orm-write", operation, model, fields=() if operation == "delete" else given or fields,  # type: ignore[arg-type]
            api=f"django.db.models.Model.{site.name}()", confidence="medium" if sure else "low",
        )

    def _queried(self, receiver: str, site: CallSite) -> bool:
        """True when the function elsewhere uses the same name as a queryset."""
        others = (other.call.func for other in self._memory.calls.sites(site.caller) if other.name in _ONLY_QUERIES)
        return bool(receiver) and any(isinstance(f, s.Attribute) and dotted(f.value) == receiver for f in others)

    def _form(self, site: CallSite, func: s.Attribute) -> Iterator[Effect]:
        """Saving a form or serializer whose class is not known writes something, whatever it is."""
        commit = next((k.value for k in site.call.keywords if k.name == "commit"), None)
        if not (isinstance(commit, s.Constant) and commit.value is False):
            yield effect(site, "orm-write", "write", Model(), api=f"django.db.models.Model.{site.name}()", confidence="medium")

    def _fetched(self, expr: s.Expr, site: CallSite, depth: int = 2) -> bool:
        if isinstance(expr, s.Call):
            return dotted(expr.func).rpartition(".")[2] in _FETCHES or (isinstance(expr.func, s.Attribute) and expr.func.attr in _FETCHES)
        if isinstance(expr, s.Attribute):
            return expr.attr in ("instance", "object")
        if isinstance(expr, s.Name) and depth:
            return any(self._fetched(v, site, depth - 1) or _is_query(v) for v in self._places.assigned(site.caller, expr.id))
        return False

    def _session(self, site: CallSite) -> Iterator[Effect]:
        path = f"sqlalchemy.orm.Session.{site.name}"
        row = self._places.library.effect(path)
        if row is None or not site.call.args:
            return
        for found in self._orm.from_row(site, row, f"{path}()"):
            yield found if found.model else _lowered(found)


def _lowered(found: Effect) -> Effect:
    return msgspec.structs.replace(found, confidence="medium")


def _either(expr: s.Expr) -> s.Expr:
    """The first of what a receiver may be: `(cursor or self.db).run()`."""
    return expr.operands[0] if isinstance(expr, s.Apply) and expr.op == "or" else expr


def _is_text(expr: s.Expr) -> bool:
    """A literal text, also one whose holes are filled at once: `"...".format(column=name)`, `"..." % name`."""
    if isinstance(expr, s.Call) and isinstance(expr.func, s.Attribute) and expr.func.attr == "format":
        return _is_text(expr.func.value)
    if isinstance(expr, s.Apply) and expr.op in ("%", "+"):
        return _is_text(expr.operands[0])
    return isinstance(expr, s.Template) or (isinstance(expr, s.Constant) and isinstance(expr.value, str))


def _key(receiver: s.Expr) -> tuple[str, ...]:
    """The last name of the key under which something is kept: `app["db"]`, `app[Keys.DB]`."""
    if not isinstance(receiver, s.Subscript):
        return ()
    index = receiver.index
    word = index.value if isinstance(index, s.Constant) else dotted(index).rpartition(".")[2]
    return (word,) if isinstance(word, str) and word else ()


def _is_no_row(word: str) -> bool:
    lower = word.lower()
    return not word or lower in _NOT_A_ROW or lower.endswith(("form", "formset", "serializer", "_file", "storage", "image"))


def _is_form(word: str, expr: s.Expr) -> bool:
    """`form`, `profile_form`, `serializer`, `context["form"]`."""
    if isinstance(expr, s.Subscript) and isinstance(expr.index, s.Constant) and isinstance(expr.index.value, str):
        word = expr.index.value
    return word.lower().endswith(("form", "formset", "serializer"))


def _is_row_path(name: str, places: Places) -> bool:
    """True for what is reached through a model class or its manager without being described further, e.g. `Order.objects.latest_open`."""
    head, _, rest = name.partition(".objects.")
    owner = name.removesuffix(".__class__")
    return (bool(rest) and bool(head)) or (owner != name and places.library.model_style(owner) != "")


def _is_query(expr: s.Expr) -> bool:
    names = chain_names(expr)
    return bool(names) and (names[0] in _QUERIES or bool(_MANAGERS & set(names)))


def chain_names(expr: s.Expr) -> tuple[str, ...]:
    """Names along an access chain, the last first: `a.b.c()` -> c, b, a."""
    found: list[str] = []
    while True:
        match expr:
            case s.Attribute():
                found.append(expr.attr)
                expr = expr.value
            case s.Call():
                expr = expr.func
            case s.Subscript():
                expr = expr.value
            case s.Name():
                return (*found, expr.id)
            case _:
                return tuple(found)


def _imported(program: Program) -> frozenset[str]:
    roots: set[str] = set()
    for module in program.modules.values():
        roots.update(stmt.module.partition(".")[0] for stmt in module.body if isinstance(stmt, s.Import) and not stmt.level)
    return frozenset(roots)

"""Tables that look like a trail of events: by their columns, by their name, and never by the name of a product."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from typing import Literal

import msgspec

from agentlint.analysis.effects.tables import TRAIL_WORDS
from agentlint.analysis.program import ClassInfo, Program
from agentlint.analysis.records.sides import STATE_NAMES, pairs, state_words, tells_state
from agentlint.analysis.records.untied import is_untied
from agentlint.analysis.types.inference import Type, Types
from agentlint.analysis.wording import singular, words
from agentlint.ir import syntax as s
from agentlint.ir.walk import expressions

TableKind = Literal["event", "status-history", "delivery", "tombstone"]
"""A tombstone is a row that stands for one that was deleted: `DeletedSeat` for `Seat`."""

_TIME_TYPES = frozenset({
    "DateTimeField", "DateField", "DateTime", "TIMESTAMP", "Date", "NaiveDateTime", "datetime", "AutoCreatedField", "CreationDateTimeField",
})
_TIME_ALIAS = re.compile(r"date_?time|timestamp", re.IGNORECASE)
"""Names that projects give to their own column types: `datetime_now`, `UTCDateTime`, `TimestampTZ`."""
_CREATED = re.compile(
    r"^(created|created_(at|on|date|time)|creation_(date|time)|date_created|time_?stamp|(logged|recorded|occurred|happened|changed)_at)$"
)
"""Names that say when a row was made, whatever type a project gives the column."""
_BEGINS, _ENDS = re.compile(r"^(start|begin)s?(_?(date|time|at|on))*$"), re.compile(r"^(end|finish|stop|close)s?(_?(date|time|at|on))*$")
_NO_TIME = frozenset({"BooleanField", "Boolean", "bool", "ForeignKey"})
_STAMPING = re.compile(r"time_?stamped|created(at|on)?(model|mixin)|auditable", re.IGNORECASE)
_TIME_NAMES = re.compile(
    r"(^|_)(created|timestamp|time|date|datetime|dt|at|on|when|occurred|logged|ts|recorded|added|inserted|performed|happened|posted|moment)($|_)"
)
_OTHER_TIMES = re.compile(r"(^|_)(expir\w*|until|due|deadline|birth\w*|start\w*|end\w*|valid\w*|schedul\w*|next|not)($|_)")
"""Times of something else than the making of a row."""
_ACTOR_NAMES = re.compile(
    r"^(actor|recorder|user|uid|userid|author|editor|operator|initiator|performer|changer|modifier|username|who|whom|causer|staff|employee|admin|person|agent|principal|whodunnit"
    r"|(\w+_)?by(_id)?|(current|acting|request|performing|changed|action|admin|staff|auth)_?(user|editor|actor))(_id|_name|_email)?$"
)
_KIND_NAMES = re.compile(
    r"^((event|action|change|activity|log|entry|operation|history|revision|audit)_?)?(kind|type|action|event|verb|operation|name|code|flag|tag)$"
)
_KIND_OF = re.compile(r"^\w+_(type|action|verb|event)$")
_TEXT_NAMES = re.compile(
    r"^(\w+_)?(message|msg|subject|desc|description|details?|summary|text|changes?|diff|delta|data|payload|body|object_repr|reason|comment|notes?|context|extra|additional|properties|snapshot|values?)$"
)
_REASON_NAMES = re.compile(
    r"^(\w+_)?(reason|justification|cause|rationale|explanation|because|body|payload|inputs?|data|context|details?|extra|error|exception|response|comment|notes?|diff|rule)$"
)
_KEEPING = re.compile(r"^(\w+_)?(data|payload|snapshot|diff|delta|changes|changed_(data|fields|values))$")
"""Columns that keep what the object was or what changed in it, beside the state before and after."""
_RESULT_NAMES = re.compile(
    r"^(\w+_)?(error|errors|result|response|status_code|exception|success|outcome|exit_?status"
    r"|failure|delivered(_at)?|sent(_at)?|finished(_at)?|completed(_at)?)$"
)
_OBJECT_NAMES = re.compile(r"^(object|target|source|content|entity|resource|subject|item|obj|record|model)(_?(id|pk|type|uuid|name|repr|class))?$")
_OBJECT_TYPES = re.compile(
    r"^((changed|target|action|related|tracked)_)?(content|object|entity|target|resource|subject|item|model|record)_?(type|model|class|kind|name|table)(_id)?$"
)
_OBJECT_KEYS = re.compile(r"^((changed|target|action|related|tracked)_)?(object|entity|target|resource|subject|item|model|record|obj)_?(id|pk|uuid|key)$")
_KEPT = frozenset({"diff", "snapshot", "changes", "delta", "serialized_data"})
"""Columns that keep what an object was: beside a key in text they tell of objects of any kind."""
_PAYLOADS = frozenset({"json", "payload", "data", "context", "extra", "extra_data", "details", "metadata_", "meta", "params", "properties"})
"""Columns that take whatever there is to say: where keys of several models are left open beside them, a row may tell of anything."""
_EVENT_WORDS = frozenset({
    "event", "action", "entry", "record", "version", "change",
})
_OTHER_WORDS = frozenset({
    "notification", "alert", "inbox", "toast", "banner", "reminder", "comment", "note", "post", "reply", "chat", "message", "token", "session",
    "job", "task", "setting", "settings", "config", "configuration", "preference", "subscription", "template", "rule", "schedule", "calendar",
    "booking", "attachment", "file", "image", "document", "review", "rating", "tag", "label", "key", "credential", "device", "invitation",
    "invite", "bucket",
})
_SENDING_WORDS = frozenset({
    "notification", "delivery", "email", "mail", "sms", "message", "webhook", "call", "attempt", "dispatch", "send", "outbox", "request",
})
_WRAPPING = frozenset({"model", "table", "row", "line", "data", "info", "detail", "base", "orm", "feed", "stream", "message"})
_BARE_LOG = _WRAPPING | {"log", "schema", "entry", "record"}
_GONE = frozenset({"deleted", "removed", "erased", "cancelled", "canceled", "revoked"})
_RELATION_CALLS = frozenset({"relationship", "ForeignKey", "OneToOneField", "ForeignKeyField"})
_COLUMN_CALLS = frozenset({"Column", "mapped_column", "MappedColumn", "Field"})


class Table(msgspec.Struct, frozen=True):
    """A persistent class whose rows can tell what happened."""

    model: str
    kind: TableKind
    subjects: tuple[str, ...]
    """Models that its relations point to, the actor's left out."""
    actors: tuple[str, ...] = ()
    """Columns that hold who did it."""
    states: frozenset[str] = frozenset()
    """Words of the fields of the subject that it keeps the values of; empty when it can describe any change."""
    reasons: tuple[str, ...] = ()
    """Columns that can hold why: reason, inputs, the rule, the text."""
    open_object: bool = False
    """True when it names its object by type and id, so that any model can be meant."""
    strong: bool = False
    """True when its name says that it is a trail."""
    frail: bool = False
    """True when only its columns say so, in what may be a conversation as well: it is a trail as long as nothing changes or removes its rows."""
    about: frozenset[str] = frozenset()
    """Names of tables that it is about by its own name, where no class describes it: `payment` of `payment_events`."""


class Column(msgspec.Struct, frozen=True):
    """One column or relation of a model."""

    name: str
    type_words: frozenset[str]
    relations: tuple[str, ...] = ()


class Shapes:
    """Reads the columns of persistent classes."""

    def __init__(self, program: Program, types: Types, models: Iterable[str]) -> None:
        self.program, self.types = program, types
        self.models = frozenset(models)
        self._by_name: dict[str, list[str]] = {}
        for model in sorted(self.models):
            self._by_name.setdefault(model.rpartition(".")[2], []).append(model)
        self._columns = {model: tuple(self._read(model)) for model in sorted(self.models)}
        self.pointed_at = self._in_degrees()

    def columns(self, model: str) -> tuple[Column, ...]:
        """The columns of a model, its bases' included."""
        return self._columns.get(model, ())

    def tables(self) -> dict[str, Table]:
        """Every model that looks like a trail, by its id."""
        found = {model: self._table(model) for model in self._columns}
        return {model: table for model, table in found.items() if table is not None}

    def lists_of(self, tables: Collection[str]) -> dict[str, frozenset[str]]:
        """For each model, its relationships that list rows of the tables."""
        found = {}
        for model, columns in self._columns.items():
            names = frozenset(c.name for c in columns if any(r in tables and _keyless(c, r, columns) for r in c.relations))
            if names and model not in tables:
                found[model] = names
        return found

    def actor_columns(self, model: str) -> tuple[str, ...]:
        """Columns that say who: by their name, or by pointing to a user."""
        return tuple(c.name for c in self.columns(model) if _ACTOR_NAMES.match(c.name) and not self._own_part(c))

    def _only_person(self, columns: Iterable[Column]) -> tuple[str, ...]:
        """The column of the one thing that rows are tied to, when that is an account whatever a project calls its people."""
        tied = [c for c in columns if c.relations]
        people = [c.name for c in tied for r in c.relations if any(b.rpartition(".")[2] in _ACCOUNTS for b in self.program.mro(r))]
        return tuple(people) if len(tied) == 1 else ()

    def is_tie(self, model: str) -> bool:
        """True for rows that say nothing but that others belong together: keys, and the time."""
        columns = self.columns(model)
        related = {c.name for c in columns if c.relations}
        rest = [c for c in columns if not (c.relations or c.name in ("id", "pk") or c.name.removesuffix("_id") in related or _is_time(c))]
        return len({r for c in columns for r in c.relations}) > 1 and not rest

    def _own_part(self, column: Column) -> bool:
        return bool(column.relations) and not any(set(words(r.rpartition(".")[2])) & _PEOPLE for r in column.relations)

    def _table(self, model: str) -> Table | None:
        columns = self.columns(model)
        names = [c.name for c in columns]
        said = {singular(w) for w in words(model.rpartition(".")[2])}
        timed = any(_is_time(c) or (said & TRAIL_WORDS and _is_some_time(c)) for c in columns)
        if not (timed or self._is_stamped(model)) or self.pointed_at.get(model, 0) > 2:
            return None
        actors = self.actor_columns(model) or self._only_person(columns)
        related = tuple(dict.fromkeys(r for c in columns if c.name not in actors for r in c.relations if r != model))
        loose = () if related else tuple(dict.fromkeys(self._by_id(model, columns, actors)))
        anything = len(loose) > 1 and any(map(_KIND_NAMES.match, names)) and bool(_PAYLOADS.intersection(names))
        related = related or (() if anything else loose)
        open_object = anything or (any(_OBJECT_NAMES.match(n) for n in names) and not related) or _names_any_object(names)
        open_object = open_object or bool(said & TRAIL_WORDS and "key" in names and _KEPT.intersection(names))
        if said & TRAIL_WORDS and actors and any(map(_KIND_NAMES.match, names)) and any(map(_TEXT_NAMES.match, names)):
            tied = ((c.name, r) for c in columns if c.name not in actors for r in c.relations)
            open_object = open_object or is_untied(self.program, model, tied)
        kind = _kind_of(names, said)
        buried = self._buried(model) if kind is None else ""
        if buried:
            kind, related = "tombstone", (buried,)
        frail = kind is None and bool(actors and related) and any(map(tells_state, names))
        if frail:
            kind = "event" if any(map(_TEXT_NAMES.match, names)) or any(n in ("title", "subject") for n in names) else "status-history"
        if kind is None or not (related or open_object or actors) or (not actors and not said & TRAIL_WORDS and _awaits_work(names)):
            return None
        states = frozenset(w for n in names for w in state_words(n)) if kind == "status-history" else frozenset()
        reasons = tuple(n for n in names if _REASON_NAMES.match(n))
        strong = bool(_is_called_trail(model) or buried) or pairs(names) or bool(actors and not related and _keeps_changes(model, names))
        return Table(model, kind, related, actors, states, reasons, open_object, strong, frail)

    def _buried(self, model: str) -> str:
        """The one model whose deleted rows a model's name says that it keeps."""
        first, *rest = words(model.rpartition(".")[2]) or [""]
        found = [m for m in self._named_so(rest) if m != model] if first in _GONE else []
        return found[0] if len(found) == 1 else ""

    def _named_so(self, said: list[str]) -> list[str]:
        return [m for name, models in self._by_name.items() if words(name) == said for m in models] if said else []

    def _by_id(self, model: str, columns: Iterable[Column], actors: Iterable[str]) -> Iterator[str]:
        """Models that plain columns name: `alias_id` where one model is called `Alias`. Such rows outlive what they tell of."""
        for column in columns:
            name = column.name.removesuffix("_id")
            found = self._by_name.get("".join(w.capitalize() for w in name.split("_")), []) if name != column.name and column.name not in actors else []
            if len(found) == 1 and found[0] != model:
                yield found[0]

    def _is_stamped(self, model: str) -> bool:
        """True when a library's base class adds the time of creation."""
        return any(name not in self.program.classes and _STAMPING.search(name) for name in self.program.mro(model))

    def _read(self, model: str) -> Iterator[Column]:
        seen: set[str] = set()
        for name in self.program.mro(model):
            info = self.program.classes.get(name)
            for attr, expr in _declared(info) if info is not None else ():
                if attr not in seen and not attr.startswith("__"):
                    seen.add(attr)
                    annotation = info.annotations.get(attr) if info else None
                    yield Column(attr, _type_words(expr, annotation), self._related(model, attr) or self._named(expr, annotation))

    def _named(self, expr: s.Expr | None, annotation: s.Expr | None) -> tuple[str, ...]:
        """The model that a relationship names by its bare class name, a foreign key by its table, when only one has it."""
        if isinstance(expr, s.Call) and _last(expr.func) in _COLUMN_CALLS:
            return self._keyed(expr)
        if not (isinstance(expr, s.Call) and _last(expr.func) in _RELATION_CALLS):
            return ()
        texts = [e.value for e in expr.args if isinstance(e, s.Constant) and isinstance(e.value, str)]
        texts += [e.value for e in (expressions(annotation) if annotation is not None else ()) if isinstance(e, s.Constant) and isinstance(e.value, str)]
        many = annotation is not None and any(_last(e) in ("list", "List", "set", "Set") for e in expressions(annotation))
        found = [m for text in texts for m in self._by_name.get(text.rpartition(".")[2].strip("'\""), ())]
        return tuple(dict.fromkeys(found)) if len(set(found)) == 1 and not many else ()

    def _keyed(self, column: s.Call) -> tuple[str, ...]:
        """The model to which a column's foreign key points."""
        keys = [a for a in column.args if isinstance(a, s.Call) and _last(a.func) == "ForeignKey" and a.args]
        texts = [*(k.args[0] for k in keys), *(k.value for k in column.keywords if k.name == "foreign_key")]
        found = [m for e in texts if isinstance(e, s.Constant) and isinstance(e.value, str) for m in self._of_key(e.value)]
        return tuple(found) if len(found) == 1 else ()

    def _of_key(self, text: str) -> list[str]:
        """The models of the table whose column a foreign key names: `orders.id`, `sales.orders.id`."""
        return self._by_table.get(text.split(".")[-2], []) if "." in text else []

    @cached_property
    def _by_table(self) -> dict[str, list[str]]:
        """Models by the name of their table; where none is given, by their own, which bases make it of most often."""
        found: dict[str, list[str]] = {}
        for model in sorted(self.models):
            info = self.program.classes.get(model)
            given = info.attributes.get("__tablename__") if info is not None else None
            name = given.value if isinstance(given, s.Constant) and isinstance(given.value, str) else "_".join(words(model.rpartition(".")[2]))
            found.setdefault(name, []).append(model)
        return found

    def _related(self, model: str, attr: str) -> tuple[str, ...]:
        found = self.types.attribute(Type(model), attr)
        names = (n for t in found if not t.meta for n in (t.name, *(a.name for a in t.args)))
        return tuple(dict.fromkeys(n for n in names if n in self.models)) if len(found) == 1 and not found[0].args else ()

    def _in_degrees(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        for model, columns in self._columns.items():
            for related in {r for c in columns for r in c.relations if r != model and not _collection(c) and not _keyless(c, r, columns)}:
                counts[related] = counts.get(related, 0) + 1
        return counts


_PEOPLE = frozenset({
    "user", "users", "account", "person", "people", "member", "staff", "employee", "profile", "operator", "admin", "customer", "principal",
})


_ACCOUNTS = frozenset({"AbstractBaseUser", "AbstractUser", "UserMixin", "SQLAlchemyBaseUserTable", "SQLAlchemyBaseUserTableUUID"})
"""Base classes of accounts."""


def _is_called_trail(model: str) -> bool:
    """True when a model is called a trail, and not only after one: `AuditLog`, `HistoryEntry`, as against `ActivityActionPoint`."""
    said = [singular(w) for w in words(model.rpartition(".")[2])]
    return bool(TRAIL_WORDS.intersection(said)) and said[-1] in TRAIL_WORDS | _EVENT_WORDS | _WRAPPING


def _collection(column: Column) -> bool:
    return bool(column.type_words & {"list", "List", "ManyToManyField"})


def _keyless(column: Column, related: str, columns: Iterable[Column]) -> bool:
    """True for a relationship whose key stands in the other table, so that it lists the rows that point here.

    SQLAlchemy documentation, "Basic Relationship Patterns".
    """
    if "relationship" not in column.type_words:
        return False
    named = {column.name, *words(related.rpartition(".")[2])}
    return not any("ForeignKey" in c.type_words and (c.name.startswith(column.name) or named & set(words(c.name))) for c in columns)


def _declared(info: ClassInfo) -> Iterator[tuple[str, s.Expr | None]]:
    yield from info.attributes.items()
    yield from ((name, None) for name in info.annotations if name not in info.attributes)


def _type_words(expr: s.Expr | None, annotation: s.Expr | None) -> frozenset[str]:
    """Names in a column's declaration: the type, and of the generic column calls the type they take."""
    found: set[str] = set()
    if isinstance(expr, s.Call):
        name = _last(expr.func)
        found.add(name)
        if name in _COLUMN_CALLS:
            found |= {_last(a.func) if isinstance(a, s.Call) else _last(a) for a in expr.args}
    if annotation is not None:
        found |= {_last(e) for e in expressions(annotation) if isinstance(e, (s.Name, s.Attribute))}
    return frozenset(found)


def _last(expr: s.Expr) -> str:
    return expr.attr if isinstance(expr, s.Attribute) else expr.id if isinstance(expr, s.Name) else ""


def _is_time(column: Column) -> bool:
    if _CREATED.match(column.name.lower()) and not column.type_words & _NO_TIME:
        return True
    return _is_some_time(column) and bool(_TIME_NAMES.search(column.name.lower()))


def _is_some_time(column: Column) -> bool:
    """True for a column of a type of time: in a table that calls itself a trail, whatever its name, as long as that is no other time."""
    timed = any(w in _TIME_TYPES or _TIME_ALIAS.search(w) for w in column.type_words)
    return timed and not _OTHER_TIMES.search(column.name.lower())


def _names_any_object(names: Iterable[str]) -> bool:
    """True when one column keeps the type of the object and another its key."""
    names = tuple(names)
    return any(map(_OBJECT_TYPES.match, names)) and any(map(_OBJECT_KEYS.match, names))


def _keeps_changes(model: str, names: Collection[str]) -> bool:
    """True for `ObjectChange` and its like: rows that keep what kind of change an object of any kind went through, and what it was or became."""
    last = singular((words(model.rpartition(".")[2]) or [""])[-1])
    return last in _EVENT_WORDS and _names_any_object(names) and any(map(_KIND_NAMES.match, names)) and any(map(_KEEPING.match, names))


def _kind_of(names: list[str], said: set[str]) -> TableKind | None:
    described = any(_KIND_NAMES.match(n) for n in names)
    told = any(_TEXT_NAMES.match(n) for n in names)
    if pairs(names):
        return "event" if described or any(map(_KEEPING.match, names)) else "status-history"
    if said <= _BARE_LOG and not (described or told or any(map(STATE_NAMES.match, names))):
        return None  # where the output of something is kept: neither its name nor a column says that anything happened
    if said & TRAIL_WORDS:
        return "status-history" if not (described or told) and any(map(STATE_NAMES.match, names)) else "event"
    if said & _SENDING_WORDS and any(_RESULT_NAMES.match(n) for n in names):
        return "delivery"
    if said & _OTHER_WORDS:
        return None
    if said & _EVENT_WORDS and (described or told):
        return None if _lasts(names) else "event"
    return "event" if any(n in ("kind", "action", "event", "event_type", "verb") for n in names) else None


def _lasts(names: Iterable[str]) -> bool:
    """True for what begins and ends: an event that people go to, a change that is planned, is a thing itself."""
    said = [name.lower() for name in names]
    return any(map(_BEGINS.match, said)) and any(map(_ENDS.match, said))


def _awaits_work(names: Collection[str]) -> bool:
    """True for rows that wait to be done, the urgent ones first: orders to a worker, which say nothing of who gave them."""
    return "priority" in names and any(map(_RESULT_NAMES.match, names))


def named_shape(said: Collection[str], names: Collection[str]) -> tuple[TableKind | None, tuple[str, ...], tuple[str, ...], bool]:
    """What the words of a table's name and the names of its columns tell: its kind, who, why, and whether a row says what happened."""
    columns = sorted(names)
    described = any(map(_KIND_NAMES.match, columns)) and any(map(_TEXT_NAMES.match, columns))
    actors = tuple(n for n in columns if _ACTOR_NAMES.match(n))
    kind = _kind_of(columns, set(said)) or ("status-history" if "event" in said and any(map(STATE_NAMES.match, columns)) else None)
    return kind, actors, tuple(n for n in columns if _REASON_NAMES.match(n)), described


def is_result_field(name: str) -> bool:
    """True for columns that are filled in once the outcome is known."""
    return bool(_RESULT_NAMES.match(name)) or bool(STATE_NAMES.match(name))


def says_what(name: str) -> bool:
    """True for the name of a column or parameter that says what happened: a kind, an action, a text."""
    return bool(_KIND_NAMES.match(name) or _TEXT_NAMES.match(name) or _KIND_OF.match(name))

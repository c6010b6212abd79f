"""Database triggers that the project makes in SQL, in its code and its migrations: which tables they watch, and that they keep what happened."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec

from agentlint.analysis.program import Program
from agentlint.analysis.records.trigger_texts import calls_of, forward_texts, in_order, may_speak_of_triggers, texts_of
from agentlint.analysis.wording import singular, words
from agentlint.ir import syntax as s
from agentlint.ir import walk
from agentlint.ir.decisions import Mechanism, RecordContent

_EVENT = r"(?:insert|update|delete)(?:\s+of\s+[\w\s,\"]+?)?"
_TRIGGER = re.compile(
    r"create\s+(?:or\s+replace\s+)?(?:constraint\s+)?(?:temp(?:orary)?\s+)?trigger\s+(?:if\s+not\s+exists\s+)?([\w\".]+)\s+(?:before|after|instead\s+of)?\s*"
    rf"({_EVENT}(?:\s+or\s+{_EVENT})*)\s+on\s+([\w\".]+)(.*?)(?=create\s|drop\s+trigger|\Z)"
    r"|drop\s+trigger\s+(?:if\s+exists\s+)?([\w\".]+)(?:\s+on\s+([\w\".]+))?",
    re.IGNORECASE | re.DOTALL,
)
_CALLED = re.compile(r"execute\s+(?:function|procedure)\s+([\w\".]+)\s*\(([^)]*)\)?", re.IGNORECASE)
_INSERTED = re.compile(r"insert\s+into\s+([\w\".]+)\s*(?:\(([^)]*)\))?", re.IGNORECASE)
_ACTOR = re.compile(r"actor|user|changed_by|modified_by|author|editor", re.IGNORECASE)
_COLUMNS = re.compile(r"update\s+of\s+([\w\s,\"]+?)(?=\s+or\s|\Z)", re.IGNORECASE)
_WHEN = re.compile(r"\bwhen\s*\((.*?)\)\s*execute", re.IGNORECASE | re.DOTALL)
_COMPARED = re.compile(r"\b(?:old|new)\.(\*|\"?\w+\"?)", re.IGNORECASE)
_KEEPING = frozenset({"audit", "log", "history", "event", "journal", "trail", "version", "revision", "change", "archive"})
_ENDINGS = ("event", "history", "audit", "journal", "trail")
_NAMES = {"create": "insert", "update": "update", "delete": "delete"}
_SHORTEST = 20


class _Trigger(msgspec.Struct, frozen=True):
    name: str
    table: str
    events: str
    rest: str
    """What it does: SQL after the table's name."""
    file: str
    line: int
    when: str = ""
    """The condition, where it is told apart from the rest."""


def find_triggers(
    program: Program, migrations: Iterable[s.Module], model_of: Callable[[str], str], files: Mapping[tuple[str, str], str] = {},
) -> Iterator[Mechanism]:
    """A mechanism for every trigger that inserts into a table of what happened and that no later migration drops. `model_of` gives the model
    of a table, or nothing; `files` what stands in a file of SQL, by the migration and the name by which it is called there."""
    texts = [(m.path, line, text) for m in program.modules.values() if may_speak_of_triggers(m) for line, text in _sql(texts_of(m))]
    live: dict[tuple[str, str], _Trigger] = {}
    for file, line, text in texts:
        _apply(live, file, line, text)
    running_files = {path for path, _ in files}
    for module in (m for m in in_order(migrations) if m.path in running_files or may_speak_of_triggers(m)):
        said = ((line, files.get((module.path, text), text)) for line, text in forward_texts(module))
        found = [(module.path, line, text) for line, text in _sql(said)]
        texts += found
        for file, line, text in found:
            _apply(live, file, line, text)
        _apply_calls(live, module)
    bodies = "\n".join(text for _, _, text in texts)
    for trigger in live.values():
        mechanism = _mechanism(trigger, bodies, model_of)
        if mechanism is not None:
            yield mechanism


def _sql(texts: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    for line, text in texts:
        if len(text) > _SHORTEST:
            lower = text.lower()
            if "trigger" in lower or ("create" in lower and "function" in lower):
                yield line, text


def _apply(live: dict[tuple[str, str], _Trigger], file: str, line: int, text: str) -> None:
    """Makes and drops the triggers of one text, in its order."""
    for match in _TRIGGER.finditer(text):
        name, events, table, rest, dropped, owner = match.groups()
        if dropped is None:
            live[_bare(name), _bare(table)] = _Trigger(_bare(name), _bare(table), events, rest, file, line)
        else:
            for key in [k for k in live if k[0] == _bare(dropped) and (owner is None or k[1] == _bare(owner))]:
                del live[key]


def _apply_calls(live: dict[tuple[str, str], _Trigger], module: s.Module) -> None:
    """Triggers that a library writes into migrations as calls, with their SQL in keywords: `func`, `operation` and `table`."""
    for call in calls_of(module):
        last = walk.dotted(call.func).rpartition(".")[2]
        given = {k.name: k.value for k in call.keywords if k.name}
        model, name = _text(given.get("model_name")), _text(given.get("name"))
        if last == "RemoveTrigger":
            for key in [k for k in live if k[0] == f"{model}.{name}"]:
                del live[key]
        elif last == "AddTrigger":
            calls = [c for k in call.keywords for c in walk.expressions(k.value) if isinstance(c, s.Call)]
            inner = next((c for c in calls if _has(c, ("func", "operation", "table"))), None)
            outer = next((c for c in calls if _has(c, ("name",))), None)
            if inner is not None:
                said = {k.name: _text(k.value) for k in inner.keywords if k.name}
                called = _text(next((k.value for k in outer.keywords if k.name == "name"), None)) if outer is not None else ""
                when = said.get("condition", "")
                trigger = _Trigger(f"{model}.{called}", _bare(said["table"]), said["operation"], said["func"], module.path, call.line, when)
                live[trigger.name, trigger.table] = trigger


def _has(call: s.Call, names: tuple[str, ...]) -> bool:
    return {k.name for k in call.keywords}.issuperset(names)


def _text(expr: s.Expr | None) -> str:
    return expr.value if isinstance(expr, s.Constant) and isinstance(expr.value, str) else ""


def _mechanism(trigger: _Trigger, bodies: str, model_of: Callable[[str], str]) -> Mechanism | None:
    who = _kept(trigger.rest, bodies)
    model = model_of(trigger.table) if who is not None else ""
    if who is None or not model:
        return None
    operations = tuple(o for o, word in _NAMES.items() if word in trigger.events.lower())
    return Mechanism(
        f"trigger {trigger.name.rpartition('.')[2]} on {trigger.table}", "", model, trigger.file, trigger.line, RecordContent(who=who, what=True),
        operations=operations, fields=_fields(trigger),
    )


def _fields(trigger: _Trigger) -> tuple[str, ...]:
    """The columns whose change sets the trigger off; empty for any."""
    named = _COLUMNS.search(trigger.events)
    if named is not None:
        return tuple(c.strip().strip('"') for c in named.group(1).split(","))
    when = _WHEN.search(trigger.rest)
    compared = [c.strip('"') for c in _COMPARED.findall(trigger.when or (when.group(1) if when is not None else ""))]
    return () if "*" in compared else tuple(dict.fromkeys(name for c in compared for name in (c, c.removesuffix("_id"))))


def _kept(rest: str, bodies: str) -> bool | None:
    """Whether the trigger keeps the actor; None when it keeps nothing of what happened."""
    called = _CALLED.search(rest)
    body = _function(_bare(called.group(1)), bodies) if called is not None else rest
    for table, columns in _INSERTED.findall(body):
        if _keeps(table):
            return bool(_ACTOR.search(columns or body))  # without names, a row that was filled in before
    given = re.findall(r"'([\w.\"]+)'", called.group(2)) if called is not None and not body else []
    return False if any(_keeps(name) for name in given) else None  # a function of the database's own, told which table to fill


def _keeps(table: str) -> bool:
    said = [singular(w) for w in words(_bare(table))]
    return bool(_KEEPING.intersection(said)) or bool(said and said[-1].endswith(_ENDINGS))  # `desk_loanevent`


def _function(name: str, bodies: str) -> str:
    """The last body of a function of the database, as far as the next one."""
    ends = r"(?=create\s+(?:or\s+replace\s+)?(?:function|trigger)|\Z)"
    found = re.findall(rf"create\s+(?:or\s+replace\s+)?(?:function|procedure)\s+[\w\".]*\b{re.escape(name)}\b\s*\(.*?{ends}", bodies, re.IGNORECASE | re.DOTALL)
    return str(found[-1]) if found else ""


def _bare(name: str) -> str:
    return name.replace('"', "").rpartition(".")[2]

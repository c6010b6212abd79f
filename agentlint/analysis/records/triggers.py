"""Database triggers that the project writes in SQL of its own: which tables they watch, and that they keep what happened."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from agentlint.analysis.program import Program
from agentlint.analysis.wording import singular, words
from agentlint.ir import syntax as s
from agentlint.ir import walk
from agentlint.ir.decisions import Mechanism, RecordContent

_TRIGGER = re.compile(
    r"create\s+(?:or\s+replace\s+)?(?:constraint\s+)?(?:temp(?:orary)?\s+)?trigger\s+(?:if\s+not\s+exists\s+)?([\w\".]+)\s+(?:before|after|instead\s+of)?\s*"
    r"((?:insert|update|delete)(?:\s+of\s+[\w\s,\"]+?)?(?:\s+or\s+(?:insert|update|delete)(?:\s+of\s+[\w\s,\"]+?)?)*)\s+on\s+([\w\".]+)(.*?)(?=create\s|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_CALLED = re.compile(r"execute\s+(?:function|procedure)\s+([\w\".]+)", re.IGNORECASE)
_INSERTED = re.compile(r"insert\s+into\s+([\w\".]+)\s*(?:\(([^)]*)\))?", re.IGNORECASE)
_ACTOR = re.compile(r"actor|user|changed_by|modified_by|author|editor", re.IGNORECASE)
_KEEPING = frozenset({"audit", "log", "history", "event", "journal", "trail", "version", "revision", "change", "archive"})


def find_triggers(program: Program, model_of: Callable[[str], str]) -> Iterator[Mechanism]:
    """A mechanism for every trigger that inserts into a table of what happened. `model_of` gives the model of a table, or nothing."""
    texts = list(_statements(program))
    bodies = "\n".join(text for _, _, text in texts)
    for file, line, text in texts:
        for name, events, table, rest in _TRIGGER.findall(text):
            kept = _kept(rest, bodies)
            model = model_of(_bare(table)) if kept is not None else ""
            if kept is not None and model:
                operations = tuple(o for o in ("create", "update", "delete") if ("insert" if o == "create" else o) in events.lower())
                yield Mechanism(f"trigger {_bare(name)} on {_bare(table)}", "", model, file, line, RecordContent(who=kept, what=True), operations=operations)


def _statements(program: Program) -> Iterator[tuple[str, int, str]]:
    for module in program.modules.values():
        for expr in _expressions(module.body):
            if isinstance(expr, s.Constant) and isinstance(expr.value, str) and len(expr.value) > 20:
                lower = expr.value.lower()
                if "create" in lower and ("trigger" in lower or "function" in lower):
                    yield module.path, expr.line, expr.value


def _expressions(body: Iterable[s.Stmt]) -> Iterator[s.Expr]:
    yield from walk.body_expressions(body)
    for stmt in walk.statements(body):
        if isinstance(stmt, s.Define) and isinstance(stmt.definition, (s.Function, s.Class)):
            yield from _expressions(stmt.definition.body)


def _kept(rest: str, bodies: str) -> bool | None:
    """Whether the trigger keeps the actor; None when it keeps nothing of what happened."""
    called = _CALLED.search(rest)
    body = _function(_bare(called.group(1)), bodies) if called is not None else rest
    for table, columns in _INSERTED.findall(body):
        if _KEEPING.intersection(singular(w) for w in words(_bare(table))):
            return bool(_ACTOR.search(columns))
    return None


def _function(name: str, bodies: str) -> str:
    """The body of a function of the database, as far as the next one."""
    ends = r"(?=create\s+(?:or\s+replace\s+)?(?:function|trigger)|\Z)"
    found = re.search(rf"function\s+[\w\".]*\b{re.escape(name)}\b\s*\(.*?{ends}", bodies, re.IGNORECASE | re.DOTALL)
    return found.group(0) if found is not None else ""


def _bare(name: str) -> str:
    return name.replace('"', "").rpartition(".")[2]

"""Lines at which code has switched recording off: inside a block that says so by name, or after a mark on the object."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from agentlint.analysis.program import Program
from agentlint.ir import syntax as s
from agentlint.ir import walk

_SILENCES = re.compile(
    r"^_?(disabled?|suppress(ed)?|skip(ping)?|without|mute[d]?|paused?|no|ignore)_?(\w*_)?"
    r"(audit\w*|histor(y|ies)|activity(_\w+)?|trail|journal|change_?logs?|revisions?|versioning|tracking|signals?)(_\w+)?$",
    re.IGNORECASE,
)
"""`disable_auditlog()`, `skip_history()`, `without_audit_trail()`, `mute_signals(post_save)`."""
_MARK = "skip_history_when_saving"
"""Attribute of an object of which django-simple-history keeps no version while it is true. Documentation, "Save without creating historical records"."""


def silenced_lines(program: Program) -> frozenset[tuple[str, int]]:
    """Files and lines of what runs with recording switched off."""
    bodies = [(m.path, m.body) for m in program.modules.values()]
    bodies += [(f.module.path, f.node.body) for f in program.functions.values()]
    found = {(path, line) for path, body in bodies for line in _lines(body)}
    for info in program.functions.values():
        if any(_says(d) for d in info.node.decorators):
            found.update((info.module.path, line) for line in _all_lines(info.node.body))
    return frozenset(found)


def _lines(body: tuple[s.Stmt, ...]) -> Iterator[int]:
    marked = 0
    for stmt in walk.statements(body):
        if isinstance(stmt, s.With) and any(_says(item.value) for item in stmt.items):
            yield from _all_lines(stmt.body)
        elif isinstance(stmt, s.Assign) and any(isinstance(t, s.Attribute) and t.attr == _MARK for t in stmt.targets):
            marked = stmt.line if isinstance(stmt.value, s.Constant) and stmt.value.value is True else 0
        elif marked and stmt.line > marked:
            yield stmt.line


def _says(expr: s.Expr) -> bool:
    called = expr.func if isinstance(expr, s.Call) else expr
    return bool(_SILENCES.match(walk.dotted(called).rpartition(".")[2]))


def _all_lines(body: Iterable[s.Stmt]) -> Iterator[int]:
    body = tuple(body)
    yield from (stmt.line for stmt in walk.statements(body))
    yield from (line for expr in walk.body_expressions(body) if (line := getattr(expr, "line", 0)))

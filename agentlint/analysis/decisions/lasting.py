"""Effects that cannot be taken back, or only at a cost: money that moves, rows that go, rights that are given, accounts that close, mail to many."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentlint.analysis.effects.tables import table_of
from agentlint.analysis.program import FunctionInfo, Program
from agentlint.analysis.records.coverage import Coverage, is_relation
from agentlint.analysis.wording import singular, words
from agentlint.ir import syntax as s
from agentlint.ir import walk
from agentlint.ir.effects import Effect
from agentlint.knowledge import LibraryFacts

_PASSING = frozenset({
    "session", "token", "cache", "bucket", "lock", "draft", "notification", "tag", "like", "favorite", "favourite", "bookmark", "reaction", "read", "view",
    "job", "task", "queue", "embedding", "chunk", "vector", "index", "log", "nonce", "counter", "lease", "heartbeat", "link", "through", "association",
    "preference", "setting", "suggestion", "recommendation", "summary", "hint", "preview", "temp", "temporary", "checkpoint", "memory", "code", "otp",
    "subscriber", "follow", "vote", "label", "reminder", "alias", "cursor", "state", "history",
})
"""Last words of models whose rows come and go: nobody has to be asked before one of them is deleted."""
_PEOPLE = frozenset({"account", "user", "member", "customer", "membership", "tenant", "employee", "patient", "client", "subscription", "person"})
_RIGHTS = frozenset({"is_superuser", "is_staff", "is_admin", "superuser", "role", "roles", "admin", "permissions", "access_level"})
_OPEN = re.compile(r"^(is_)?(active|enabled)$")
_SHUT = re.compile(r"^(is_)?(closed|deactivated|disabled|suspended|terminated|blocked|banned|locked)$")
_STATE = re.compile(r"^(\w+_)?(status|state)$")
_SHUT_STATE = re.compile(r"^(clos|deactivat|terminat|suspend|bann|disabl|block)", re.IGNORECASE)
_MASS = re.compile(r"mass|bulk", re.IGNORECASE)


class Lasting:
    """Answers why an effect lasts."""

    def __init__(self, program: Program, library: LibraryFacts, coverage: Coverage) -> None:
        self._program, self._library, self._coverage = program, library, coverage

    def why(self, effect: Effect) -> str:
        """Words that follow "it"; empty for what can be taken back."""
        if effect.kind == "payment":
            row = self._library.effect(effect.api) if effect.api else None
            return "moves money" if row is not None and row.final else ""
        if effect.kind == "permission":
            return "gives rights" if effect.operation in ("grant", "create") else ""
        if effect.kind == "mail":
            return "writes to many people at once" if self._to_many(effect) else ""
        if effect.kind == "outbound-http" and effect.verb == "DELETE":
            return "deletes something at another service"
        if effect.kind not in ("orm-write", "raw-sql"):
            return ""
        if effect.operation == "delete":
            return "cannot be undone" if self._is_loss(effect) else ""
        return self._about_people(effect) if effect.operation in ("update", "write") else ""

    def _is_loss(self, effect: Effect) -> bool:
        said = [singular(w) for w in words(effect.target)]
        if not said or said[-1] in _PASSING or is_relation(effect):
            return False
        seen = self._coverage.sees(effect)
        return seen is None or not seen.library  # a library's history keeps what the row held

    def _about_people(self, effect: Effect) -> str:
        said = [singular(w) for w in words(effect.target)]
        if not said or said[-1] not in _PEOPLE or not effect.fields:
            return ""
        given = [(name, value) for name, value in self._values(effect) if name in effect.fields]
        if any(_shuts(name, value) for name, value in given):
            return f"closes {'an' if said[-1][0] in 'aeio' else 'a'} {said[-1]}"
        raised = any(name in _RIGHTS and value not in (False, None, "") for name, value in given)
        return "gives rights" if raised else ""

    def _values(self, effect: Effect) -> Iterator[tuple[str, object]]:
        """Constants that the function around the effect gives to fields: in the call on its line, or to an attribute."""
        info = self._program.functions.get(effect.function)
        if info is None:
            return
        for stmt in walk.statements(info.node.body):
            if isinstance(stmt, s.Assign) and isinstance(stmt.value, s.Constant):
                yield from ((t.attr, stmt.value.value) for t in stmt.targets if isinstance(t, s.Attribute))
        for expr in walk.body_expressions(info.node.body):
            if isinstance(expr, s.Call) and expr.line <= effect.line <= expr.line + 3:
                yield from ((k.name, k.value.value) for k in expr.keywords if k.name and isinstance(k.value, s.Constant))
            elif isinstance(expr, s.Mapping) and expr.line <= effect.line <= expr.line + 3:
                pairs = zip(expr.keys, expr.values, strict=True)
                yield from ((str(k.value), v.value) for k, v in pairs if isinstance(k, s.Constant) and isinstance(v, s.Constant))

    def _to_many(self, effect: Effect) -> bool:
        info = self._program.functions.get(effect.function)
        return bool(_MASS.search(effect.api)) or (info is not None and effect.line in _looped(info))

    def matters(self, model: str) -> bool:
        """True for a model whose rows are missed: none that come and go."""
        said = [singular(w) for w in words(model.rpartition(".")[2])]
        return bool(said) and said[-1] not in _PASSING

    def table(self, effect: Effect) -> str:
        """What the effect's rows lie in, to tell a deletion from a replacement."""
        return table_of(effect.model, self._program) if effect.model else effect.target


def _shuts(name: str, value: object) -> bool:
    if value is False:
        return bool(_OPEN.match(name))
    if value is True:
        return bool(_SHUT.match(name))
    return isinstance(value, str) and bool(_STATE.match(name)) and bool(_SHUT_STATE.match(value))


def _looped(info: FunctionInfo) -> frozenset[int]:
    """Lines inside loops over something."""
    loops = (stmt for stmt in walk.statements(info.node.body) if isinstance(stmt, s.Loop) and stmt.iterable is not None)
    return frozenset(e.line for loop in loops for e in walk.body_expressions(loop.body))

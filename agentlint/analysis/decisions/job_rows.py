"""Rows that stand for a piece of work which the program does by itself: what it writes into them about how far it is decides nothing."""

from __future__ import annotations

import re

from agentlint.analysis.effects.written_values import WrittenValues
from agentlint.analysis.program import Program
from agentlint.analysis.wording import words
from agentlint.ir.effects import Effect

_TELLS_OF_WORK = re.compile(
    r"^(\w+_)?(traceback|errors?|error_(message|text|log|code|details?)|fail(ed|ure)_reason|failure(_message)?|task_id|job_id|celery\w*|worker(_id)?|progress"
    r"|retries|retry_count|attempts?|num_(retries|attempts)|heartbeat\w*)$"
)
"""Columns that only a row of work has."""
_WRITTEN_BY_WORK = re.compile(
    r"^(\w+_)?(status|state|stage|step|traceback|errors?|error_\w+|fail(ed|ure)_reason|failure(_message)?|task_id|job_id|celery\w*|worker(_id)?|progress|result|results"
    r"|retries|retry_count|attempts?|num_(retries|attempts)|heartbeat\w*|logs?|output|message|started(_at|_on)?|start_time|start(_date)?|finished(_at|_on)?|end_time"
    r"|ended(_at|_on)?|completed(_at|_on)?|processed(_at|_on)?|duration|elapsed|\w+_count)$"
)
_HOW_FAR = frozenset({
    "pending", "queued", "waiting", "initiated", "created", "new", "ready", "running", "processing", "in", "progress", "inprogress", "started", "working",
    "done", "finished",
    "completed", "complete", "success", "successful", "succeeded", "ok", "failed", "fail", "failure", "error", "errored", "timeout", "retrying", "retry",
    "with", "errors",
})
"""Words of the states that work goes through."""
_ANSWERED_FOR = frozenset({
    "payment", "order", "invoice", "refund", "charge", "transaction", "transfer", "payout", "subscription", "application", "purchase", "booking", "donation",
    "deposit", "withdrawal", "ticket", "account", "user", "member", "loan", "claim",
})
"""Words of rows whose state somebody answers for, though work may fail on them."""


class JobRows:
    """Answers for one program; remembers what models look like."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._values = WrittenValues(program)
        self._work: dict[str, bool] = {}

    def keeps(self, effect: Effect) -> bool:
        """True for the state, the errors and the times of a row of work, where every state that is set says how far the work is."""
        if effect.kind != "orm-write" or effect.operation not in ("update", "write") or not effect.fields or not self._is_work(effect.model):
            return False
        states = [field for field in effect.fields if _is_state(field)]
        values = self._values.of(effect)
        if states and all(field in values for field in states):
            return all(_HOW_FAR.issuperset(words(value)) for field in states for value in values[field])
        return all(map(_WRITTEN_BY_WORK.match, effect.fields)) and len(states) < len(effect.fields)

    def _is_work(self, model: str) -> bool:
        known = self._work.get(model)
        if known is None:
            owners = [n for n in self._program.mro(model) if n in self._program.classes] if model in self._program.classes else []
            names = {name for owner in owners for name in self._program.classes[owner].attributes}
            told = any(map(_TELLS_OF_WORK.match, names)) and any(_is_state(n) for n in names)
            known = self._work[model] = told and not _ANSWERED_FOR.intersection(words(model.rpartition(".")[2]))
        return known


def _is_state(field: str) -> bool:
    return words(field)[-1:] in (["status"], ["state"], ["stage"])

"""Which effects matter to those who ask what was decided, and which rows the system only keeps for itself."""

from __future__ import annotations

from collections.abc import Container, Iterable

from agentlint.analysis.decisions.clearing import clears
from agentlint.analysis.decisions.consequence import is_bookkeeping, is_display_preference, is_seen_mark, is_told_mark, passes
from agentlint.analysis.operations import Entry
from agentlint.analysis.wording import singular, words
from agentlint.ir.effects import Effect, changes_state

PERSON = frozenset({"gui", "api", "graphql", "rpc", "mcp"})
"""Surfaces at which somebody, or a program for somebody, asks."""
_SILENT = frozenset({"message", "session", "cache", "model-call"})
_PLUMBING = frozenset({
    "bucket", "throttle", "nonce", "cache", "session", "lock", "heartbeat", "counter", "metric", "statistic", "stat", "migration", "watermark", "trace",
    "span", "telemetry", "usage",
})
_RUNNING = frozenset({
    "run", "job", "task", "step", "process", "worker", "workflow", "agent", "thread", "attempt", "queue", "sync", "indexing", "ingestion", "crawl",
    "background",
})
_PROGRESS = frozenset({"state", "status", "progress", "checkpoint", "memory", "result", "heartbeat", "error", "record"})
"""`RunState`, `TaskResult`: rows that keep how far something is that runs."""
_LET_GO = frozenset({"lock", "cache", "counter", "heartbeat"})
"""What is deleted when it has served."""
_VISITING = frozenset({
    "user", "login", "auth", "authentication", "web", "browser", "http", "oauth", "sso", "access", "token", "refresh", "device", "db", "django",
})
"""What a session is called by that only says who is there: `UserSession`, as against `TrainingSession`."""
_TAKEN_BACK = frozenset({"revoked", "revocation", "revoke"})
_SUMS = frozenset({"summary", "summaries", "rollup", "aggregate", "aggregates", "stats", "statistics", "insights"})
"""`HostSummary`: rows that add others up."""
_WORKING_OUT = frozenset({"update", "recalculate", "recompute", "refresh", "calculate", "compute", "collect", "rebuild", "aggregate", "generate", "save"})
_WORKED_OUT = frozenset({"stats", "statistics", "metrics", "insights", "aggregates"})
_EXPORT = frozenset({"export", "exports"})


def matters(effect: Effect, kept: Container[str] = ()) -> bool:
    """True for effects that somebody may have to account for. `kept` are models that people keep, whatever their name."""
    if effect.kind in _SILENT or effect.operation == "logout":
        return False
    if effect.kind == "queue" and _EXPORT.intersection((*words(effect.target)[:1], *words(effect.target)[-1:])):
        return False  # a job that reads
    if effect.confidence == "low" or is_display_preference(effect) or is_seen_mark(effect) or passes(effect):
        return False
    if is_bookkeeping(effect) and not is_told_mark(effect):
        return False
    if effect.model not in kept and _is_plumbing(effect):
        return False
    return changes_state(effect)


def _is_plumbing(effect: Effect) -> bool:
    """True for rows that the system keeps for itself: rate limits, locks, caches, counters."""
    said = words(effect.target) if effect.kind == "orm-write" else []
    done = words(effect.function.rpartition(".")[2])
    if effect.operation == "delete" and said and singular(said[-1]) not in _LET_GO and clears(done, effect.file):
        return False  # a job that throws old ones away, a person's sessions that are ended
    if effect.operation != "delete" and done and done[0] in _WORKING_OUT and done[-1] in _WORKED_OUT:
        return effect.kind in ("orm-write", "raw-sql")  # `update_stats()`, whatever the rows are called that it keeps sums in
    if len(said) > 1 and said[0] in ("recent", "recently"):
        return True  # what somebody looked at last
    if len(said) > 1 and said[-2] in _RUNNING and said[-1] in _PROGRESS:
        return effect.operation != "delete"
    if len(said) > 1 and effect.operation != "delete" and _SUMS.intersection(said):
        return True
    if said and singular(said[-1]) == "session" and not _VISITING.issuperset(said[:-1]):
        return False  # a sitting, a round of talks, a lesson
    if any(_TAKEN_BACK.intersection(words(field)) for field in effect.fields):
        return False  # who is thrown out has been there
    return bool(said) and singular(said[-1]) in _PLUMBING


def kept_by_people(entries: Iterable[Entry]) -> frozenset[str]:
    """Models with an operation of people that is about them and writes them itself: a metric that somebody defines is no measurement."""
    found: set[str] = set()
    for entry in entries:
        operation = entry.operation
        if operation.surface in PERSON and operation.changes_state:
            about = {singular(w) for w in (*words(operation.symbol), *words(operation.path))}
            own = (r.effect for r in entry.reached if not r.chain and r.effect.kind == "orm-write" and r.effect.model)
            found.update(e.model for e in own if {singular(w) for w in words(e.target)} <= about)
    return frozenset(found)

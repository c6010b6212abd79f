"""Finds the same operation and the same decision in two reports, and tells what became of them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import TypeVar

from agentlint.comparison.changes import Change, Comparison, ScoreChange
from agentlint.reporters import json_v1_types as v1

_MACHINE = frozenset({"api", "graphql", "rpc", "mcp"})
_STATUS = {"gui-only": 0, "partial": 1, "agent-accessible": 2, "human-by-design": 2}
_RECORD = {"unaudited": 0, "partial": 1, "audited": 2}
_HOLE = re.compile(r"\{[^}]*\}|<[^>]*>")

Row = TypeVar("Row")
Pairs = list[tuple[Row | None, Row | None]]


def compare(old: v1.ReportV1, new: v1.ReportV1, names: tuple[str, str]) -> Comparison:
    """What differs from `old` to `new`; `names` say what they are."""
    machine = _paired(_of(old, _MACHINE), _of(new, _MACHINE), (_route, _handler))
    pages = _paired(_pages(old), _pages(new), (_route, _handler))
    decisions = _paired(_decisions(old), _decisions(new), (_deed, _moved_deed))
    before, after = ({f.fingerprint for f in r.findings} for r in (old, new))
    return Comparison(
        old=names[0], new=names[1], scores=tuple(_scores(old, new)),
        capabilities_lost=_sorted(_operation(o) for o, n in machine if o is not None and n is None),
        capabilities_gained=_sorted(_operation(n) for o, n in machine if o is None and n is not None),
        became_gui_only=_sorted(c for c in _moved(pages) if _STATUS[c.after] < _STATUS[c.before]),
        new_gui_only=_sorted(_operation(n) for o, n in pages if o is None and n is not None and _STATUS.get(n.status or "", 2) < 2),
        became_accessible=_sorted(c for c in _moved(pages) if _STATUS[c.after] > _STATUS[c.before]),
        records_lost=_sorted(_record(o, n) for o, n in decisions if o is not None and n is not None and _less(o, n)),
        new_unrecorded=_sorted(_record(None, n) for o, n in decisions if o is None and n is not None and n.status != "audited"),
        records_gained=_sorted(_record(o, n) for o, n in decisions if o is not None and n is not None and not _less(o, n) and _less(n, o)),
        findings_new=len(after - before), findings_gone=len(before - after), remarks=tuple(_remarks(old, new)),
    )


# ----------------------------------------------------------------------- pairing


def _paired(old: list[Row], new: list[Row], keys: Iterable[Callable[[Row], Hashable]]) -> Pairs[Row]:
    """Each row with its counterpart: by the first key, what is left by the next. A later key pairs only what it names on both sides once."""
    pairs: Pairs[Row] = []
    for number, key in enumerate(keys):
        left, right = _grouped(old, key), _grouped(new, key)
        old, new = [], []
        for name in dict.fromkeys((*left, *right)):
            ours, theirs = left.get(name, []), right.get(name, [])
            sure = number == 0 or len(ours) == len(theirs) == 1
            count = min(len(ours), len(theirs)) if sure else 0
            pairs += zip(ours[:count], theirs[:count])
            old += ours[count:]
            new += theirs[count:]
    return [*pairs, *((row, None) for row in old), *((None, row) for row in new)]


def _grouped(rows: Iterable[Row], key: Callable[[Row], Hashable]) -> dict[Hashable, list[Row]]:
    found: dict[Hashable, list[Row]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found


def _of(report: v1.ReportV1, surfaces: frozenset[str]) -> list[v1.OperationV1]:
    return [o for o in report.operations if o.surface in surfaces and not o.browser_only]


def _pages(report: v1.ReportV1) -> list[v1.OperationV1]:
    return [o for o in report.operations if o.surface == "gui" and o.changes_state and o.status in _STATUS]


def _route(operation: v1.OperationV1) -> Hashable:
    """Names of holes are free; so is a slash at the end."""
    return operation.surface, operation.method, _HOLE.sub("{}", operation.path).rstrip("/"), operation.symbol if not operation.path else ""


def _handler(operation: v1.OperationV1) -> Hashable:
    """An operation whose address changed is still the same thing to do."""
    return operation.surface, operation.method, operation.symbol, operation.action, operation.resource


def _decisions(report: v1.ReportV1) -> list[v1.DecisionV1]:
    """One row per decision, the worst of those that read alike: a lost record on one path must not hide behind another."""
    worst: dict[Hashable, v1.DecisionV1] = {}
    for decision in report.decisions:
        key = _deed(decision)
        if key not in worst or _RECORD[decision.status] < _RECORD[worst[key].status]:
            worst[key] = decision
    return list(worst.values())


def _deed(decision: v1.DecisionV1) -> Hashable:
    return decision.file, *_moved_deed(decision)


def _moved_deed(decision: v1.DecisionV1) -> tuple[str, ...]:
    """A decision that stands in another file now is still the same one."""
    effect = decision.effect
    return decision.symbol, decision.decision, effect.kind, effect.operation, effect.target


# ------------------------------------------------------------------------ telling


def _operation(operation: v1.OperationV1) -> Change:
    return Change(
        f"{operation.method} {operation.path}".strip() or operation.symbol, operation.file, operation.line, operation.symbol, after=operation.status or "",
        why="; ".join(operation.evidence[:1]) or f"{operation.action} {operation.resource}".strip(), changes_state=operation.changes_state,
    )


def _moved(pages: Pairs[v1.OperationV1]) -> Iterator[Change]:
    """What a person can do, on both sides, with another answer than before."""
    for old, new in pages:
        if old is not None and new is not None and old.status != new.status:
            yield Change(
                f"{new.method} {new.path}".strip(), new.file, new.line, new.symbol, old.status or "", new.status or "", "; ".join(new.evidence[:1]),
            )


def _record(old: v1.DecisionV1 | None, new: v1.DecisionV1) -> Change:
    why = " > ".join(f"{step.file}:{step.line} {step.text}" for step in new.path[-2:]) or ", ".join(f"{a.mechanism} ({a.file}:{a.line})" for a in new.audit[:1])
    return Change(new.decision, new.file, new.line, new.symbol, _content(old) if old is not None else "", _content(new), why)


def _content(decision: v1.DecisionV1) -> str:
    """`audited (who, what)`."""
    held = [name for name in ("who", "what", "why") if getattr(decision.records, name)]
    return f"{decision.status} ({', '.join(held)})" if held and decision.status != "unaudited" else decision.status


def _less(old: v1.DecisionV1, new: v1.DecisionV1) -> bool:
    """True when less of the decision is on record than before."""
    if _RECORD[new.status] != _RECORD[old.status]:
        return _RECORD[new.status] < _RECORD[old.status]
    return new.status != "unaudited" and any(getattr(old.records, name) and not getattr(new.records, name) for name in ("who", "what", "why"))


def _scores(old: v1.ReportV1, new: v1.ReportV1) -> Iterator[ScoreChange]:
    for name, before, after in (
        ("agent-ready", old.scores.agent_ready, new.scores.agent_ready), ("auditable", old.scores.auditable, new.scores.auditable),
    ):
        yield ScoreChange(name, before.score, after.score)
        for part in dict.fromkeys((*before.parts, *after.parts)):
            left, right = before.parts.get(part), after.parts.get(part)
            yield ScoreChange(f"{name}.{part}", left.score if left else None, right.score if right else None)


def _remarks(old: v1.ReportV1, new: v1.ReportV1) -> Iterator[str]:
    if old.tool.version != new.tool.version:
        yield f"the two were made by different versions of agentlint ({old.tool.version}, {new.tool.version}): some differences may be its own"
    if set(old.inventory.frameworks) != set(new.inventory.frameworks):
        yield f"frameworks: {', '.join(old.inventory.frameworks) or 'none'} before, {', '.join(new.inventory.frameworks) or 'none'} after"
    unread = {g.file for g in new.inventory.unreadable} - {g.file for g in old.inventory.unreadable}
    if unread:
        yield f"{len(unread)} files could be read before and cannot be read in full now: what they hold may seem to be gone ({', '.join(sorted(unread)[:3])})"


def _sorted(changes: Iterable[Change]) -> tuple[Change, ...]:
    """State changes before readings, then by place."""
    return tuple(sorted(changes, key=lambda c: (not c.changes_state, c.file, c.line, c.what, c.symbol)))

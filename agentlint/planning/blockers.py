"""Blockers: counted things that hold a score down, grouped by the work that mends them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from agentlint.findings.finding import Finding, Severity
from agentlint.findings.plan import Blocker, Consequence, Effort
from agentlint.ir.decisions import Decision, consequential
from agentlint.ir.operations import Operation
from agentlint.scores import Counted

_CONSEQUENCE: dict[Severity, Consequence] = {"error": "grave", "warning": "serious", "info": "minor"}
ORDER: tuple[Consequence, ...] = ("grave", "serious", "minor")
"""Gravest first."""
_SMALL, _MEDIUM = 2, 8
"""Places in the code that small and medium work touch at most."""
_THINGS = {"mail": "mail", "outbound-http": "outside services", "queue": "jobs", "file": "files", "payment": "payments", "process": "processes",
           "raw-sql": "rows written by SQL", "message": "messages", "permission": "permissions", "orm-write": "rows of unknown kind"}


class Item(msgspec.Struct, frozen=True):
    """One counted thing that is not as it should be."""

    kind: str
    subject: str
    id: str
    file: str
    line: int
    findings: tuple[Finding, ...] = ()


def find_blockers(counted: Counted, findings: Iterable[Finding]) -> tuple[Blocker, ...]:
    """All blockers, gravest first. What somebody has silenced with a reason is left as it is."""
    groups: dict[tuple[str, str], list[Item]] = defaultdict(list)
    known = _Known(counted, findings)
    for item in (*_operations(counted.operations, known), *_decisions(counted.decisions, known), *_described(counted, known)):
        if not item.findings or any(f.suppressed is None for f in item.findings):
            groups[(item.kind, item.subject.lower())].append(item)
    return tuple(sorted((_blocker(items) for items in groups.values()), key=rank))


def rank(blocker: Blocker) -> tuple[object, ...]:
    """Gravest first, then what most hangs on, then most gained for each place touched."""
    return (ORDER.index(blocker.consequence), -blocker.weight, -blocker.count / max(1, blocker.places), -blocker.count, blocker.kind, blocker.subject)


class _Known:
    """Findings by what they are about; a decision also by the line of its effect, where one record mends all that come to it."""

    def __init__(self, counted: Counted, findings: Iterable[Finding]) -> None:
        self.operations: dict[str, list[Finding]] = defaultdict(list)
        self.decisions: dict[tuple[str, int, str, str], list[Finding]] = defaultdict(list)
        self.symbols: dict[tuple[str, int, str], list[Finding]] = defaultdict(list)
        by_id = {d.id: d for d in counted.decisions}
        for finding in findings:
            if finding.decision in by_id:
                self.decisions[effect_key(by_id[finding.decision])].append(finding)
            elif finding.operation:
                self.operations[finding.operation].append(finding)
            self.symbols[(finding.file, finding.line, finding.symbol)].append(finding)


def effect_key(decision: Decision) -> tuple[str, int, str, str]:
    """The line of effect that a decision comes to."""
    effect = decision.effect
    return (effect.file, effect.line, effect.target, effect.operation)


def _operations(operations: Sequence[Operation], known: _Known) -> Iterator[Item]:
    for o in operations:
        if o.surface == "gui" and o.changes_state and o.status in ("gui-only", "partial"):
            yield Item("reach", o.resource or o.symbol or o.path, o.id, o.file, o.line, tuple(known.operations[o.id]))
        elif o.surface != "gui" and o.browser_only and o.changes_state:
            yield Item("operate", o.resource or o.path, o.id, o.file, o.line, tuple(known.operations[o.id]))


def _decisions(decisions: Sequence[Decision], known: _Known) -> Iterator[Item]:
    for d in decisions:
        if d.status != "audited" and consequential(d):
            effect = d.effect
            subject = effect.target or _THINGS.get(effect.kind, effect.kind)
            kind = "model-record" if d.source == "model" else "record"
            yield Item(kind, subject, d.id, effect.file or d.file, effect.line or d.line, tuple(known.decisions[effect_key(d)]))


def _described(counted: Counted, known: _Known) -> Iterator[Item]:
    """Transitions that a description lacks, where no pages show what people do."""
    if any(o.surface == "gui" and o.changes_state for o in counted.operations):
        return
    for row in counted.lifecycles:
        if row.status == "missing" and row.thought != "hole":
            yield Item("describe", row.resource, row.transition, row.file, row.line, tuple(known.symbols[(row.file, row.line, row.resource)]))


def _blocker(items: Sequence[Item]) -> Blocker:
    first = items[0]
    findings = [f for i in items for f in i.findings if f.suppressed is None]
    places = len({(i.file, i.line) for i in items})
    worst = min((_CONSEQUENCE[f.severity] for f in findings), key=ORDER.index, default="minor")
    ids = tuple(i.id for i in items)
    of_operations = first.kind in ("reach", "operate")
    return Blocker(
        kind=first.kind, subject=first.subject, count=len(items), places=places, files=len({i.file for i in items}), consequence=worst,  # type: ignore[arg-type]
        effort=effort(places), weight=max((f.weight for f in findings), default=0),
        operations=ids if of_operations else (), decisions=ids if first.kind in ("record", "model-record") else (),
    )


def effort(places: int) -> Effort:
    """How much work, by the places in the code to touch."""
    return "small" if places <= _SMALL else "medium" if places <= _MEDIUM else "large"

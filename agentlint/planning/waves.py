"""Waves: which blockers to take together, and the scores after each, by counting again with their things mended."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from agentlint.findings.finding import Finding
from agentlint.findings.plan import Blocker, Plan, Wave
from agentlint.ir.decisions import Decision, RecordContent, consequential
from agentlint.ir.operations import Operation
from agentlint.planning.blockers import effect_key, effort, find_blockers
from agentlint.scores import Counted, scorecard

_TITLES = ("Grave, little work", "Grave, more work", "Grave, much work", "Less grave", "Say why")


def make_plan(counted: Counted, findings: Sequence[Finding]) -> Plan:
    """The waves that have something to do, each with the answers of a recount."""
    sorted_out: list[list[Blocker]] = [[], [], [], []]
    for blocker in find_blockers(counted, findings):
        sorted_out[_wave_of(blocker)].append(blocker)
    waves = []
    for title, blockers in zip(_TITLES, sorted_out):
        if blockers:
            counted = _mended(counted, blockers)
            waves.append(Wave(title, _taking_turns(blockers), scorecard(counted)))
    silent = [d for d in counted.decisions if consequential(d) and d.status != "unaudited" and not d.records.why]
    if silent:
        counted = replace(counted, decisions=tuple(_explained(d) for d in counted.decisions))
        waves.append(Wave(_TITLES[-1], (_unexplained(silent),), scorecard(counted)))
    return Plan(tuple(waves))


def _taking_turns(blockers: Sequence[Blocker]) -> tuple[Blocker, ...]:
    """Both questions by turns, so that neither hides the other's first steps."""
    turn = {"record": 0, "reach": 0}
    keyed = []
    for blocker in blockers:
        question = "record" if blocker.kind in ("record", "model-record") else "reach"
        keyed.append(((turn[question], question), blocker))
        turn[question] += 1
    return tuple(blocker for _, blocker in sorted(keyed, key=lambda pair: pair[0]))


def _wave_of(blocker: Blocker) -> int:
    if blocker.consequence != "grave":
        return 3
    return ("small", "medium", "large").index(blocker.effort)


def _mended(counted: Counted, blockers: Sequence[Blocker]) -> Counted:
    """What would be found with these blockers gone, and nothing else changed."""
    operations = {i for b in blockers for i in b.operations}
    decisions = {i for b in blockers for i in b.decisions}
    described = {b.subject.lower() for b in blockers if b.kind == "describe"}
    return replace(
        counted,
        operations=tuple(_reachable(o) if o.id in operations else o for o in counted.operations),
        decisions=tuple(_recorded(d) if d.id in decisions else d for d in counted.decisions),
        lifecycles=tuple(replace(r, status="present") if r.resource.lower() in described else r for r in counted.lifecycles),
    )


def _reachable(operation: Operation) -> Operation:
    return replace(operation, status="agent-accessible") if operation.surface == "gui" else replace(operation, browser_only=False)


def _recorded(decision: Decision) -> Decision:
    """With a record on every path that says who and what; whether it says why stays open."""
    return replace(decision, status="audited", records=RecordContent(True, True, decision.records.why))


def _explained(decision: Decision) -> Decision:
    return replace(decision, records=replace(decision.records, why=True)) if decision.status != "unaudited" else decision


def _unexplained(decisions: Sequence[Decision]) -> Blocker:
    places = {effect_key(d)[:2] for d in decisions}
    return Blocker(
        "explain", "the records", len(decisions), len(places), len({file for file, _ in places}), "serious", effort(len(places)), 0,
        decisions=tuple(d.id for d in decisions),
    )

"""The plan counts what the scores count, and its scores are recounts."""

from __future__ import annotations

from msgspec.structs import replace

from agentlint.findings import Finding, Plan, Suppressed
from agentlint.ir.contracts import Lifecycle
from agentlint.ir.decisions import AuditSite, Decision, RecordContent
from agentlint.ir.effects import Effect
from agentlint.ir.inventory import Inventory
from agentlint.ir.operations import Operation, Status
from agentlint.planning import make_plan
from agentlint.scores import Counted, scorecard


def page(name: str, status: Status, resource: str = "order", line: int = 1) -> Operation:
    return Operation(f"gui:{name}", "gui", "POST", f"/{name}", "v.py", line, name, name, resource, True, status=status)


def decision(name: str, status: str, target: str = "Order", line: int = 5, source: str = "person") -> Decision:
    effect = Effect("orm-write", "update", target, "d.py", line, "d.f")
    audit = () if status == "unaudited" else (AuditSite("d.py", 9, "row"),)
    return Decision(name, "d.py", 3, name, name, effect, source, status, RecordContent(status != "unaudited", True, False), audit)  # type: ignore[arg-type]


def finding(severity: str, operation: str | None = None, decision: str | None = None) -> Finding:
    return Finding("some-rule", severity, "m", "v.py", 1, f"{operation}{decision}", operation=operation, decision=decision, weight=75)  # type: ignore[arg-type]


SYSTEM = Counted(
    Inventory(),
    (page("pay", "gui-only", "invoice"), page("note", "partial", "order", 9), page("cancel", "agent-accessible"), page("login", "human-by-design")),
    (decision("pay", "unaudited"), decision("refund", "partial", line=8), decision("close", "audited")),
)
FINDINGS = (finding("error", "gui:pay"), finding("warning", "gui:note"), finding("error", decision="pay"), finding("error", decision="refund"))


def blockers(plan: Plan) -> dict[tuple[str, str], tuple[int, int, str, str]]:
    return {(b.kind, b.subject): (b.count, b.places, b.consequence, b.effort) for w in plan.waves for b in w.blockers}


def test_blockers_group_what_the_same_work_mends() -> None:
    """By resource for operations, by what changes for decisions; consequence follows the gravest finding, work the places to touch."""
    assert blockers(make_plan(SYSTEM, FINDINGS)) == {
        ("reach", "invoice"): (1, 1, "grave", "small"), ("reach", "order"): (1, 1, "serious", "small"), ("record", "Order"): (2, 2, "grave", "small"),
        ("explain", "the records"): (3, 2, "serious", "small"),
    }


def test_scores_of_a_wave_are_those_of_the_mended_system() -> None:
    """Nothing is estimated: counting the system with the first wave's things mended gives what the wave says."""
    first = make_plan(SYSTEM, FINDINGS).waves[0]
    mended = replace(
        SYSTEM,
        operations=(replace(SYSTEM.operations[0], status="agent-accessible"), *SYSTEM.operations[1:]),
        decisions=tuple(replace(d, status="audited", records=RecordContent(True, True, False)) for d in SYSTEM.decisions),
    )
    assert first.after == scorecard(mended)


def test_the_last_wave_reaches_everything() -> None:
    """With all blockers gone both scores are whole, so no counted flaw is left out of the plan."""
    last = make_plan(SYSTEM, FINDINGS).waves[-1].after
    assert (last.agent_ready.score, last.auditable.score) == (100.0, 100.0)


def test_scores_never_fall_from_wave_to_wave() -> None:
    """Doing more never counts less."""
    plan = make_plan(SYSTEM, FINDINGS)
    scores = [(w.after.agent_ready.score, w.after.auditable.score) for w in plan.waves]
    assert scores == sorted(scores, key=lambda pair: (pair[0] or 0.0, pair[1] or 0.0))


def test_what_was_silenced_with_a_reason_is_nobodys_work() -> None:
    """A suppressed finding takes its operation out of the plan."""
    silenced = replace(FINDINGS[0], suppressed=Suppressed("comment", "by contract"))
    assert ("reach", "invoice") not in blockers(make_plan(SYSTEM, (silenced, *FINDINGS[1:])))


def test_decisions_of_a_model_are_a_blocker_of_their_own() -> None:
    """Nobody can be asked afterwards, so they are not lost among others on the same rows."""
    counted = replace(SYSTEM, decisions=(decision("triage", "unaudited", source="model"), decision("pay", "unaudited", line=8)))
    assert {kind for kind, _ in blockers(make_plan(counted, ()))} >= {"model-record", "record"}


def test_a_description_alone_is_planned_by_what_its_resources_lack() -> None:
    """Transitions count where there are no pages."""
    rows = tuple(Lifecycle("loan", "Loan", "#", t, s, None, "why", "api.yaml", 3) for t, s in (("create", "present"), ("cancel", "missing")))  # type: ignore[arg-type]
    plan = make_plan(Counted(Inventory(), lifecycles=rows), ())
    assert blockers(plan) == {("describe", "loan"): (1, 1, "minor", "small")}
    assert plan.waves[-1].after.agent_ready.parts["reach"].score == 100.0


def test_a_system_without_flaws_has_no_plan() -> None:
    """Nothing to do is said by an empty plan."""
    assert make_plan(Counted(Inventory(), (page("cancel", "agent-accessible"),)), ()) == Plan()


def test_both_questions_take_turns_within_a_wave() -> None:
    """Many decisions must not push the first operation out of sight."""
    counted = replace(SYSTEM, decisions=tuple(decision(f"d{n}", "unaudited", f"T{n}", n + 1) for n in range(9)))
    findings = (FINDINGS[0], *(finding("error", decision=f"d{n}") for n in range(9)))
    first = make_plan(counted, findings).waves[0]
    assert [b.kind for b in first.blockers[:3]] == ["reach", "record", "record"]

"""Scores are shares that a person can recount, and cannot be raised by removing evidence."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from agentlint.findings import Question
from agentlint.ir.contracts import Identifier, Lifecycle
from agentlint.ir.decisions import AuditSite, Decision, RecordContent
from agentlint.ir.effects import Effect
from agentlint.ir.inventory import Inventory
from agentlint.ir.operations import Operation, Status
from agentlint.ir.source import Gap
from agentlint.scores import Counted, scorecard
from agentlint.scores.counting import level_of, share

NOTHING = Inventory()


def gui(status: Status, number: int = 0) -> Operation:
    return Operation(f"gui:{status}{number}", "gui", "POST", f"/{status}/{number}", "v.py", 1, "f", "update", "thing", True, status=status)


def api(method: str, path: str, changes: bool = True, **more: object) -> Operation:
    return Operation(f"api:{method} {path}", "api", method, path, "a.py", 1, "f", "update", "thing", changes, **more)  # type: ignore[arg-type]


def decision(status: str, who: bool = False, why: bool = False, source: str = "person") -> Decision:
    effect = Effect("orm-write", "update", "Loan", "d.py", 5, "d.f")
    audit = () if status == "unaudited" else (AuditSite("d.py", 9, "row"),)
    return Decision(f"{status}{who}{why}", "d.py", 3, "f", "approve", effect, source, status, RecordContent(who, True, why), audit)  # type: ignore[arg-type]


def ready(*operations: Operation, **more: object) -> Question:
    return scorecard(Counted(NOTHING, operations, **more)).agent_ready  # type: ignore[arg-type]


def audit(*decisions: Decision) -> Question:
    return scorecard(Counted(NOTHING, decisions=decisions)).auditable


def test_reach_counts_what_a_person_can_do() -> None:
    """Accessible counts whole, partial half, GUI-only nothing; human-by-design does not count at all."""
    part = ready(gui("agent-accessible"), gui("partial"), gui("gui-only"), gui("gui-only", 2), gui("human-by-design")).parts["reach"]
    assert (part.earned, part.possible, part.score) == (1.5, 4, 37.5)
    assert part.basis == "1 of 4 state-changing things a person can do, a token can do too; 1 more in part, counted half"


def test_reach_of_a_description_alone_counts_transitions() -> None:
    """Without pages the described life of the resources is what counts."""
    row = Lifecycle("book", "Book", "#", "create", "present", "POST /books", "", "o.yaml", 1)
    gone = Lifecycle("book", "Book", "#", "cancel", "missing", None, "", "o.yaml", 1)
    assert ready(lifecycles=(row, gone)).parts["reach"].score == 50.0


def test_a_part_without_evidence_has_no_score_and_passes_its_weight_on() -> None:
    """Only reach is known: it is the whole score."""
    answer = ready(gui("agent-accessible"), gui("gui-only"))
    assert answer.parts["safe"].score is None
    assert answer.parts["operate"].score == 50.0
    assert answer.score == 50.0


def test_nothing_found_is_no_answer() -> None:
    """An empty system is neither ready nor not."""
    assert (ready().score, ready().level) == (None, "nothing to judge")
    assert audit().score is None


@pytest.mark.parametrize(
    ("operations", "share_"),
    [
        ([api("DELETE", "/books/{id}"), api("GET", "/books", False)], 100.0),
        ([api("DELETE", "/books/{id}"), api("GET", "/books/{book}", False)], 100.0),
        ([api("DELETE", "/books/{id}")], 0.0),
        ([api("POST", "/books")], 100.0),
        ([api("POST", "/books", browser_only=True)], 0.0),
    ],
)
def test_operate_asks_where_identifiers_come_from(operations: list[Operation], share_: float) -> None:
    """An operation that takes an identifier needs a way to read it; one for browsers only cannot be operated."""
    assert ready(*operations).parts["operate"].score == share_


def test_an_unreachable_identifier_stops_its_operation() -> None:
    """What the description shows of identifiers goes before the shape of paths."""
    stuck = Identifier("DELETE /books/{id}", "id", "path", "unreachable", None, "")
    assert ready(api("DELETE", "/books/{id}"), api("GET", "/books", False), identifiers=(stuck,)).parts["operate"].score == 0.0


def test_webhooks_that_a_vendor_signs_are_nobody_elses_to_call() -> None:
    """They are no operation for agents."""
    assert ready(api("POST", "/hooks/payment", auth=("signature",))).parts["operate"].score is None


def test_safe_counts_only_what_was_judged() -> None:
    """Irreversible and duplicate-prone operations earn nothing."""
    part = ready(api("PUT", "/a", automation="safe"), api("POST", "/b", automation="duplicate-prone"), api("POST", "/c")).parts["safe"]
    assert (part.earned, part.possible) == (1, 2)


def covered(number: int, *by: str) -> Operation:
    return replace(gui("agent-accessible", number), counterparts=by)


def test_all_parts_of_agent_ready_count_what_a_person_can_do() -> None:
    """Removing an operation that is hard to use never raises a part: its counterpart becomes GUI-only."""
    good, bad = api("PUT", "/a", automation="safe"), api("POST", "/b", automation="duplicate-prone", browser_only=True)
    before = ready(covered(1, good.id), covered(2, bad.id), good, bad)
    after = ready(covered(1, good.id), gui("gui-only", 2), good)
    assert [before.parts[p].score for p in ("reach", "operate", "safe")] == [100.0, 50.0, 50.0]
    assert [after.parts[p].score for p in ("reach", "operate", "safe")] == [50.0, 50.0, 50.0]


def test_hardly_any_reach_holds_the_level_down() -> None:
    """However well the little that there is can be operated; the number says it too."""
    answer = ready(*(gui("gui-only", n) for n in range(9)), gui("agent-accessible"), api("POST", "/b", automation="safe"))
    assert (answer.score, answer.level) == (10.0, "hardly")
    assert answer.gate is not None
    assert answer.gate.reason == "a program reaches only 1 of 10 things"


def test_all_parts_of_auditable_count_all_decisions() -> None:
    """One audited with reason, one partial with actor, one unaudited."""
    parts = audit(decision("audited", who=True, why=True), decision("partial", who=True), decision("unaudited")).parts
    assert (parts["recorded"].earned, parts["explained"].earned, parts["attributed"].earned) == (1.5, 1, 1.5)
    assert {p.possible for p in parts.values()} == {3}


def test_a_step_inside_decisions_is_not_counted_again() -> None:
    """Its effect is judged at the entries; where only steps are known they count."""
    entry, step = decision("audited", who=True), replace(decision("unaudited"), inner=True)
    assert {p.possible for p in audit(entry, step).parts.values()} == {1}
    assert audit(entry, step).parts["recorded"].score == 100.0
    assert audit(step).parts["recorded"].score == 0.0


def test_deleting_a_record_never_raises_any_part() -> None:
    """Also a poor record counts more than none."""
    before, after = audit(decision("audited"), decision("audited", who=True, why=True)), audit(decision("unaudited"), decision("audited", who=True, why=True))
    assert all((after.parts[name].score or 0) <= (before.parts[name].score or 0) for name in before.parts)
    assert (after.score or 0) < (before.score or 0)


def test_a_silent_model_holds_the_level_down() -> None:
    """Nineteen good decisions do not make up for one that nobody can explain."""
    good = [decision("audited", who=True, why=True) for _ in range(19)]
    answer = audit(*good, decision("unaudited", source="model"))
    assert (answer.score, answer.level) == (95.0, "partly")
    assert answer.gate is not None


def test_what_could_not_be_seen_lowers_confidence_not_the_score() -> None:
    """Half of the files unreadable: same share, low confidence."""
    blind = Inventory(files=2, gaps=(Gap("x.py", 1, "syntax error"),))
    seen, unseen = ready(gui("agent-accessible")), scorecard(Counted(blind, (gui("agent-accessible"),))).agent_ready
    assert (seen.score, seen.confidence) == (100.0, "high")
    assert (unseen.score, unseen.confidence) == (100.0, "low")
    assert unseen.confidence_reason == "1 of 2 files could not be read in full"


def test_levels() -> None:
    """The bounds of the four levels."""
    assert [level_of(s) for s in (100, 90, 89.9, 70, 69.9, 40, 39.9, 0)] == ["fully"] * 2 + ["largely"] * 2 + ["partly"] * 2 + ["hardly"] * 2
    assert share(1, 0, 0, "").score is None

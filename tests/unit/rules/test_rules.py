"""What each rule says of which facts."""

from __future__ import annotations

from msgspec.structs import replace

from agentlint.analysis.facts import Facts
from agentlint.findings import Finding
from agentlint.ir.contracts import Lifecycle
from agentlint.ir.decisions import AuditSite, Bypass, Decision, Mechanism, ModelCall
from agentlint.ir.effects import Effect, Step
from agentlint.ir.operations import Operation, OperationEffect
from agentlint.rules.catalog import built_in_rules, run_rules

CANCEL = Operation(
    "gui:POST /orders/{pk}/cancel/", "gui", "POST", "/orders/{pk}/cancel/", "shop/views.py", 41, "cancel_order", "cancel order", "order", True,
    (OperationEffect("orm-write", "Order", "update", "shop/services.py", 12, ("status",)), OperationEffect("mail", "", "send", "shop/services.py", 18)),
    ("session",), "gui-only",
)
PATCH = Operation(
    "api:PATCH /api/orders/{id}", "api", "PATCH", "/api/orders/{id}", "shop/api.py", 20, "OrderViewSet.partial_update", "update", "order", True,
    (OperationEffect("orm-write", "Order", "update", "shop/api.py", 20, ("status",)),), ("token",),
)
ENDPOINT = Operation(
    "api:POST /api/orders/{id}/cancel", "api", "POST", "/api/orders/{id}/cancel", "shop/api.py", 30, "OrderViewSet.cancel", "cancel", "order", True,
    CANCEL.effects, ("token",),
)
EFFECT = Effect("orm-write", "update", "Loan", "desk/views.py", 41, "desk.views.decide", fields=("status",))
DECISION = Decision("d", "desk/views.py", 30, "decide", "reject application", EFFECT, "model", "unaudited")


BYPASS = Bypass(
    replace(EFFECT, model="desk.models.Loan", api="django.db.models.QuerySet.update()"),
    Mechanism("django-simple-history on Loan", "simple_history.models.HistoricalRecords()", "desk.models.Loan", "desk/models.py", 12),
)
CALL = ModelCall("desk/ai.py", 9, "ask", "client.messages.create", "anthropic", bounded_output=False)


def findings(*facts: Operation | Decision | Lifecycle | Bypass | ModelCall) -> list[Finding]:
    kept = Facts(
        operations=tuple(f for f in facts if isinstance(f, Operation)), decisions=tuple(f for f in facts if isinstance(f, Decision)),
        lifecycles=tuple(f for f in facts if isinstance(f, Lifecycle)), bypasses=tuple(f for f in facts if isinstance(f, Bypass)),
        model_calls=tuple(f for f in facts if isinstance(f, ModelCall)),
    )
    return list(run_rules(kept, built_in_rules()))


def names(found: list[Finding]) -> list[str]:
    return sorted(f.rule for f in found)


def test_a_gui_only_operation_without_any_api_says_so() -> None:
    """The message names what a person does and what is missing; the help says how to mend it."""
    (found,) = findings(CANCEL)
    assert found.message == (
        "Only a person can cancel order: POST /orders/{pk}/cancel/ changes Order (status) and sends mail, "
        "and the system has no machine-callable operation at all."
    )
    assert found.help.startswith("Expose what cancel_order does as an endpoint")
    assert (found.file, found.line, found.operation) == ("shop/views.py", 41, CANCEL.id)


def test_flows_about_the_person_are_never_reported() -> None:
    """Human-by-design operations leave no finding; neither do reads."""
    assert findings(replace(CANCEL, status="human-by-design"), replace(CANCEL, id="x", changes_state=False, status=None)) == []


def test_an_action_that_the_api_lacks_altogether() -> None:
    """The API knows the resource, not the action."""
    assert names(findings(CANCEL, replace(PATCH, effects=(OperationEffect("orm-write", "Order", "update", "shop/api.py", 20, ("note",)),)))) == [
        "gui-only-operation", "missing-action-endpoint",
    ]


def test_an_action_that_the_api_reaches_by_a_raw_field_only() -> None:
    """The finding says what the raw write skips."""
    (found,) = findings(replace(CANCEL, status="agent-accessible", counterparts=(PATCH.id,)), PATCH)
    assert found.rule == "missing-action-endpoint"
    assert "write the bare field status by PATCH /api/orders/{id} and skips that the page also sends mail" in found.message


def test_an_action_endpoint_is_no_raw_write() -> None:
    """An endpoint named after the action, or one that runs the same lines, is what is wanted."""
    assert findings(replace(CANCEL, status="agent-accessible", counterparts=(ENDPOINT.id,)), ENDPOINT) == []
    same_code = replace(PATCH, effects=CANCEL.effects)
    assert findings(replace(CANCEL, status="agent-accessible", counterparts=(PATCH.id,)), same_code) == []


def test_plain_edits_are_no_actions() -> None:
    """An edit form over PATCH is what PATCH is for."""
    edit = replace(CANCEL, symbol="edit_order", action="update", status="agent-accessible", counterparts=(PATCH.id,))
    assert findings(edit, PATCH) == []


def test_a_missing_transition_of_a_description() -> None:
    """Present and reading transitions are silent."""
    row = Lifecycle("order", "Order", "#/x", "refund", "missing", None, "its status can be refunded, and nothing sets it", "openapi.yaml", 60)
    found = findings(row, replace(row, transition="list"), replace(row, status="present"))
    assert {(f.rule, f.file, f.line) for f in found} == {("unlistable-resource", "openapi.yaml", 60), ("missing-action-endpoint", "openapi.yaml", 60)}
    assert next(f.severity for f in found if f.rule == "missing-action-endpoint") == "info", "a word of a description is thin evidence"


def test_an_unaudited_decision_stands_at_its_effect() -> None:
    """The effect's line when it is in the decision's file; the decision's own line otherwise."""
    (found,) = findings(DECISION)
    assert (found.line, found.severity) == (41, "error")
    assert found.message.startswith("A model's answer decides over \"reject application\". It changes Loan (status) in decide (desk/views.py:41)")
    (elsewhere,) = findings(replace(DECISION, effect=replace(EFFECT, file="desk/services.py")))
    assert (elsewhere.file, elsewhere.line) == ("desk/views.py", 30)


def test_the_remedy_is_the_systems_own_way_to_record() -> None:
    """Where the system records elsewhere, the help points there."""
    other = replace(DECISION, id="e", status="audited", audit=(AuditSite("desk/views.py", 90, "row in AuditEntry"),))
    (found,) = findings(DECISION, other)
    assert "row in AuditEntry (desk/views.py:90)" in found.help


def test_a_partial_decision_names_the_path_that_escapes() -> None:
    """The step before the effect tells the path apart."""
    path = (Step("desk/views.py", 30, "decide is entered"), Step("desk/views.py", 38, "`quiet` holds"), Step("desk/views.py", 41, "changes Loan"))
    (found,) = findings(replace(DECISION, source="person", status="partial", audit=(AuditSite("desk/views.py", 50, "row in AuditEntry"),), path=path))
    assert found.rule == "partially-audited-decision-path"
    assert "the path through desk/views.py:38 (`quiet` holds) does not" in found.message
    assert found.path == path


def test_severity_follows_consequence() -> None:
    """Deleting, paying and rights before plain edits before mail; an unsure finding is milder."""
    def severity(effect: Effect, **more: object) -> str:
        return findings(replace(DECISION, source="person", decision="do it", effect=effect, **more))[0].severity  # type: ignore[arg-type]

    plain = replace(EFFECT, target="Note", fields=("text",))
    assert severity(replace(plain, operation="delete")) == "error"
    assert severity(replace(plain, kind="payment")) == "error"
    assert severity(replace(plain, fields=("role",))) == "error"
    assert severity(plain) == "warning"
    assert severity(replace(plain, kind="mail", operation="send")) == "info"
    assert severity(replace(plain, operation="delete"), confidence="low") == "warning"


def test_decisions_that_come_to_one_effect_are_one_finding() -> None:
    """The one nearest to the effect speaks; the others are related."""
    service = replace(DECISION, id="s", file="desk/services.py", symbol="reject", function="desk.services.reject",
                      effect=replace(EFFECT, file="desk/services.py", function="desk.services.reject"))
    view = replace(service, id="v", file="desk/views.py", symbol="decide", function="desk.views.decide", source="person")
    (found,) = findings(view, service)
    assert (found.rule, found.symbol, found.decision) == ("unrecorded-model-decision", "reject", "s")
    assert "decide comes to the same effect" in [r.message for r in found.related]


def test_signing_in_is_no_consequential_decision() -> None:
    """It changes nothing but the session."""
    assert findings(replace(DECISION, effect=replace(EFFECT, kind="authentication", operation="login"))) == []


def test_a_write_past_a_history_is_one_finding() -> None:
    """It speaks for the unaudited decision at the same line; a model's decision there is a flaw of its own; a record of its own clears it."""
    decision = replace(DECISION, source="person", effect=BYPASS.effect)
    (found,) = findings(BYPASS, decision)
    assert (found.rule, found.line, found.decision) == ("audit-bypassing-write", 41, "d")
    assert found.message == (
        "`QuerySet.update()` changes Loan (status) past django-simple-history on Loan (desk/models.py:12), and nothing else records it."
    )
    assert names(findings(BYPASS, replace(decision, source="model"))) == ["audit-bypassing-write", "unrecorded-model-decision"]
    assert findings(replace(BYPASS, recorded=True)) == []


def test_model_calls_are_named_where_the_code_says_no() -> None:
    """At the library's call with the wrappers' calls beside it; at a wrapper's call when only that leaves the bound out; never when it is open."""
    outer = replace(CALL, file="desk/views.py", line=30, symbol="summary", library_file="desk/ai.py", library_line=9)
    (found,) = findings(CALL, outer)
    assert (found.rule, found.file, found.line, [r.line for r in found.related]) == ("unbounded-model-output", "desk/ai.py", 9, [30])
    (through,) = findings(replace(CALL, bounded_output=None), outer, replace(outer, line=50, bounded_output=True))
    assert (through.file, through.line) == ("desk/views.py", 30)
    assert findings(replace(CALL, bounded_output=None)) == []
    every = names(findings(replace(CALL, bounded_history=False, budget=False, usage_recorded=False)))
    assert every == ["model-call-without-budget", "model-usage-not-recorded", "unbounded-model-history", "unbounded-model-output"]

"""A small report made by hand that holds every kind of thing a reporter can meet."""

from __future__ import annotations

from msgspec.structs import replace

from agentlint.analysis.facts import Facts
from agentlint.findings import Plugin, Report, Suppressed, Tool
from agentlint.ir.contracts import Clause, Contract, Identifier, Lifecycle, Mismatch
from agentlint.ir.decisions import AuditSite, Decision, ModelCall, RecordContent
from agentlint.ir.effects import Effect, Step
from agentlint.ir.inventory import Inventory
from agentlint.ir.operations import Operation, OperationEffect
from agentlint.ir.source import Excerpt, Gap
from agentlint.knowledge.controls import load_controls
from agentlint.planning import make_plan
from agentlint.rules.catalog import built_in_rules, run_rules
from agentlint.scores import Counted, scorecard
from agentlint.scores.controls import standing

CANCEL = Operation(
    "gui:POST /orders/{pk}/cancel/", "gui", "POST", "/orders/{pk}/cancel/", "shop/views.py", 41, "cancel_order", "cancel order", "order", True,
    (
        OperationEffect("orm-write", "Order", "update", "shop/services.py", 12, ("status", "cancelled_at")),
        OperationEffect("orm-write", "StockMove", "create", "shop/services.py", 15),
        OperationEffect("mail", "", "send", "shop/services.py", 18),
    ),
    ("session",), "agent-accessible", counterparts=("api:PATCH /api/orders/{id}",), evidence=("PATCH /api/orders/{id} can update Order too",),
)
APPROVE = Operation(
    "gui:POST /orders/{pk}/approve/", "gui", "POST", "/orders/{pk}/approve/", "shop/views.py", 55, "approve_order", "approve order", "order", True,
    (OperationEffect("orm-write", "Order", "update", "shop/services.py", 30, ("status",)),), ("session",), "gui-only",
    evidence=("no machine-callable operation can update Order (status)",),
)
PROFILE = Operation(
    "gui:POST /profile", "gui", "POST", "/profile", "shop/views.py", 75, "profile", "update", "profile", True,
    (OperationEffect("orm-write", "Profile", "update", "shop/views.py", 80, ("name", "phone")),), ("session",), "partial",
    counterparts=("api:PATCH /api/profile",), evidence=("PATCH /api/profile (ProfileApi, shop/api.py:9) writes name of Profile but not phone",),
)
LOGIN = Operation(
    "gui:POST /login", "gui", "POST", "/login", "shop/views.py", 99, "login", "login", "session", True,
    (OperationEffect("authentication", "", "login", "shop/views.py", 103),), (), "human-by-design", evidence=("it is about sign-in",),
)
PATCH_ORDER = Operation(
    "api:PATCH /api/orders/{id}", "api", "PATCH", "/api/orders/{id}", "shop/api.py", 20, "OrderViewSet.partial_update", "update", "order", True,
    (OperationEffect("orm-write", "Order", "update", "shop/api.py", 20, ("note", "status")),), ("token",), browser_only=False, automation="undoable",
)
PATCH_PROFILE = Operation(
    "api:PATCH /api/profile", "api", "PATCH", "/api/profile", "shop/api.py", 9, "ProfileApi", "update", "profile", True,
    (OperationEffect("orm-write", "Profile", "update", "shop/api.py", 9, ("name",)),), ("token",),
)
LIST_ORDERS = Operation("api:GET /api/orders", "api", "GET", "/api/orders", "shop/api.py", 20, "OrderViewSet.list", "list", "order", False, auth=("token",))
OPERATIONS = (LIST_ORDERS, PATCH_ORDER, PATCH_PROFILE, APPROVE, CANCEL, LOGIN, PROFILE)

APPROVAL = Decision(
    "d1", "shop/services.py", 28, "approve", "approve order",
    Effect("orm-write", "update", "Order", "shop/services.py", 30, "shop.services.approve", "shop.models.Order", ("status",)), "person", "unaudited",
    path=(
        Step("shop/views.py", 55, "POST /orders/{pk}/approve/ enters approve_order"), Step("shop/services.py", 28, "`order.total < limit` holds"),
        Step("shop/services.py", 30, "changes Order (status)"),
    ),
    operations=(APPROVE.id,),
)
TRIAGE = Decision(
    "d2", "shop/triage.py", 10, "triage", "close ticket", Effect("orm-write", "delete", "Ticket", "shop/triage.py", 14, "shop.triage.triage"), "model",
    "partial", RecordContent(True, True, False), (AuditSite("shop/triage.py", 18, "row in AuditEntry"),),
    (
        Step("shop/triage.py", 10, "triage is entered"), Step("shop/triage.py", 12, "`except ValueError` is taken"),
        Step("shop/triage.py", 14, "deletes Ticket"),
    ),
)
REFUND = Decision(
    "d3", "shop/views.py", 90, "refund", "refund payment", Effect("payment", "create", "Refund", "shop/views.py", 95, "shop.views.refund"), "person", "audited",
    RecordContent(True, True, True), (AuditSite("shop/views.py", 96, "row in AuditEntry"),),
)
DECISIONS = (APPROVAL, TRIAGE, REFUND)

INVENTORY = Inventory(
    files=12, lines=3400, languages={"python": 10, "html": 2}, frameworks=("django", "drf"), specs=("openapi.yaml",),
    gaps=(Gap("shop/old.py", 3, "syntax error near 'print x'"), Gap("shop/urls.py", 9, "a route is built in a loop over settings", "unresolved")),
    routes=(40, 42), calls=(880, 1204), set_aside={"tests": 8, "migrations": 3},
)
FACTS = Facts(
    inventory=INVENTORY, operations=OPERATIONS, decisions=DECISIONS,
    lifecycles=(
        Lifecycle("order", "Order", "#/components/schemas/Order", "list", "present", "GET /api/orders", "GET /api/orders lists it", "openapi.yaml", 9),
        Lifecycle("order", "Order", "#/components/schemas/Order", "refund", "missing", None, "its status can be refunded, nothing sets it", "openapi.yaml", 60),
    ),
    identifiers=(Identifier("PATCH /api/orders/{id}", "id", "path", "produced", "GET /api/orders -> [].id", "the list shows it"),),
    model_calls=(ModelCall("shop/triage.py", 11, "triage", "client.messages.create", "anthropic", bounded_output=True, timeout=False),),
    mismatches=(
        Mismatch("undocumented", "GET /api/orders", "shop/api.py", 20, "OrderViewSet.list", "openapi.yaml", changes_state=False),
        Mismatch("phantom", "DELETE /api/orders/{id}", "openapi.yaml", 33, document="openapi.yaml"),
    ),
)

EXCERPTS = (
    Excerpt("shop/services.py", 27, ("def approve(order, limit):", "    if order.total < limit:", '        order.note = "<b>fine & dandy</b>"', "        order.save()")),
    Excerpt("shop/views.py", 55, ("def approve_order(request, pk):",)),
)

CONTRACTS = (Contract("openapi.yaml", (
    Clause("reason", 1, 3, "decisions that take a reason", ("POST /orders/{id}/cancel", "POST /orders/{id}/refund")),
    Clause("history", 1, 1, "things decided on whose history can be read"),
)),)


def sample_report() -> Report:
    """The report; its last finding is suppressed."""
    rules = built_in_rules()
    findings = run_rules(FACTS, rules)
    silenced = replace(findings[-1], suppressed=Suppressed("comment", "served for the old client only"))
    counted = Counted(INVENTORY, OPERATIONS, DECISIONS, FACTS.lifecycles, FACTS.identifiers)
    controls = standing(load_controls(), (r.info for r in rules), counted, FACTS.model_calls)
    return Report(
        tool=Tool(version="0.0.0", plugins=(Plugin("agentlint_django", "0.0.0"),)), root="shop", duration_s=1.25, inventory=INVENTORY,
        scores=scorecard(counted), findings=(*findings[:-1], silenced),
        operations=OPERATIONS, decisions=DECISIONS, lifecycles=FACTS.lifecycles, identifiers=FACTS.identifiers, contracts=CONTRACTS, model_calls=FACTS.model_calls,
        rules=tuple(r.info for r in rules), plan=make_plan(counted, findings), controls=controls, excerpts=EXCERPTS,
    )

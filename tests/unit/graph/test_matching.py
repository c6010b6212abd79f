"""Matching pages with endpoints: by effect, by fields, never by a person's own login."""

from __future__ import annotations

import msgspec
import pytest

from agentlint.analysis.operations import Entry
from agentlint.graph.matching import Background, match_operations
from agentlint.ir.effects import Effect, ReachedEffect, Step
from agentlint.ir.operations import Guard, Operation, Route


def entry(surface: str, symbol: str, *effects: Effect, method: str = "POST", guard: str = "", status: str | None = None) -> Entry:
    path = f"/{surface}/{symbol}"
    route = Route(framework="t", method=method, path=path, handler=symbol, symbol=symbol, file=f"{surface}.py", line=1)
    operation = Operation(
        id=f"{surface}:{method} {path}", surface=surface, method=method, path=path, file=f"{surface}.py", line=1, symbol=symbol, action="", resource="",
        changes_state=bool(effects), status=status,
    )
    guards = (Guard(guard),) if guard else ()
    return Entry(operation, tuple(ReachedEffect(e) for e in effects), guards, (route,))


def write(operation: str, model: str, *fields: str, line: int = 1, file: str = "m.py") -> Effect:
    return Effect("orm-write", operation, model, file, line, "f", model=f"shop.{model}", fields=fields)


def judged(*entries: Entry) -> Operation:
    return next(o for o in match_operations(entries) if o.surface == "gui")


def test_delete_is_covered_by_a_delete_of_the_same_model() -> None:
    found = judged(entry("gui", "remove", write("delete", "Order")), entry("api", "destroy", write("delete", "Order", line=9), method="DELETE", guard="token"))
    assert (found.status, found.counterparts) == ("agent-accessible", ("api:DELETE /api/destroy",))


def test_delete_is_not_covered_by_a_create() -> None:
    found = judged(entry("gui", "remove", write("delete", "Order")), entry("api", "add", write("create", "Order"), guard="token"))
    assert (found.status, found.counterparts) == ("gui-only", ())


def test_missing_fields_make_it_partial_and_are_named() -> None:
    page = entry("gui", "edit", write("update", "Order", "name", "price"))
    found = judged(page, entry("api", "edit", write("update", "Order", "name", line=9), method="PATCH", guard="token"))
    assert found.status == "partial"
    assert "but not price" in found.evidence[0]


def test_records_are_what_an_operation_at_their_own_address_is_for() -> None:
    page = entry("gui", "delete_journal_entry", write("delete", "JournalEntry"), write("create", "Job"))
    api = entry("api", "journal_entry", write("delete", "JournalEntry", line=9), method="DELETE", guard="token")
    found = next(o for o in match_operations((page, api), Background(records=frozenset({"shop.JournalEntry"}))) if o.surface == "gui")
    assert (found.status, found.counterparts) == ("partial", ("api:DELETE /api/journal_entry",)), "the job that goes with it is another matter"


def test_a_vendor_signed_webhook_is_no_counterpart() -> None:
    found = judged(entry("gui", "close", write("update", "Order", "state")), entry("api", "hook", write("update", "Order", "state"), guard="signature"))
    assert found.status == "gui-only"


def test_the_same_handler_that_takes_a_token_is_its_own_counterpart() -> None:
    page, api = entry("gui", "close", write("delete", "Order")), entry("api", "close", write("delete", "Order"), guard="token")
    same = Operation(**{**{f: getattr(api.operation, f) for f in api.operation.__struct_fields__}, "file": "gui.py"})
    found = judged(page, Entry(same, api.reached, api.guards, api.routes))
    assert found.status == "agent-accessible"


def test_login_stays_human_by_design() -> None:
    found = judged(entry("gui", "login", write("update", "User", "name"), status="human-by-design"))
    assert found.status == "human-by-design"


def test_a_model_that_everything_writes_decides_nothing() -> None:
    noise = [entry("gui", f"page{n}", write("create", "Event"), write("delete", f"Thing{n}")) for n in range(12)]
    api = [entry("api", f"do{n}", write("create", "Event"), write("create", f"Thing{n}"), guard="token") for n in range(12)]
    found = [o for o in match_operations([*noise, *api]) if o.surface == "gui"]
    assert {o.status for o in found} == {"gui-only"}


def test_what_a_reading_endpoint_writes_in_passing_is_no_counterpart() -> None:
    endpoint = entry("api", "show", write("update", "Order", "state"), method="GET", guard="token")
    reading = Entry(msgspec.structs.replace(endpoint.operation, changes_state=False), endpoint.reached, endpoint.guards, endpoint.routes)
    assert judged(entry("gui", "close", write("update", "Order", "state")), reading).status == "gui-only"


def test_a_proxy_writes_the_rows_of_its_base() -> None:
    page, api = entry("gui", "remove", write("delete", "Customer")), entry("api", "destroy", write("delete", "User", line=9), method="DELETE", guard="token")
    proxies = {"shop.Customer": "shop.User"}
    found = next(o for o in match_operations([page, api], Background(table=lambda m: proxies.get(m, m))) if o.surface == "gui")
    assert found.status == "agent-accessible"


def test_an_endpoint_that_grants_rights_beside_the_rest_offers_to_grant_them() -> None:
    grant = Effect("permission", "grant", "Permission", "m.py", 3, "f")
    deep = ReachedEffect(Effect("permission", "grant", "Permission", "n.py", 9, "g"), (Step("n.py", 1, "calls g"), Step("n.py", 2, "calls h")))
    api = entry("api", "user", write("update", "User", "name", line=9), method="PATCH", guard="token")
    api = Entry(api.operation, (*api.reached, deep), api.guards, api.routes)
    found = next(o for o in match_operations([entry("gui", "allow", grant), api]) if o.surface == "gui")
    assert found.status == "agent-accessible"


def deep(effect: Effect, calls: int) -> ReachedEffect:
    return ReachedEffect(effect, tuple(Step("n.py", n, f"calls f{n}") for n in range(calls)))


def with_deep(api: Entry, *effects: ReachedEffect) -> Entry:
    return Entry(api.operation, (*api.reached, *effects), api.guards, api.routes)


def test_what_comes_with_the_making_of_another_thing_is_no_offer() -> None:
    api = entry("api", "orders", write("create", "Order", line=9), write("create", "Watcher", line=10), guard="token")
    assert judged(entry("gui", "watch", write("create", "Watcher")), api).status == "gui-only"


def test_what_lies_far_below_the_rest_is_no_offer() -> None:
    api = with_deep(entry("api", "cart", write("update", "Basket", "note", line=9), guard="token"), deep(write("create", "Watcher", line=10), 3))
    assert judged(entry("gui", "watch", write("create", "Watcher")), api).status == "gui-only"


def test_parts_of_what_an_endpoint_changes_are_offered_however_deep() -> None:
    api = with_deep(entry("api", "order", write("update", "Order", line=9), method="PATCH", guard="token"), deep(write("create", "OrderLine", line=10), 3))
    assert judged(entry("gui", "line", write("create", "OrderLine")), api).status == "agent-accessible"


def test_what_accompanies_a_page_is_answered_by_what_accompanies_an_endpoint() -> None:
    page = entry("gui", "orders", write("create", "Order"), write("create", "Watcher", line=2))
    api = entry("api", "orders", write("create", "Order", line=9), write("create", "Watcher", line=10), guard="token")
    assert judged(page, api).status == "agent-accessible"


def test_pages_of_a_framework_are_partial_where_one_of_their_actions_is_missing() -> None:
    shown = [msgspec.structs.replace(write(operation, "Order", *fields), registered=True) for operation, fields in (
        ("create", ("name",)), ("update", ("name",)), ("delete", ()))]
    page = entry("gui", "manage", *shown)
    api = [entry("api", "add", write("create", "Order", line=9), guard="token"), entry("api", "drop", write("delete", "Order", line=8), guard="token")]
    assert judged(page, *api).status == "partial"
    assert judged(page, *api, entry("api", "edit", write("update", "Order", "name", line=7), guard="token")).status == "agent-accessible"


def test_what_counts_or_stamps_is_not_missed() -> None:
    page = entry("gui", "edit", write("update", "Order", "name", "modified_at"))
    assert judged(page, entry("api", "edit", write("update", "Order", "name", line=9), guard="token")).status == "agent-accessible"


def test_functions_that_both_call_tell_where_no_row_is_known() -> None:
    stored = Effect("file", "write", "store.json", "s.py", 1, "keep")
    page, api = entry("gui", "add", stored), entry("api", "add", stored, guard="token")
    adds, purges = ("store.Store.add_label", ()), ("store.Store.purge", ())
    called = Entry(api.operation, api.reached, api.guards, api.routes, domain=(adds,))
    for mine, status in (((adds,), "agent-accessible"), ((adds, purges), "partial"), ((purges,), "gui-only"), ((("store.Store.clone", (adds[0],)),), "agent-accessible")):
        assert judged(Entry(page.operation, page.reached, page.guards, page.routes, domain=mine), called).status == status


def test_rows_made_when_missing_are_not_what_a_page_is_for() -> None:
    made = msgspec.structs.replace(write("create", "Template"), api="django.db.models.Manager.get_or_create()")
    page = with_deep(entry("gui", "remind", write("create", "Draft", line=5)), deep(made, 2))
    assert judged(page, entry("api", "templates", write("create", "Template", line=9), guard="token")).status == "gui-only"


def test_one_line_that_callers_tell_what_to_set_is_not_one_deed() -> None:
    sets = write("update", "Order", "state", line=7)
    page, api = with_deep(entry("gui", "withdraw"), deep(sets, 1)), with_deep(entry("api", "accept", guard="token"), deep(sets, 2))
    page, api = (Entry(msgspec.structs.replace(e.operation, changes_state=True), e.reached, e.guards, e.routes) for e in (page, api))
    handed = {1: "withdrawn", 2: "accepted"}
    told = Background(values=lambda r: {"state": frozenset({handed[len(r.chain)]})})
    assert next(o for o in match_operations([page, api], told) if o.surface == "gui").status == "gui-only"
    assert judged(page, api).status == "agent-accessible"


def test_a_function_that_all_requests_call_is_no_counterpart() -> None:
    def calling(one: Entry) -> Entry:
        return Entry(one.operation, one.reached, one.guards, one.routes, domain=(("web.base.flush_queue", ()),))

    def changing(one: Entry) -> Entry:
        return msgspec.structs.replace(one, operation=msgspec.structs.replace(one.operation, changes_state=True))

    others = [changing(calling(entry("api", f"act_{n}", guard="token"))) for n in range(8)]
    assert judged(changing(calling(entry("gui", "review"))), *others).status == "gui-only"
    assert judged(changing(calling(entry("gui", "review"))), others[0]).status == "agent-accessible"


def test_what_is_created_or_updated_is_not_answered_by_a_delete() -> None:
    page = entry("gui", "order", write("write", "Order", "used_by"))
    found = judged(page, entry("api", "order", write("delete", "Order", line=9), method="DELETE", guard="token"))
    assert (found.status, found.counterparts) == ("gui-only", ())


def test_a_thing_that_shares_only_the_last_word_with_what_is_named_is_no_offer() -> None:
    api = entry("api", "book", write("delete", "Book", line=9), write("delete", "SyncedBook", line=10), method="DELETE", guard="token")
    assert judged(entry("gui", "forget", write("delete", "SyncedBook")), api).status == "gui-only"


def test_handing_a_row_to_a_session_writes_no_more_than_was_set() -> None:
    saved = msgspec.structs.replace(write("update", "Shelf", line=10), api="sqlalchemy.orm.Session.merge()")
    api = entry("api", "shelf", write("update", "Shelf", "books", line=9), saved, guard="token")
    assert judged(entry("gui", "edit", write("update", "Shelf", "name")), api).status == "gui-only"


def test_a_safe_method_that_asks_for_nothing_offers_nothing() -> None:
    api = entry("api", "feed", write("delete", "Order", line=9), method="GET", guard="token")
    assert judged(entry("gui", "remove", write("delete", "Order")), api).status == "gui-only"


def test_a_callback_is_no_counterpart() -> None:
    api = entry("api", "watch_callback", write("delete", "Order", line=9), guard="api-key")
    assert judged(entry("gui", "remove", write("delete", "Order")), api).status == "gui-only"


def test_what_only_follows_from_the_operation_is_no_part_of_it() -> None:
    page = with_deep(entry("gui", "me", write("update", "Person", "name")), deep(write("create", "Archive", line=2), 1))
    found = judged(page, entry("api", "archive", write("create", "Archive", line=9), guard="token"))
    assert (found.status, found.evidence) == ("gui-only", ("no machine-callable operation can update Person (name)",))


def test_fields_that_many_set_are_offered_by_the_handler_that_sets_them_itself() -> None:
    noise = [entry("gui", f"page{n}", write("update", "Order", "state"), write("delete", f"Thing{n}")) for n in range(12)]
    api = entry("api", "report", write("update", "Reading", "value", line=8), write("update", "Order", "state", line=9), method="PUT", guard="token")
    found = next(o for o in match_operations([entry("gui", "close", write("update", "Order", "state")), api, *noise]) if o.symbol == "close")
    assert found.status == "agent-accessible"


def test_a_row_marked_as_deleted_is_gone_for_whoever_asked() -> None:
    page = entry("gui", "remove", write("update", "Order", "deleted_at"))
    assert judged(page, entry("api", "destroy", write("delete", "Order", line=9), method="DELETE", guard="token")).status == "agent-accessible"
    page = entry("gui", "remove", write("delete", "Order"))
    assert judged(page, entry("api", "destroy", write("update", "Order", "is_deleted", line=9), method="DELETE", guard="token")).status == "agent-accessible"
    assert judged(page, entry("api", "edit", write("update", "Order", "name", line=9), method="PATCH", guard="token")).status == "gui-only"


def test_lifting_the_browser_check_from_a_whole_table_opens_it_to_programs() -> None:
    page, api = entry("gui", "remove", write("delete", "Order")), entry("api", "destroy", write("delete", "Order", line=9), guard="csrf-exempt")
    assert judged(page, api).status == "gui-only"
    whole = Entry(api.operation, api.reached, (Guard("csrf-exempt", whole=True),), api.routes)
    assert judged(page, whole).status == "agent-accessible"


def test_what_follows_by_the_same_lines_from_the_thing_both_do_is_not_missed() -> None:
    page = with_deep(entry("gui", "edit_boiler", write("update", "Boiler", "label")), deep(write("delete", "Gauge", line=9), 1))
    api = entry("api", "boiler_detail", write("update", "Boiler", "label"), method="PATCH", guard="token")
    lacking = judged(page, api)
    doing = judged(page, with_deep(api, deep(write("delete", "Gauge", line=9), 6)))
    assert doing.status == "agent-accessible"
    assert lacking.status != "agent-accessible"


@pytest.mark.parametrize(("fields", "status"), [(("bio", "city"), "partial"), (("is_admin",), "gui-only")])
def test_an_endpoint_that_sets_whatever_it_is_sent_is_not_known_to_set_it(fields: tuple[str, ...], status: str) -> None:
    """`setattr(person, key, value)` for each key of a request: some of a form may be among them, rights are not."""
    handed = msgspec.structs.replace(write("update", "Person", line=9), api="attribute")
    assert judged(entry("gui", "person", write("update", "Person", *fields)), entry("api", "person", handed, method="PATCH", guard="token")).status == status


@pytest.mark.parametrize(("thing", "status"), [("Booking", "agent-accessible"), ("Token", "gui-only")])
def test_an_address_tells_what_an_endpoint_of_unknown_effect_is_for(thing: str, status: str) -> None:
    """`POST /api/booking` makes bookings; `POST /api/token` is how a client signs itself in."""
    blank = entry("api", thing.lower(), guard="token")
    blank = Entry(msgspec.structs.replace(blank.operation, changes_state=True), blank.reached, blank.guards, blank.routes)
    assert judged(entry("gui", "make", write("create", thing)), blank).status == status

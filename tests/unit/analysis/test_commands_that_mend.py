"""Commands with which whoever runs a system fills or mends its tables decide nothing; those that close, delete or warn do."""

import pytest

from agentlint.analysis.decisions.consequence import is_bookkeeping
from agentlint.analysis.decisions.mattering import matters
from agentlint.analysis.decisions.relevance import is_seeding, is_upkeep, is_work, keeps_progress
from agentlint.ir.effects import Effect
from tests.unit.analysis.harness import program_of

WRITE = Effect("orm-write", "update", "Loan", "desk/models.py", 4, "desk.models.f", model="desk.models.Loan", fields=("title",))


def _in(command: str, **other: object) -> bool:
    effect = Effect(**{**{name: getattr(WRITE, name) for name in ("kind", "operation", "target", "file", "line", "function", "model", "fields")}, **other})
    return is_seeding(effect, "Command.handle", f"desk/management/commands/{command}.py")


@pytest.mark.parametrize("command", ["import_loans", "sync_branches", "populate_seals", "fix_titles", "update_titles", "import_loans/rows", "create_branches", "createfixtures", "syncbranches"])
def test_commands_that_fill_or_mend(command: str) -> None:
    assert _in(command)


@pytest.mark.parametrize("command", ["close_overdue_loans", "send_reminders", "archive_loans", "prune_accounts", "reject_after_delay", "closeloans", "minimiseaccounts"])
def test_commands_that_decide(command: str) -> None:
    assert not _in(command)


def test_standing_and_deletions_are_decided_over_by_commands_that_adjust() -> None:
    assert not _in("update_loans", fields=("status",))
    assert not _in("reset_loans", operation="delete")
    assert not _in("move_to_closed", fields=())
    assert not _in("sync_members", target="Membership", fields=("status",))
    assert _in("import_loans", operation="delete")
    assert not _in("import_loans", kind="mail", operation="send")


def test_how_far_a_row_is_known_elsewhere_is_no_decision() -> None:
    code = "def push(loan):\n    pass\n"
    node = next(iter(program_of({"desk.py": code}).functions.values())).node
    assert keeps_progress(Effect("orm-write", "update", "Loan", "desk.py", 1, "desk.push", model="desk.Loan", fields=("sync_status", "last_synced_at")), node)
    assert not keeps_progress(Effect("orm-write", "update", "Loan", "desk.py", 1, "desk.push", model="desk.Loan", fields=("status", "sync_status")), node)
    known = ("crm_invoice_id", "needs_synchronization")
    assert keeps_progress(Effect("orm-write", "update", "Loan", "desk.py", 1, "desk.push", model="desk.Loan", fields=known), node)
    assert not keeps_progress(Effect("orm-write", "update", "Loan", "desk.py", 1, "desk.push", model="desk.Loan", fields=("owner_id", "sync_status")), node)
    assert not keeps_progress(Effect("orm-write", "update", "Loan", "desk.py", 1, "desk.push", model="desk.Loan", fields=("crm_invoice_id",)), node)


def _seeds(symbol: str, file: str, **other: str) -> bool:
    effect = Effect("orm-write", other.get("operation", "create"), other.get("target", "Loan"), file, 1, "f", model=other.get("target", "Loan"))
    return is_seeding(effect, symbol, file)


def test_mirrors_of_other_systems_and_made_up_rows_decide_nothing() -> None:
    assert _seeds("sync_invoices", "desk/ledger.py")
    assert _seeds("f", "desk/fixtures.py")
    assert _seeds("f", "desk/management/commands/makefixtures.py")
    assert _seeds("f", "desk/old_desk_migration/steps.py")


def test_who_belongs_where_and_deletions_are_decided_over_by_mirrors() -> None:
    assert not _seeds("sync_members", "desk/ledger.py", target="TeamMembership")
    assert not _seeds("sync_invoices", "desk/ledger.py", operation="delete")
    assert not _seeds("close", "desk/ledger.py")
    assert not _seeds("close", "desk/schema/loans.py")


def test_who_looked_at_a_page_is_no_decision() -> None:
    assert is_upkeep(Effect("orm-write", "create", "DashboardVisit", "desk.py", 1, "desk.show", model="desk.DashboardVisit"))
    assert not is_upkeep(Effect("orm-write", "delete", "DashboardVisit", "desk.py", 1, "desk.drop", model="desk.DashboardVisit"))


def test_rights_accounts_and_what_is_gone_elsewhere_are_decided_over_by_commands_that_fill() -> None:
    assert not _in("sync_staff_groups", target="Group", operation="create")
    assert not _in("generate_api_tokens", fields=("api_token",))
    assert not _in("import_users", target="User", operation="create")
    assert _in("import_loans", target="User", operation="create")
    assert not _in("sync_loans", operation="delete")
    assert not _in("resolve_loans") and not _in("collect_loans")
    assert _in("collect_figures", target="LoanSnapshot", operation="create")
    assert not _in("scrape_pages", target="Account", operation="delete")


def test_what_moves_a_system_here_or_tests_it_decides_nothing_where_nobody_asks() -> None:
    assert is_seeding(WRITE, "set_loans", "desk/importers/old_desk.py")
    assert is_seeding(WRITE, "create_loan", "desk/testing/helpers.py")
    assert is_seeding(WRITE, "load_defaults", "desk/install.py")
    assert not is_seeding(WRITE, "set_loans", "desk/loans.py")


def test_texts_that_are_indexed_and_marks_of_having_told_are_upkeep() -> None:
    indexed = Effect("orm-write", "update", "FileText", "desk/models.py", 4, "desk.models.File.index_full_text", model="desk.models.FileText")
    assert is_upkeep(indexed)
    assert not is_upkeep(Effect("orm-write", "update", "Loan", "desk/views.py", 4, "desk.views.index", model="desk.models.Loan"))
    assert is_bookkeeping(Effect("orm-write", "update", "Loan", "desk.py", 1, "desk.tell", model="desk.Loan", fields=("owner_notified",)))
    assert not is_bookkeeping(Effect("orm-write", "update", "Loan", "desk.py", 1, "desk.tell", model="desk.Loan", fields=("approved",)))


def test_files_and_rows_that_commands_throw_away_are_decided_over() -> None:
    gone = Effect("file", "delete", "scan", "desk/files.py", 4, "desk.files.drop")
    assert not is_work(gone, "desk.management.commands.delete_scans.Command.handle", "desk/management/commands/delete_scans.py")
    assert is_work(gone, "desk.management.commands.check_scans.Command.handle", "desk/management/commands/check_scans.py")
    given = Effect("file", "write", "public", "desk/files.py", 4, "desk.files.put")
    assert not is_work(given, "desk.management.commands.publish_loans.Command.handle", "desk/management/commands/publish_loans.py")
    assert is_work(given, "desk.management.commands.list_loans.Command.handle", "desk/management/commands/list_loans.py")
    bucket = Effect("orm-write", "delete", "TokenBucket", "desk/management/commands/prunetokens.py", 4, "desk.Command.handle", model="desk.TokenBucket")
    assert matters(bucket)
    assert not matters(Effect("orm-write", "delete", "TokenBucket", "desk/models.py", 4, "desk.allow", model="desk.TokenBucket"))

"""Triggers that migrations make: read in order, forwards, and for nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentlint.analysis.records.trigger_texts import may_speak_of_triggers
from agentlint.app import Options, run
from agentlint.findings import Report
from agentlint.frontends.python import lower

MODELS = """
from django.db import models

class Loan(models.Model):
    status = models.CharField(max_length=20)
    note = models.TextField()

class Parcel(models.Model):
    status = models.CharField(max_length=20)
"""
CODE = """
from desk.models import Loan, Parcel

def approve_loan(pk):
    Loan.objects.filter(pk=pk).update(status="approved")

def annotate_loan(pk):
    Loan.objects.filter(pk=pk).update(note="seen")

def lose_parcel(pk):
    Parcel.objects.filter(pk=pk).update(status="lost")
"""
FUNCTION = """CREATE FUNCTION keep_row() RETURNS trigger AS $$ BEGIN
  INSERT INTO desk_audit_log (table_name, row_id, actor) VALUES (TG_TABLE_NAME, NEW.id, current_user); RETURN NEW; END $$ LANGUAGE plpgsql;"""
FIRST = f'''
from django.db import migrations

MAKE = """{FUNCTION}
CREATE TRIGGER loan_kept AFTER UPDATE OF status ON desk_loan FOR EACH ROW EXECUTE FUNCTION keep_row();"""
DROP = "DROP TRIGGER loan_kept ON desk_loan;"

def fill(apps, schema_editor):
    apps.get_model("desk", "Parcel").objects.all().delete()

class Migration(migrations.Migration):
    operations = [migrations.RunSQL(MAKE, DROP), migrations.RunPython(fill)]
'''
LATER = '''
from django.db import migrations

class Migration(migrations.Migration):
    operations = [migrations.RunSQL("DROP TRIGGER IF EXISTS loan_kept ON desk_loan", migrations.RunSQL.noop)]
'''
LOOP = f'''
from alembic import op

revision = "b"
down_revision = "a"
TABLES = ["desk_loan", "desk_parcel"]

def upgrade():
    op.execute("""{FUNCTION}""")
    for table in TABLES:
        op.execute(f"CREATE TRIGGER keep_it AFTER INSERT OR UPDATE OR DELETE ON {{table}} FOR EACH ROW EXECUTE FUNCTION keep_row()")

def downgrade():
    for table in TABLES:
        op.execute(f"DROP TRIGGER keep_it ON {{table}}")
'''
UNDONE = '''
from alembic import op

revision = "c"
down_revision = "b"

def upgrade():
    op.execute("DROP TRIGGER keep_it ON desk_parcel")
'''
CALLS = '''
from django.db import migrations
import pgtrigger.compiler
import pgtrigger.migrations

class Migration(migrations.Migration):
    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name="parcel",
            trigger=pgtrigger.compiler.Trigger(
                name="update_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "desk_parcelevent" ("status") VALUES (NEW."status"); RETURN NULL;', operation="UPDATE",
                    pgid="pgtrigger_1", table="desk_parcel", when="AFTER",
                ),
            ),
        ),
    ]
'''


def _report(folder: Path, **migrations: str) -> Report:
    files = {"desk/__init__.py": "", "desk/models.py": MODELS, "desk/code.py": CODE}
    files |= {f"desk/migrations/{name}.py": text for name, text in migrations.items()}
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return run(Options(folder))[0]


def _statuses(report: Report) -> dict[str, str]:
    assert {d.file for d in report.decisions} <= {"desk/code.py"}
    return {d.symbol: d.status for d in report.decisions}


def test_a_trigger_of_a_migration_records_the_columns_that_it_watches(tmp_path: Path) -> None:
    """What the migration itself deletes is no decision."""
    report = _report(tmp_path, m0001_first=FIRST)
    assert _statuses(report) == {"approve_loan": "audited", "annotate_loan": "unaudited", "lose_parcel": "unaudited"}
    assert report.inventory.set_aside == {"migrations": 1}
    site = next(d.audit[0] for d in report.decisions if d.audit)
    assert (site.file, site.mechanism) == ("desk/migrations/m0001_first.py", "trigger loan_kept on desk_loan")


def test_a_trigger_that_a_later_migration_drops_records_nothing(tmp_path: Path) -> None:
    """The way back of the first migration drops nothing."""
    assert _statuses(_report(tmp_path, m0001_first=FIRST, m0002_later=LATER))["approve_loan"] == "unaudited"


def test_revisions_run_in_their_own_order_and_forwards_only(tmp_path: Path) -> None:
    """Named so that the order of their paths would be wrong."""
    assert set(_statuses(_report(tmp_path, z_first=LOOP)).values()) == {"audited"}
    statuses = _statuses(_report(tmp_path, z_first=LOOP, a_then=UNDONE))
    assert statuses == {"approve_loan": "audited", "annotate_loan": "audited", "lose_parcel": "unaudited"}


def test_a_library_s_triggers_in_migrations_are_read_from_their_calls(tmp_path: Path) -> None:
    """`pgtrigger` writes its SQL in pieces."""
    assert _statuses(_report(tmp_path, m0001_first=CALLS))["lose_parcel"] == "audited"


@pytest.mark.parametrize(("column", "status"), [("status", "audited"), ("note_id", "unaudited"), ("*", "audited")])
def test_a_library_s_trigger_watches_what_its_condition_compares(tmp_path: Path, column: str, status: str) -> None:
    """What is tracked by columns is told in a keyword of its own."""
    quoted = column if column == "*" else f'"{column}"'
    compared = f"condition='WHEN (OLD.{quoted} IS DISTINCT FROM (NEW.{quoted}))', operation="
    assert _statuses(_report(tmp_path, m0001_first=CALLS.replace("operation=", compared)))["lose_parcel"] == status


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ("def create(self):\n    return 'created'\n", False),
        ("SQL = 'Create Or Replace FUNCTION keep() RETURNS void'\n", True),
        ("KIND = 'trigger'\nSQL = f'drop {KIND} kept on loan'\n", True),
        ("operations = [migrations.AddTrigger(model_name='loan')]\n", True),
    ],
)
def test_modules_that_cannot_speak_of_triggers_are_told_from_those_that_may(text: str, may: bool) -> None:
    assert may_speak_of_triggers(lower(text.encode(), "desk/sql.py", "desk.sql", False)) is may


BY_FILE = '''
from pathlib import Path

from alembic import op

revision = "d"
down_revision = None

def read(name):
    return (Path(__file__).parent.parent / "sql" / name).read_text()

def upgrade():
    op.execute(read("keep_up.sql"))

def downgrade():
    op.execute(read("keep_down.sql"))
'''
WITHOUT_NAMES = """CREATE OR REPLACE FUNCTION keep_row() RETURNS trigger AS $$
DECLARE kept desk_audit_log%ROWTYPE;
BEGIN
  kept.table_name = TG_TABLE_NAME; kept.user_id = current_setting('app.user_id');
  INSERT INTO desk_audit_log VALUES (kept.*); RETURN NEW;
END $$ LANGUAGE plpgsql;

CREATE TRIGGER loan_kept AFTER INSERT OR UPDATE OR DELETE ON desk_loan FOR EACH ROW EXECUTE FUNCTION keep_row();
"""


def test_a_migration_may_run_files_of_sql_that_stand_beside_it(tmp_path: Path) -> None:
    """Those of the way back are not run, nor is a file that no migration names."""
    (tmp_path / "desk/sql").mkdir(parents=True)
    (tmp_path / "desk/sql/keep_up.sql").write_text(WITHOUT_NAMES, encoding="utf-8")
    (tmp_path / "desk/sql/keep_down.sql").write_text("DROP TRIGGER loan_kept ON desk_loan;", encoding="utf-8")
    (tmp_path / "desk/sql/never.sql").write_text(WITHOUT_NAMES.replace("desk_loan", "desk_parcel"), encoding="utf-8")
    report = _report(tmp_path, first=BY_FILE)
    assert _statuses(report) == {"approve_loan": "audited", "annotate_loan": "audited", "lose_parcel": "unaudited"}
    assert all(d.records.who for d in report.decisions if d.status == "audited")


def test_a_file_of_sql_that_is_not_there_makes_nothing(tmp_path: Path) -> None:
    """A name alone is no trigger."""
    assert set(_statuses(_report(tmp_path, first=BY_FILE)).values()) == {"unaudited"}

"""`agentlint fix` at the command line: shows by default, writes when told, and says by its exit code which."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from agentlint.cli.main import main

CASES = Path(__file__).parents[2] / "fixtures" / "fixes"


def fix(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["fix", *arguments], standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return result.return_value or 0, result.stdout, result.stderr


@pytest.fixture
def system(tmp_path: Path) -> Path:
    """A copy of a system with one fix."""
    root = tmp_path / "system"
    shutil.copytree(CASES / "history_as_field" / "before", root)
    return root


def test_the_diff_is_shown_and_nothing_written(system: Path) -> None:
    """Diff to standard output, what it is for to standard error, exit code 1."""
    before = (system / "hall" / "models.py").read_bytes()
    code, out, err = fix(str(system))
    assert (code, (system / "hall" / "models.py").read_bytes()) == (1, before)
    assert "+    history = HistoricalRecords()" in out
    assert "would: register Guest" in err and "makemigrations" in err


def test_writing_changes_the_file_once(system: Path) -> None:
    """Exit code 0, and the second time there is nothing to do."""
    code, out, err = fix(str(system), "--write")
    assert (code, out) == (0, "") and "did: register Guest" in err
    assert (system / "hall" / "models.py").read_text().count("HistoricalRecords()") == 3
    assert fix(str(system), "--write") == (0, "", "nothing to mend without guessing; --only expose-service and --only describe-routes propose more\n")


def test_only_the_named_kind_is_made(system: Path) -> None:
    """Another kind finds nothing here."""
    assert fix(str(system), "--only", "operation-ids")[0] == 0


def test_what_is_refused_is_told(tmp_path: Path) -> None:
    """With the reason, so that nobody waits for it."""
    root = tmp_path / "system"
    shutil.copytree(CASES / "history_that_would_be_bypassed" / "before", root)
    code, out, err = fix(str(root))
    assert (code, out) == (0, "")
    assert "not offered: register-history" in err and "audit-bypassing-write" in err

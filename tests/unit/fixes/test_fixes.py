"""Fixes over the cases in `fixtures/fixes`: exactly the expected bytes, once, and nothing where nothing is certain."""

from __future__ import annotations

import ast
import functools
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from agentlint.app import Options, run
from agentlint.cli import fix as command
from agentlint.fixes import FIXES, ON_REQUEST
from agentlint.fixes.action_words import word_for
from agentlint.fixes.overlay import Update, applied, target
from agentlint.fixing import Offer, diff, offer, write

CASES = Path(__file__).parents[3] / "fixtures" / "fixes"
ALL = sorted(p.parent.name for p in CASES.glob("*/before"))
OFFERED = [name for name in ALL if (CASES / name / "after").is_dir()]


def kinds(name: str) -> tuple[str, ...]:
    """The kinds that a case asks for; none means those that need not be asked for."""
    file = CASES / name / "only.txt"
    return tuple(file.read_text().split()) if file.exists() else ()


@functools.cache
def offered_in(name: str) -> Offer:
    return offer(Options(CASES / name / "before"), kinds(name))


@pytest.mark.parametrize("name", ALL)
def test_what_is_offered_is_what_was_reviewed(name: str, update_golden: bool) -> None:
    """The changed files, byte by byte; none where the case has no `after`."""
    after = CASES / name / "after"
    changed = {file: new for file, _, new in offered_in(name).files}
    if update_golden and after.is_dir():
        for file, text in changed.items():
            (after / file).write_bytes(text)
    assert changed == ({str(p.relative_to(after)): p.read_bytes() for p in after.rglob("*") if p.is_file()} if after.is_dir() else {})


@pytest.mark.parametrize("name", OFFERED)
def test_a_fix_is_made_once(name: str, tmp_path: Path) -> None:
    """After writing, nothing more is offered, Python still parses, and the findings that were to end are gone."""
    root = tmp_path / name
    shutil.copytree(CASES / name / "before", root)
    found = offer(Options(root), kinds(name))
    write(found, root)
    assert offer(Options(root), kinds(name)).files == ()
    for path in root.rglob("*.py"):
        ast.parse(path.read_text(encoding="utf-8"))
    left = {f.fingerprint for f in run(Options(root))[0].findings if f.suppressed is None}
    assert [fix.title for fix in found.fixes if fix.findings and set(fix.findings) <= left] == []


@pytest.mark.parametrize("name", OFFERED)
def test_the_diff_can_be_applied(name: str, tmp_path: Path) -> None:
    """`git apply` takes it and comes to the same bytes."""
    root = tmp_path / name
    shutil.copytree(CASES / name / "before", root)
    found = offer(Options(root), kinds(name))
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    subprocess.run(["git", "apply", "-"], cwd=root, input=diff(found).encode(), check=True)
    assert {file: (root / file).read_bytes() for file, _, _ in found.files} == {file: new for file, _, new in found.files}


def test_every_kind_is_shown_by_a_case_and_named_on_the_command_line() -> None:
    """No kind without a fixture; the command's list is the catalog."""
    assert {fix.name for name in OFFERED for fix in offered_in(name).fixes} == set(FIXES)
    assert set(FIXES) == set(command.KINDS)
    assert not {fix.name for fix in offered_in("expose_as_drf_action").fixes} - ON_REQUEST and offer(Options(CASES / "expose_as_drf_action" / "before")).files == ()


def test_what_would_bring_another_finding_is_refused_with_the_reason() -> None:
    """A history does not see a bulk update: registering it would only change the complaint."""
    found = offered_in("history_that_would_be_bypassed")
    assert found.fixes == ()
    assert [(fix.name, why.split(":")[0]) for fix, why in found.refused] == [("register-history", "another finding would come")]


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    """Somebody saved it between reading and writing."""
    from agentlint.errors import OutputFailed

    root = tmp_path / "case"
    shutil.copytree(CASES / "history_as_field" / "before", root)
    found = offer(Options(root))
    models = root / "hall" / "models.py"
    models.write_text(models.read_text() + "# saved by somebody\n")
    with pytest.raises(OutputFailed, match="has changed"):
        write(found, root)
    assert models.read_text().endswith("# saved by somebody\n")


def test_line_ends_of_a_file_are_kept(tmp_path: Path) -> None:
    """Files with carriage returns stay so, in every line that was not touched."""
    root = tmp_path / "case"
    shutil.copytree(CASES / "history_as_field" / "before", root)
    models = root / "hall" / "models.py"
    models.write_bytes(models.read_bytes().replace(b"\n", b"\r\n"))
    ((_, old, new),) = offer(Options(root)).files
    assert set(old.split(b"\r\n")) <= set(new.split(b"\r\n"))
    assert b"\n" not in new.replace(b"\r\n", b"")


def test_an_overlay_says_exactly_where() -> None:
    """Its targets are found in the description, and applying it names every operation once."""
    case = CASES / "operation_ids"
    document = yaml.safe_load((case / "before" / "openapi.yaml").read_text())
    overlay = yaml.safe_load((case / "after" / "openapi.overlay.yaml").read_text())
    assert overlay["overlay"] == "1.0.0" and overlay["extends"] == "openapi.yaml"
    updates = [Update.of_operation(*a["target"][len("$.paths['"):].split("'].")[:2], a["update"]) for a in overlay["actions"]]
    assert [target(u) for u in updates] == [a["target"] for a in overlay["actions"]]
    assert applied(document, updates) == len(updates) > 0
    names = [o["operationId"] for item in document["paths"].values() for method, o in item.items() if method != "parameters"]
    assert len(names) == len(set(names)) == 5


@pytest.mark.parametrize(
    ("siblings", "function", "model", "word"),
    [
        ([("cancel", "Order", "cancelled"), ("approve", "Order", "approved")], "copy_order", "Order", "copied_order"),
        ([("cancel_order", "Order", "order.cancelled"), ("approve_order", "Order", "order.approved")], "refund_order", "Order", "order.refunded"),
        ([("cancel_order", "Order", "CANCEL_ORDER"), ("approve_order", "Order", "APPROVE_ORDER")], "ship_order", "Order", "SHIP_ORDER"),
        ([("cancel_order", "Order", "Cancelled order"), ("ship_order", "Order", "Shipped order")], "close_order", "Order", "Closed order"),
        ([("cancel", "Order", "went away"), ("approve", "Order", "good")], "close", "Order", None),
        ([("cancel", "Order", "cancel"), ("approve", "Order", "yes"), ("ship", "Order", "gone")], "close", "Order", None),
    ],
)
def test_the_word_of_a_record_follows_the_rule_of_its_siblings(siblings: list, function: str, model: str, word: str | None) -> None:
    """Learnt from two at least that agree; otherwise nobody knows the word."""
    assert word_for(siblings, function, model) == word

"""What only runs because something was missing."""

from __future__ import annotations

import pytest

from agentlint.analysis.effects.made_when_missing import MadeWhenMissing
from agentlint.ir.effects import Effect, ReachedEffect, Step
from tests.unit.analysis.harness import program_of

_HELPERS = """
def settings():
    try:
        return Settings.objects.get(pk=1)
    except Settings.DoesNotExist:
        row = Settings(pk=1)
        row.save()
        return row

def key(db):
    found = db.query(Key).first()
    if found is None:
        found = Key()
        db.add(found)
    return found

def close(db, order):
    row = db.query(Order).get(order)
    if not row:
        abort(404)
    db.delete(row)
"""


@pytest.mark.parametrize(("line", "expected"), [(7, True), (14, True), (21, False)])
def test_lines_under_what_was_not_found(line: int, expected: bool) -> None:
    missing = MadeWhenMissing(program_of({"helpers.py": _HELPERS}))
    effect = Effect("orm-write", "create", "Row", "helpers.py", line, "helpers.f")
    assert missing.in_passing(ReachedEffect(effect, (Step("views.py", 1, "calls f"),))) is expected
    assert not missing.in_passing(ReachedEffect(effect))


def test_functions_whose_name_says_so() -> None:
    missing = MadeWhenMissing(program_of({"helpers.py": _HELPERS}))
    effect = Effect("orm-write", "create", "Row", "elsewhere.py", 1, "elsewhere.f")
    assert missing.in_passing(ReachedEffect(effect, (Step("views.py", 1, "calls Row.get_or_create_state"),)))
    assert not missing.in_passing(ReachedEffect(effect, (Step("views.py", 1, "calls create_state"),)))

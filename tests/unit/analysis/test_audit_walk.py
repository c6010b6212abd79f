"""The audit walk, one fixture a path shape."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentlint.analysis.audit.endings import Endings
from agentlint.analysis.audit.events import Events, Outcome, Transfer
from agentlint.analysis.audit.walk import walk_function
from agentlint.frontends.python import lower
from agentlint.ir import syntax as s
from agentlint.ir import walk

CASES = sorted((Path(__file__).parents[3] / "fixtures" / "audit_paths").glob("*.py"))
STAND_INS = {
    "effect": Transfer(pending=1),
    "failing_effect": Transfer(pending=1, thrown=1),
    "record": Transfer(must=1, may=1),
    "maybe": Transfer(may=1),
    "record_of_other": Transfer(must=2, may=2),
}


def _function(path: Path) -> s.Function:
    module = lower(path.read_bytes(), path.name, path.stem)
    return next(d.definition for d in module.body if isinstance(d, s.Define) and isinstance(d.definition, s.Function))


def _everything(body: tuple[s.Stmt, ...]) -> list[s.Call]:
    found = list(walk.calls(body))
    for expr in walk.body_expressions(body):
        if isinstance(expr, s.Lambda):
            found += _everything(expr.function.body)
    return found


def _walk(path: Path) -> Outcome:
    body = _function(path).body
    calls = {call.site: (walk.dotted(call.func), call) for call in _everything(body)}
    known = {site: STAND_INS[name] for site, (name, _) in calls.items() if name in STAND_INS}
    opened = frozenset(site for site, (name, _) in calls.items() if name == "atomic")
    leaving, undoing, settling = (frozenset(site for site, (name, _) in calls.items() if name == word) for word in ("leave", "undo", "settle"))
    return walk_function(body, Events(known, {}, lambda records: records & 1, opened, endings=Endings(leaving, undoing, settling), rows=1))


def _verdict(outcome: Outcome) -> str:
    pending, covered = any(outcome.pending.values()), any(outcome.covered.values())
    return ("partial" if covered else "unaudited") if pending else "audited" if covered else "nothing"


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.stem)
def test_walk_answers_as_the_fixture_expects(path: Path) -> None:
    expected = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# expect: ")
    assert _verdict(_walk(path)) == expected


def test_a_record_on_every_normal_exit_is_passed_on_to_callers() -> None:
    outcome = _walk(next(p for p in CASES if p.stem == "record_in_every_branch"))
    assert outcome.must == 1


def test_the_exit_that_leaves_the_effect_unrecorded_is_named() -> None:
    outcome = _walk(next(p for p in CASES if p.stem == "early_return_between"))
    assert list(outcome.exits.values()) == [5]

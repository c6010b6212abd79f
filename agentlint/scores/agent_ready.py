"""The first question: could a program holding a token do here what a person does by clicking?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from agentlint.analysis.contracts.vocabulary import KEPT, TECHNICAL
from agentlint.findings.scorecard import Gate, Part, Question
from agentlint.ir.contracts import Identifier, Lifecycle, Tool
from agentlint.ir.effects import Confidence
from agentlint.ir.operations import Operation
from agentlint.scores.counting import answer, half, share
from agentlint.scores.operable import Operable, agent_may_call

QUESTION = "Is our architecture agent-ready?"
_REACH, _OPERATE, _SAFE = 0.6, 0.2, 0.2
_EARNS = {"agent-accessible": 1.0, "partial": 0.5, "gui-only": 0.0}
_HARDLY_ANY = 25.0
"""Reach under this share keeps the level down, however well the little that there is can be operated."""


class Described(msgspec.Struct, frozen=True):
    """What API descriptions show."""

    lifecycles: tuple[Lifecycle, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    tools: tuple[Tool, ...] = ()


class _Thing(msgspec.Struct, frozen=True):
    """One thing to do: how far a token gets with it, and by which operations."""

    credit: float
    by: tuple[Operation, ...] = ()


class _Things(msgspec.Struct, frozen=True):
    """What all three parts count, and what it is called."""

    rows: tuple[_Thing, ...]
    name: str
    verb: str


def agent_ready(operations: Sequence[Operation], described: Described, trust: tuple[Confidence, str]) -> Question:
    """The answer, from what was found. All parts count the same things, so that removing an operation never raises any of them."""
    things = _clicked(operations) or _described(operations, described.lifecycles) or _called(operations)
    parts = {"reach": _reach(things), "operate": _operate(things, Operable(operations, described.identifiers, described.tools)), "safe": _safe(things)}
    return answer(QUESTION, parts, _gate(parts["reach"]), trust)


# ------------------------------------------------------------- what is counted


def _clicked(operations: Sequence[Operation]) -> _Things | None:
    by_id = {o.id: o for o in operations}
    rows = tuple(
        _Thing(_EARNS[o.status], tuple(by_id[i] for i in o.counterparts if i in by_id))
        for o in operations if o.surface == "gui" and o.changes_state and o.status in _EARNS
    )
    return _Things(rows, "state-changing things a person can do", "a token can do too") if rows else None


def _described(operations: Sequence[Operation], lifecycles: Sequence[Lifecycle]) -> _Things | None:
    by_name = {f"{o.method} {o.path}": o for o in operations if o.surface != "gui"}
    lifecycles = [row for row in lifecycles if row.thought != "hole"]  # what is only not there is nobody's fault
    changed = {row.whose for row in lifecycles if not _only_shows(row)}
    rows = [_step(row, by_name) for row in lifecycles if row.whose in changed]
    if not any(row.status == "present" and not _only_shows(row) for row in lifecycles):
        return None
    made = {row.whose for row in lifecycles if row.transition.split(" ")[0] == "create"}
    plain = {row.whose for row in lifecycles if row.transition in ("list", "read one", "update", "delete")}
    unmade = [name for _, name in sorted(plain - made) if name.split(" ")[-1] not in KEPT | TECHNICAL]
    rows += [_Thing(0.0)] * len(unmade)
    told = f" and resources that nothing makes ({len(unmade)})" if unmade else ""
    return _Things(tuple(rows), f"transitions that the described resources go through{told}", "have an operation (there are no pages to compare with)")


def _step(row: Lifecycle, by_name: Mapping[str, Operation]) -> _Thing:
    by = tuple(by_name[name] for name in (row.operation or "",) if name in by_name)
    return _Thing(float(row.status == "present" and not any(o.browser_only for o in by)), by)


def _only_shows(row: Lifecycle) -> bool:
    return row.transition in ("list", "read one")


def _called(operations: Sequence[Operation]) -> _Things:
    """Neither pages nor lifecycles: nothing tells what is missing, but what is there can be judged."""
    rows = tuple(_Thing(1.0, (o,)) for o in operations if o.changes_state and agent_may_call(o))
    return _Things(rows, "state-changing operations that programs can call", "")


# ----------------------------------------------------------------------- parts


def _reach(things: _Things) -> Part:
    if not things.rows or not things.verb:
        return share(_REACH, 0, 0, "no state-changing thing that a person can do was found")
    return _counted(_REACH, [t.credit for t in things.rows], things.name, things.verb)


def _operate(things: _Things, operable: Operable) -> Part:
    if not things.rows:
        return share(_OPERATE, 0, 0, "no state-changing operation that a program can call was found")
    credits = [t.credit * min(map(operable.ease, t.by), default=1.0) for t in things.rows]
    whole = sum(c == 1.0 for c in credits)
    basis = f"{whole} of {len(credits)} {things.name}, a token can do with what the API itself tells: identifiers that it shows, no browser needed"
    partly = [c for c in credits if 0.0 < c < 1.0]
    if partly:
        worth = "half" if set(partly) == {0.5} else half(round(sum(partly), 2))
        basis += f"; {len(partly)} more in part, counted {worth}"
    return share(_OPERATE, sum(credits), len(credits), basis)


def _safe(things: _Things) -> Part:
    judged = [t for t in things.rows if not t.credit or (t.by and all(o.automation is not None for o in t.by))]
    if not any(t.credit for t in judged):
        return share(_SAFE, 0, 0, "no description says how operations behave when repeated or taken back")
    credits = [t.credit if all(o.automation in ("safe", "undoable") for o in t.by) else 0.0 for t in judged]
    return _counted(_SAFE, credits, things.name, "a token can do by operations described as safe to repeat or to take back")


def _counted(weight: float, credits: Sequence[float], name: str, verb: str) -> Part:
    whole, partly = sum(c == 1.0 for c in credits), sum(0.0 < c < 1.0 for c in credits)
    basis = f"{whole} of {len(credits)} {name}, {verb}" if verb.startswith("a ") else f"{whole} of {len(credits)} {name} {verb}"
    return share(weight, sum(credits), len(credits), basis + (f"; {partly} more in part, counted half" if partly else ""))


def _gate(reach: Part) -> Gate | None:
    if reach.score is not None and reach.score < _HARDLY_ANY:
        return Gate("hardly", f"a program reaches only {half(reach.earned)} of {half(reach.possible)} things")
    return None

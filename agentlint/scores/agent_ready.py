"""The first question: could a program holding a token do here what a person does by clicking?"""

from __future__ import annotations

import re
from collections.abc import Sequence

from agentlint.findings.scorecard import Gate, Part, Question
from agentlint.ir.contracts import Identifier, Lifecycle
from agentlint.ir.effects import Confidence
from agentlint.ir.operations import Operation
from agentlint.scores.counting import answer, half, share

QUESTION = "Could a program holding a token do here what a person does by clicking?"
_REACH, _OPERATE, _SAFE = 0.6, 0.2, 0.2
_EARNS = {"agent-accessible": 1.0, "partial": 0.5, "gui-only": 0.0}
_MACHINE_SURFACES = frozenset({"api", "graphql", "rpc", "mcp"})
_NO_AGENT_HOLDS = frozenset({"signature", "internal"})
_KEYS = frozenset({"token", "api-key", "basic", "oauth", "mutual-tls"})
_HARDLY_ANY = 25.0
"""Reach under this share keeps the level down, however well the little that there is can be operated."""


def agent_ready(
    operations: Sequence[Operation], lifecycles: Sequence[Lifecycle], identifiers: Sequence[Identifier], trust: tuple[Confidence, str]
) -> Question:
    """The answer, from what was found."""
    callable_ = [o for o in operations if o.changes_state and _agent_may_call(o)]
    parts = {
        "reach": _reach(operations, lifecycles),
        "operate": _operate(callable_, [o for o in operations if o.surface in _MACHINE_SURFACES], identifiers),
        "safe": _safe(callable_),
    }
    return answer(QUESTION, parts, _gate(parts["reach"]), trust)


def _agent_may_call(operation: Operation) -> bool:
    kinds = set(operation.auth)
    return operation.surface in _MACHINE_SURFACES and (not kinds & _NO_AGENT_HOLDS or bool(kinds & _KEYS))


def _reach(operations: Sequence[Operation], lifecycles: Sequence[Lifecycle]) -> Part:
    clicked = [o for o in operations if o.surface == "gui" and o.changes_state and o.status in _EARNS]
    if not clicked:
        return _reach_by_description(lifecycles)
    earned = sum(_EARNS[o.status or ""] for o in clicked)
    whole = sum(o.status == "agent-accessible" for o in clicked)
    partly = sum(o.status == "partial" for o in clicked)
    basis = f"{whole} of {len(clicked)} state-changing things a person can do, a token can do too"
    if partly:
        basis += f"; {partly} more in part, counted half"
    return share(_REACH, earned, len(clicked), basis)


def _reach_by_description(lifecycles: Sequence[Lifecycle]) -> Part:
    present = sum(row.status == "present" for row in lifecycles)
    if not lifecycles:
        return share(_REACH, 0, 0, "no state-changing thing that a person can do was found")
    basis = f"{present} of {len(lifecycles)} transitions that the described resources go through have an operation (no pages were found to compare with)"
    return share(_REACH, present, len(lifecycles), basis)


def _operate(callable_: Sequence[Operation], all_machine: Sequence[Operation], identifiers: Sequence[Identifier]) -> Part:
    if not callable_:
        return share(_OPERATE, 0, 0, "no state-changing operation that a program can call was found")
    readable = {_shape(o.path) for o in all_machine if o.method == "GET"}
    stuck = {i.operation for i in identifiers if i.status == "unreachable"}
    judged = {i.operation for i in identifiers}
    good = sum(_operable(o, readable, stuck, judged) for o in callable_)
    basis = (
        f"{good} of {len(callable_)} state-changing operations that programs can call need nothing that only a page shows "
        "(the API itself tells their identifiers)"
    )
    return share(_OPERATE, good, len(callable_), basis)


def _operable(operation: Operation, readable: set[str], stuck: set[str], judged: set[str]) -> bool:
    name = f"{operation.method} {operation.path}"
    if operation.browser_only or name in stuck:
        return False
    if name in judged or operation.surface != "api" or "{" not in operation.path:
        return True
    holes = [m.start() for m in re.finditer(r"\{", operation.path)]
    prefixes = {_shape(operation.path[:start]) for start in holes} | {_shape(operation.path[: operation.path.index("}", holes[-1]) + 1])}
    return bool(prefixes & readable)


def _shape(path: str) -> str:
    """A path with its holes unnamed and no slash or format suffix at the end."""
    return re.sub(r"\{[^}]*\}", "{}", path).rstrip("/")


def _safe(callable_: Sequence[Operation]) -> Part:
    judged = [o for o in callable_ if o.automation is not None]
    good = sum(o.automation in ("safe", "undoable") for o in judged)
    if not judged:
        return share(_SAFE, 0, 0, "no description says how operations behave when repeated or taken back")
    return share(_SAFE, good, len(judged), f"{good} of {len(judged)} described state-changing operations can be repeated without harm or taken back")


def _gate(reach: Part) -> Gate | None:
    if reach.score is not None and reach.score < _HARDLY_ANY:
        return Gate("hardly", f"a program reaches only {half(reach.earned)} of {half(reach.possible)} things")
    return None

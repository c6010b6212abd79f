"""Steps that ask a person before something happens: a library's own, a state or flag that says approved, a request for review, a confirmation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet

from agentlint.analysis.calls.sites import Calls
from agentlint.analysis.models.flow import mentions
from agentlint.analysis.models.tools import approvals
from agentlint.analysis.models.values import Arguments
from agentlint.analysis.program import MODULE_CODE, FunctionInfo, Program, Scope
from agentlint.analysis.wording import words
from agentlint.ir import syntax as s
from agentlint.ir import walk
from agentlint.ir.effects import Effect
from agentlint.knowledge import LibraryFacts
from agentlint.knowledge.paths import places

_SAYS = re.compile(
    r"(?<![a-z])(un)?(approv(ed|al|als|er|ers)|confirm(ed|ation|s)?|consent(ed)?|sign_?off|signed_off|authori[sz]ed_by|review(ed|er|s)?|human|oversight|pending"
    r"|dry_?run|supervisor|second_pair|four_eyes)(?![a-z])",
    re.IGNORECASE,
)
"""Words of names and constants by which a test asks whether a person agreed."""
_ASKS = re.compile(
    r"(?<![a-z])(request|ask|wait|await|require|required|need|needs|get|check|ensure|submit|has|is|send|seek|enqueue|for)_(\w+_)?"
    r"(approval|confirmation|confirm|consent|sign_?off|review|permission_from_user|human)(?![a-z])|(?<![a-z])(human_|hitl|elicit|prompt_user|ask_user|confirm_)",
    re.IGNORECASE,
)
"""Names of functions that ask a person."""
_AGREES = frozenset({"approve", "confirm", "consent", "review"})
"""Verbs of the step at which somebody agrees."""
_REQUESTS = frozenset({"approval", "review", "proposal", "pending", "confirmation", "escalation"})
"""Words of rows that wait for a person."""


class Approvals:
    """Which functions ask a person, and whether agents as a whole are made to."""

    def __init__(self, program: Program, calls: Calls, library: LibraryFacts, arguments: Arguments, effects: Mapping[str, tuple[Effect, ...]]) -> None:
        self._program, self._effects = program, effects
        scopes: list[tuple[str, Scope]] = [*program.functions.items(), *((f"{n}.{MODULE_CODE}", m) for n, m in program.modules.items())]
        found = list(approvals(calls, library, arguments, scopes))
        self.around = any(around for _, around in found)
        """True when the program makes an agent that asks before its tools run: which tools those are is not followed."""
        self._asking = frozenset(site.caller for site, around in found if not around)
        self._known: dict[str, bool] = {}
        self._hints = frozenset(place.rpartition(" ")[2] for _, row in library.tool_rows() for place in places(row.approved) if place.startswith("in "))
        self._declaring: dict[str, bool] = {}
        self._speaking: dict[str, tuple[s.Expr, ...]] = {}

    def declared_in(self, function: str) -> bool:
        """True when the module around a function tells clients which of its tools are to be asked about."""
        info = self._program.functions.get(function)
        if info is None:
            return False
        module = info.module
        if module.name not in self._declaring:
            bodies = [module.body, *(f.node.body for f in self._program.functions.values() if f.module is module)]
            self._declaring[module.name] = any(self._hints.intersection(_keys(e)) for body in bodies for e in walk.body_expressions(body))
        return self._declaring[module.name]

    def asked_in(self, function: str, held: AbstractSet[str]) -> bool:
        """True when a function asks. What only looks at the model's own answer, in the variables `held`, asks nobody."""
        info = self._program.functions.get(function)
        if info is None:
            return False
        if function not in self._known:
            self._known[function] = self._asks(info)
            self._speaking[function] = tuple(test for test in _tests(info.node) if _speaks(test))
        return self._known[function] or any(not mentions(test, held, frozenset()) for test in self._speaking[function])

    def _asks(self, info: FunctionInfo) -> bool:
        named = (walk.dotted(d.func if isinstance(d, s.Call) else d).rpartition(".")[2] for d in info.node.decorators)
        called = (walk.dotted(c.func).rpartition(".")[2] for c in walk.calls(info.node.body))
        return (
            info.id in self._asking
            or any(_SAYS.search(_snake(p.name)) for p in info.node.params)
            or any(_SAYS.search(_snake(name)) or _ASKS.search(_snake(name)) for name in named)
            or any(_ASKS.search(_snake(name)) for name in called)
            or any(e.operation == "create" and _REQUESTS.intersection(words(e.target)) for e in self._effects.get(info.id, ()))
        )


def _tests(node: s.Function) -> Iterator[s.Expr]:
    for stmt in walk.statements(node.body):
        test = stmt.test if isinstance(stmt, (s.If, s.Loop)) else stmt.subject if isinstance(stmt, s.Match) else None
        if test is not None:
            yield test


def speaks_of_approval(text: str) -> bool:
    """True when a name, path or constant speaks of a person who agrees."""
    return bool(_SAYS.search(_snake(text)) or _AGREES.intersection(words(text)))


def _speaks(test: s.Expr) -> bool:
    return any(_SAYS.search(_snake(text)) for text in _texts(test))


def _texts(test: s.Expr) -> Iterable[str]:
    for part in walk.expressions(test):
        if isinstance(part, s.Name):
            yield part.id
        elif isinstance(part, s.Attribute):
            yield part.attr
        elif isinstance(part, s.Constant) and isinstance(part.value, str):
            yield part.value


def _keys(expr: s.Expr) -> Iterator[str]:
    if isinstance(expr, s.Call):
        yield from (k.name for k in expr.keywords if k.name)
    elif isinstance(expr, s.Mapping):
        yield from (str(k.value) for k in expr.keys if isinstance(k, s.Constant))


def _snake(name: str) -> str:
    return "_".join(words(name))

"""Which branches of a function lead to each of its call sites: the arms that a decision is made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import msgspec

from agentlint.analysis.excerpts import excerpt
from agentlint.analysis.models.flow import own_attribute
from agentlint.ir import syntax as s
from agentlint.ir import walk

_TRANSPARENT = re.compile(
    r"\bmethod (==|in|!=) |\.is_valid\(\)|\.validate(_on_submit)?\(|^(not )?(self\.)?(request|req)\.(POST|GET|data|FILES)$|^(not )?form$|settings\."
    r"|__name__|TYPE_CHECKING"
    r"|^(not )?\w*(verbose|debug|dry_run|quiet)\w*$"
)
"""Tests that only say how a request came in or whether it is well formed: no decision of their own."""
_WORDS = re.compile(r"[A-Za-z][\w .-]{2,40}")
_THRESHOLD = re.compile(r"<|>|\bnow\(\)|timezone|timedelta|\d")


class Arm(msgspec.Struct, frozen=True, order=True):
    """One arm of a branch."""

    line: int
    """Where its test stands; for an `else` the first statement of the arm."""
    text: str
    truth: bool = True
    transparent: bool = False
    words: str = ""
    """Text constants of the test: names of buttons, states, kinds."""
    names: tuple[str, ...] = ()
    """Variables that the test reads."""
    calls: tuple[int, ...] = ()
    """Numbers of the calls in the test."""


class Place(msgspec.Struct, frozen=True):
    """Where a call or a write stands in its function."""

    line: int
    arms: tuple[Arm, ...] = ()
    guarded: bool = False
    """True when a test before or around it can keep it from running."""
    passed: tuple[Arm, ...] = ()
    """Tests before it that leave the function, the loop turn or the block when they come out so; what stands here runs when they do not."""


class PlaceIndex:
    """Places of all functions, read when asked for."""

    def __init__(self) -> None:
        self._known: dict[str, dict[int, Place]] = {}

    def of(self, function: str, node: s.Function) -> dict[int, Place]:
        """Where each call and assignment of a function stands."""
        if function not in self._known:
            self._known[function] = places_in(node)
        return self._known[function]


def places_in(function: s.Function) -> dict[int, Place]:
    """Call site number, or negated line of an assignment, to where it stands. Bodies of lambdas belong to the statement they stand in."""
    found: dict[int, Place] = {}
    _Reader(found).block(function.body, (), False)
    return found


class _Reader:
    def __init__(self, found: dict[int, Place]) -> None:
        self._found = found
        self._passed: tuple[Arm, ...] = ()

    def block(self, body: Sequence[s.Stmt], arms: tuple[Arm, ...], guarded: bool, open_end: bool = False) -> bool:
        """Reads a block; answers whether what follows it is guarded by an early exit in it. With `open_end` its exits hold for what follows."""
        before = self._passed
        for stmt in body:
            guarded = self.statement(stmt, arms, guarded)
        if not open_end:
            self._passed = before
        return guarded

    def statement(self, stmt: s.Stmt, arms: tuple[Arm, ...], guarded: bool) -> bool:
        place = Place(stmt.line, arms, guarded, self._passed)
        for root in walk.own_expressions(stmt):
            self.calls(root, place)
        if isinstance(stmt, s.Assign):
            self._found.setdefault(-stmt.line, place)
        match stmt:
            case s.If():
                return self.branch(stmt, arms, guarded)
            case s.Match():
                for case in stmt.cases:
                    text = f"{excerpt(stmt.subject, 30)} is {', '.join(excerpt(p, 30) for p in case.patterns) or 'anything else'}"
                    arm = Arm(case.line, text, words=_words(case.patterns), names=_names(stmt.subject), calls=_calls(stmt.subject))
                    self.block(case.body, (*arms, arm), True)
                return guarded
            case s.Try():
                self.block(stmt.body, arms, guarded, open_end=True)
                for handler in stmt.handlers:
                    self.block(handler.body, (*arms, Arm(handler.line, f"except {excerpt(handler.type, 40)}".strip())), True)
                refused = guarded or any(_leaves(handler.body) for handler in stmt.handlers)
                self.block(stmt.orelse, arms, refused)
                self.block(stmt.final, arms, guarded)
                return refused
            case s.Loop():
                guards = guarded or (stmt.test is not None and not isinstance(stmt.test, s.Constant))
                self.block(stmt.body, arms, guards)
                self.block(stmt.orelse, arms, guards)
                return guarded
            case s.With():
                return self.block(stmt.body, arms, guarded, open_end=True)
            case _:
                return guarded

    def branch(self, stmt: s.If, arms: tuple[Arm, ...], guarded: bool) -> bool:
        arm = _arm(stmt)
        self.block(stmt.body, (*arms, arm), guarded or not arm.transparent)
        if stmt.orelse:
            chained = len(stmt.orelse) == 1 and isinstance(stmt.orelse[0], s.If)
            line = stmt.orelse[0].line
            other = arms if chained else (*arms, Arm(line, arm.text, False, arm.transparent, names=arm.names, calls=arm.calls))
            self.block(stmt.orelse, other, guarded or not arm.transparent)
        leaves = _leaves(stmt.body) or (bool(stmt.orelse) and _leaves(stmt.orelse))
        if leaves:
            self._passed = (*self._passed, arm)
        return guarded or (leaves and not arm.transparent)

    def calls(self, root: s.Expr, place: Place) -> None:
        for expr in walk.expressions(root):
            if isinstance(expr, s.Call):
                self._found[expr.site] = place
            elif isinstance(expr, s.Lambda):
                for inner in expr.function.body:
                    for nested in walk.own_expressions(inner):
                        self.calls(nested, place)


def _arm(stmt: s.If) -> Arm:
    text = excerpt(stmt.test, 80)
    return Arm(stmt.line, text, True, bool(_TRANSPARENT.search(text)), _words((stmt.test,)), _names(stmt.test), _calls(stmt.test))


def _names(test: s.Expr) -> tuple[str, ...]:
    parts = tuple(walk.expressions(test))
    return tuple(sorted({*(e.id for e in parts if isinstance(e, s.Name)), *filter(None, map(own_attribute, parts))}))


def _calls(test: s.Expr) -> tuple[int, ...]:
    return tuple(e.site for e in walk.expressions(test) if isinstance(e, s.Call))


def _words(tests: Iterable[s.Expr]) -> str:
    found = [e.value for test in tests for e in walk.expressions(test) if isinstance(e, s.Constant) and isinstance(e.value, str)]
    return " ".join(t for t in found if _WORDS.fullmatch(t))


def _leaves(body: Sequence[s.Stmt]) -> bool:
    return bool(body) and isinstance(body[-1], (s.Return, s.Raise, s.Jump))


def is_rule(arm: Arm) -> bool:
    """True when the test compares a number, a time or a limit: a rule that the system applies by itself."""
    return bool(_THRESHOLD.search(arm.text))


def tells(arm: Arm) -> bool:
    """True unless the test only asks whether a variable holds anything at all."""
    return not _EMPTY.match(arm.text)


_EMPTY = re.compile(r"^(not )?\w+( is (not )?None)?$")


def deciding(arms: Sequence[Arm]) -> Arm | None:
    """The outermost arm that decides something."""
    return next((arm for arm in arms if not arm.transparent), None)

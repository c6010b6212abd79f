"""What a type is does not depend on what was asked before."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from agentlint.analysis.program import Program
from agentlint.analysis.types import memory
from agentlint.analysis.types.engine import Engine
from agentlint.analysis.types.memory import CALLERS, Limits, Memory
from agentlint.analysis.types.values import Type, Types_, union
from agentlint.ir import syntax as s
from agentlint.ir.walk import body_expressions
from tests.unit.analysis.harness import library, program_of

TURNING = {"turning.py": """
from typing import Union
Json = Union[str, list["Json"], dict[str, "Json"]]
Row = dict[str, Json]
class Node:
    def __init__(self, parent): self.parent = parent
    def root(self): return self.parent.root() if self.parent else self
    def path(self): return [*self.parent.path(), self]
    def top(self): return self.path()[0].below(self)
    def below(self, other): return other.top() or Leaf(self)
class Leaf(Node):
    def root(self): return super().root().path()[0]
def even(value, n): return odd(value, n - 1) if n else value
def odd(value, n): return even(value, n - 1) if n else Leaf(value)
def one(a): return two(a)
def two(b): return three(b)
def three(c): return four(c)
def four(d): return five(d)
def five(e): return e.root(), one(e)
def start(row: Row, raw: Json): return one(Leaf(Node(None))), even(Node(None), 3), odd(row, 2), two(raw), four(even)
"""}


def _questions(program: Program) -> list[tuple[str, s.Expr, Type | None]]:
    asked: list[tuple[str, s.Expr, Type | None]] = []
    for info in program.functions.values():
        heirs = [Type(heir) for heir in program.subclasses(info.owner)[:2]] if info.owner else []
        asked += [(info.id, expr, heir) for heir in (None, *heirs) for expr in body_expressions(info.node.body)]
    return asked


def _answers(program: Program, asked: list[tuple[str, s.Expr, Type | None]], order: list[int]) -> dict[int, Types_]:
    engine = Engine(program, library(), {})
    found = {n: engine.eval(asked[n][1], engine.frame(asked[n][0], asked[n][2])) for n in order}
    assert engine.limits.doubts == 0
    assert engine.limits.nested == engine.limits.turning == 0 and not engine.limits.pending
    return found


def _files(system: str) -> Mapping[str, str]:
    root = Path("fixtures/systems") / system
    return {str(p.relative_to(root)): p.read_text(encoding="utf-8") for p in sorted(root.rglob("*.py"))}


@pytest.mark.parametrize("system", ["", *sorted(p.name for p in Path("fixtures/systems").iterdir() if p.is_dir())])
def test_answers_are_the_same_in_any_order(system: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_MOST_IN_CYCLE", 200)  # the code made of circles is one large knot: what is tried here is that going round it is exact
    program = program_of(_files(system) if system else TURNING)
    asked = _questions(program)
    order = list(range(len(asked)))
    first = _answers(program, asked, order)
    assert any(first.values()) == bool(asked)
    assert _answers(program, asked, order[::-1]) == first
    for seed in range(2 if system else 20):
        random.Random(seed).shuffle(order)
        assert _answers(program, asked, order) == first, f"seed {seed}"


class _Graph:
    """Questions that ask one another: `+name` asks a caller, and the answer is the name of the question with all that it is given."""

    def __init__(self, edges: Mapping[str, str]) -> None:
        self.limits = Limits(CALLERS)
        self.memory = Memory(self.limits)
        self.worked = 0
        self._edges = edges

    def ask(self, name: str) -> Types_:
        return self.memory.ask(name, self._work, name)

    def _work(self, name: str) -> Types_:
        self.worked += 1
        return union([(Type(name),), *(self._asked(other) for other in self._edges[name].split())])

    def _asked(self, other: str) -> Types_:
        if not other.startswith("+"):
            return self.ask(other)
        if not self.limits.callers():
            return ()
        try:
            return self.ask(other[1:])
        finally:
            self.limits.back()


def _random_graph(seed: int) -> dict[str, str]:
    pick = random.Random(seed)
    names = [f"q{n}" for n in range(9)]
    return {name: " ".join(pick.choice(("", "", "+")) + pick.choice(names) for _ in range(pick.randrange(4))) for name in names}


def _alone(edges: Mapping[str, str]) -> Callable[[str], Types_]:
    return lambda name: _Graph(edges).ask(name)


@pytest.mark.parametrize("seed", range(200))
def test_every_answer_is_the_one_that_it_has_alone(seed: int) -> None:
    edges = _random_graph(seed)
    alone = _alone(edges)
    graph = _Graph(edges)
    order = sorted(edges) * 2
    random.Random(seed).shuffle(order)
    for name in order:
        assert graph.ask(name) == alone(name), name


def test_a_long_circle_is_not_gone_round_again_for_every_question_in_it() -> None:
    edges = {f"q{n}": f"q{(n + 1) % 60} q{(n + 7) % 60} q{(n + 29) % 60}" for n in range(60)}
    graph = _Graph(edges)
    graph.ask("q0")
    assert graph.worked <= 2 * len(edges)


def test_a_large_knot_is_gone_round_once() -> None:
    """Each of its questions for itself would cost the square of their number."""
    edges = {f"q{n}": " ".join(f"q{(n * 7 + k * k + 1) % 160}" for k in range(4)) for n in range(160)}
    graph = _Graph(edges)
    for name in edges:
        graph.ask(name)
    assert graph.worked <= 2 * len(edges)
    assert graph.limits.doubts == 1, "that its answers may depend on where one began is counted"


def test_a_question_that_breaks_leaves_nothing_open() -> None:
    limits = Limits(CALLERS)
    asked = Memory(limits)

    def broken() -> Types_:
        raise ValueError

    with pytest.raises(ValueError):
        asked.ask("key", broken)
    assert limits.nested == limits.turning == 0
    assert asked.ask("key", lambda: (Type("int"),)) == (Type("int"),)

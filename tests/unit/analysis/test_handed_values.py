"""Constants that callers hand down to the line that writes them."""

from __future__ import annotations

from agentlint.analysis.effects.handed_values import HandedValues
from agentlint.ir.effects import Effect, ReachedEffect, Step
from tests.unit.analysis.harness import program_of

CODE = '''class State:
    GONE = "gone"


def set_state(order, new, note=""):
    order.state = new
    order.save()


class Order:
    def leave(self):
        set_state(self, State.GONE)

    def move(self, to):
        set_state(self, new=to)


def leave(request, order):
    order.leave()


def finish(request, order):
    order.move("finished")


def choose(request, order):
    order.move(request.POST["state"])
'''


def told(*lines: int) -> dict[str, frozenset[str]]:
    effect = Effect("orm-write", "update", "Order", "shop.py", 7, "shop.set_state", model="shop.Order", fields=("state",))
    return HandedValues(program_of({"shop.py": CODE})).of(ReachedEffect(effect, tuple(Step("shop.py", n, "calls") for n in lines)))


def test_constants_come_down_the_calls() -> None:
    assert told(19, 12) == {"state": frozenset({"gone"})}
    assert told(23, 15) == {"state": frozenset({"finished"})}


def test_what_is_submitted_is_no_constant() -> None:
    assert told(27, 15) == {}

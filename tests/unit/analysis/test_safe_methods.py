"""Which requests change state: by what they reach and by what their methods promise."""

from __future__ import annotations

import pytest

from agentlint.analysis.asking import looks_up
from agentlint.analysis.operations import changes_by
from agentlint.ir.effects import Effect, ReachedEffect, Step
from agentlint.ir.operations import Route

BELOW = (Step("m.py", 1, "calls add_crumb"),)
TRACE = Effect("session", "write", "crumbs", "m.py", 1, "f")
ROWS = Effect("orm-write", "delete", "Order", "m.py", 2, "f", model="shop.Order")


@pytest.mark.parametrize(
    ("symbol", "effect", "chain", "expected"),
    [
        ("DeleteOrder.get", TRACE, BELOW, False),
        ("delete_order", ROWS, BELOW, True),
        ("orders", ROWS, BELOW, False),
        ("orders", ROWS, (), True),
        ("set_language", TRACE, (), True),
        ("orders", TRACE, (), False),
        ("download_link", ROWS, BELOW, False),
        ("block_orders", ROWS, BELOW, False),
        ("block_order", ROWS, BELOW, True),
        ("read_orders", ROWS, BELOW, False),
    ],
)
def test_what_a_safe_method_does_on_purpose(symbol: str, effect: Effect, chain: tuple[Step, ...], expected: bool) -> None:
    route = Route(framework="t", method="GET", path="/x/", handler="f", symbol=symbol, file="m.py", line=1)
    assert changes_by([route], "GET", [ReachedEffect(effect, chain)], True) is expected


@pytest.mark.parametrize(
    ("symbol", "expected"), [("read_order_types", True), ("get_or_create_order", False), ("paginate_orders", True), ("lock_preview", False), ("Orders.post", False)]
)
def test_words_that_only_look_something_up(symbol: str, expected: bool) -> None:
    assert looks_up(Route(framework="t", method="POST", path="/block_orders/", handler="f", symbol=symbol, file="m.py", line=1)) is expected

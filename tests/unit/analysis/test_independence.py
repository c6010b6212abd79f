"""What a method means on every class that runs it, and what each class has to be asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentlint.analysis.types.engine import Engine
from agentlint.analysis.types.values import Type
from agentlint.ir.walk import body_expressions, dotted
from tests.unit.analysis.harness import calls_of, library, program_of

SHOP = {"shop/__init__.py": "", "shop/views.py": """
from typing import Generic, TypeVar
T = TypeVar("T")
class Order:
    def close(self): pass
class Bill:
    def close(self): pass
def load(key): return Order()
class View(Generic[T]):
    model = Order
    def get(self, request, order: Order, row: T):
        found = load(1)
        other = self.model()
        both = found
        both = other
        def later():
            return other
        return found, other, both, request, order, row, later, super().get
class Bills(View[Bill]):
    model = Bill
    def post(self, request):
        return self.get(request, Order(), Bill())
"""}


def test_only_what_rests_on_nothing_of_the_class_is_shared() -> None:
    found = calls_of(SHOP)
    function = "shop.views.View.get"
    shared = found.types.engine.independence.of(function)
    body = found.program.functions[function].node.body
    named = {dotted(e) for e in body_expressions(body) if dotted(e) and id(e) in shared}
    assert {"load", "found", "order", "later"} <= named
    assert not {"self", "self.model", "other", "request", "row", "super", "both"} & named
    post = found.program.functions["shop.views.Bills.post"].node.body
    assert "request" in {dotted(e) for e in body_expressions(post) if id(e) in found.types.engine.independence.of("shop.views.Bills.post")}
    assert not found.types.engine.independence.of(f"{function}.later")


@pytest.mark.parametrize("system", sorted(p.name for p in Path("fixtures/systems").iterdir() if p.is_dir()))
def test_a_shared_expression_is_the_same_on_every_class(system: str) -> None:
    root = Path("fixtures/systems") / system
    files = {str(p.relative_to(root)): p.read_text(encoding="utf-8") for p in sorted(root.rglob("*.py"))}
    program = program_of({**SHOP, **files})
    asked, apart = Engine(program, library(), {}), Engine(program, library(), {})
    for info in program.functions.values():
        for heir in program.subclasses(info.owner) if info.owner else ():
            frame, alone = asked.frame(info.id, Type(heir)), apart.frame(info.id, Type(heir))
            shared, alone.plain = alone.shared, None  # answers for the class itself
            for expr in body_expressions(info.node.body):
                if id(expr) in shared:
                    assert asked.eval(expr, frame) == apart.eval(expr, alone), (info.id, heir, expr)


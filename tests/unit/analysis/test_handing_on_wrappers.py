"""What handlers hand their work to is code with work of its own: neither the inside of a decorator, nor what is tied by its name only."""

from __future__ import annotations

from agentlint.analysis.handing_on import HandingOn
from agentlint.ir.operations import Route
from tests.unit.analysis.test_summaries import summaries_of

CODE = """
from shop.models import Order
def tried(work):
    def wrapper(*args, **kwargs):
        return work(*args, **kwargs)
    return wrapper
def _close(pk):
    Order.objects.filter(pk=pk).update(state="closed")
def store(pk):
    _close(pk)
close = tried(_close)
def page(pk):
    close(pk)
def plain(pk):
    store(pk)
"""


def near(handler: str) -> frozenset[str]:
    route = Route("flask", "POST", "/orders/{pk}", handler, handler.rpartition(".")[2], "shop/work.py", 1)
    return HandingOn(summaries_of({"shop/work.py": CODE})).near((route,))


def test_work_of_its_own() -> None:
    assert near("shop.work.plain") == {"shop.work.store", "shop.work._close"}


def test_inside_of_a_decorator() -> None:
    assert not any(name.endswith("wrapper") for name in near("shop.work.page"))

"""Functions that follow a tree of values call one another with all that its paths can be put together to; their number stays that of the code."""

from __future__ import annotations

import sys

import pytest

from agentlint.analysis.types.engine import Engine
from agentlint.ir.walk import body_expressions
from tests.unit.analysis.harness import library, program_of

PARTS = ("value", "func", "left", "right", "body", "test", "orelse", "target")
FOLLOWED = "\n".join(f"    def build_{part}(self, o):\n        return self.build(o.{part}), o" for part in PARTS)
VISITOR = f"""
import parser
class Builder:
    def build(self, o):
        return getattr(self, "build_" + type(o).__name__)(o), o
{FOLLOWED}
def start(text):
    return Builder().build(parser.read(text).body)
"""
WRAPPED = """
def wrap(x, n):
    if n:
        return wrap((x, [x]), n - 1)
    return wrap({"a": x}, n), [x]
def start():
    return wrap(1, 2)
"""


@pytest.mark.parametrize("code", [VISITOR, WRAPPED], ids=["attributes of a library's value", "values wrapped into values"])
def test_what_calls_pass_is_told_apart_to_a_depth(code: str) -> None:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(12_000)
    program = program_of({"code.py": code})
    engine = Engine(program, library(), {})
    try:
        for info in program.functions.values():
            for expr in body_expressions(info.node.body):
                engine.eval(expr, engine.frame(info.id))
    finally:
        sys.setrecursionlimit(limit)
    assert len(engine._frames) < 3_000


def test_a_package_that_hides_a_module_that_was_not_read_behind_a_function_of_it_ends_every_name() -> None:
    """`from shop.check import run as check`: the function is looked for in itself, and there again."""
    program = program_of({
        "shop/__init__.py": "from shop.check import run as check\n",
        "shop/orders.py": "from shop.check import missing\ndef close(): missing()\n",
    })
    name = program.canonical("shop.check.missing")
    assert name.count(".") < 40 and name.endswith(".missing")

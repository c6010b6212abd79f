"""A function of a module whose name every mapping's method has too gives what each of its calls asks for."""

from __future__ import annotations

from agentlint.ir import syntax as s
from tests.unit.analysis.harness import calls_of

STORE = """class Desk:
    pass


class Lamp:
    pass


def get(model, key):
    rows = [model() for _ in range(key)]
    return rows[0]
"""
USES = "import store\n\n\ndef desk(key):\n    return store.get(store.Desk, key)\n\n\ndef lamp(key):\n    return store.get(store.Lamp, key)\n"
CROWD = "def settings(held):\n" + "".join(f"    a{i} = held.get('a{i}')\n" for i in range(700)) + "    return held\n"


def test_each_call_gives_what_it_asks_for() -> None:
    found = calls_of({"store.py": STORE, "uses.py": USES, "crowd.py": CROWD})
    for name, given in (("desk", "store.Desk"), ("lamp", "store.Lamp")):
        returned = found.program.functions[f"uses.{name}"].node.body[0]
        assert isinstance(returned, s.Return) and returned.value is not None
        assert [t.name for t in found.types.of(returned.value, f"uses.{name}")] == [given]

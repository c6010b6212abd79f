"""A handler that runs the method which its address names: methods of a known thing are operations, an unknown thing is a gap."""

from __future__ import annotations

from pathlib import Path

from agentlint.app import Options, analyse
from agentlint.ir.source import Gap

_CODE = """import os

from tornado import web


class Depot:
    def remove(self, name):
        os.remove(name)


class Call(web.RequestHandler):
    def initialize(self, depot):
        self.depot = depot

    def post(self, method):
        self.write({{"answer": getattr({thing}, method)(self.get_argument("name"))}})


application = web.Application([(r"/api/(.*)", Call)])
"""


def _run(folder: Path, thing: str) -> tuple[set[str], list[Gap]]:
    (folder / "app.py").write_text(_CODE.format(thing=thing), encoding="utf-8")
    facts = analyse(Options(folder)).facts
    return {f"{o.method} {o.path}" for o in facts.operations if o.changes_state}, [g for g in facts.inventory.gaps if "looked up by its name" in g.reason]


def test_methods_of_a_known_thing_are_operations(tmp_path: Path) -> None:
    operations, gaps = _run(tmp_path, "Depot()")
    assert "CALL /api/remove" in operations
    assert not gaps


def test_those_of_an_unknown_thing_are_a_gap(tmp_path: Path) -> None:
    _, gaps = _run(tmp_path, "self.depot")
    assert [g.line for g in gaps] == [16]

"""Lines that only run because a row was not there: what code makes in passing so that it can go on, as `get_or_create()` does in one call."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from agentlint.analysis.program import FunctionInfo, Program
from agentlint.ir import syntax as s
from agentlint.ir.effects import ReachedEffect
from agentlint.ir.walk import calls, dotted, expressions, statements

_NOT_THERE = ("DoesNotExist", "NoResultFound")
"""What object mappers raise when nothing is found: Django's and Peewee's `Model.DoesNotExist`, SQLAlchemy's `NoResultFound`."""
_LOOKS = frozenset({
    "get", "first", "one_or_none", "scalar", "scalar_one_or_none", "scalars", "get_or_none", "find_one", "filter_by", "filter", "last", "aget", "afirst",
})
"""Methods that bring a row, or nothing."""
_FINDS = ("read_", "get_", "find_", "fetch_", "load_", "lookup_", "search_")
"""How functions of a project begin that do the same."""
_GETS_OR_MAKES = re.compile(r"(?:^|[ .])_*(?:get|find|fetch|load|first)_or_(?:create|make|add|new|insert|default)", re.IGNORECASE)
"""What the step into a function says whose name tells that it makes what it does not find."""


class MadeWhenMissing:
    """Tells what is reached only where something was missing."""

    def __init__(self, program: Program) -> None:
        self._in_file: dict[str, list[FunctionInfo]] = defaultdict(list)
        for info in program.functions.values():
            self._in_file[info.module.path].append(info)
        self._lines: dict[str, frozenset[int]] = {}

    def in_passing(self, reached: ReachedEffect) -> bool:
        """True when a line below the handler, on the way to the effect or its own, only runs because a row was missing: nobody asked for that."""
        return bool(reached.chain) and self.only_then(reached)

    def only_then(self, reached: ReachedEffect) -> bool:
        """The same of lines of the handler itself too."""
        if any(_GETS_OR_MAKES.search(step.text) for step in reached.chain):
            return True
        places = ((reached.effect.file, reached.effect.line), *((step.file, step.line) for step in reached.chain[1:]))
        return any(line in self._of(file) for file, line in places)

    def _of(self, file: str) -> frozenset[int]:
        known = self._lines.get(file)
        if known is None:
            found = (line for info in self._in_file.get(file, ()) for line in _lines(info.node.body))
            known = self._lines[file] = frozenset(found)
        return known


def _lines(body: tuple[s.Stmt, ...]) -> Iterator[int]:
    """Lines of calls under a handler for what was not found, and under the test of a row that was looked for and is then made."""
    looked_for: set[str] = set()
    for stmt in statements(body):
        if isinstance(stmt, s.Assign) and stmt.value is not None and _looks(stmt.value):
            looked_for |= {t.id for t in stmt.targets if isinstance(t, s.Name)}
        elif isinstance(stmt, s.Try):
            for handler in stmt.handlers:
                if handler.type is not None and _says_missing(handler.type):
                    yield from _called(handler.body)
        elif isinstance(stmt, s.If) and (name := _missing(stmt.test)) in looked_for and _makes(name, stmt.body):
            yield from _called(stmt.body)


def _called(body: tuple[s.Stmt, ...]) -> Iterable[int]:
    return (call.line for call in calls(body))


def _looks(value: s.Expr) -> bool:
    name = dotted(value.func).rpartition(".")[2] if isinstance(value, s.Call) else ""
    return name.startswith(_FINDS) or (isinstance(value, s.Call) and isinstance(value.func, s.Attribute) and value.func.attr in _LOOKS)


def _says_missing(caught: s.Expr) -> bool:
    return any(dotted(e).endswith(_NOT_THERE) for e in expressions(caught))


def _missing(test: s.Expr) -> str:
    """The name that a test finds empty: `not row`, `row is None`; the empty string for other tests."""
    if isinstance(test, s.Apply) and isinstance(test.operands[0], s.Name):
        absent = test.op == "not" or (test.op in ("is", "==") and isinstance(test.operands[1], s.Constant) and test.operands[1].value is None)
        return test.operands[0].id if absent else ""
    return ""


def _makes(name: str, body: tuple[s.Stmt, ...]) -> bool:
    """True when a block fills the empty name with something that it calls for: the row that was missing."""
    made = (stmt for stmt in statements(body) if isinstance(stmt, s.Assign) and isinstance(stmt.value, s.Call))
    return any(isinstance(t, s.Name) and t.id == name for stmt in made for t in stmt.targets)

"""Lines that only run because something went wrong, whatever it was: how code tells of a failure or tidies up after it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from agentlint.analysis.program import FunctionInfo, Program
from agentlint.ir import syntax as s
from agentlint.ir.effects import ReachedEffect
from agentlint.ir.walk import calls, dotted, statements

_ANYTHING = frozenset({"Exception", "BaseException"})


class WhenFailing:
    """Tells what is reached only where anything at all was raised."""

    def __init__(self, program: Program) -> None:
        self._in_file: dict[str, list[FunctionInfo]] = defaultdict(list)
        for info in program.functions.values():
            self._in_file[info.module.path].append(info)
        self._lines: dict[str, frozenset[int]] = {}

    def only_then(self, reached: ReachedEffect) -> bool:
        """True when a line on the way to an effect, or its own, stands where every exception is caught: nobody asked for that."""
        places = ((reached.effect.file, reached.effect.line), *((step.file, step.line) for step in reached.chain))
        return any(line in self._of(file) for file, line in places)

    def _of(self, file: str) -> frozenset[int]:
        known = self._lines.get(file)
        if known is None:
            known = self._lines[file] = frozenset(line for info in self._in_file.get(file, ()) for line in _lines(info.node.body))
        return known


def _lines(body: tuple[s.Stmt, ...]) -> Iterator[int]:
    for stmt in statements(body):
        for handler in stmt.handlers if isinstance(stmt, s.Try) else ():
            if handler.type is None or dotted(handler.type) in _ANYTHING:
                yield from (call.line for call in calls(handler.body))
                yield from (inner.line for inner in statements(handler.body))

"""Which functions make a record, themselves or a few calls below, and what it can be about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from agentlint.analysis.calls.sites import Calls
from agentlint.analysis.effects.summaries import Node
from agentlint.analysis.records.recorders import Records
from agentlint.analysis.records.shapes import Shapes
from agentlint.ir import syntax as s
from agentlint.ir.decisions import RecordContent
from agentlint.ir.effects import Effect

_FARTHEST = 4
"""Calls between a function and the making of the record."""
_LIBRARY = ""
"""Stands for the trail of a library."""


class Making:
    """Calls known by name alone do not count."""

    def __init__(self, shapes: Shapes, calls: Calls, records: Records, effects: Mapping[Node, tuple[Effect, ...]]) -> None:
        self._shapes, self._program, self._calls, self._tables = shapes, shapes.program, calls, records.tables
        self._content: dict[str, RecordContent] = {}
        self._lines: dict[str, set[int]] = defaultdict(set)
        self._made: dict[str, set[str]] = defaultdict(set)
        for node, own in effects.items():
            for effect in own:
                if records.is_making(effect):
                    info = self._program.functions.get(node[0])
                    self._add(node[0], effect.line, effect.model, records.of_effect(effect, None, info).content)
            for site in calls.sites(node[0]):
                record = records.of_call(site)
                if record is not None:
                    self._add(node[0], site.line, record.table.model if record.table is not None else _LIBRARY, record.content)
        self._here = {function: frozenset(made) for function, made in self._made.items()}
        self._spread()

    def _add(self, function: str, line: int, table: str, content: RecordContent) -> None:
        self._lines[function].add(line)
        self._made[function].add(table)
        old = self._content.get(function, RecordContent())
        self._content[function] = RecordContent(old.who or content.who, old.what or content.what, old.why or content.why)

    def _spread(self) -> None:
        """Level by level, so that what is nearest is what a function is said to record."""
        level: Mapping[str, frozenset[str]] = self._here
        for _ in range(_FARTHEST):
            above: dict[str, set[str]] = defaultdict(set)
            content: dict[str, RecordContent] = {}
            for function, tables in sorted(level.items()):
                for caller, line in self._sure_callers(function):
                    self._lines[caller].add(line)
                    if caller not in self._content:
                        content.setdefault(caller, self._content[function])
                    above[caller] |= tables - self._made[caller]
            self._content.update(content)
            for caller, tables_above in above.items():
                self._made[caller] |= tables_above
            level = {caller: frozenset(new) for caller, new in above.items() if new}

    def _sure_callers(self, function: str) -> list[tuple[str, int]]:
        """Callers with the line of the call. A receiver that a change of something else runs has none: its record tells of that."""
        sites = (site for site in self._calls.callers(function) if site.call.site >= 0)
        return [(site.caller, site.line) for site in sites if any(t.function == function and t.confidence != "low" for t in site.targets)]

    def __call__(self, function: str) -> RecordContent | None:
        """What the record of a function holds; None when it makes none."""
        return self._content.get(function)

    def lines(self, function: str) -> frozenset[int]:
        """Lines of a function at which a record is made, there or below."""
        return frozenset(self._lines.get(function, ()))

    def tells(self, function: str, model: str) -> bool:
        """True when a record of the function can be about a row of the model that it was called for: it makes the record itself, or has it made in a
        trail of such rows. What a function sets going with other things has records of its own."""
        if not model or self._here.get(function):
            return True
        handed = self._handed(function)
        if handed and not any(self._alike(one, model) for one in handed):
            return False
        tables = [self._tables.get(name) for name in self._made.get(function, ())]
        return any(t is None or t.open_object or not t.subjects or any(self._alike(s, model) for s in t.subjects) for t in tables)

    def _handed(self, function: str) -> set[str]:
        """Models of the rows that a function hands on where it has records made of anything."""
        lines, found = self.lines(function), set()
        for site in self._calls.sites(function):
            if site.line in lines:
                given = [*site.call.args, *(k.value for k in site.call.keywords)]
                if isinstance(site.call.func, s.Attribute):
                    given.append(site.call.func.value)
                found |= {t.name for one in given for t in self._shapes.types.of(one, function) if not t.meta}
        return found & self._shapes.models

    def _alike(self, one: str, other: str) -> bool:
        """True when one model is the other or derives from it."""
        return any(low == high or (low in self._program.classes and high in self._program.mro(low)) for low, high in ((one, other), (other, one)))

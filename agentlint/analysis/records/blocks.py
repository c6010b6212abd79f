"""Blocks outside of which a library's history records nothing: contexts, decorators and base classes of views that open one."""

from __future__ import annotations

from agentlint.analysis.calls.sites import Calls, CallSite
from agentlint.analysis.program import FunctionInfo, Program
from agentlint.analysis.records.recorders import RecordSite
from agentlint.ir import syntax as s
from agentlint.ir import walk
from agentlint.ir.decisions import Mechanism, RecordContent
from agentlint.knowledge import LibraryFacts

_TABLES_OF_VIEWS = ("get_urls", "get_extra_urls")
"""Methods in which a class adds views of its own, which its base knows nothing of."""


class Blocks:
    """Which functions and which contexts run inside a block."""

    def __init__(self, program: Program, calls: Calls, library: LibraryFacts, mechanisms: tuple[Mechanism, ...]) -> None:
        self._program, self._calls, self._library = program, calls, library
        rows = {m.library: row for m in mechanisms if (m.inside or m.asked) and (row := library.mechanism(m.library)) is not None}
        self._paths = {library.canonical(path): row for row in rows.values() for path in row.blocks}
        self._apart: dict[str, frozenset[str]] = {}

    def opened_at(self, site: CallSite) -> RecordSite | None:
        """The record that stands for the block which a context opens."""
        row = self._paths.get(self._library.canonical(site.library)) if site.library and self._paths else None
        if row is None:
            return None
        used = {self._library.canonical(other.library) for other in self._calls.sites(site.caller) if other.library}
        who = any(self._library.canonical(actor) in used for actor in row.actor)
        why = any(self._library.canonical(reason) in used for reason in row.reasons)
        return RecordSite(site.caller, site.file, site.line, f"block of {row.name}", RecordContent(who=who, what=True, why=why), block=True)

    def around(self, function: str, class_id: str = "") -> RecordSite | None:
        """The record that stands for a block around a whole function: by its decorator, or by the class that it runs on."""
        info = self._program.functions.get(function) if self._paths else None
        if info is None:
            return None
        name = self._decorated(info)
        owner = class_id or info.owner
        if not name and owner and info.node.name not in self._views_apart(owner):
            name = self.of_class(owner)
        return RecordSite(function, info.module.path, info.node.line, f"block of {name}", RecordContent(who=True, what=True), block=True) if name else None

    def of_class(self, class_id: str) -> str:
        """The name of the library in whose block the views of a class run; empty when there is none."""
        bases = self._program.mro(class_id) if self._paths and class_id in self._program.classes else ()
        return next((self._paths[self._library.canonical(b)].name for b in bases if self._library.canonical(b) in self._paths), "")

    def _decorated(self, info: FunctionInfo) -> str:
        for decorator in info.node.decorators:
            inner = decorator.args if isinstance(decorator, s.Call) else ()
            for expr in (decorator, *inner):
                path = self._program.resolve(expr.func if isinstance(expr, s.Call) else expr, info.module)
                row = self._paths.get(self._library.canonical(path)) if path else None
                if row is not None:
                    return row.name
        return ""

    def _views_apart(self, class_id: str) -> frozenset[str]:
        """Methods that the class puts into its table of addresses by itself, and the table."""
        if class_id not in self._apart:
            tables = [m for name in _TABLES_OF_VIEWS if (m := self._program.method(class_id, name)) is not None]
            named = (e for m in tables for e in walk.body_expressions(m.node.body) if isinstance(e, s.Attribute))
            own = (e.attr for e in named if isinstance(e.value, s.Name) and e.value.id == "self")
            self._apart[class_id] = frozenset((*_TABLES_OF_VIEWS, *own))
        return self._apart[class_id]

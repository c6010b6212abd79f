"""Calls of models known by name alone: all methods of the project with the name ask a model, and nothing tells which of them a call runs.

Programs pick a client from a registry that they fill when they start; the type of what comes out is known to nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

import msgspec

from agentlint.analysis.calls.sites import Calls, CallSite
from agentlint.analysis.program import FunctionInfo, Program
from agentlint.ir import syntax as s
from agentlint.ir import walk

_PLAIN = frozenset({
    "run", "call", "get", "post", "send", "process", "execute", "forward", "create", "update", "apply", "build", "handle", "start", "load", "fit",
})
"""Names that say nothing of a model: libraries call other things so."""
_FEWEST = 2
"""Classes that must have a method of the name. Where there is one alone, the call graph knows it already, and what it says of it is believed."""


class ByName:
    """Finds calls by the names of the functions that are known to ask a model."""

    def __init__(self, program: Program, calls: Calls) -> None:
        self._program, self._calls = program, calls

    def calls(self, asking: Mapping[str, int]) -> Iterator[tuple[CallSite, str]]:
        """Call sites with the function that stands for all that they may run. `asking` are functions that ask a model, with how far they are from it."""
        wanted = self._names(asking)
        callers = [*self._program.functions, *(f"{name}.<module>" for name in self._program.modules)] if wanted else []
        for caller in callers:
            info = self._program.functions.get(caller)
            for site in self._calls.sites(caller):
                if not site.call.args and not site.call.keywords:
                    continue
                if name := self._handed(site.call, info, wanted):
                    call = s.Call(site.call.func, site.call.args[1:], site.call.keywords, site.call.line, site.call.site)
                    yield msgspec.structs.replace(site, call=call), wanted[name]
                elif site.name in wanted and isinstance(site.call.func, s.Attribute) and not _is_known(site, self._program):
                    yield site, wanted[site.name]

    def _names(self, asking: Mapping[str, int]) -> dict[str, str]:
        """Names that stand for asking a model whoever they belong to, each with the nearest function of the name."""
        methods: dict[str, list[FunctionInfo]] = defaultdict(list)
        candidates = {info.node.name for f in asking if (info := self._program.functions.get(f)) is not None and info.owner} - _PLAIN
        for info in self._program.functions.values():
            if info.node.name in candidates and not info.node.name.startswith("_"):
                methods[info.node.name].append(info)
        found: dict[str, str] = {}
        for name, infos in sorted(methods.items()):
            known = [i.id for i in infos if i.id in asking]
            if len(infos) >= _FEWEST and known and all(i.id in asking or _is_abstract(i) or _hands_on(i, name) for i in infos):
                found[name] = min(known, key=lambda f: (asking[f], f))
        return found

    def _handed(self, call: s.Call, info: FunctionInfo | None, wanted: Mapping[str, str]) -> str:
        """`partial(client.chat, ...)`, `to_thread(client.chat, question)`, also when the method was put in a variable before."""
        for given in call.args[:1]:
            if isinstance(given, s.Attribute) and given.attr in wanted:
                return given.attr
            if isinstance(given, s.Name) and info is not None:
                assigned = (stmt.value for stmt in walk.statements(info.node.body) if isinstance(stmt, s.Assign) and given.id in map(_name, stmt.targets))
                for value in assigned:
                    if isinstance(value, s.Attribute) and value.attr in wanted:
                        return value.attr
        return ""


def _is_known(site: CallSite, program: Program) -> bool:
    """True when it is known what the call runs, or that the object is another library's."""
    return bool(site.library) or any(t.confidence != "low" for t in site.targets) or any(t.name in program.classes or "." in t.name for t in site.receiver)


def _is_abstract(info: FunctionInfo) -> bool:
    """True for a method that says nothing but what it is for."""
    return all(
        isinstance(stmt, s.Raise) or (isinstance(stmt, s.Expression) and isinstance(stmt.value, s.Constant)) or isinstance(stmt, s.Jump)
        or (isinstance(stmt, s.Return) and (stmt.value is None or isinstance(stmt.value, s.Constant)))
        for stmt in info.node.body
    )


def _hands_on(info: FunctionInfo, name: str) -> bool:
    """True for a method that names the one of the same name of another object."""
    return any(isinstance(e, s.Attribute) and e.attr == name for e in walk.body_expressions(info.node.body))


def _name(expr: s.Expr) -> str:
    return expr.id if isinstance(expr, s.Name) else ""

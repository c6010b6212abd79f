"""Functions of the program that a model runs when it wants: tools of agents, by decorator, by list, or as a class."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from agentlint.analysis.calls.sites import Calls, CallSite
from agentlint.analysis.models.values import Arguments, Frame
from agentlint.analysis.program import MODULE_CODE, FunctionInfo, Program, Scope
from agentlint.analysis.records.mechanism_places import argument_at
from agentlint.analysis.types.inference import Types
from agentlint.ir import syntax as s
from agentlint.knowledge import LibraryFacts
from agentlint.knowledge.paths import places
from agentlint.knowledge.schema import ToolRow


class AgentTool(msgspec.Struct, frozen=True, order=True):
    """One function that a model may run."""

    function: str
    file: str
    line: int
    """Where it is handed over."""
    approved: bool = False
    """True when the library asks a person before each run."""
    served: bool = False
    """True when agents outside the program run it."""


def find_tools(program: Program, types: Types, calls: Calls, library: LibraryFacts, arguments: Arguments) -> dict[str, AgentTool]:
    """Function id to the hand-over; a function that is handed over several times is approved when one of them asks for it."""
    finder = _Finder(program, types, calls, library, arguments)
    found: dict[str, AgentTool] = {}
    for one in sorted((*finder.decorated(), *finder.called(), *finder.derived())):
        known = found.get(one.function)
        both = {} if known is None else {"approved": known.approved or one.approved, "served": known.served and one.served}
        found[one.function] = msgspec.structs.replace(known or one, **both)
    return found


class _Finder:
    def __init__(self, program: Program, types: Types, calls: Calls, library: LibraryFacts, arguments: Arguments) -> None:
        self._program, self._types, self._calls, self._library, self._arguments = program, types, calls, library, arguments
        self._names = frozenset(path.rpartition(".")[2] for path, _ in library.tool_rows())

    def decorated(self) -> Iterator[AgentTool]:
        """`@tool`, `@agent.tool(requires_approval=True)`."""
        for name, info in self._program.functions.items():
            for decorator in info.node.decorators:
                call = decorator if isinstance(decorator, s.Call) else None
                func = call.func if call is not None else decorator
                row = self._row(func, self._around(info)) if _last(func) in self._names else None
                if row is not None and "decorated" in places(row.functions):
                    yield AgentTool(name, info.module.path, decorator.line, call is not None and self._asks(call, row, info), row.served)

    def _around(self, info: FunctionInfo) -> Scope:
        return self._program.scope_of(info.owner or info.parent) if info.owner or info.parent else info.module

    def _row(self, func: s.Expr, scope: Scope) -> ToolRow | None:
        path = self._program.resolve(func, scope)
        row = self._library.tool(path) if path else None
        if row is not None or not isinstance(func, s.Attribute):
            return row
        held = self._types.of(func.value, self._program.id_of(scope))
        return next((found for t in held if (found := self._library.tool(f"{t.name}.{func.attr}")) is not None), None)

    def called(self) -> Iterator[AgentTool]:
        """`Agent(tools=[refund])`, `FunctionTool.from_defaults(fn=refund)`, `tool(refund)`."""
        callers: dict[str, Scope] = {**self._program.functions, **{f"{name}.{MODULE_CODE}": module for name, module in self._program.modules.items()}}
        for caller, scope in callers.items():
            for site in self._calls.sites(caller):
                row = self._library.tool(site.library) if site.library and site.name in self._names else None
                if row is None:
                    continue
                place = row.functions.replace("decorated", "arg 0")
                value = argument_at(site.call, place)
                for function in self._functions(value, caller, scope) if value is not None else ():
                    yield AgentTool(function, site.file, site.line, self._asks(site.call, row, scope), row.served)

    def _functions(self, value: s.Expr, caller: str, scope: Scope) -> Iterator[str]:
        """The function that an expression means, or those that the list holds that it means."""
        elements = self._program.elements(value, scope)
        items = [(e.expr, self._program.id_of(e.scope)) for e in elements] or [(value, caller)]
        for item, home in items:
            if isinstance(item, (s.Name, s.Attribute)):
                for held in self._types.of(item, home):
                    if held.meta and held.name in self._program.functions:
                        yield held.name

    def derived(self) -> Iterator[AgentTool]:
        """Classes that derive from a library's class of tools."""
        for path, row in self._library.tool_rows():
            if row.functions.startswith("method "):
                for name in self._program.subclasses(path):
                    method = self._program.method(name, row.functions.removeprefix("method "))
                    if method is not None:
                        yield AgentTool(method.id, method.module.path, method.node.line)

    def _asks(self, call: s.Call, row: ToolRow, scope: Scope) -> bool:
        return bool(row.approved) and is_set(self._arguments, call, row.approved, scope)


def is_set(arguments: Arguments, call: s.Call, place: str, scope: Scope) -> bool:
    """True unless the call leaves the option out or switches it off; what the code does not tell counts as set."""
    if isinstance(scope, FunctionInfo):
        return arguments.truth(call, place, Frame(scope)) is not False
    given = [v for v in _options(call, place) if v is not None]
    return any(not (isinstance(v, s.Constant) and v.value in (None, False)) for v in given)


def _options(call: s.Call, place: str) -> Iterator[s.Expr | None]:
    for one in places(place):
        if not one.startswith("in "):
            yield argument_at(call, one)
            continue
        where, _, keys = one.removeprefix("in ").rpartition(" ")
        holder = argument_at(call, where)
        if isinstance(holder, s.Mapping):
            yield from (v for k, v in zip(holder.keys, holder.values, strict=True) if isinstance(k, s.Constant) and k.value == keys)
        elif isinstance(holder, s.Call):
            yield from (k.value for k in holder.keywords if k.name == keys)


def approvals(calls: Calls, library: LibraryFacts, arguments: Arguments, scopes: Iterable[tuple[str, Scope]]) -> Iterator[tuple[CallSite, bool]]:
    """Calls by which a library asks a person first, each with whether it does so for all tools of an agent."""
    for caller, scope in scopes:
        for site in calls.sites(caller):
            row = library.decision(site.library) if site.library else None
            if row is not None and row.kind == "approval" and (not row.needs or is_set(arguments, site.call, row.needs, scope)):
                yield site, row.where == "around"


def _last(expr: s.Expr) -> str:
    return expr.attr if isinstance(expr, s.Attribute) else expr.id if isinstance(expr, s.Name) else ""

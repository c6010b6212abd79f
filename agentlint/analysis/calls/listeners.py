"""Functions of the program that a library runs at events: where each is connected, by decorator or by call."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from agentlint.analysis.calls.sites import Calls
from agentlint.analysis.program import FunctionInfo, Program
from agentlint.analysis.records.mechanism_places import argument_at
from agentlint.ir import syntax as s
from agentlint.knowledge import LibraryFacts
from agentlint.knowledge.schema import ListenerRow


class Listening(msgspec.Struct, frozen=True, eq=False):
    """One connection."""

    row: ListenerRow
    call: s.Call
    scope: FunctionInfo | s.Module
    function: str
    file: str
    line: int


def find_listeners(program: Program, calls: Calls, library: LibraryFacts) -> tuple[Listening, ...]:
    """Every connection that a knowledge row describes."""
    return (*_decorated(program, library), *_connected(program, calls, library))


def _decorated(program: Program, library: LibraryFacts) -> Iterator[Listening]:
    for name, info in program.functions.items():
        for decorator in info.node.decorators:
            if isinstance(decorator, s.Call):
                path = program.resolve(decorator.func, info.module)
                row = library.listener(path) if path else None
                if row is not None:
                    yield Listening(row, decorator, info.module, name, info.module.path, info.node.line)


def _connected(program: Program, calls: Calls, library: LibraryFacts) -> Iterator[Listening]:
    scopes: dict[str, FunctionInfo | s.Module] = {**program.functions, **{f"{name}.<module>": module for name, module in program.modules.items()}}
    for caller, scope in scopes.items():
        for site in calls.sites(caller):
            row = library.listener(site.library) if site.library else None
            if row is None or row.function == "decorated":
                continue
            target = argument_at(site.call, row.function)
            function = program.resolve(target, scope) if target is not None else ""
            if function:
                yield Listening(row, site.call, scope, function, site.file, site.line)

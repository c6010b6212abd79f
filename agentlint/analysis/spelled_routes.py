"""Endpoints that run the function which their address names: each function that can be looked up is an operation of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from agentlint.analysis.program import FunctionInfo, Program
from agentlint.analysis.types.lookups import Lookup
from agentlint.ir import syntax as s
from agentlint.ir.operations import Route

_HOLE = re.compile(r"{(\w+)}")


def spelled_out(routes: Iterable[Route], lookups: Mapping[str, Lookup], program: Program) -> Iterator[Route]:
    """The routes; after one that looks up a function by a part of its path, one for each function that can be found there.

    Only after the shortest of the addresses of a handler, and the one that may change something of its methods.
    """
    routes = list(routes)
    addresses: dict[str, Route] = {}
    if lookups:
        for route in sorted(routes, key=lambda r: (r.method in ("GET", "HEAD", "OPTIONS"), len(r.path), r.path, r.method)):
            addresses.setdefault(route.handler, route)
    for route in routes:
        yield route
        info = program.functions.get(route.handler)
        if info is not None and addresses.get(route.handler) is route:
            for hole, lookup in _looked_up(route, info, lookups, program):
                yield from _each(route, hole, lookup, program)


def _looked_up(route: Route, info: FunctionInfo, lookups: Mapping[str, Lookup], program: Program) -> Iterator[tuple[str, Lookup]]:
    holes = {*_HOLE.findall(route.path)} & {p.name for p in info.node.params}
    for call in program.calls_in(info) if holes else ():
        lookup = lookups.get(program.resolve(call.func, info))
        asked = call.args[0] if call.args else None
        if lookup is not None and isinstance(asked, s.Name) and asked.id in holes:
            yield asked.id, lookup
            return


def _each(route: Route, hole: str, lookup: Lookup, program: Program) -> Iterator[Route]:
    for name, functions in sorted(lookup.functions.items()):
        first = program.functions[functions[0]]
        yield msgspec.structs.replace(
            route, path=route.path.replace(f"{{{hole}}}", name), handler=first.id, symbol=first.node.qualname, file=first.module.path, line=first.node.line,
            extra_handlers=(*functions[1:], *route.extra_handlers), guard_handlers=(*route.guard_handlers, route.handler), action="", resource="",
            table_file=route.file, table_line=route.line,
        )

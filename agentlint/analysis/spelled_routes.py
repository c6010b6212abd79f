"""Endpoints that run the function which their address names: each function that can be looked up is an operation of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from agentlint.analysis.program import FunctionInfo, Program
from agentlint.analysis.types.inference import Types
from agentlint.analysis.types.lookups import Lookup
from agentlint.ir import syntax as s
from agentlint.ir.operations import Route
from agentlint.ir.source import Gap
from agentlint.ir.walk import dotted

_PROCEDURE = "CALL"
"""The method of what is called by name: the one of the request says nothing of it."""
_HOLE = re.compile(r"{(\w+)}")


def spelled_out(routes: Iterable[Route], types: Types, program: Program) -> Iterator[Route]:
    """The routes; after one that looks up a function by a part of its path, one for each function that can be found there.

    Only after the shortest of the addresses of a handler, and the one that may change something of its methods.
    """
    routes = list(routes)
    lookups = types.engine.lookups
    addresses: dict[str, Route] = {}
    for route in sorted(routes, key=lambda r: (r.method in ("GET", "HEAD", "OPTIONS"), len(r.path), r.path, r.method)):
        addresses.setdefault(route.handler, route)
    for route in routes:
        yield route
        info = program.functions.get(route.handler)
        if info is not None and addresses.get(route.handler) is route:
            for hole, lookup in _looked_up(route, info, lookups, program):
                yield from _each(route, hole, lookup, program)
            yield from _methods_looked_up(route, info, types, program)


def _looked_up(route: Route, info: FunctionInfo, lookups: Mapping[str, Lookup], program: Program) -> Iterator[tuple[str, Lookup]]:
    holes = {*_HOLE.findall(route.path)} & {p.name for p in info.node.params}
    for call in program.calls_in(info) if holes else ():
        lookup = lookups.get(program.resolve(call.func, info))
        asked = call.args[0] if call.args else None
        if lookup is not None and isinstance(asked, s.Name) and asked.id in holes:
            yield asked.id, lookup
            return


def _methods_looked_up(route: Route, info: FunctionInfo, types: Types, program: Program) -> Iterator[Route]:
    """One route for each public method of the object on which a handler looks up what its address names: `getattr(api, name)(**sent)`."""
    holes = _filled(route, info)
    for call in program.calls_in(info) if holes else ():
        asked = call.args[1] if isinstance(call.func, s.Name) and call.func.id == "getattr" and len(call.args) > 1 else None
        if not isinstance(asked, s.Name) or asked.id not in holes or dotted(call.args[0]) == "self":
            continue
        found = [(kind.name, name, method) for kind in types.of(call.args[0], info.id) for name, method in _public(kind.name, program)]
        for owner, name, method in found:
            yield _spelled(msgspec.structs.replace(route, method=_PROCEDURE, owner=owner), holes[asked.id], name, (method.id,), program)
        if not found:
            reason = f"what {route.path} runs is looked up by its name on a thing that is not known: its operations are not read"
            program.gaps.append(Gap(info.module.path, call.line, reason, "unresolved"))
        return


def _filled(route: Route, info: FunctionInfo) -> dict[str, str]:
    """Parameters that parts of an address fill in, by name or by position, with the hole of each."""
    params = [p.name for p in info.node.params if p.name not in ("self", "cls")]
    found = {}
    for hole in _HOLE.findall(route.path):
        name = params[int(hole)] if hole.isdigit() and int(hole) < len(params) else hole
        if name in params:
            found[name] = hole
    return found


def _public(owner: str, program: Program) -> Iterator[tuple[str, FunctionInfo]]:
    """Public methods of a class of the project, by name."""
    seen: dict[str, FunctionInfo] = {}
    for base in program.mro(owner):
        info = program.classes.get(base)
        for name, method in info.methods.items() if info is not None else ():
            found = program.functions[method]
            plain = not any(isinstance(d, s.Name) and d.id in ("property", "staticmethod", "classmethod") for d in found.node.decorators)
            if not name.startswith("_") and plain:
                seen.setdefault(name, found)
    yield from sorted(seen.items())


def _each(route: Route, hole: str, lookup: Lookup, program: Program) -> Iterator[Route]:
    for name, functions in sorted(lookup.functions.items()):
        yield _spelled(route, hole, name, functions, program)


def _spelled(route: Route, hole: str, name: str, functions: Sequence[str], program: Program) -> Route:
    first = program.functions[functions[0]]
    return msgspec.structs.replace(
        route, path=route.path.replace(f"{{{hole}}}", name), handler=first.id, symbol=first.node.qualname, file=first.module.path, line=first.node.line,
        extra_handlers=(*functions[1:], *route.extra_handlers), guard_handlers=(*route.guard_handlers, route.handler), action="", resource="",
        table_file=route.file, table_line=route.line,
    )

"""Route tables in a project's own words, or in those of a library that nobody described: what names an address and a function is a route, whoever reads it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import msgspec

from agentlint.analysis.program import Program
from agentlint.extension.own_layers.answering import answer_of
from agentlint.extension.own_layers.calls import registered
from agentlint.extension.own_layers.classes import placed
from agentlint.extension.own_layers.commands import commands
from agentlint.extension.own_layers.decorators import decorated
from agentlint.extension.own_layers.dispatch import dispatched
from agentlint.extension.own_layers.lines import CALL, Line
from agentlint.extension.own_layers.servlets import servlets
from agentlint.extension.own_layers.shown import all_shown
from agentlint.extension.own_layers.signed_in import SignedIn
from agentlint.extension.own_layers.wrappers import Wrappers
from agentlint.ir.operations import Route


def own_routes(routes: Sequence[Route], program: Program) -> list[Route]:
    """The routes with those of handlers that no framework's plugin has read; what a plugin read of the wrapper around such a handler goes to it."""
    known = {f for r in routes for f in (r.handler, *r.extra_handlers)}
    served = {r.handler: r for r in routes if r.surface not in ("cli", "job")}
    found = [line for line in (*_all(program, known), *dispatched(program, served)) if line.handler.id not in known]
    wrappers, signed_in = Wrappers(routes, program), SignedIn(program)
    seen: dict[tuple[str, str, str], Route] = {}
    for line in found:
        for verb in line.verbs or ("ANY",):
            key = (verb, line.path, line.handler.id)
            if key not in seen:
                seen[key] = wrappers.around(_entered(_route(line, verb, program, signed_in), served.get(line.within)))
    return [*(r for r in routes if r not in wrappers.replaced), *seen.values()]


def _all(program: Program, known: Collection[str]) -> Iterable[Line]:
    yield from decorated(program, known)
    shown = tuple(all_shown(program))
    yield from registered(shown, program)
    yield from servlets(program)
    yield from placed(shown, program)
    yield from commands(program)


def _entered(route: Route, entry: Route | None) -> Route:
    """A route that messages reach through another: who may call is asked there."""
    if entry is None:
        return route
    checks = (*route.guard_handlers, *entry.guard_handlers)
    return msgspec.structs.replace(route, guards=entry.guards, guard_handlers=tuple(dict.fromkeys(checks)))


def _route(line: Line, verb: str, program: Program, signed_in: SignedIn) -> Route:
    info = line.handler
    owner = program.classes.get(line.owner or info.owner)
    mine = owner is None or info.owner == owner.id
    return Route(
        framework=line.library or "own", method=verb, path=line.path, handler=info.id,
        symbol=info.node.qualname if owner is None or mine else f"{owner.node.qualname}.{info.node.name}",
        file=info.module.path if owner is None or mine else owner.module.path, line=info.node.line if owner is None or mine else owner.node.line,
        owner=owner.id if owner is not None else "", surface="rpc" if verb == CALL and not line.within else None,
        renders=answer_of(info, program), name=info.node.name, table_file=line.file, table_line=line.line,
        guards=signed_in.guards(info), guard_handlers=line.checks, confidence="medium",
    )

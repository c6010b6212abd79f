"""What `auth=` demands of callers: the framework's security classes, the project's own ones, and plain functions."""

from __future__ import annotations

import msgspec

from agentlint.api import UNKNOWN, Closure, Context, Guard, Made, Ref, Unknown, Value

_CHECKS = ("authenticate", "__call__")


class Demand(msgspec.Struct, frozen=True, eq=False):
    """An `auth=` as far as it was given: by an operation, a router, an API."""

    value: Value = None
    given: bool = False
    file: str = ""
    line: int = 0

    def below(self, made: Made) -> Demand:
        """The demand of something that may give its own."""
        return demand_of(made) if "auth" in made.keywords else self


def demand_of(made: Made) -> Demand:
    """What a call says with `auth=`."""
    return Demand(made.keywords["auth"], True, made.file, made.line) if "auth" in made.keywords else Demand()


class Authentication:
    """Turns demands into guards, and into functions of the project that do the checking."""

    def __init__(self, context: Context) -> None:
        self._program = context.program
        self._library = context.library

    def of(self, demand: Demand, csrf: bool) -> tuple[tuple[Guard, ...], tuple[str, ...]]:
        """Guards and checking functions; no authentication at all is an open API."""
        place = (demand.file, demand.line)
        if not demand.given or demand.value is None:
            return (Guard("anonymous", "no auth", *place), *((Guard("csrf", "csrf=True", *place),) if csrf else ())), ()
        guards: dict[Guard, None] = {}
        checks: list[str] = []
        for one in demand.value if isinstance(demand.value, list | tuple) else (demand.value,):
            self._add(one, place, guards, checks)
        if csrf or any(g.kind == "session" for g in guards):  # cookies bring the browser check along
            guards[Guard("csrf", "", *place)] = None
        return tuple(guards), tuple(dict.fromkeys(checks))

    def _add(self, value: Value, place: tuple[str, int], guards: dict[Guard, None], checks: list[str]) -> None:
        if isinstance(value, Closure):
            checks.append(value.info.id)
            return
        named = value.callee if isinstance(value, Made) else value
        name = named.name if isinstance(named, Ref) else ""
        if name in self._program.functions:
            checks.append(name)
            return
        for base in self._program.mro(name) if name in self._program.classes else (name,):
            kind = self._library.guard(base) if base else None
            if kind is not None:
                guards[Guard(kind, base, *place)] = None
                break
        else:
            if isinstance(value, Unknown) or value is UNKNOWN or name not in self._program.classes:
                guards[Guard("unknown", name, *place)] = None
        if name in self._program.classes:
            checks += [m.id for n in _CHECKS if (m := self._program.method(name, n)) is not None]

"""Handlers that look up what to do in the address: `get` calls the method of the handler that is named there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentlint.api import ClassInfo, FunctionInfo, Program, syntax, walk

_HOLE = re.compile(r"/?\{\w+\}")
_INDEX = "index"
_CALLED_BY_FRAMEWORK = frozenset({"initialize", "prepare", "on_finish", "data_received", "get_current_user", "set_default_headers", "write_error"})


def dispatched(handler: ClassInfo, verb: FunctionInfo, routed: frozenset[str], program: Program) -> Iterator[tuple[str, FunctionInfo]]:
    """Names and methods that a verb's method hands on to by `getattr(self, route)`; none when it does not.

    Public methods of the class and of the bases below the one that looks them up; what a base with a place of its own has stands there.
    """
    if not _looks_up(verb):
        return
    seen: set[str] = set()
    for base in program.mro(handler.id):
        if base == verb.owner:
            return
        info = program.classes.get(base)
        for name, method in info.methods.items() if info is not None and (base == handler.id or base not in routed) else ():
            found = program.functions[method]
            if name not in seen and not name.startswith("_") and not _is_set_up(found):
                seen.add(name)
                yield name, found


def _looks_up(verb: FunctionInfo) -> bool:
    given = {p.name for p in verb.node.params if p.name != "self"}
    for call in walk.calls(verb.node.body):
        if isinstance(call.func, syntax.Name) and call.func.id == "getattr" and len(call.args) > 1 and walk.dotted(call.args[0]) == "self":
            if isinstance(call.args[1], syntax.Name) and call.args[1].id in given:
                return True
    return False


def _is_set_up(method: FunctionInfo) -> bool:
    """True for what the framework calls itself, and for helpers: properties, static and class methods."""
    kinds = {d.id for d in method.node.decorators if isinstance(d, syntax.Name)}
    return method.node.name in _CALLED_BY_FRAMEWORK or bool(kinds & {"property", "staticmethod", "classmethod"})


def address(path: str, name: str) -> str:
    """The address of a method below the pattern of its handler: `/history{0}` -> `/history/clear`."""
    at = _HOLE.search(path)
    before = path[: at.start()] if at is not None else path
    return f"{before.rstrip('/')}/" if name == _INDEX else f"{before.rstrip('/')}/{name}"

"""Handler tables of Tornado that only set-up code makes: specs out of loops and registries, lists that are added to an application later."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from agentlint.api import ClassInfo, Factories, Made, Member, Program, Ref, Value

_APPLICATIONS = ("tornado.web.Application",)
_SPECS = frozenset({"tornado.web.URLSpec", "tornado.web.url", "tornado.routing.Rule", "tornado.routing.URLSpec"})
_ADDS = "add_handlers"


class Line(msgspec.Struct, frozen=True, eq=False):
    """One line of a table."""

    pattern: str
    handler: ClassInfo
    file: str
    line: int


def made_lines(program: Program) -> Iterator[Line]:
    """Every line that set-up code leaves in a table, in the order in which it is made."""
    factories = Factories(program, frozenset({_ADDS}), frozenset())
    factories.run(frozenset(_APPLICATIONS), {"tornado.web.Application": _APPLICATIONS[0]})
    for made in tuple(factories.setup.made):
        name = made.callee.name if isinstance(made.callee, Ref) else ""
        if name in _SPECS:
            yield from _line(made.args, made, program)
        elif name in _APPLICATIONS or (name in program.classes and program.inherits(name, *_APPLICATIONS)):
            yield from _listed(made.keywords.get("handlers", made.args[0] if made.args else None), made, program)
        elif isinstance(made.callee, Member) and made.callee.attr == _ADDS and len(made.args) > 1:
            yield from _listed(made.args[1], made, program)


def _listed(table: Value, made: Made, program: Program) -> Iterator[Line]:
    for item in table if isinstance(table, list | tuple) else ():
        if isinstance(item, list | tuple):
            yield from _line(item, made, program)


def _line(items: list[Value] | tuple[Value, ...], made: Made, program: Program) -> Iterator[Line]:
    pattern, handler = items[:2] if len(items) > 1 else ("", None)
    info = program.classes.get(handler.name) if isinstance(handler, Ref) else None
    if info is not None and isinstance(pattern, str):
        yield Line(pattern, info, made.file, made.line)

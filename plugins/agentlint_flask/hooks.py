"""Functions that Flask or Flask-Login runs to learn who calls: before-request hooks of a blueprint or of the application, and loaders of users."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import Closure, FunctionInfo, Made, Program, Ref, Value
from agentlint_flask.tables import Tables

_OF_APPLICATION = "before_app_request"
_HOOKS = ("before_request", _OF_APPLICATION)
_LOADERS = ("request_loader", "header_loader", "user_loader")


class Hooks:
    """Which functions say who calls before the routes of a table."""

    def __init__(self, tables: Tables, program: Program) -> None:
        self._tables = tables
        self._program = program
        self._own: dict[str, list[str]] = {}
        self._everywhere: list[str] = []
        for made in tables.calls:
            table, verb = tables.called_on(made)
            if table and verb in _HOOKS:
                for function in self._functions(made):
                    if verb == _OF_APPLICATION:
                        self._everywhere.append(function.id)
                    else:
                        self._own.setdefault(table, []).append(function.id)
            elif verb in _LOADERS and not table:
                self._everywhere += [f.id for f in self._functions(made)]

    def _functions(self, made: Made) -> Iterator[FunctionInfo]:
        for value in (*made.args[:1], *made.applied):
            info = function_of(value, self._program)
            if info is not None:
                yield info

    def of(self, key: str, answers_programs: bool) -> tuple[str, ...]:
        """Ids of the functions that look at who calls before the routes of a table run.

        Hooks of a whole application serve pages and programs alike and let through who shows any of several credentials: they tell who may call only
        of routes that answer programs.
        """
        found = list(self._own.get(key, ()))
        if answers_programs:
            found += self._everywhere
            for table in self._tables.tree.above(key):
                found += self._own.get(table, ())
        return tuple(dict.fromkeys(found))


def function_of(value: Value, program: Program) -> FunctionInfo | None:
    """The project function that a value is."""
    if isinstance(value, Closure):
        return value.info
    return program.functions.get(value.name) if isinstance(value, Ref) else None

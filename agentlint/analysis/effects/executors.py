"""Functions of the program that hand a statement from their caller on to the database, so that the caller's text is what runs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from agentlint.analysis.calls.sites import Calls, CallSite
from agentlint.analysis.effects.arguments import argument_for, parameter_names
from agentlint.analysis.effects.places import Places
from agentlint.ir import syntax as s

_UNTYPED = frozenset({"execute", "executemany", "exec_driver_sql"})
_DEPTH = 4


class Executors:
    """The parameters through which statements are handed on, found over the whole program when first asked for."""

    def __init__(self, places: Places, calls: Calls) -> None:
        self._places = places
        self._calls = calls

    def statement(self, site: CallSite) -> s.Expr | None:
        """The statement that a call of such a function gives."""
        for target in site.targets:
            name = self.parameters.get(target.function) if target.confidence != "low" else None
            if name is not None:
                return argument_for(site, self._places.program.functions[target.function], name)
        return None

    @cached_property
    def parameters(self) -> dict[str, str]:
        """Function id to the name of its parameter that is executed."""
        found: dict[str, str] = {}
        work = []
        for function in sorted(self._places.program.functions):
            for site in self._calls.sites(function):
                owner, name = self._handed_on(self._direct(site), function)
                if name:
                    found[owner] = name
                    work.append(owner)
                    break
        while work:
            function = work.pop()
            callee = self._places.program.functions[function]
            for site in self._calls.callers(function):
                if site.caller in found or not any(t.function == function and t.confidence != "low" for t in site.targets):
                    continue
                owner, name = self._handed_on(argument_for(site, callee, found[function]), site.caller)
                if name and owner not in found:
                    found[owner] = name
                    work.append(owner)
        return found

    def _direct(self, site: CallSite) -> s.Expr | None:
        """The statement of a call that executes it itself."""
        row = self._places.library.effect(site.library) if site.library else None
        if row is not None:
            return self._places.expression(site, row.sql) if row.sql else None
        if site.name in _UNTYPED and not any(t.confidence != "low" for t in site.targets) and site.call.args:
            return site.call.args[0]
        return None

    def _handed_on(self, expr: s.Expr | None, function: str) -> tuple[str, str]:
        """The parameter that the expression is, perhaps wrapped or rewritten, and the function whose it is: this one, or one around it, whose
        parameters it sees as well; two empty texts when it is none."""
        said = tuple(self._names(expr, function, _DEPTH)) if expr is not None else ()
        info = self._places.program.functions.get(function)
        while info is not None and said:
            names = parameter_names(info)
            name = next((n for n in said if n in names), "")
            if name:
                return info.id, name
            info = self._places.program.functions.get(info.parent)
        return "", ""

    def _names(self, expr: s.Expr | None, function: str, depth: int) -> Iterator[str]:
        if isinstance(expr, s.Name):
            values = self._places.assigned(function, expr.id) if depth else ()
            for value in values:
                yield from self._names(value, function, depth - 1)
            yield expr.id
        elif isinstance(expr, s.Call) and depth:
            if isinstance(expr.func, s.Attribute):
                yield from self._names(expr.func.value, function, depth - 1)
            for argument in expr.args[:2]:
                yield from self._names(argument, function, depth - 1)

"""Where the row that a call saves comes from: built just before, or loaded and thus there already."""

from __future__ import annotations

from agentlint.analysis.calls.sites import Calls
from agentlint.analysis.effects.arguments import argument_for, parameter_names
from agentlint.analysis.effects.models import Models
from agentlint.analysis.effects.places import Places
from agentlint.ir import syntax as s
from agentlint.ir.effects import EffectOperation
from agentlint.ir.walk import dotted

_FACTORIES = 3
"""Functions that may stand between the call that builds an instance and the one that saves it."""
_HANDS = 2
"""Functions that may hand a row on to the one that saves it."""
_CALLERS = 12
"""Callers that are asked; a function that more of them share is no step of one action."""


class RowOrigins:
    """Tells rows that are new from rows that are there."""

    def __init__(self, places: Places, models: Models, calls: Calls) -> None:
        self._places = places
        self._models = models
        self._calls = calls

    def operation(self, expr: s.Expr | None, function: str) -> EffectOperation:
        """`create` for a row that was built, `update` for one that was loaded, `write` where callers differ or nobody tells."""
        if self.made(expr, function) is not None:
            return "create"
        if dotted(expr) == "self":
            return "update"
        if not isinstance(expr, s.Name):
            return "write"
        values = self._places.assigned(function, expr.id)
        if values and all(isinstance(v, s.Sequence) and not v.items for v in values):
            return self._put_in(expr.id, function)
        if values:
            return "update"
        return self._handed_in(expr.id, function)

    def _put_in(self, name: str, function: str) -> EffectOperation:
        """The same for a collection that starts empty: what the function puts into it."""
        added = [
            site.call.args[0] for site in self._calls.sites(function)
            if site.name == "append" and site.call.args and isinstance(site.call.func, s.Attribute) and dotted(site.call.func.value) == name
        ]
        answers = {self.operation(one, function) for one in added}
        return answers.pop() if len(answers) == 1 else "write"

    def _handed_in(self, name: str, function: str, depth: int = 0) -> EffectOperation:
        info = self._places.program.functions.get(function)
        callers = self._calls.callers(function)
        if info is None or depth >= _HANDS or name not in parameter_names(info) or not 0 < len(callers) <= _CALLERS:
            return "write"
        answers = {self._given(argument_for(site, info, name), site.caller, depth) for site in callers}
        return answers.pop() if len(answers) == 1 else "write"

    def _given(self, given: s.Expr | None, caller: str, depth: int) -> EffectOperation:
        if self.made(given, caller) is not None:
            return "create"
        if self.loaded(given, caller):
            return "update"
        return self._handed_in(given.id, caller, depth + 1) if isinstance(given, s.Name) and not self._places.assigned(caller, given.id) else "write"

    def loaded(self, expr: s.Expr | None, function: str, depth: int = 0) -> bool:
        """True for what a library call gave, here or in the functions of the project that hand it back, and for what another row leads to."""
        if isinstance(expr, s.Name):
            values = self._places.assigned(function, expr.id)
            return expr.id == "self" or (bool(values) and depth < _FACTORIES and all(self.loaded(v, function, depth + 1) for v in values))
        if isinstance(expr, s.Attribute):
            return self.loaded(expr.value, function, depth)
        info = self._places.program.functions.get(function)
        site = self._calls.at(info.module.name, expr.site) if isinstance(expr, s.Call) and info is not None else None
        if site is None:
            return False
        makers = [self._places.program.functions[t.function] for t in site.targets if t.function in self._places.program.functions]
        if not makers:
            return bool(site.library)
        returned = [(r, m.id) for m in makers for r in self._places.program.returned(m)]
        return bool(returned) and depth < _FACTORIES and all(self.loaded(r, f, depth + 1) for r, f in returned)

    def is_kept(self, args: tuple[s.Expr, ...], function: str) -> bool:
        """True for one thing that was read from what a framework keeps beside a request (`g.get("user")`), by way of a name at most."""
        program = self._places.program
        values = self._places.assigned(function, args[0].id) if args and isinstance(args[0], s.Name) else args
        roots = {dotted(v.func if isinstance(v, s.Call) else v).partition(".")[0] for v in values}
        return bool(roots) and all(root and self._is_namespace(program.resolve(s.Name(root, 0), program.scope_of(function))) for root in roots)

    def _is_namespace(self, name: str) -> bool:
        return bool(name) and self._places.library.is_namespace(name)

    def construction(self, expr: s.Expr | None, function: str) -> s.Call | None:
        """The call that builds the instance here, in the expression or in what the function assigned to its name."""
        if isinstance(expr, s.Sequence) and expr.items:
            expr = expr.items[0]
        candidates = (expr,) if isinstance(expr, s.Call) else self._places.assigned(function, expr.id) if isinstance(expr, s.Name) else ()
        for candidate in candidates:
            if not isinstance(candidate, s.Call):
                continue
            if any(t.meta and self._models.of_type(t) is not None for t in self._places.typed(candidate.func, function)) or self._is_built(candidate, function):
                return candidate
        return None

    def _is_built(self, call: s.Call, function: str) -> bool:
        """True for a library's function that makes a row and does not save it."""
        info = self._places.program.functions.get(function)
        site = self._calls.at(info.module.name, call.site) if info is not None else None
        row = self._places.library.type_row(f"{site.library}()") if site is not None and site.library else None
        if row is None or not row.built:
            return False
        first = call.args[0] if call.args else None
        return row.built == "always" or isinstance(first, s.Mapping) or isinstance(first, s.Call) and dotted(first.func) == "dict"

    def made(self, expr: s.Expr | None, function: str, depth: int = 0) -> tuple[s.Call, str] | None:
        """The call that builds the instance and the function that holds it: here, or in a function of the project that hands back what it built."""
        built = self.construction(expr, function)
        if built is not None or depth >= _FACTORIES:
            return (built, function) if built is not None else None
        values = self._places.assigned(function, expr.id) if isinstance(expr, s.Name) else (expr,)
        info = self._places.program.functions.get(function)
        if info is None:
            return None
        for value in values:
            site = self._calls.at(info.module.name, value.site) if isinstance(value, s.Call) else None
            targets = [t.function for t in site.targets if t.kind == "call" and t.confidence != "low"] if site is not None else []
            makers = [self._places.program.functions[t] for t in targets[:1] if t in self._places.program.functions]
            for returned in (r for m in makers for r in self._places.program.returned(m)):
                found = self.made(returned, makers[0].id, depth + 1)
                if found is not None:
                    return found
        return None

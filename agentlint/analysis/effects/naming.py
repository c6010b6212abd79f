"""What an expression without a known type stands for: a class attribute or parameter to be bound later, a model by its word, or the bare word."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentlint.analysis.effects.arguments import parameter_names
from agentlint.analysis.effects.models import Model, Models
from agentlint.analysis.effects.places import Places
from agentlint.ir import syntax as s

_NAMES_A_CLASS = re.compile(r"(model|class|cls|entity|queryset|query_set|document|table|resource)(_?(cls|class|type))?$", re.IGNORECASE)
"""Attributes that hold the class a generic base works on."""
_COPIES = frozenset({"copy", "clone", "duplicate", "copied", "cloned", "new_copy"})
"""What a method of a model calls another row of the same model."""
_PLUMBING = frozenset({
    "self", "cls", "objects", "query", "session", "db", "filter", "all", "get", "first", "exclude", "order_by", "select_related", "qs", "queryset",
    "get_queryset", "manager", "_default_manager", "super", "request", "instance", "object", "obj", "model", "item", "o", "x", "i", "row",
    "prefetch_related", "get_object", "through", "data", "values", "result", "results", "list", "set", "filter_by", "one", "last", "distinct",
    "using", "entity", "record", "db_obj", "where", "response", "res", "ret", "output", "payload", "body", "context", "kwargs", "args", "cursor",
    "connection", "conn",
})
_FETCHING = frozenset({"query", "get", "select", "get_or_404", "first_or_404", "one_or_404", "get_object_or_404", "get_list_or_404", "scalars"})
_DERIVED = ("form", "formset", "serializer")


class Naming:
    """Names what types leave open."""

    def __init__(self, places: Places, models: Models) -> None:
        self._places = places
        self._models = models

    def named(self, expr: s.Expr | None, function: str) -> Model:
        """The model, or the word to show and what a concrete class or caller may bind it to."""
        words = [w for w in _words(expr) if not w.lower().endswith(_DERIVED)]
        info = self._places.program.functions.get(function)
        if words and words[0] in _COPIES and info is not None and self._models.style(info.owner):
            return Model(info.owner, info.owner.rpartition(".")[2])
        spelled = self._spelled(expr, function)
        if spelled:
            return Model(spelled, spelled.rpartition(".")[2])
        left_open = self._open(expr, function)
        known = next((m for w in words if (m := self._models.of_word(w)) is not None), None)
        if known is not None:
            return Model(known.name, known.target, left_open if left_open.startswith("parameter") else "")
        target = "".join(part.capitalize() for part in words[0].split("_")) if words else ""
        return Model(target=target, open_model=left_open)

    def _spelled(self, expr: s.Expr | None, function: str) -> str:
        """The persistent class that a chain starts at (`Order.tickets.filter()`), also under the alias of an import."""
        program = self._places.program
        while isinstance(expr, (s.Attribute, s.Call, s.Subscript)):
            name = program.resolve(expr, program.scope_of(function)) if isinstance(expr, s.Attribute) else ""
            if name in program.classes and self._models.style(name):
                return name
            if isinstance(expr, s.Attribute) and expr.attr == "through":
                return ""
            expr = expr.func if isinstance(expr, s.Call) else expr.value
        name = program.resolve(expr, program.scope_of(function)) if isinstance(expr, s.Name) else ""
        return name if name in program.classes and self._models.style(name) else ""

    def _open(self, expr: s.Expr | None, function: str) -> str:
        attr = self._own_attribute(expr, function)
        return f"attribute {attr}" if attr else self.parameter(expr, function)

    def _own_attribute(self, expr: s.Expr | None, function: str, depth: int = 3) -> str:
        """`model` for `self.model`, `self.model.objects.filter()`, `cls.model(...)`, and locals assigned from those."""
        attr = ""
        while isinstance(expr, (s.Attribute, s.Call, s.Subscript)):
            if isinstance(expr, s.Attribute):
                attr, expr = expr.attr, expr.value
            else:
                expr = expr.func if isinstance(expr, s.Call) else expr.value
        if not isinstance(expr, s.Name):
            return ""
        if expr.id in ("self", "cls"):
            return attr if _NAMES_A_CLASS.search(attr) else ""
        values = self._places.assigned(function, expr.id)
        return self._own_attribute(values[0], function, depth - 1) if values and depth else ""

    def parameter(self, expr: s.Expr | None, function: str, depth: int = 2) -> str:
        """`parameter FUNCTION NAME` for what a caller hands in: `model.objects.filter()`, `session.query(model)`, a local fetched so, or the row itself."""
        while isinstance(expr, (s.Attribute, s.Call, s.Subscript)):
            if isinstance(expr, s.Call):
                if _called(expr) in _FETCHING and expr.args and isinstance(expr.args[0], s.Name) and self._is_parameter(expr.args[0].id, function):
                    return f"parameter {function} {expr.args[0].id}"
                expr = expr.func
            elif isinstance(expr, s.Attribute):
                if expr.attr not in _PLUMBING:
                    return ""
                expr = expr.value
            elif isinstance(expr.index, s.Constant) and isinstance(expr.index.value, str):  # one of the many things that a mapping holds
                held = self.parameter(expr.value, function, depth)
                return f"part of {held}" if held and not held.startswith("part of ") else held
            else:
                expr = expr.value
        if not isinstance(expr, s.Name):
            return ""
        values = self._places.assigned(function, expr.id)
        if not values:
            return f"parameter {function} {expr.id}" if self._is_parameter(expr.id, function) else ""
        return next((found for v in values if depth and (found := self.parameter(v, function, depth - 1))), "")

    def _is_parameter(self, name: str, function: str) -> bool:
        return name in parameter_names(self._places.program.functions.get(function))


def _called(call: s.Call) -> str:
    return call.func.attr if isinstance(call.func, s.Attribute) else call.func.id if isinstance(call.func, s.Name) else ""


def _words(expr: s.Expr | None) -> Iterator[str]:
    """Identifiers of an access chain, the last first, without those that name no thing; of the rows behind a relation no word tells."""
    while expr is not None:
        match expr:
            case s.Attribute(attr="through"):
                return
            case s.Attribute():
                if expr.attr not in _PLUMBING:
                    yield expr.attr
                expr = expr.value
            case s.Call():
                expr = expr.func
            case s.Subscript():
                expr = expr.value
            case s.Name():
                if expr.id not in _PLUMBING:
                    yield expr.id
                return
            case _:
                return

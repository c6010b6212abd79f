"""Which fields a write touches, as far as the call and its function tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agentlint.analysis.calls.sites import Calls, CallSite
from agentlint.analysis.effects.own_changes import OwnChanges
from agentlint.analysis.effects.places import Places
from agentlint.analysis.effects.set_names import filled_in, handed_keywords, handed_mapping, is_filling, set_names
from agentlint.ir import syntax as s
from agentlint.ir.walk import dotted

_LOOKUP_ONLY = frozenset({"update_fields", "force_insert", "force_update", "using", "commit", "defaults", "create_defaults", "synchronize_session"})


def row_fields(site: CallSite, texts: Iterable[str], places: Places) -> tuple[str, ...]:
    """Fields that a knowledge row's places hold at the site; empty when unknown."""
    found: list[str] = []
    for text in texts:
        if text.startswith("'"):
            found.append(text.strip("'"))
        elif text == "keywords":
            names = keyword_fields(site.call.keywords, site.caller, places)
            if names is None:
                return ()
            found.extend(names)
        else:
            expr = places.expression(site, text)
            if expr is not None:
                names = named_fields(expr, site.caller, places)
                if names is None:
                    return ()
                found.extend(names)
    return unique(found)


def keyword_fields(keywords: Iterable[s.Keyword], function: str, places: Places) -> list[str] | None:
    """Names of keyword arguments, spreads of known mappings included; None when a spread is unknown."""
    found: list[str] = []
    for keyword in keywords:
        if keyword.name is None:
            names = named_fields(keyword.value, function, places)
            if names is None:
                return None
            found.extend(names)
        elif keyword.name not in _LOOKUP_ONLY:
            found.append(keyword.name.partition("__")[0])
    return found


def named_fields(expr: s.Expr, function: str, places: Places, depth: int = 2) -> list[str] | None:
    """Field names that an expression lists or maps; None when it is not known."""
    match expr:
        case s.Mapping():
            names = [_field(key) for key in expr.keys]
            return None if None in names else [n for n in names if n]
        case s.Sequence():
            names = [_field(item) for item in expr.items]
            return None if None in names else [n for n in names if n]
        case s.Call() if dotted(expr.func) == "dict":
            return keyword_fields(expr.keywords, function, places)
        case s.Name() if depth:
            values = places.assigned(function, expr.id)
            if len(values) == 1:
                return named_fields(values[0], function, places, depth - 1)
    value = places.constant(expr, function)
    if isinstance(value, (list, tuple, dict)) and all(isinstance(v, str) for v in value):
        return [str(v) for v in value]
    return None


def _field(expr: s.Expr | None) -> str | None:
    if isinstance(expr, s.Constant) and isinstance(expr.value, str):
        return expr.value
    return expr.attr if isinstance(expr, s.Attribute) else None


_FILLED_IN = frozenset({"model_validate", "model_validate_json", "model_validate_strings", "parse_obj", "from_orm"})
"""Class methods that make an object of a mapping or of another object. Pydantic documentation, "Models"; SQLModel, "Multiple models with FastAPI"."""


def constructor_fields(call: s.Call, function: str, places: Places) -> tuple[str, ...]:
    """Fields that a constructor call of a model sets; none are told where it is filled in from data as a whole."""
    if isinstance(call.func, s.Attribute) and call.func.attr in _FILLED_IN:
        return ()
    return unique(keyword_fields(call.keywords, function, places) or ())


_MARKS = frozenset({"skip_history_when_saving"})
"""Attributes that tell a library what to do and are no columns. django-simple-history documentation, "Save without creating historical records"."""


class InMemory:
    """Fields that a function sets on an object without writing it: assignments, `setattr`, calls that only change memory (`set_password`)."""

    def __init__(self, places: Places, calls: Calls) -> None:
        self._places = places
        self.calls = calls
        self._own = OwnChanges(places, calls)
        self._by_call: dict[str, tuple[tuple[str, int, str], ...]] = {}

    def before(self, site: CallSite, receiver: str) -> tuple[str, ...]:
        """Fields set on the receiver up to the call; empty when unknown, i.e. none or any."""
        writes = self._places.types.writes(site.caller)  # names and lines, which are those of the code on every class
        found = [w.attr for w in writes if w.name == receiver and w.line <= site.line and not w.attr.startswith("_") and w.attr not in _MARKS]
        for name, line, field in self._calls_of(site.caller):
            if name == receiver and line <= site.line:
                if not field:
                    return ()
                found.append(field)
        return unique(found)

    def set_to(self, site: CallSite, receiver: str) -> tuple[tuple[str, str], ...]:
        """Fields and the constants that methods of the receiver set them to before the call, where nothing else sets them."""
        assigned = {w.attr for w in self._places.types.writes(site.caller) if w.name == receiver and w.line <= site.line}
        found: dict[str, set[str]] = {}
        for one in self.calls.sites(site.caller):
            if one.line <= site.line and isinstance(one.call.func, s.Attribute) and dotted(one.call.func.value) == receiver:
                for field, constant in self._own.of_call(one).items():
                    found.setdefault(field, set()).add(constant)
        return tuple(sorted((field, one) for field, held in found.items() if "" not in held and field not in assigned for one in held))

    def handed(self, site: CallSite, receiver: str) -> str:
        """Function and parameter whose keys are set on the receiver before the call, where a loop does so and nothing else is known to."""
        if any(w.name == receiver and w.line <= site.line for w in self._places.types.writes(site.caller)):
            return ""
        before = [o for o in self.calls.sites(site.caller) if is_setattr(o.call) and o.line <= site.line and dotted(o.call.args[0]) == receiver]
        names = [(o.call.args[1], o.caller, self._places) for o in before]
        found = {handed_mapping(*name) or handed_keywords(*name) for name in names}
        return found.pop() if len(found) == 1 else ""

    def _calls_of(self, function: str) -> tuple[tuple[str, int, str], ...]:
        """Receiver, line and field of each such call; an empty field is one that is not known."""
        known = self._by_call.get(function)
        if known is None:
            known = self._by_call[function] = tuple(found for site in self.calls.sites(function) for found in self._of_call(site))
        return known

    def _of_call(self, site: CallSite) -> Iterator[tuple[str, int, str]]:
        if is_setattr(site.call):
            for name in set_names(site.call.args[1], site.caller, self._places) or ("",):
                yield dotted(site.call.args[0]), site.line, name
        elif is_filling(site):
            for name in filled_in(site, self._places) or ("",):
                yield dotted(site.call.args[0]), site.line, name
        elif isinstance(site.call.func, s.Attribute) and site.library:
            row = self._places.library.effect(site.library)
            if row is not None and row.pending:
                for field in row_fields(site, row.fields, self._places) or ("",):
                    yield dotted(site.call.func.value), site.line, field
        elif isinstance(site.call.func, s.Attribute) and (receiver := dotted(site.call.func.value)) not in ("", "self"):
            for field in self._own.of_call(site):
                yield receiver, site.line, field


def is_setattr(call: s.Call) -> bool:
    """`setattr(object, name, value)`."""
    return isinstance(call.func, s.Name) and call.func.id == "setattr" and len(call.args) == 3


def unique(names: Iterable[str]) -> tuple[str, ...]:
    """Without repetition, sorted."""
    return tuple(sorted(set(names)))

"""What methods of a row set on it in memory, for whoever saves it afterwards: `order.cancel(); order.save()` saves a state."""

from __future__ import annotations

from agentlint.analysis.calls.sites import Calls, CallSite
from agentlint.analysis.effects.places import Places
from agentlint.analysis.effects.written_values import WrittenValues
from agentlint.analysis.program import FunctionInfo
from agentlint.ir import syntax as s
from agentlint.ir.walk import dotted

Changes = dict[str, str]
"""Field to the constant that it is set to; empty text for anything else."""

_DEPTH = 3
_SAVING = frozenset({"save", "asave", "delete", "adelete", "clean", "full_clean", "refresh_from_db", "arefresh_from_db"})
"""Methods of Django's models that write a row or put it in order: what an override does on the way was not asked for."""


class OwnChanges:
    """Answers for one program; remembers what methods set."""

    def __init__(self, places: Places, calls: Calls) -> None:
        self._places, self._calls = places, calls
        self._values = WrittenValues(places.program)
        self._known: dict[tuple[str, int], Changes] = {}
        """By method and how deep it was followed."""

    def of_call(self, site: CallSite) -> Changes:
        """Fields that a call of a method sets on the object that it is called on."""
        if not isinstance(site.call.func, s.Attribute) or site.name in _SAVING:
            return {}
        found: Changes = {}
        for target in site.targets:
            info = self._places.program.functions.get(target.function)
            if info is not None and info.owner and target.kind in ("call", "override", "decorates") and target.confidence != "low":
                _join(found, self._of_method(info, _DEPTH))
        return found

    def _of_method(self, info: FunctionInfo, depth: int) -> Changes:
        known = self._known.get((info.id, depth))
        if known is not None:
            return known
        found = self._by_transition(info)
        for write in self._places.types.writes(info.id):
            if write.name == "self" and not write.attr.startswith("_"):
                _join(found, {write.attr: self._values.constant(write.value, info) if write.value is not None else ""})
        for site in self._calls.sites(info.id) if depth else ():
            func = site.call.func
            if isinstance(func, s.Attribute) and dotted(func.value) == "self":
                for target in site.targets:
                    inner = self._places.program.functions.get(target.function)
                    if inner is not None and inner.owner and target.kind == "call" and target.confidence != "low":
                        _join(found, self._of_method(inner, depth - 1))
        self._known[info.id, depth] = found
        return found

    def _by_transition(self, info: FunctionInfo) -> Changes:
        """The field that a decorator of a state machine sets: `@transition(field=state, target="cancelled")`. django-fsm, "Usage"."""
        for decorator in info.node.decorators:
            if not isinstance(decorator, s.Call):
                continue
            path = self._places.program.resolve(decorator.func, info)
            row = self._places.library.decision(path) if path else None
            if row is None or row.kind != "state-machine":
                continue
            given = {k.name: k.value for k in decorator.keywords if k.name}
            field = given.get("field", decorator.args[0] if decorator.args else None)
            name = field.value if isinstance(field, s.Constant) else dotted(field).rpartition(".")[2]
            if isinstance(name, str) and name:
                target = given.get("target")
                return {name: self._values.constant(target, info) if target is not None else ""}
        return {}


def _join(found: Changes, more: Changes) -> None:
    for field, constant in more.items():
        found[field] = constant if found.get(field, constant) == constant else ""

"""What the arguments of a model call say about its bounds, seen through constants, parameters, local variables and spread mappings."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import msgspec

from agentlint.analysis.program import UNKNOWN, FunctionInfo, Program
from agentlint.ir import syntax as s
from agentlint.ir import walk
from agentlint.knowledge.paths import places

Given = Mapping[str, s.Expr | None]
"""Parameters of a function to what a call site hands over; None where it hands over nothing."""

_ABSENT = re.compile(r"^(NOT_GIVEN|NotGiven|omit|Omit|UNSET|Undefined)$")
_FREE_FORMS = frozenset({"json_object", "text", "json", "auto"})


class Frame(msgspec.Struct, frozen=True):
    """A function in which arguments are read, and what its caller is known to hand over."""

    function: FunctionInfo
    given: Given = {}
    outer: Frame | None = None


class Arguments:
    """Reads arguments of calls."""

    def __init__(self, program: Program, assigned: Callable[[str, str], tuple[s.Expr, ...]]) -> None:
        self._program, self._assigned = program, assigned

    def at(self, call: s.Call, place: str, frame: Frame) -> tuple[bool, s.Expr | None]:
        """Whether the call can be told to give the argument or not, and the argument; a spread that cannot be read leaves it open."""
        open_spread = False
        for one in places(place):
            inside = one.startswith("in ")
            kind, _, rest = one.removeprefix("in ").partition(" ")
            name, _, keys = rest.partition(" ")
            value = self._one(call, kind, name, frame)
            if value is None:
                open_spread = open_spread or self._has_open_spread(call, frame)
                continue
            if not inside:
                return True, value
            found = self._inside(value, keys.split(), frame)
            if found is not None:
                return True, found
            open_spread = open_spread or not _spells_out(self.value_of(value, frame))
        return not open_spread, None

    def _one(self, call: s.Call, kind: str, name: str, frame: Frame) -> s.Expr | None:
        if kind == "arg":
            plain = [a for a in call.args if not (isinstance(a, s.Other) and a.kind == "star")]
            return plain[int(name)] if int(name) < len(plain) else None
        for keyword in call.keywords:
            if keyword.name == name:
                return keyword.value
        for keyword in call.keywords:
            if keyword.name is None:
                found = self._handed_on(keyword.value, name, frame) or self._inside(keyword.value, [name], frame)
                if found is not None:
                    return found
        return None

    def _handed_on(self, spread: s.Expr, name: str, frame: Frame) -> s.Expr | None:
        """What the caller gave under a name that the function takes with its further keywords and spreads into the call."""
        if frame.outer is None or not _is_rest(spread, frame):
            return None
        given = frame.given.get(name) if all(p.name != name for p in frame.function.node.params) else None
        if given is None:
            rest = frame.given.get(REST)
            return self._inside(rest, [name], frame.outer) or self._handed_on(rest, name, frame.outer) if rest is not None else None
        value = self.value_of(given, frame.outer)
        open_there = isinstance(value, s.Name) and any(p.name == value.id for p in frame.outer.function.node.params)
        return None if open_there else value

    def _has_open_spread(self, call: s.Call, frame: Frame) -> bool:
        return any(k.name is None and self._is_open(k.value, frame) for k in call.keywords)

    def _is_open(self, spread: s.Expr, frame: Frame) -> bool:
        """True for a spread of which the code does not tell what it holds."""
        if frame.outer is not None and _is_rest(spread, frame) and len(self._assigned(frame.function.id, _name(spread))) == 0:
            rest = frame.given.get(REST)
            return rest is not None and self._is_open(rest, frame.outer)
        return not isinstance(self.value_of(spread, frame), s.Mapping)

    def _inside(self, value: s.Expr, keys: list[str], frame: Frame, depth: int = 8) -> s.Expr | None:
        """An entry of a mapping, or a keyword of a constructor; a mapping may be spread into itself (`given = {**given, "n": 1}`)."""
        value = self.value_of(value, frame)
        if isinstance(value, s.Mapping) and depth:
            for key, item in zip(value.keys, value.values, strict=True):
                if isinstance(key, s.Constant) and key.value in keys:
                    return item
                if key is None and (found := self._inside(item, keys, frame, depth - 1)) is not None:
                    return found
        if isinstance(value, s.Call):
            return next((k.value for k in value.keywords if k.name in keys), None)
        return self._in_each(value, keys, frame, depth - 1) if isinstance(value, s.Name) and depth else None

    def _in_each(self, name: s.Name, keys: list[str], frame: Frame, depth: int) -> s.Expr | None:
        """An entry that a variable holds whichever branch filled it; a call that is handed the mapping and gives it back adds to it."""
        values = self._assigned(frame.function.id, name.id)
        filled = [v for v in values if not (isinstance(v, s.Call) and any(isinstance(a, s.Name) and a.id == name.id for a in v.args))]
        if len(values) < 2 or not filled or not all(isinstance(v, s.Mapping) for v in filled):
            return None
        found = [self._inside(v, keys, frame, depth) for v in filled]
        return found[0] if all(f is not None for f in found) else None

    def value_of(self, expr: s.Expr, frame: Frame, depth: int = 4) -> s.Expr:
        """The expression behind a local variable, a parameter or a conditional default."""
        if not isinstance(expr, s.Name) or depth == 0:
            return expr
        if expr.id in frame.given and frame.given[expr.id] is not None and frame.outer is not None:
            return self.value_of(frame.given[expr.id] or expr, frame.outer, depth - 1)
        values = self._assigned(frame.function.id, expr.id)
        if len(values) == 1:
            return self.value_of(values[0], frame, depth - 1)
        parameter = next((p for p in frame.function.node.params if p.name == expr.id), None)
        if parameter is not None and parameter.default is not None and not values and expr.id in frame.given:
            return parameter.default
        return expr

    def truth(self, call: s.Call, place: str, frame: Frame) -> bool | None:
        """True when the call sets the option, False when it leaves it out or sets it to nothing, None when the code does not tell."""
        told, expr = self.at(call, place, frame)
        if expr is None:
            return False if told else None
        return self.is_set(expr, frame)

    def is_set(self, expr: s.Expr, frame: Frame) -> bool | None:
        """Whether a value is something."""
        value = self.value_of(expr, frame)
        if isinstance(value, s.Apply) and value.op == "?:":
            sides = {self.is_set(side, frame) for side in value.operands[1:]}
            return sides.pop() if len(sides) == 1 else None
        if isinstance(value, s.Constant):
            return value.value is not None and value.value is not False
        if _ABSENT.match(walk.dotted(value).rpartition(".")[2]):
            return False
        if isinstance(value, s.Name) and any(p.name == value.id for p in frame.function.node.params):
            return None
        folded = self._program.fold(value, frame.function)
        return folded is not None if folded is not UNKNOWN else True

    def enforces_schema(self, call: s.Call, place: str, frame: Frame) -> bool | None:
        """Whether the call makes the model answer in a given schema; asking for any JSON does not."""
        told, expr = self.at(call, place, frame)
        if expr is None:
            return False if told else None
        value = self.value_of(expr, frame)
        for part in walk.expressions(value):
            if isinstance(part, s.Constant) and part.value in _FREE_FORMS:
                return False
        return self.is_set(value, frame)


def _spells_out(expr: s.Expr) -> bool:
    """True for a mapping, or for an object that is made with keywords (`dict(a=1)`, `Options(a=1)`); what another function returns is not known."""
    name = walk.dotted(expr.func).rpartition(".")[2] if isinstance(expr, s.Call) else ""
    return isinstance(expr, s.Mapping) or name == "dict" or name[:1].isupper()


REST = "**"
"""Stands for what a call spreads into the further keywords of a function."""


def _is_rest(expr: s.Expr, frame: Frame) -> bool:
    """True for the parameter that takes a function's further keywords."""
    return any(p.kind == "double-star" and p.name == _name(expr) for p in frame.function.node.params)


def _name(expr: s.Expr) -> str:
    return expr.id if isinstance(expr, s.Name) else ""


def handed_over(call: s.Call, info: FunctionInfo) -> dict[str, s.Expr | None]:
    """Parameters of a function to the arguments of a call of it."""
    names = [p.name for p in info.node.params if p.kind == "positional"]
    if info.owner and names and names[0] in ("self", "cls"):
        names = names[1:]
    given: dict[str, s.Expr | None] = {p.name: None for p in info.node.params}
    given.update(zip(names, call.args, strict=False))
    given.update({k.name or REST: k.value for k in call.keywords})
    return given

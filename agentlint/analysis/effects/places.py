"""What stands at a place of a call site (`arg 0`, `kwarg model`, `receiver`, `T`): the expression, its types, its constant text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from agentlint.analysis.calls.sites import CallSite
from agentlint.analysis.program import UNKNOWN, ClassInfo, Folded, Program
from agentlint.analysis.types.inference import AttributeWrite, Type, Types
from agentlint.ir import syntax as s
from agentlint.ir.walk import statements
from agentlint.knowledge import LibraryFacts
from agentlint.knowledge.paths import places

_ITEM = "item of "
_GIVEN = " is given"
_WHEN = re.compile(r"^(?P<place>.+?) (?P<no>not )?matches (?P<regex>.+)$")


class Places:
    """Answers for one program; remembers the assignments of a function."""

    def __init__(self, program: Program, types: Types, library: LibraryFacts) -> None:
        self.program = program
        self.types = types
        self.library = library
        self.concrete: Type | None = None
        """The class that the function in hand runs on, where it is looked at for one."""
        self.relied = False
        """Set when an answer was asked for that may differ from class to class."""
        self._assigned: dict[str, Mapping[str, tuple[s.Expr, ...]]] = {}

    def expression(self, site: CallSite, text: str) -> s.Expr | None:
        """The expression at the first alternative that the call fills."""
        for place in places(text):
            found = _argument(site.call, place.removeprefix(_ITEM))
            if found is not None:
                return found
        return None

    def types_at(self, site: CallSite, text: str) -> tuple[Type, ...]:
        """The types at a place; `item of` gives the instance of a class and the element of a collection."""
        for place in places(text):
            item, name = place.startswith(_ITEM), place.removeprefix(_ITEM)
            found = self._types_of(site, name)
            if found:
                return _unique(self.item(t) for t in found) if item else found
        return ()

    def _types_of(self, site: CallSite, name: str) -> tuple[Type, ...]:
        if name == "receiver":
            return site.receiver
        if name == "T":
            fixed = (self.types.fixed_argument(t, site.library) if site.library and not t.args else None for t in site.receiver)
            return _unique((*(t.args[0] for t in site.receiver if t.args), *(f for f in fixed if f is not None)))
        if name.startswith("attribute "):
            return _unique(found for t in site.receiver for found in self.types.attribute(t, name.removeprefix("attribute ")))
        expr = _argument(site.call, name)
        return () if expr is None else self.elements(expr, site.caller)

    def elements(self, expr: s.Expr, function: str) -> tuple[Type, ...]:
        """Types of an expression; a list display counts as what stands in it."""
        if isinstance(expr, s.Sequence) and expr.items:
            return self.elements(expr.items[0], function)
        if isinstance(expr, s.Comprehension) and expr.elements:
            return self.typed(expr.elements[0], function)
        return self.typed(expr, function)

    def typed(self, expr: s.Expr | None, function: str) -> tuple[Type, ...]:
        """Types of an expression of a function, on the concrete class in hand."""
        self.relied = self.relied or not self.types.is_shared(expr, function)
        return self.types.of(expr, function, self.concrete or "")

    def writes(self, function: str) -> tuple[AttributeWrite, ...]:
        """Attribute assignments of a function, on the concrete class in hand."""
        found = self.types.writes(function, self.concrete or "")
        self.relied = self.relied or bool(found)
        return found

    def item(self, type_: Type) -> Type:
        """The instance of a class object, the element of a collection, anything else itself."""
        if type_.meta:
            return Type(type_.name, type_.args)
        if type_.args and type_.name not in self.program.classes:
            return type_.args[-1] if type_.name == "dict" else type_.args[0]
        return type_

    def constant(self, expr: s.Expr | None, function: str) -> Folded:
        """The folded value, None when there is none."""
        if expr is None:
            return None
        if isinstance(expr, s.Constant):
            return expr.value
        held = self._of_class(expr)
        value = self.program.fold(*held) if held is not None else self.program.fold(expr, self.program.scope_of(function))
        return None if value is UNKNOWN else value

    def _of_class(self, expr: s.Expr) -> tuple[s.Expr, ClassInfo] | None:
        """What an attribute of `self` is by the body of the concrete class in hand."""
        if self.concrete and isinstance(expr, s.Attribute) and isinstance(expr.value, s.Name) and expr.value.id in ("self", "cls"):
            self.relied = True
            return self.program.attribute(self.concrete.name, expr.attr)
        return None

    def text(self, site: CallSite, text: str) -> str:
        """Constant text at a place or a quoted text; empty when it is not constant."""
        if text.startswith("'"):
            return text.strip("'")
        value = self.constant(self.expression(site, text), site.caller)
        return value if isinstance(value, str) else ""

    def holds(self, site: CallSite, condition: str) -> bool:
        """True when a row's `when` is met at the site."""
        if condition.endswith(_GIVEN):
            return self.expression(site, condition.removesuffix(_GIVEN)) is not None
        match = _WHEN.match(condition)
        if match is None:
            return not condition
        value = self.constant(self.expression(site, match["place"]), site.caller)
        if value is None or isinstance(value, (list, tuple, dict)):
            return bool(match["no"])
        return bool(re.search(match["regex"], str(value))) != bool(match["no"])

    def assigned(self, function: str, name: str) -> tuple[s.Expr, ...]:
        """Every value that the function itself assigns to a local name, in source order."""
        known = self._assigned.get(function)
        if known is None:
            info = self.program.functions.get(function)
            known = self._assigned[function] = _assignments(info.node.body) if info is not None else {}
        return known.get(name, ())


def _argument(call: s.Call, place: str) -> s.Expr | None:
    kind, _, which = place.partition(" ")
    if kind == "receiver":
        return call.func.value if isinstance(call.func, s.Attribute) else call.func
    if kind == "kwarg":
        return next((k.value for k in call.keywords if k.name == which), None)
    if kind == "arg" and int(which) < len(call.args):
        found = call.args[int(which)]
        return None if isinstance(found, s.Other) and found.kind == "star" else found
    return None


def _unique(types: Iterable[Type]) -> tuple[Type, ...]:
    return tuple(dict.fromkeys(types))


def _assignments(body: tuple[s.Stmt, ...]) -> Mapping[str, tuple[s.Expr, ...]]:
    found: dict[str, list[s.Expr]] = {}
    for stmt in statements(body):
        if isinstance(stmt, s.Assign) and stmt.value is not None:
            for target in stmt.targets:
                if isinstance(target, s.Name):
                    found.setdefault(target.id, []).append(stmt.value)
                elif isinstance(target, s.Sequence) and target.items and isinstance(target.items[0], s.Name):
                    found.setdefault(target.items[0].id, []).append(stmt.value)
        elif isinstance(stmt, s.With):
            for item in stmt.items:
                if isinstance(item.target, s.Name):
                    found.setdefault(item.target.id, []).append(item.value)
        elif isinstance(stmt, s.Loop) and isinstance(stmt.target, s.Name) and stmt.iterable is not None:
            found.setdefault(stmt.target.id, []).append(stmt.iterable)
    return {name: tuple(values) for name, values in found.items()}

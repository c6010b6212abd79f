"""What a registration of a recording mechanism names: models, through tables, operations, and whether a library's part is in use at all."""

from __future__ import annotations

import functools
from collections.abc import Iterable

from agentlint.analysis.calls.sites import Calls
from agentlint.analysis.effects.arguments import argument_for, parameter_names
from agentlint.analysis.program import FunctionInfo, Program
from agentlint.analysis.types.inference import Types
from agentlint.ir import syntax as s
from agentlint.ir.walk import body_expressions, statements
from agentlint.knowledge.paths import places
from agentlint.knowledge.schema import MechanismRow

_OPERATIONS = ("create", "update", "delete", "relation")
_MOST_HANDS = 3
"""Functions through which a registration's model may be handed in."""


class Registrations:
    """Reads the arguments of registering calls."""

    def __init__(self, program: Program, types: Types, calls: Calls) -> None:
        self._program, self._types, self._calls = program, types, calls

    def models(self, expr: s.Expr, function: str, hands: int = _MOST_HANDS) -> list[str]:
        """The classes that an expression stands for: a name, a list of names, a loop variable over one, or a parameter by what every call hands in."""
        if isinstance(expr, s.Sequence):
            return [name for item in expr.items for name in self.models(item, function, hands)]
        info = self._program.functions.get(function)
        if info is not None and hands and isinstance(expr, s.Name) and expr.id in parameter_names(info):
            handed = self._handed_in(expr.id, info, hands)
            if handed:
                return handed
        scope = self._program.functions.get(function) or self._program.modules.get(function.removesuffix(".<module>"))
        name = self._program.resolve(expr, scope) if scope is not None else ""
        if name in self._program.classes:
            return [name]
        found = [t.name for t in self._types.of(expr, function) if t.meta]
        return found or ([name] if name else self._registered(expr, function))

    def _handed_in(self, name: str, info: FunctionInfo, hands: int) -> list[str]:
        found: dict[str, None] = {}
        for site in self._calls.callers(info.id):
            given = argument_for(site, info, name)
            for model in self.models(given, site.caller, hands - 1) if given is not None else ():
                if model in self._program.classes or model.rpartition(".")[2][:1].isupper():
                    found[model] = None
        return sorted(found)

    def _registered(self, expr: s.Expr, function: str) -> list[str]:
        """The model that was fetched from the registry of applications by its name (`Order = apps.get_model("shop", "Order")`)."""
        call = self._assigned(expr.id, function) if isinstance(expr, s.Name) else expr
        if not isinstance(call, s.Call) or _called(call) != "get_model":
            return []
        given = (*call.args, *(k.value for k in call.keywords if k.name != "app_label"))
        said = [a.value for a in given if isinstance(a, s.Constant) and isinstance(a.value, str)]
        name = said[-1].rpartition(".")[2].lower() if said else ""
        found = [c for c in self._program.classes if c.rpartition(".")[2].lower() == name and self._program.classes[c].node.bases]
        return found if len(found) == 1 else []

    def subjects(self, function: str, parameter: str) -> list[str]:
        """The project's classes that a listener's parameter is known to hold; one empty name when it may be any."""
        found = self._types.parameter(function, parameter) if function in self._program.functions else ()
        return [t.name for t in found if t.name in self._program.classes] or [""]

    def through(self, expr: s.Expr, function: str) -> tuple[str, str] | None:
        """(`Order`, `items`) for `Order.items.through` and `Order._meta.get_field("items").remote_field.through`."""
        relation = _relation(expr)
        owners = self.models(relation[0], function) if relation is not None else []
        return (owners[0], relation[1]) if owners and relation is not None else None

    def through_class(self, name: str) -> tuple[str, str] | None:
        """The same for a class whose base is a through table, named there or in a variable before it."""
        info = self._program.classes.get(name)
        if info is None:
            return None
        for base in info.node.bases:
            expr = self._assigned(base.id, info.parent) if isinstance(base, s.Name) else base
            relation = _relation(expr) if expr is not None else None
            if relation is not None:
                owner = self._program.resolve(relation[0], info.module) or self._local_import(relation[0], info.parent)
                if owner:
                    return owner, relation[1]
        return None

    def _assigned(self, name: str, function: str) -> s.Expr | None:
        """What the enclosing function, or the module, assigned to a name."""
        scope = self._program.functions.get(function)
        for stmt in statements(scope.node.body) if scope is not None else ():
            if isinstance(stmt, s.Assign) and any(isinstance(t, s.Name) and t.id == name for t in stmt.targets):
                return stmt.value
        return None

    def _local_import(self, expr: s.Expr, function: str) -> str:
        scope = self._program.functions.get(function)
        return self._program.resolve(expr, scope) if scope is not None else ""

    def operations(self, call: s.Call, row: MechanismRow) -> tuple[str, ...]:
        """The operations that a registration asks for by the trackers it is given; the row's own when it names none."""
        if not row.events:
            return row.operations
        names = [_called(a) for a in (*call.args, *(k.value for k in call.keywords))]
        asked = {row.events[name] for name in names if name in row.events}
        return tuple(o for o in _OPERATIONS if o in asked) if asked else row.operations

    def used(self, path: str) -> bool:
        """True when the program imports the thing, derives a class from it, or names it in its settings."""
        return path in _imported_names(self._program) or bool(self._program.subclasses(path)) or path in settings_texts(self._program)


def argument_at(call: s.Call, place: str) -> s.Expr | None:
    """The argument at a place such as `arg 0 or kwarg model`; `args` for all that have no name."""
    for one in places(place):
        if one == "args":
            return s.Sequence("tuple", call.args, call.line)
        kind, _, name = one.partition(" ")
        if kind == "arg" and int(name) < len(call.args):
            return call.args[int(name)]
        if kind == "kwarg":
            for keyword in call.keywords:
                if keyword.name == name:
                    return keyword.value
    return None


def _relation(expr: s.Expr) -> tuple[s.Expr, str] | None:
    """The model and the name of the relation whose through table an expression means."""
    if not (isinstance(expr, s.Attribute) and expr.attr == "through"):
        return None
    inner: s.Expr = expr.value
    while isinstance(inner, s.Attribute) and inner.attr in ("remote_field", "rel", "field"):
        inner = inner.value
    if isinstance(inner, s.Call) and isinstance(inner.func, s.Attribute) and inner.func.attr == "get_field" and inner.args:
        owner, name = inner.func.value, inner.args[0]
        if isinstance(owner, s.Attribute) and owner.attr == "_meta" and isinstance(name, s.Constant) and isinstance(name.value, str):
            return owner.value, name.value
    return (inner.value, inner.attr) if isinstance(inner, s.Attribute) else None


def _called(expr: s.Expr) -> str:
    func = expr.func if isinstance(expr, s.Call) else expr
    return func.attr if isinstance(func, s.Attribute) else func.id if isinstance(func, s.Name) else ""


@functools.lru_cache(maxsize=2)
def _imported_names(program: Program) -> frozenset[str]:
    found: set[str] = set()
    for module in program.modules.values():
        for stmt in statements(module.body):
            if isinstance(stmt, s.Import) and not stmt.level:
                found.update(f"{stmt.module}.{name.name}" for name in stmt.names)
    for name in tuple(found):
        found.add(program.canonical(name))
    return frozenset(found)


@functools.lru_cache(maxsize=2)
def settings_texts(program: Program) -> dict[str, tuple[str, int]]:
    """Texts that settings modules hold, dotted names among them, with the first place of each."""
    found: dict[str, tuple[str, int]] = {}
    for module in program.modules.values():
        if _is_settings(module):
            for expr in _all_expressions(module.body):
                if isinstance(expr, s.Constant) and isinstance(expr.value, str) and 2 < len(expr.value) < 120:
                    found.setdefault(expr.value, (module.path, expr.line))
    return found


def _is_settings(module: s.Module) -> bool:
    return any("settings" in part or part in ("config", "conf") for part in module.name.split("."))


def _all_expressions(body: Iterable[s.Stmt]) -> Iterable[s.Expr]:
    yield from body_expressions(body)
    for stmt in statements(body):
        if isinstance(stmt, s.Define) and isinstance(stmt.definition, (s.Function, s.Class)):
            yield from _all_expressions(stmt.definition.body)

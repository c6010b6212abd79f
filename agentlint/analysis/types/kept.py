"""What functions put into the collections of a module: `_held["recorder"] = make_recorder()`."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from agentlint.analysis.types.values import UNSEEN, Type, Types_, collection, union
from agentlint.ir import syntax as s
from agentlint.ir import walk

if TYPE_CHECKING:
    from agentlint.analysis.types.engine import Engine

_MAPPINGS = frozenset({"dict", "collections.defaultdict"})
_COLLECTIONS = _MAPPINGS | {"list", "set", "collections.deque"}
_MOST = 16
"""Items that are asked for what they are."""


class Kept:
    """Answers by the dotted name of a module's variable."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def filled(self, variable: str, found: Types_) -> Types_:
        """The types of a variable: a collection of which nothing is known takes the type of what is put into it elsewhere."""
        kinds = sorted({t.name for t in found})
        if len(kinds) != 1 or kinds[0] not in _COLLECTIONS or any(a != UNSEEN and not a.meta for t in found for a in t.args[-1:]):
            return found
        items = []
        for how, value, scope in self._by_variable.get(variable, ())[:_MOST]:
            types = self._engine.eval(value, self._engine.frame(scope))
            items.append(union(self._engine.item(t) for t in types) if how == "extend" else types)
        every = union(items)
        if not every:
            return found
        return tuple(Type("dict", (Type("str"), t)) for t in every) if kinds[0] in _MAPPINGS else collection(kinds[0], every)

    def of_class(self, class_id: str, name: str, found: Types_) -> Types_:
        """The same for an empty mapping that a class keeps for all its objects, filled by its own methods: `cls._known[name] = made`."""
        if len(found) != 1 or found[0].name not in _MAPPINGS or any(a != UNSEEN for a in found[0].args[-1:]):
            return found
        engine, info = self._engine, self._engine.program.classes[class_id]
        items = [
            engine.eval(stmt.value, engine.frame(method, Type(class_id)))
            for method in info.methods.values() for stmt in walk.statements(engine.program.functions[method].node.body)
            if isinstance(stmt, s.Assign) and stmt.value is not None and any(_is_item_of(t, name, info.node.name) for t in stmt.targets)
        ]
        return tuple(Type("dict", (Type("str"), t)) for t in union(items[:_MOST])) or found

    @cached_property
    def _by_variable(self) -> dict[str, list[tuple[str, s.Expr, str]]]:
        found: dict[str, list[tuple[str, s.Expr, str]]] = {}
        program = self._engine.program
        for scope_id, flow in self._engine.flows.items():
            for name, how, value in flow.kept:
                variable = program.resolve(s.Name(name, 0), program.scope_of(scope_id))
                found.setdefault(variable, []).append((how, value, scope_id))
        return found


def _is_item_of(target: s.Expr, name: str, class_name: str) -> bool:
    """True for `cls.name[key]`, `self.__class__.name[key]`, `self.name[key]` and `Class.name[key]`."""
    held = target.value if isinstance(target, s.Subscript) else None
    return isinstance(held, s.Attribute) and held.attr == name and walk.dotted(held.value) in ("cls", "self", "self.__class__", class_name)

"""What a registry hands out under the classes and texts that a call asks for, where a plugin says what is registered."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from agentlint.analysis.types.values import Types_, union
from agentlint.ir import syntax as s
from agentlint.ir.walk import dotted

if TYPE_CHECKING:
    from agentlint.analysis.types.engine import Engine, Frame


class Registries:
    """Answers calls of a registry's own method."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def answers(self, method: str) -> bool:
        """True for the name of a method that hands out what is registered under the arguments of a call."""
        return method in self._methods

    @cached_property
    def _methods(self) -> frozenset[str]:
        return frozenset(owner.removesuffix("()").rpartition(".")[2] for owner in self._engine.extra if owner.endswith("()"))

    def asked(self, call: s.Call, func: s.Attribute, frame: Frame) -> Types_ | None:
        """What the registry gives; None when a plugin told nothing of the keys that the call spells."""
        keys = []
        for asked in (*call.args, *(k.value for k in call.keywords)):
            key = asked.value if isinstance(asked, s.Constant) else self._engine.program.resolve(asked, frame.scope)
            if isinstance(key, str) and key:
                keys.append(key)
            bound = frame.flow.bindings.get(asked.id, ()) if isinstance(asked, s.Name) else ()
            keys += [entry for one in (asked, *(b.expr for b in bound if b.kind == "value")) for entry in _entries(one)]
        holders = [f"{t.name}.{func.attr}()" for t in self._engine.eval(func.value, frame)]
        for key in (" ".join(keys), *keys):
            found = union(self._engine.members.told(h, key) for h in holders)
            if found:
                return found
        return None


def _entries(expr: s.Expr | None) -> list[str]:
    """The texts of a mapping as `key=value`, by which a registry may be asked too."""
    if isinstance(expr, s.Mapping):
        pairs = [(k.value if isinstance(k, s.Constant) else None, v) for k, v in zip(expr.keys, expr.values, strict=True)]
    elif isinstance(expr, s.Call) and dotted(expr.func).rpartition(".")[2] in ("dict", "_dict"):
        if expr.args:
            return _entries(expr.args[0])
        pairs = [(k.name, k.value) for k in expr.keywords]
    else:
        return []
    return [f"{key}={value.value}" for key, value in pairs if key and isinstance(value, s.Constant) and isinstance(value.value, str)]

"""Classes that code asks for by two texts: the end of a module's name, and the name of a class in it (`load("orders.forms", "OrderForm")`)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

from agentlint.ir import syntax as s
from agentlint.ir.walk import statements

_MODULE = re.compile(r"[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)*")
_CLASS = re.compile(r"[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*")


class ToldClasses:
    """Finds the module of a class that a loader is asked for by texts. Several that fit are none."""

    def __init__(self, modules: Mapping[str, s.Module]) -> None:
        self._modules = modules
        self._defined: dict[str, frozenset[str]] = {}
        self._by_end: dict[str, list[str]] = defaultdict(list)
        for name in modules:
            self._by_end[name.rpartition(".")[2]].append(name)

    def pairs(self, call: s.Call) -> tuple[tuple[str, str], ...]:
        """Module and class of every class that a call's two texts (or a text and a list of texts) name; empty unless all are known."""
        if len(call.args) != 2 or call.keywords or not isinstance(call.args[0], s.Constant):
            return ()
        second = call.args[1]
        names = second.items if isinstance(second, s.Sequence) else (second,)
        found = [self.pair(call.args[0].value, n.value) for n in names if isinstance(n, s.Constant)]
        return tuple(found) if found and len(found) == len(names) and all(p[0] for p in found) else ()

    def pair(self, module: object, name: object) -> tuple[str, str]:
        """Module and class for two texts; empty texts when nothing or several things fit."""
        if not isinstance(module, str) or not isinstance(name, str) or not _MODULE.fullmatch(module) or not _CLASS.fullmatch(name):
            return ("", "")
        for wanted in (module, f"{module}.models"):  # a model is asked for by the label of its application
            fitting = [m for m in self._by_end.get(wanted.rpartition(".")[2], ()) if f".{m}".endswith(f".{wanted}") and name in self._classes(m)]
            if len(fitting) == 1:
                return (fitting[0], name)
        return ("", "")

    def _classes(self, module: str) -> frozenset[str]:
        if module not in self._defined:
            body = statements(self._modules[module].body)
            self._defined[module] = frozenset(st.definition.name for st in body if isinstance(st, s.Define) and isinstance(st.definition, s.Class))
        return self._defined[module]

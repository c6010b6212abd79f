"""Constants that a write puts into fields: which state something is set to, where the code says it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from agentlint.analysis.program import FunctionInfo, Program
from agentlint.ir import syntax as s
from agentlint.ir.effects import Effect
from agentlint.ir.walk import dotted, expressions, own_expressions, statements

Values = dict[str, frozenset[str]]
"""Field to the constants it is set to; a field that is not in it is set to something else, or to what a caller sends."""

_ANSWERS = ("Response", "Exception", "Error", "Redirect", "render", "jsonify")
"""How the names of calls end that answer a request or refuse it: their `status=200` is no field of a row."""


class WrittenValues:
    """Answers for one program; remembers what functions assign."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._assigned: dict[str, dict[str, frozenset[str]]] = {}

    def of(self, effect: Effect) -> Values:
        """The constants that an effect writes. A field that any line sets to a value that is not constant is left out."""
        if not effect.fields or effect.registered or effect.function not in self._program.functions:
            return {}
        known = self._of_function(self._program.functions[effect.function])
        told: Values = {}
        for field, constant in effect.set_to:
            told[field] = told.get(field, frozenset()) | {constant}
        return told | {field: known[field] for field in effect.fields if known.get(field)}

    def _of_function(self, info: FunctionInfo) -> dict[str, frozenset[str]]:
        found = self._assigned.get(info.id)
        if found is None:
            values: dict[str, list[s.Expr]] = {}
            names: dict[str, list[s.Expr]] = {}
            for stmt in statements(info.node.body):
                if isinstance(stmt, s.Assign) and stmt.value is not None:
                    for target in stmt.targets:
                        if isinstance(target, s.Attribute):
                            values.setdefault(target.attr, []).append(stmt.value)
                        elif isinstance(target, s.Name):
                            names.setdefault(target.id, []).append(stmt.value)
                for call in (e for root in own_expressions(stmt) for e in expressions(root) if isinstance(e, s.Call)):
                    for keyword in call.keywords if not dotted(call.func).endswith(_ANSWERS) else ():
                        if keyword.name:
                            values.setdefault(keyword.name, []).append(keyword.value)
            found = {field: self._constants(given, names, info) for field, given in values.items()}
            found = self._assigned[info.id] = {field: constants for field, constants in found.items() if constants}
        return found

    def _constants(self, given: Iterable[s.Expr], names: Mapping[str, list[s.Expr]], info: FunctionInfo) -> frozenset[str]:
        """The constants that expressions can be, each side of a conditional and what locals were set to included; empty when one is anything else."""
        found: set[str] = set()
        for value in given:
            if isinstance(value, s.Apply) and value.op == "?:":
                inner = self._constants(value.operands[1:], names, info)
            elif isinstance(value, s.Name) and value.id in names:
                inner = self._constants(names[value.id], {k: v for k, v in names.items() if k != value.id}, info)
            else:
                constant = self.constant(value, info)
                inner = frozenset((constant,)) if constant else frozenset()
            if not inner:
                return frozenset()
            found |= inner
        return frozenset(found)

    def constant(self, value: s.Expr, info: FunctionInfo) -> str:
        """A constant as text, an enumeration's member by its value or last name; empty for anything else."""
        folded = self._program.fold(value, info)
        if isinstance(folded, (str, int, float, bool)) and "{}" not in str(folded):
            return str(folded)
        name = dotted(value)
        last = name.rpartition(".")[2]
        return last.lower() if "." in name and (last.isupper() or self._program.resolve(value, info)) and last[:1].isupper() else ""

"""Constants that callers hand down to a write: the state that `set_state(order, CANCELLED)` sets, told along the calls that lead to it."""

from __future__ import annotations

from collections import defaultdict

from agentlint.analysis.effects.written_values import Values, WrittenValues
from agentlint.analysis.program import FunctionInfo, Program
from agentlint.ir import syntax as s
from agentlint.ir.effects import ReachedEffect, Step
from agentlint.ir.walk import calls, dotted, statements


class HandedValues:
    """Answers for one program: the constants that an effect writes, those that its callers give included."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._written = WrittenValues(program)
        self._by_file: dict[str, list[FunctionInfo]] = defaultdict(list)
        for info in program.functions.values():
            self._by_file[info.module.path].append(info)

    def of(self, reached: ReachedEffect) -> Values:
        """The constants by field. A field whose value comes from somewhere else is left out."""
        found = self._written.of(reached.effect)
        info = self._program.functions.get(reached.effect.function)
        if info is None or reached.effect.registered:
            return found
        pairs = self._handed_pairs(info, reached.chain) if reached.effect.api == "attribute" else {}
        for field in reached.effect.fields:
            if field in pairs:
                found = {**found, field: frozenset((pairs[field],))}
            name = _parameter_of(field, info) if field not in found else ""
            constant = self._handed(name, info, reached.chain) if name else ""
            if constant:
                found = {**found, field: frozenset((constant,))}
        return found

    def _handed_pairs(self, info: FunctionInfo, chain: tuple[Step, ...]) -> dict[str, str]:
        """Keys and constants of the mapping that a call of the chain hands to a function which sets an attribute for each of its keys."""
        name = _mapping_parameter(info)
        given, caller = self._given_for(name, info, chain) if name else (None, None)
        if isinstance(given, s.Name) and caller is not None:
            assigned = [stmt.value for stmt in statements(caller.node.body) if isinstance(stmt, s.Assign) and any(dotted(t) == given.id for t in stmt.targets)]
            given = assigned[0] if len(assigned) == 1 else None
        if not isinstance(given, s.Mapping) or caller is None:
            return {}
        told = {k.value: self._written.constant(v, caller) for k, v in zip(given.keys, given.values, strict=True) if isinstance(k, s.Constant)}
        return {str(key): constant for key, constant in told.items() if constant}

    def _handed(self, name: str, info: FunctionInfo, chain: tuple[Step, ...]) -> str:
        """The constant that is handed in for a parameter; empty when none is."""
        given, caller = self._given_for(name, info, chain)
        return self._written.constant(given, caller) if given is not None and caller is not None else ""

    def _given_for(self, name: str, info: FunctionInfo, chain: tuple[Step, ...]) -> tuple[s.Expr | None, FunctionInfo | None]:
        """What the nearest call of the chain that does not only hand a parameter on gives for one, and the function that holds the call."""
        for step in reversed(chain):
            caller = self._around(step)
            call = next((c for c in calls(caller.node.body) if c.line == step.line and _last(c) == info.node.name), None) if caller is not None else None
            given = _given(call, info, name) if call is not None else None
            if caller is None or given is None:
                return None, None
            if not isinstance(given, s.Name) or given.id not in {p.name for p in caller.node.params}:
                return given, caller
            name, info = given.id, caller
        return None, None

    def _around(self, step: Step) -> FunctionInfo | None:
        """The innermost function around a line."""
        holding = [f for f in self._by_file.get(step.file, ()) if f.node.line <= step.line <= f.node.end_line]
        return max(holding, key=lambda f: f.node.line, default=None)


def _parameter_of(field: str, info: FunctionInfo) -> str:
    """The parameter that every assignment to a field takes; empty when there are others."""
    given = {
        dotted(stmt.value) for stmt in statements(info.node.body) if isinstance(stmt, s.Assign)
        for target in stmt.targets if isinstance(target, s.Attribute) and target.attr == field
    }
    names = {p.name for p in info.node.params}
    return next(iter(given)) if len(given) == 1 and given <= names else ""


def _mapping_parameter(info: FunctionInfo) -> str:
    """The parameter whose `.items()` a loop around a `setattr` goes through."""
    names = {p.name for p in info.node.params}
    for stmt in statements(info.node.body):
        if isinstance(stmt, s.Loop) and any(dotted(c.func) == "setattr" for c in calls(stmt.body)):
            source = stmt.iterable.func.value if isinstance(stmt.iterable, s.Call) and isinstance(stmt.iterable.func, s.Attribute) else None
            if isinstance(source, s.Name) and source.id in names:
                return source.id
    return ""


def _given(call: s.Call, info: FunctionInfo, name: str) -> s.Expr | None:
    """What a call gives for a parameter; methods fill the first by themselves."""
    for keyword in call.keywords:
        if keyword.name == name:
            return keyword.value
    names = [p.name for p in info.node.params if p.kind == "positional"]
    shift = 1 if info.owner and names[:1] in (["self"], ["cls"]) else 0
    position = names.index(name) - shift if name in names else -1
    if not 0 <= position < len(call.args) or any(isinstance(a, s.Other) and a.kind == "star" for a in call.args):
        return None
    return call.args[position]


def _last(call: s.Call) -> str:
    return call.func.attr if isinstance(call.func, s.Attribute) else call.func.id if isinstance(call.func, s.Name) else ""

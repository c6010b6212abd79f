"""Functions that code looks up by their names: which function hands out which others, from a mapping that is filled from modules and from what methods give.

    def handler_of(name):
        return _handlers[name]

    for part in ("orders", "people"):
        module = importlib.import_module("." + part, "shop.handlers")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            _handlers[name] = function
    for extension in extensions():
        _handlers.update(extension.handlers())

Python documentation, `importlib.import_module` and `inspect.getmembers`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from agentlint.analysis.names.linking import FunctionInfo
from agentlint.analysis.program import Program
from agentlint.ir import syntax as s
from agentlint.ir.walk import blocks, dotted, expressions, statements

_MOST_NAMES = 2_000


class Lookup(msgspec.Struct, frozen=True):
    """A function that hands out others under the text that it is given."""

    parameter: str
    functions: Mapping[str, tuple[str, ...]]
    """Function ids by name; several where extensions may replace one another."""


def find_lookups(program: Program) -> dict[str, Lookup]:
    """Lookups by function id."""
    found: dict[str, Lookup] = {}
    filled: dict[tuple[str, str], Mapping[str, tuple[str, ...]]] = {}
    for info in program.functions.values():
        asked = _asks(info, program)
        if asked is None:
            continue
        mapping, parameter = asked
        place = (info.module.name, mapping)
        if place not in filled:
            filled[place] = _Filling(program, info.module).of(mapping)
        if filled[place]:
            found[info.id] = Lookup(parameter, filled[place])
    return found


def _asks(info: FunctionInfo, program: Program) -> tuple[str, str] | None:
    """The mapping of the module and the parameter of a function that returns what the mapping holds under it."""
    if info.owner or info.parent or not info.node.params:
        return None
    names = {p.name for p in info.node.params}
    for value in program.returned(info):
        held, key = None, None
        if isinstance(value, s.Subscript):
            held, key = value.value, value.index
        elif isinstance(value, s.Call) and isinstance(value.func, s.Attribute) and value.func.attr == "get" and value.args:
            held, key = value.func.value, value.args[0]
        if isinstance(held, s.Name) and isinstance(key, s.Name) and key.id in names and program.names.tables[info.module.name].names.get(held.id):
            return held.id, key.id
    return None


class _Filling:
    """What the code of one module puts into its mappings."""

    def __init__(self, program: Program, module: s.Module) -> None:
        self._program, self._module = program, module
        self._held: dict[str, dict[str, tuple[str, ...]]] = {}

    def of(self, mapping: str) -> Mapping[str, tuple[str, ...]]:
        """Functions by name; empty when they cannot be told."""
        scopes: list[s.Module | FunctionInfo] = [self._module]
        scopes += [f for f in self._program.functions.values() if f.module is self._module and not f.parent]
        for scope in scopes:
            body = scope.body if isinstance(scope, s.Module) else scope.node.body
            if any(isinstance(stmt, s.Loop) for stmt in statements(body)):
                self._walk(body, scope, {}, {})
        found = self._held.get(mapping, {})
        return found if len(found) <= _MOST_NAMES else {}

    def _walk(
        self, body: Iterable[s.Stmt], scope: s.Module | FunctionInfo, constants: dict[str, tuple[object, ...]], named: dict[str, Mapping[str, tuple[str, ...]]],
    ) -> None:
        """`constants` are the values that loop variables take, `named` the functions that variables stand for under their names."""
        modules: dict[str, tuple[str, ...]] = {}
        for stmt in body:
            if isinstance(stmt, s.Assign) and isinstance(stmt.value, s.Call) and isinstance(stmt.targets[0], s.Name):
                modules[stmt.targets[0].id] = tuple(self._imported(stmt.value, scope, constants))
            if isinstance(stmt, s.Assign):
                self._entered(stmt, named)
            elif isinstance(stmt, s.Expression):
                self._updated(stmt.value)
            inner, known = constants, named
            if isinstance(stmt, s.Loop) and stmt.iterable is not None:
                given = self._program.fold(stmt.iterable, scope)
                if isinstance(stmt.target, s.Name) and isinstance(given, list | tuple):
                    inner = {**constants, stmt.target.id: tuple(given)}
                elif isinstance(stmt.target, s.Sequence) and stmt.target.items and isinstance(stmt.target.items[0], s.Name):
                    known = {**named, stmt.target.items[0].id: self._gone_through(stmt.iterable, modules)}
            for block in blocks(stmt):
                self._walk(block, scope, inner, known)

    def _imported(self, call: s.Call, scope: s.Module | FunctionInfo, constants: Mapping[str, tuple[object, ...]]) -> Iterator[str]:
        """Names of the modules that `import_module` gives, for each value of the loop variables in its argument."""
        if self._program.resolve(call.func, scope) != "importlib.import_module" or not call.args:
            return
        used = [e.id for e in expressions(call.args[0]) if isinstance(e, s.Name) and e.id in constants]
        package = self._program.fold(call.args[1], scope) if len(call.args) > 1 else ""
        for value in constants[used[0]] if used else (None,):
            name = self._program.fold(call.args[0], scope, {used[0]: value} if used else None)
            if isinstance(name, str):
                yield f"{package}{name}" if name.startswith(".") else name

    def _gone_through(self, iterable: s.Expr, modules: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
        """Functions by the first variable of `for name, function in ...`: of modules, of mappings here, of what methods of a name give."""
        for expr in expressions(iterable):
            if isinstance(expr, s.Name) and modules.get(expr.id):
                return self._of_modules(modules[expr.id])
        if not (isinstance(iterable, s.Call) and isinstance(iterable.func, s.Attribute) and iterable.func.attr == "items"):
            return {}
        held = iterable.func.value
        if isinstance(held, s.Name):
            return self._held.get(held.id, {})
        if isinstance(held, s.Call) and isinstance(held.func, s.Attribute):
            return self._given_by(held.func.attr)
        return {}

    def _of_modules(self, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
        wanted = frozenset(names)
        functions = (f for f in self._program.functions.values() if f.module.name in wanted and not f.owner and not f.parent)
        return {f.node.name: (f.id,) for f in functions if not f.node.name.startswith("_")}

    def _given_by(self, method: str) -> dict[str, tuple[str, ...]]:
        """The functions in the mappings that methods of a name return."""
        found: dict[str, tuple[str, ...]] = {}
        for info in self._program.functions.values():
            if info.node.name != method or not info.owner:
                continue
            for value in self._program.returned(info):
                for name, function in self._literal(value, info):
                    found[name] = (*found.get(name, ()), function)
        return found

    def _literal(self, value: s.Expr, scope: FunctionInfo) -> Iterator[tuple[str, str]]:
        if isinstance(value, s.Name):
            kept = (st.value for st in statements(scope.node.body) if isinstance(st, s.Assign) and dotted(st.targets[0]) == value.id and st.value is not None)
            value = next(kept, value)
        for key, held in zip(value.keys, value.values, strict=True) if isinstance(value, s.Mapping) else ():
            function = self._program.resolve(held, scope)
            if isinstance(key, s.Constant) and isinstance(key.value, str) and function in self._program.functions:
                yield key.value, function

    def _entered(self, stmt: s.Assign, named: Mapping[str, Mapping[str, tuple[str, ...]]]) -> None:
        """`mapping[name] = function`."""
        for target in stmt.targets:
            if isinstance(target, s.Subscript) and isinstance(target.value, s.Name) and isinstance(target.index, s.Name):
                self._add(target.value.id, named.get(target.index.id, {}))

    def _updated(self, call: s.Expr) -> None:
        """`mapping.update(other)`, and of what a method gives."""
        if not (isinstance(call, s.Call) and isinstance(call.func, s.Attribute) and call.func.attr == "update" and call.args):
            return
        given = call.args[0]
        if isinstance(call.func.value, s.Name):
            if isinstance(given, s.Name):
                self._add(call.func.value.id, self._held.get(given.id, {}))
            elif isinstance(given, s.Call) and isinstance(given.func, s.Attribute):
                self._add(call.func.value.id, self._given_by(given.func.attr))

    def _add(self, mapping: str, functions: Mapping[str, tuple[str, ...]]) -> None:
        held = self._held.setdefault(mapping, {})
        for name, ids in functions.items():
            held[name] = tuple(dict.fromkeys((*held.get(name, ()), *ids)))

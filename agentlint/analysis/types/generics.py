"""Generic classes: type variables, what they stand for on a class and its bases, and solving them from arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import msgspec

from agentlint.analysis.program import Program
from agentlint.analysis.types.values import Type, Types_
from agentlint.ir import syntax as s

_VARIABLES = frozenset({"typing.TypeVar", "typing_extensions.TypeVar"})
_DECLARING = frozenset({"typing.Generic", "typing.Protocol", "typing_extensions.Protocol", "typing_extensions.Generic"})
_DEPTH = 12

Read = Callable[[s.Expr, str], Types_]
"""Reads an annotation in a scope."""


class Environment(msgspec.Struct, frozen=True):
    """What type variables mean for one class with arguments and everything it inherits from."""

    variables: dict[str, dict[str, Type]]
    """Project class to variable to type."""
    arguments: dict[str, tuple[Type, ...]]
    """Library base to its arguments."""


class Generics:
    """Type variables of the program's generic classes."""

    def __init__(self, program: Program, read: Read) -> None:
        self._program, self._read = program, read
        self._is_variable: dict[str, bool] = {}
        self._parameters: dict[str, tuple[str, ...]] = {}
        self._environments: dict[tuple[str, tuple[Type, ...]], Environment] = {}

    def is_variable(self, name: str) -> bool:
        """True for the dotted name of a type variable."""
        known = self._is_variable.get(name)
        if known is None:
            known = self._is_variable[name] = name not in self._program.classes and self._declaration(name) is not None
        return known

    def _declaration(self, name: str) -> tuple[s.Call, s.Module] | None:
        owner, _, last = name.rpartition(".")
        module = self._program.modules.get(owner)
        if module is None:
            return None
        for bound in self._program.names.tables[owner].names.get(last, ()):
            if isinstance(bound.expr, s.Call) and self._program.resolve(bound.expr.func, module) in _VARIABLES:
                return bound.expr, module
        return None

    def bound(self, type: Type) -> Types_:
        """What a variable is at least: its bound or its constraints."""
        found = self._declaration(type.name)
        if found is None:
            return ()
        call, module = found
        exprs = [k.value for k in call.keywords if k.name == "bound"] or list(call.args[1:])
        return tuple(msgspec.structs.replace(t, meta=type.meta) for e in exprs for t in self._read(e, module.name))

    def parameters(self, class_id: str) -> tuple[str, ...]:
        """The type variables of a class in order."""
        known = self._parameters.get(class_id)
        if known is None:
            info = self._program.classes[class_id]
            declared: list[str] = []
            mentioned: list[str] = []
            for base in info.node.bases:
                if isinstance(base, s.Subscript):
                    names = [v for e in items_of(base.index) for v in self._variables_in(e, class_id)]
                    (declared if self._program.resolve(base.value, info.module) in _DECLARING else mentioned).extend(names)
            known = self._parameters[class_id] = tuple(dict.fromkeys(declared or mentioned))
        return known

    def _variables_in(self, expr: s.Expr, class_id: str) -> Iterable[str]:
        for found in self._read(expr, class_id):
            yield from self._names_in(found)

    def _names_in(self, type: Type) -> Iterable[str]:
        if self.is_variable(type.name):
            yield type.name
        for arg in type.args:
            yield from self._names_in(arg)

    def environment(self, class_id: str, args: tuple[Type, ...], depth: int = 0) -> Environment:
        """Meaning of all variables for a class with arguments."""
        key = (class_id, args)
        known = self._environments.get(key)
        if known is not None or depth > _DEPTH:
            return known or Environment({}, {})
        info = self._program.classes[class_id]
        mapping = dict(zip(self.parameters(class_id), args, strict=False))
        result = self._environments[key] = Environment({class_id: mapping}, {})
        for base in info.node.bases:
            given: tuple[Type, ...] = ()
            origin = base
            if isinstance(base, s.Subscript):
                origin = base.value
                given = tuple(_one(substitute(self._read(e, class_id), mapping)) for e in items_of(base.index))
            name = self._program.hierarchy.class_named(origin, _outer(info.id, self._program))
            if name in self._program.classes and name != class_id:
                inner = self.environment(name, given, depth + 1)
                for owner, found in inner.variables.items():
                    result.variables.setdefault(owner, found)
                for owner, found_args in inner.arguments.items():
                    result.arguments.setdefault(owner, found_args)
            elif name and given:
                for ancestor in self._program.hierarchy.mro(name):
                    result.arguments.setdefault(ancestor, given)
        return result

    def solve(self, pattern: Type, actual: Type, solved: dict[str, Type]) -> None:
        """Bind the variables of a declared type by the type of an argument."""
        if self.is_variable(pattern.name):
            if pattern.meta == actual.meta or not pattern.meta:
                solved.setdefault(pattern.name, msgspec.structs.replace(actual, meta=False) if pattern.meta else actual)
            return
        for inner, given in zip(pattern.args, actual.args, strict=False):
            self.solve(inner, given, solved)

    def has_variables(self, types: Iterable[Type]) -> bool:
        """True when a type variable stands anywhere in the types."""
        return any(self.is_variable(t.name) or self.has_variables(t.args) for t in types)


def _outer(class_id: str, program: Program) -> str:
    table = program.names.tables[class_id].outer
    return table.id if table is not None else ""


def _one(types: Types_) -> Type:
    return types[0] if types else Type("object")


def items_of(index: s.Expr) -> tuple[s.Expr, ...]:
    """The arguments between brackets."""
    return index.items if isinstance(index, s.Sequence) and index.kind == "tuple" else (index,)


def substitute(types: Iterable[Type], mapping: Mapping[str, Type]) -> Types_:
    """The types with variables replaced."""
    return tuple(_replaced(t, mapping) for t in types) if mapping else tuple(types)


def _replaced(type: Type, mapping: Mapping[str, Type]) -> Type:
    new = mapping.get(type.name)
    if new is not None:
        return msgspec.structs.replace(new, meta=True) if type.meta else new
    if type.args:
        return Type(type.name, substitute(type.args, mapping), type.meta)
    return type

"""Annotations read as types: unions, optionals, collections, generics, wrappers, aliases, type variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from agentlint.analysis.program import ClassInfo, FunctionInfo, Program, Scope
from agentlint.analysis.types.generics import items_of
from agentlint.analysis.types.memory import Limits, Memory
from agentlint.analysis.types.values import Type, Types_, union
from agentlint.ir import syntax as s

if TYPE_CHECKING:
    from agentlint.analysis.types.generics import Generics

_NOTHING = frozenset({"None", "typing.Any", "typing_extensions.Any", "typing.NoReturn", "typing.Never", "object", "builtins.object", "typing.Callable",
                      "collections.abc.Callable", "typing.Literal", "typing_extensions.Literal", "typing.LiteralString", "inspect._empty"})
_TRANSPARENT = frozenset({
    "Optional", "Annotated", "ClassVar", "Final", "Required", "NotRequired", "ReadOnly", "Awaitable", "InitVar", "Mapped", "DynamicMapped", "WriteOnlyMapped",
    "Unpack", "TypeGuard", "Future", "Task", "WithAnnotations", "FromDishka", "FromComponent", "Injected",
})
"""Forms that say something about a value whose type is their first argument."""
_LISTS = frozenset({
    "List", "list", "Sequence", "MutableSequence", "Iterable", "Iterator", "Collection", "Generator", "AsyncGenerator", "AsyncIterator", "AsyncIterable",
    "Reversible", "Deque", "deque", "KeysView", "ValuesView",
})
_SETS = frozenset({"Set", "set", "FrozenSet", "frozenset", "AbstractSet", "MutableSet"})
_DICTS = frozenset({"Dict", "dict", "Mapping", "MutableMapping", "DefaultDict", "defaultdict", "OrderedDict", "ChainMap"})
_STANDARD = (
    "typing", "typing_extensions", "collections", "collections.abc", "builtins", "", "asyncio", "sqlalchemy.orm", "sqlalchemy.orm.base", "dataclasses",
    "contextlib", "django_stubs_ext", "django_stubs_ext.annotations", "dishka", "dishka.integrations.base", "dishka.integrations.fastapi",
    "dishka.integrations.flask", "dishka.integrations.aiohttp", "dishka.integrations.litestar", "dishka.integrations.sanic", "dishka.integrations.starlette",
    "dishka.integrations.faststream", "dishka.integrations.taskiq", "dishka.integrations.aiogram", "aioinject", "aioinject.ext.fastapi", "fastapi_injector",
    "wireup",
)
_SELF = frozenset({"typing.Self", "typing_extensions.Self"})


class Annotations:
    """Reads annotations; remembers answers by the identity of the expression and the scope."""

    generics: Generics

    def __init__(self, program: Program, limits: Limits) -> None:
        self._program = program
        self._memory = Memory(limits)

    def read(self, expr: s.Expr | None, scope: Scope) -> Types_:
        """The types an annotation allows, type variables left in; `Self` is the scope's class."""
        if expr is None:
            return ()
        return self._memory.ask((id(expr), self._program.id_of(scope)), self._read, expr, scope)

    def _read(self, expr: s.Expr, scope: Scope) -> Types_:
        if isinstance(expr, (s.Name, s.Attribute)):
            return self._named(expr, scope)
        if isinstance(expr, s.Subscript):
            return self._generic(expr, scope)
        if isinstance(expr, s.Apply) and expr.op == "|":
            return union(self.read(o, scope) for o in expr.operands)
        if isinstance(expr, s.Constant) and isinstance(expr.value, str):
            return self._quoted(expr.value, scope)
        if isinstance(expr, s.Other) and expr.kind == "star" and expr.children:
            return self.read(expr.children[0], scope)
        return ()

    def _quoted(self, text: str, scope: Scope) -> Types_:
        """A forward reference where the frontend saw only a text."""
        head, _, rest = text.strip().partition("[")
        if not head.replace(".", "").replace("_", "").isalnum() or rest:
            return ()
        parts = head.split(".")
        expr: s.Name | s.Attribute = s.Name(parts[0], 0)
        for part in parts[1:]:
            expr = s.Attribute(expr, part, 0)
        return self._named(expr, scope)

    def _named(self, expr: s.Name | s.Attribute, scope: Scope) -> Types_:
        name = self._program.resolve(expr, scope)
        if not name or name in _NOTHING:
            return ()
        if name in self._program.classes:
            return (Type(name),)
        if name in _SELF:
            return self._own(scope)
        return self._alias(name) if name not in self._program.modules else ()

    def _own(self, scope: Scope) -> Types_:
        owner = scope.id if isinstance(scope, ClassInfo) else scope.owner if isinstance(scope, FunctionInfo) else ""
        return (Type(owner),) if owner else ()

    def _alias(self, name: str) -> Types_:
        """A variable that names a type (`UserDep = Annotated[...]`, `NewType`), a type variable, or a library class."""
        if self.generics.is_variable(name):
            return (Type(name),)
        owner, _, last = name.rpartition(".")
        home = self._program.modules.get(owner) or self._program.classes.get(owner)
        if home is not None:
            bounds = self._program.names.tables[self._program.id_of(home)].names.get(last, ())
            value = next((b.expr for b in reversed(bounds) if b.expr is not None), None)
            if isinstance(value, s.Call):
                made = self._program.hierarchy.class_named(value, self._program.id_of(home))
                if made:
                    return (Type(made),)
                if self._program.resolve(value.func, home).endswith("NewType") and len(value.args) > 1:
                    return self.read(value.args[1], home)
                return ()
            return self.read(value, home) if value is not None else ()
        owner, _, last = name.rpartition(".")
        if owner in _STANDARD and last in _LISTS | _SETS | _DICTS:
            return (Type(_collection(last)),)
        if name in ("type", "typing.Type", "typing.Tuple"):
            return (Type("tuple"),) if last == "Tuple" else ()
        return (Type(name),)

    def _generic(self, expr: s.Subscript, scope: Scope) -> Types_:
        name = self._program.resolve(expr.value, scope)
        owner, _, form = name.rpartition(".")
        arguments = items_of(expr.index)
        if name in ("typing.Union", "typing_extensions.Union"):
            return union(self.read(a, scope) for a in arguments)
        if name in ("type", "typing.Type"):
            return tuple(msgspec.structs.replace(t, meta=True) for t in self.read(arguments[0], scope))
        if owner in _STANDARD and form == "Coroutine":
            return self.read(arguments[-1], scope)
        if owner in _STANDARD and form in _TRANSPARENT:
            return self.read(arguments[0], scope)
        if name in _NOTHING:
            return ()
        if owner in _STANDARD and form in _LISTS | _SETS:
            return tuple(Type(_collection(form), (t,)) for t in self.read(arguments[0], scope)) or (Type(_collection(form)),)
        if owner in _STANDARD and form in _DICTS | {"tuple", "Tuple"}:
            return self._keyed(_collection(form), arguments, scope)
        return self._parametrised(expr, arguments, scope)

    def _keyed(self, kind: str, arguments: tuple[s.Expr, ...], scope: Scope) -> Types_:
        read = [self.read(a, scope) for a in arguments if not (isinstance(a, s.Constant) and a.value is None)]
        *firsts, last = read or [()]
        fixed = tuple(f[0] if f else Type("object") for f in firsts)
        return tuple(Type(kind, (*fixed, t)) for t in last or (Type("object"),))

    def _parametrised(self, expr: s.Subscript, arguments: tuple[s.Expr, ...], scope: Scope) -> Types_:
        origins = self.read(expr.value, scope)
        args = tuple((self.read(a, scope) or (Type("object"),))[0] for a in arguments)
        return tuple(Type(o.name, args, o.meta) if not o.args else o for o in origins)


def _collection(form: str) -> str:
    return "dict" if form in _DICTS else "set" if form in _SETS else "tuple" if form in ("tuple", "Tuple") else "list"

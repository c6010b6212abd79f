"""Functions by the names under which a program keeps them: mappings that stand in code, mappings that decorators fill, methods with a prefix."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from agentlint.analysis.program import ClassInfo, FunctionInfo, Program, Scope
from agentlint.ir import syntax as s
from agentlint.ir.walk import dotted, statements

_SHORTEST = 2
"""Letters of a prefix that says which methods are meant."""


class NamedFunctions:
    """Reads what a lookup may give."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._kept: dict[str, dict[str, FunctionInfo]] | None = None

    def of(self, lookup: s.Expr, info: FunctionInfo) -> dict[str, FunctionInfo]:
        """Names to functions, for `TABLE[key]`, `TABLE.get(key)`, `getattr(object, "prefix" + key)`."""
        if isinstance(lookup, s.Call) and dotted(lookup.func) == "getattr":
            return self._methods(lookup, info)
        if isinstance(lookup, s.Subscript):
            return self._listed(lookup.value, info) or self._filled(lookup.value)
        table = lookup.func.value if isinstance(lookup, s.Call) and isinstance(lookup.func, s.Attribute) else None
        return (self._listed(table, info) or self._filled(table)) if table is not None else {}

    def _listed(self, table: s.Expr, info: FunctionInfo) -> dict[str, FunctionInfo]:
        """A mapping of a module, of a class, or one that a method puts on the object."""
        name, scope = dotted(table), self._program.scope_of(info.owner) if info.owner else info.module
        if name.startswith("self.") and isinstance(scope, ClassInfo):
            attr = name.removeprefix("self.")
            held = self._program.attribute(scope.id, attr)
            if held is not None:
                return self._entries(held[0], held[1], scope)
            return next((e for value, method in self._put(scope, attr) if (e := self._entries(value, method, scope))), {})
        home = self._program.resolve(table, info)
        value = self._program.lookup(home)
        module = self._program.modules.get(home.rpartition(".")[0])
        return self._entries(value, module or info.module, None) if isinstance(value, s.Mapping) else {}

    def _put(self, kind: ClassInfo, attr: str) -> Iterator[tuple[s.Expr, FunctionInfo]]:
        """`self.attr = value` in the methods of a class and its bases."""
        classes = (self._program.classes[c] for c in self._program.mro(kind.id) if c in self._program.classes)
        for method in (self._program.functions[f] for one in classes for f in one.methods.values()):
            for stmt in statements(method.node.body):
                if isinstance(stmt, s.Assign) and stmt.value is not None and any(dotted(t) == f"self.{attr}" for t in stmt.targets):
                    yield stmt.value, method

    def _entries(self, value: s.Expr, scope: Scope, kind: ClassInfo | None) -> dict[str, FunctionInfo]:
        """The functions of a mapping whose keys are texts; nothing when it holds anything else."""
        found: dict[str, FunctionInfo] = {}
        for key, held in zip(value.keys, value.values, strict=True) if isinstance(value, s.Mapping) else ():
            name = self._program.fold(key, scope)
            function = self._function(held, scope, kind)
            if not isinstance(name, str) or function is None:
                return {}
            found[name] = function
        return found

    def _function(self, value: s.Expr, scope: Scope, kind: ClassInfo | None) -> FunctionInfo | None:
        if isinstance(value, s.Attribute) and dotted(value.value) == "self" and kind is not None:
            return self._program.method(kind.id, value.attr)
        found = self._program.lookup(self._program.resolve(value, scope))
        return found if isinstance(found, FunctionInfo) else None

    def _methods(self, lookup: s.Call, info: FunctionInfo) -> dict[str, FunctionInfo]:
        """Methods with a prefix of the class of an object."""
        built = lookup.args[1]
        parts = built.operands if isinstance(built, s.Apply) else built.parts if isinstance(built, s.Template) else ()
        first = parts[0] if parts else None
        text = first.value if isinstance(first, s.Constant) else None
        prefix = text.partition("%")[0] if isinstance(text, str) else ""
        owner = info.owner if dotted(lookup.args[0]) == "self" else self._class(lookup.args[0], info)
        if len(prefix) < _SHORTEST or not owner:
            return {}
        names = dict.fromkeys(m for base in self._program.mro(owner) if base in self._program.classes for m in self._program.classes[base].methods)
        methods = ((n.removeprefix(prefix), self._program.method(owner, n)) for n in names if n.startswith(prefix) and n != prefix)
        return {name: method for name, method in methods if method is not None}

    def _class(self, expr: s.Expr, info: FunctionInfo) -> str:
        """The class of an object that a variable of a module holds."""
        made = self._program.lookup(self._program.resolve(expr, info))
        name = self._program.resolve(made.func, info.module) if isinstance(made, s.Call) else ""
        return name if name in self._program.classes else ""

    def _filled(self, table: s.Expr) -> dict[str, FunctionInfo]:
        """What decorators put into a mapping of that name."""
        if self._kept is None:
            self._kept = defaultdict(dict)
            keepers = dict(self._keepers())
            for info in self._program.functions.values() if keepers else ():
                for call in (d for d in info.node.decorators if isinstance(d, s.Call) and d.args):
                    kept = keepers.get(dotted(call.func).rpartition(".")[2])
                    name = self._program.fold(call.args[0], info.module) if kept else None
                    if kept and isinstance(name, str):
                        self._kept[kept][name] = info
        return self._kept.get(dotted(table).rpartition(".")[2], {})

    def _keepers(self) -> Iterator[tuple[str, str]]:
        """Decorators that keep what they decorate in a mapping under the text that they are given: their name, and the mapping's."""
        for inner in self._program.functions.values():
            outer = self._program.functions.get(inner.parent)
            for stmt in statements(inner.node.body) if outer is not None and len(inner.node.params) == 1 else ():
                target = stmt.targets[0] if isinstance(stmt, s.Assign) else None
                if isinstance(target, s.Subscript) and isinstance(stmt, s.Assign) and dotted(stmt.value) == inner.node.params[0].name:
                    if outer is not None and any(dotted(target.index) == p.name for p in outer.node.params):
                        yield outer.node.name, dotted(target.value).rpartition(".")[2]

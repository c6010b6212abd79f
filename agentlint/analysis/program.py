"""The linked program: every module, class and function of the project by id, and the questions passes ask about names, bases and constants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias, Union

from agentlint.analysis.classes import Hierarchy, Lineage
from agentlint.analysis.constants.folding import Folder
from agentlint.analysis.constants.lists import Lists
from agentlint.analysis.constants.values import UNKNOWN, Element, Folded, Unknown
from agentlint.analysis.names.linking import ClassInfo, FunctionInfo, Linker
from agentlint.analysis.names.resolution import Names
from agentlint.ir import syntax as s
from agentlint.ir.source import Gap
from agentlint.ir.walk import calls, statements
from agentlint.knowledge import LibraryFacts

__all__ = ["UNKNOWN", "ClassInfo", "Element", "Folded", "FunctionInfo", "Lineage", "Program", "Scope", "Unknown", "build_program"]

MODULE_CODE = "<module>"
"""Last part of the function id of module-level code."""


Scope: TypeAlias = Union[FunctionInfo, ClassInfo, s.Module]


class Program:
    """All code of the project, linked. Not changed after construction; answers are remembered."""

    def __init__(self, modules: Mapping[str, s.Module], library: LibraryFacts) -> None:
        self.modules: dict[str, s.Module] = dict(sorted(modules.items()))
        self.functions: dict[str, FunctionInfo] = {}
        self.classes: dict[str, ClassInfo] = {}
        self.gaps: list[Gap] = []
        self.library = library
        self.names = Names(self.modules, library)
        linker = Linker(self.functions, self.classes, self.names)
        for module in self.modules.values():
            linker.module(module)
        self.functions = dict(sorted(self.functions.items()))
        self.classes = dict(sorted(self.classes.items()))
        self.hierarchy = Hierarchy(self.classes, self.functions, self.names, library, self._variable)
        self._folder = Folder(self)
        self._lists = Lists(self, self._folder)
        self._by_path = {m.path: m for m in self.modules.values()}
        self._settings: dict[str, list[s.Module]] | None = None
        self._calls: dict[str, tuple[s.Call, ...]] = {}
        self._inner: dict[str, list[FunctionInfo]] = {}

    # --------------------------------------------------------------- names

    def resolve(self, expr: s.Expr | None, scope: Scope) -> str:
        """The canonical dotted name that a name or attribute chain means in a scope; empty when unknown, local, or an attribute of `self`."""
        return self.names.resolve(expr, self.names.tables.get(self.id_of(scope)))

    def canonical(self, dotted: str) -> str:
        """The name of the definition behind a dotted name: re-exports and plain aliases followed, library names as knowledge spells them."""
        return self.names.canonical(dotted)

    def lookup(self, dotted: str) -> FunctionInfo | ClassInfo | s.Module | s.Expr | None:
        """The thing a dotted name stands for; a module-level or class-level assignment gives its expression."""
        if not dotted:
            return None
        name = self.canonical(dotted)
        found = self.functions.get(name) or self.classes.get(name) or self.modules.get(name)
        if found is not None:
            return found
        owner, _, last = name.rpartition(".")
        if owner in self.classes:
            method = self.method(owner, last)
            held = self.attribute(owner, last)
            return method or (held[0] if held is not None else None)
        variable = self._variable(name)
        return variable[0] if variable is not None else None

    def _variable(self, name: str) -> tuple[s.Expr, str] | None:
        """The last value of a module's variable or class attribute, with the id of its scope."""
        owner, _, last = name.rpartition(".")
        if owner in self.classes:
            held = self.attribute(owner, last)
            return (held[0], held[1].id) if held is not None else None
        table = self.names.tables.get(owner) if owner in self.modules else None
        for bound in reversed(table.names.get(last, ()) if table is not None else ()):
            if bound.expr is not None and not (isinstance(bound.expr, s.Constant) and bound.expr.value is None):
                return bound.expr, owner
        return None

    # ------------------------------------------------------------- classes

    def mro(self, class_id: str) -> tuple[str, ...]:
        """The class, then its bases in method resolution order, library bases as dotted names."""
        return self.hierarchy.mro(class_id)

    def inherits(self, class_id: str, *names: str) -> bool:
        """True when the class or any of its bases is one of the names."""
        return self.hierarchy.inherits(class_id, (self.library.canonical(n) for n in names))

    def add_lineages(self, lineages: Mapping[str, Lineage]) -> None:
        """Takes what frameworks say of classes by convention, before anything is inferred. Classes that are not of the program become library classes."""
        self.hierarchy.add(lineages)
        self.library.add_classes({name: one.bases for name, one in lineages.items() if name not in self.classes})

    def lineage(self, class_id: str) -> Lineage | None:
        """What a framework says of a class by convention."""
        return self.hierarchy.lineages.get(class_id)

    def method(self, class_id: str, name: str) -> FunctionInfo | None:
        """The project method that a name means on a class."""
        for base in self.hierarchy.mro(class_id):
            info = self.classes.get(base)
            if info is not None and name in info.methods:
                return self.functions[info.methods[name]]
        return None

    def attribute(self, class_id: str, name: str) -> tuple[s.Expr, ClassInfo] | None:
        """The class-level assignment that a name means on a class, with the class that holds it."""
        for base in self.hierarchy.mro(class_id):
            info = self.classes.get(base)
            if info is not None and name in info.attributes:
                return info.attributes[name], info
        return None

    def subclasses(self, name: str) -> tuple[str, ...]:
        """All project classes below a project or library class, sorted."""
        return self.hierarchy.subclasses(self.canonical(name))

    # ----------------------------------------------------------- constants

    def fold(self, expr: s.Expr | None, scope: Scope, names: Mapping[str, object] | None = None) -> Folded:
        """The constant value of an expression; holes of text are `{}`, what is not constant is `UNKNOWN` (also inside containers).

        `names` are bindings of an `Element` that the expression came from.
        """
        return self._folder.fold(expr, scope, names)

    def elements(self, expr: s.Expr | None, scope: Scope, names: Mapping[str, object] | None = None) -> tuple[Element, ...]:
        """The items of a list that code builds (`[...] + other.list`, `+=`, `append`, `extend`, loops over constants), in order.

        `names` are bindings of an `Element` that the expression came from, or of a call's arguments to a helper's parameters.
        """
        return self._lists.elements(expr, scope, names)

    def setting(self, name: str, folder: Folder) -> Folded:
        """The value of a configuration constant that a library object hands through (`settings.NAME`), read from the project's settings modules."""
        owner, _, last = name.rpartition(".")
        if not last.isupper() or not owner.endswith(("settings", "config")):
            return UNKNOWN
        if self._settings is None:
            self._settings = {}
            for module in sorted(self.modules.values(), key=lambda m: (m.name.count("."), len(m.name), m.name)):
                if any("settings" in part or part in ("config", "conf") for part in module.name.split(".")[-2:]):
                    for variable in self.names.tables[module.name].names:
                        if variable.isupper():
                            self._settings.setdefault(variable, []).append(module)
        for module in self._settings.get(last, ()):
            value = folder.fold(s.Name(last, 0), module)
            if value is not UNKNOWN:
                return value
        return UNKNOWN

    # -------------------------------------------------------------- scopes

    def scope_of(self, id: str) -> Scope:
        """The function, class or module of an id; `module.<module>` is the module."""
        found = self.functions.get(id) or self.classes.get(id) or self.modules.get(id)
        if found is None:
            found = self.modules[id.removesuffix(f".{MODULE_CODE}") if id != MODULE_CODE else ""]
        return found

    @staticmethod
    def id_of(scope: Scope) -> str:
        """The id of a scope."""
        return scope.name if isinstance(scope, s.Module) else scope.id

    @staticmethod
    def is_class(scope: Scope) -> bool:
        """True for class bodies, whose names inner functions do not see."""
        return isinstance(scope, ClassInfo)

    def outer(self, scope: Scope) -> Scope | None:
        """The scope around a scope; None for a module."""
        table = self.names.tables[self.id_of(scope)].outer
        return self.scope_of(table.id) if table is not None else None

    @staticmethod
    def binds_parameter(scope: Scope, name: str) -> bool:
        """True when a function takes a parameter of that name."""
        return isinstance(scope, FunctionInfo) and any(p.name == name for p in scope.node.params)

    @staticmethod
    def returned(function: FunctionInfo) -> tuple[s.Expr, ...]:
        """The expressions of a function's return statements, in order."""
        return tuple(st.value for st in statements(function.node.body) if isinstance(st, s.Return) and st.value is not None)

    def calls_in(self, function: FunctionInfo) -> tuple[s.Call, ...]:
        """Every call of a function's body, nested blocks included, nested definitions and lambdas not entered; walked once for all who ask."""
        known = self._calls.get(function.id)
        if known is None:
            known = self._calls[function.id] = tuple(calls(function.node.body))
        return known

    def inner(self, function_id: str) -> Sequence[FunctionInfo]:
        """The functions that stand in a function."""
        if not self._inner:
            for info in self.functions.values():
                self._inner.setdefault(info.parent, []).append(info)
        return self._inner.get(function_id, ())

    def module_of(self, path: str) -> s.Module | None:
        """The module read from a path."""
        return self._by_path.get(path)


def build_program(modules: Iterable[s.Module], library: LibraryFacts) -> Program:
    """Links modules to a program. Of two modules with one name the one with the shorter path is kept, the other becomes a gap.

    A package hides the module beside it that has its name: `shop/__init__.py` goes before `shop.py`, as the importer looks for it
    (https://docs.python.org/3/reference/import.html#path-entry-finders).
    """
    named: dict[str, s.Module] = {}
    gaps: list[Gap] = []
    for module in sorted(modules, key=_precedence):
        if module.name in named:
            gaps.append(Gap(module.path, 0, f"another file has the module name {module.name}: {named[module.name].path}", "unresolved"))
        else:
            named[module.name] = module
    program = Program(named, library)
    program.gaps.extend(gaps)
    return program


def _precedence(module: s.Module) -> tuple[int, bool, str]:
    """Where a module stands among those of its name."""
    package = module.path.removesuffix("/__init__.py")
    hides = package != module.path
    return (len(package if hides else module.path.removesuffix(".py")), not hides, module.path)

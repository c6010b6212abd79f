"""Classes: bases, method resolution order, what a class inherits and from whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

import msgspec

from agentlint.analysis.names.resolution import Names
from agentlint.ir import syntax as s
from agentlint.ir.walk import dotted, statements
from agentlint.knowledge import LibraryFacts

if TYPE_CHECKING:
    from agentlint.analysis.program import ClassInfo, FunctionInfo

_DEPTH = 6
"""Factories and variables followed from a base expression to the class it means."""


class Lineage(msgspec.Struct, frozen=True):
    """What a framework's convention, and no line of code, says of a class: `_inherit = "sale.order"`."""

    bases: tuple[str, ...] = ()
    """Bases that come before those of the class statement."""
    table: str = ""
    """The class that owns the rows, where several classes make one model; empty for the class itself."""
    abstract: bool = False
    """True for a model of which there are no rows."""
    elsewhere: bool = False
    """True for a model that another package brings, also where the program adds to it: what its framework does with the rows is that package's affair."""


class Hierarchy:
    """Bases and resolution orders of all project classes."""

    def __init__(
        self, classes: Mapping[str, ClassInfo], functions: Mapping[str, FunctionInfo], names: Names, library: LibraryFacts,
        value_of: Callable[[str], tuple[s.Expr, str] | None],
    ) -> None:
        self._classes, self._functions, self._names, self._library = classes, functions, names, library
        self._value_of = value_of
        self._mro: dict[str, tuple[str, ...]] = {}
        self._bases: dict[str, tuple[str, ...]] = {}
        self._below: dict[str, tuple[str, ...]] | None = None
        self.lineages: dict[str, Lineage] = {}

    def add(self, lineages: Mapping[str, Lineage]) -> None:
        """Takes what frameworks say of classes; what was worked out before is forgotten."""
        self.lineages.update(lineages)
        self._mro, self._bases, self._below = {}, {}, None

    def bases(self, name: str) -> tuple[str, ...]:
        """Direct bases of a project or library class."""
        info = self._classes.get(name)
        if info is None:
            return tuple(self._library.canonical(b) for b in self._library.bases(name))
        known = self._bases.get(name)
        if known is None:
            self._bases[name] = ()
            outer = self._names.tables[name].outer
            given = [(b, expr) for expr in info.node.bases for b in self._of_base(expr, outer.id if outer else "")]
            found = [meant for b, expr in given if (meant := b if b != name else self._before(expr, name))]
            told = self.lineages[name].bases if name in self.lineages else ()
            known = self._bases[name] = tuple(dict.fromkeys((*told, *found, *self._shown(info, found))))
        return known

    def _before(self, expr: s.Expr, class_id: str) -> str:
        """What a base that is called like its own class means: what the name was bound to above, by an import."""
        table = self._names.tables[class_id].outer
        found = self._names.imported_as(expr.id, table) if isinstance(expr, s.Name) and table is not None else ""
        return found if found != class_id else ""

    def _shown(self, info: ClassInfo, found: list[str]) -> list[str]:
        """What the members of a class show it to be, where it has a library's base of which nothing is known: a model below a package's own model."""
        calls = [v.func for v in info.attributes.values() if isinstance(v, s.Call)]
        members = calls if calls and self._has_unknown(found, _DEPTH) else []
        names = (self._names.resolve(m, self._names.tables.get(info.id)) for m in members)
        return list(dict.fromkeys(c for n in names if n and (c := self._library.shown_by(n))))

    def _has_unknown(self, bases: Iterable[str], depth: int) -> bool:
        """True when some base, or one above it, is a library's of which nothing is known."""
        return any(
            (depth > 0 and self._has_unknown(self.bases(b), depth - 1)) if b in self._classes else "." in b and not self._library.is_class(b) for b in bases
        )

    def _of_base(self, expr: s.Expr, scope: str) -> tuple[str, ...]:
        if isinstance(expr, s.Call):
            called = dotted(expr.func).rpartition(".")[2]
            if called == "with_metaclass":
                return tuple(b for a in expr.args[1:] for b in self._of_base(a, scope))
        if isinstance(expr, s.Other) and expr.kind == "star":
            return ()
        found = self.class_named(expr, scope)
        given = self._given_base(expr, scope)
        return tuple(dict.fromkeys(name for name in (given, found) if name))

    def _given_base(self, expr: s.Expr, scope: str, depth: int = 2) -> str:
        """The project's own class from which a library was told to make its base: `declarative_base(cls=Row)`, `SQLAlchemy(model_class=Row).Model`, also under
        a name of its own (`Model = db.Model`)."""
        for part in (expr, expr.value) if isinstance(expr, s.Attribute) else (expr,):
            name = self._names.resolve(part, self._names.tables.get(scope))
            made, place = (self._value_of(name) if name else None) or (part, scope)
            if isinstance(made, s.Attribute) and made is not part and depth:
                found = self._given_base(made, place, depth - 1)
                if found:
                    return found
            for _ in range(2):
                if not isinstance(made, s.Call):
                    break
                told = next((k.value for k in made.keywords if k.name in ("model_class", "cls")), None)
                found = self.class_named(told, place) if told is not None and not isinstance(told, s.Call) else ""
                if found in self._classes:
                    return found
                made = told  # type: ignore[assignment]
        return ""

    def class_named(self, expr: s.Expr | None, scope: str, depth: int = 0) -> str:
        """The class that an expression evaluates to: a name, a generic's origin, a variable, or what a factory returns."""
        if expr is None or depth > _DEPTH:
            return ""
        if isinstance(expr, s.Subscript):
            return self.class_named(expr.value, scope, depth + 1)
        if isinstance(expr, s.Call):
            return self._made(expr, scope, depth)
        if isinstance(expr, s.Apply) and expr.op in ("?:", "or"):
            choices = (self.class_named(o, scope, depth + 1) for o in (expr.operands[1:] if expr.op == "?:" else expr.operands))
            return next(filter(None, choices), "")
        name = self._names.resolve(expr, self._names.tables.get(scope))
        if not name and isinstance(expr, s.Attribute):
            return self._attribute_of_made(expr, scope, depth)
        return self._behind(name, depth) if name else self._local(expr, scope, depth)

    def _local(self, expr: s.Expr, scope: str, depth: int) -> str:
        """A local variable that holds a class."""
        table = self._names.tables.get(scope)
        if isinstance(expr, s.Name) and table is not None and table.kind == "function":
            bounds = table.names.get(expr.id, ())
            for bound in bounds:
                found = self.class_named(bound.expr, scope, depth + 1) if bound.expr is not None else ""
                if found:
                    return found
        return ""

    def _behind(self, name: str, depth: int) -> str:
        """The class a dotted name stands for, variables and attributes of library objects followed."""
        if name in self._classes or depth > _DEPTH:
            return name
        head, tail = name, ""
        while head:
            held = self._value_of(head)
            if held is not None:
                if not tail:
                    return self.class_named(held[0], held[1], depth + 1) or name
                owner = self._instance(held[0], held[1], depth + 1)
                return self._library_attribute(owner, tail) if owner else name
            head, _, last = head.rpartition(".")
            tail = f"{last}.{tail}" if tail else last
        return name

    def _attribute_of_made(self, expr: s.Attribute, scope: str, depth: int) -> str:
        owner = self._instance(expr.value, scope, depth + 1)
        return self._library_attribute(owner, expr.attr) if owner else ""

    def _library_attribute(self, owner: str, tail: str) -> str:
        for name in self.mro(owner):
            if name not in self._classes:
                known = self._library.type_of(f"{name}.{tail}")
                if known and known[0].meta:
                    return known[0].name
        outside = next((n for n in self.mro(owner) if n not in self._classes), "")
        return f"{outside}.{tail}" if outside else ""

    def object_named(self, expr: s.Expr | None, scope: str) -> str:
        """The class of the object that a variable of a module or class holds; empty when the code does not tell."""
        name = self._names.resolve(expr, self._names.tables.get(scope)) if expr is not None else ""
        held = self._value_of(name) if name else None
        return self._instance(held[0], held[1], 1) if held is not None else ""

    def _instance(self, expr: s.Expr, scope: str, depth: int) -> str:
        """The class whose instance an expression makes."""
        return self.class_named(expr.func, scope, depth + 1) if isinstance(expr, s.Call) else ""

    def _made(self, call: s.Call, scope: str, depth: int) -> str:
        """The class that a call gives: a library's factory by its row, a project's factory by what it returns."""
        name = self._names.resolve(call.func, self._names.tables.get(scope))
        if name in ("type", "builtins.type") and len(call.args) == 3:
            bases = call.args[1].items if isinstance(call.args[1], s.Sequence) else ()
            return next(filter(None, (self.class_named(b, scope, depth + 1) for b in bases)), "")
        function = self._functions.get(name)
        if function is not None:
            returned = (st.value for st in statements(function.node.body) if isinstance(st, s.Return))
            return next(filter(None, (self.class_named(v, function.id, depth + 1) for v in returned)), "")
        owner = self.object_named(call.func.value, scope) if isinstance(call.func, s.Attribute) else ""
        known = (self._library.type_of(f"{name}()") if name else ()) or (self._library.type_of(f"{owner}.{call.func.attr}()") if owner else ())  # type: ignore[union-attr]
        return known[0].name if known and known[0].meta and not known[0].is_place else ""

    def mro(self, name: str) -> tuple[str, ...]:
        """The class first, then its bases; C3 where that is possible, depth first without repetition where not."""
        known = self._mro.get(name)
        if known is None:
            self._mro[name] = (name,)
            parents = self.bases(name)
            merged = _merge([*(list(self.mro(p)) for p in parents), list(parents)])
            if merged is None:
                merged = list(dict.fromkeys(n for p in parents for n in self.mro(p)))
            known = self._mro[name] = (name, *(n for n in merged if n != name))
        return known

    def subclasses(self, name: str) -> tuple[str, ...]:
        """All project classes below a name, sorted."""
        if self._below is None:
            below: dict[str, list[str]] = defaultdict(list)
            for class_id in sorted(self._classes):
                for base in self.mro(class_id)[1:]:
                    below[base].append(class_id)
            self._below = {base: tuple(found) for base, found in below.items()}
        return self._below.get(name, ())

    def inherits(self, name: str, wanted: Iterable[str]) -> bool:
        """True when any of the wanted names is the class or a base of it."""
        order = self.mro(name)
        return any(w in order for w in wanted)


def _merge(lists: list[list[str]]) -> list[str] | None:
    """C3 linearisation of the parents' orders; None when they contradict."""
    merged: list[str] = []
    lists = [one for one in lists if one]
    while lists:
        for one in lists:
            head = one[0]
            if not any(head in other[1:] for other in lists):
                break
        else:
            return None
        merged.append(head)
        lists = [rest for one in lists if (rest := one[1:] if one[0] == head else one)]
    return merged

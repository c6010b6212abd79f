"""Names: what every scope binds, and the definition behind a dotted name through imports, re-exports and aliases."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Iterator

from agentlint.analysis.names.roots import Roots
from agentlint.analysis.names.told import ToldClasses
from agentlint.ir import syntax as s
from agentlint.ir.walk import dotted, statements
from agentlint.knowledge import LibraryFacts

_BUILTINS = frozenset(dir(builtins))
_LONGEST = 24
"""Dots of a name beyond which it is no longer followed: aliases that mean a part of what they stand in make it longer each time."""


class Bound:
    """One thing that a scope binds a name to."""

    __slots__ = ("expr", "kind", "module", "name")

    def __init__(self, kind: str, module: str = "", name: str = "", expr: s.Expr | None = None) -> None:
        self.kind = kind
        """`module` (import a), `from` (from a import b), `definition`, `value` (an assignment) or `local` (loop targets and the like)."""
        self.module = module
        self.name = name
        self.expr = expr


class Table:
    """The names that one module, class or function binds."""

    __slots__ = ("globals", "id", "kind", "module", "names", "outer", "stars")

    def __init__(self, id: str, kind: str, module: s.Module, outer: Table | None) -> None:
        self.id = id
        self.kind = kind
        self.module = module
        self.outer = outer
        self.names: dict[str, list[Bound]] = {}
        self.stars: list[str] = []
        self.globals: frozenset[str] = frozenset()

    def bind(self, name: str, bound: Bound) -> None:
        """Add one meaning of a name."""
        self.names.setdefault(name, []).append(bound)


class Names:
    """The scopes of all modules, and the answers to what a name means in one of them."""

    def __init__(self, modules: dict[str, s.Module], library: LibraryFacts) -> None:
        self._modules = modules
        self._library = library
        self.tables: dict[str, Table] = {}
        self.definitions: dict[str, str] = {}
        """Id of every function (`function`) and class (`class`)."""
        self.roots = Roots(modules, _imported(modules.values()))
        self.told = ToldClasses(modules)
        self._members: dict[tuple[str, str], str] = {}
        self._canonical: dict[str, str] = {}
        self._busy: set[tuple[str, str]] = set()

    # ------------------------------------------------------------- filling

    def table(self, id: str, kind: str, module: s.Module, outer: Table | None) -> Table:
        """A new table for a scope."""
        table = self.tables[id] = Table(id, kind, module, outer)
        return table

    def bind_import(self, table: Table, stmt: s.Import) -> None:
        """Bind what an import statement brings."""
        module = table.module
        source = self._absolute(stmt, module)
        if stmt.names:
            for one in stmt.names:
                if one.name == "*":
                    table.stars.append(source)
                else:
                    table.bind(one.alias or one.name, Bound("from", source, one.name))
        elif stmt.alias:
            table.bind(stmt.alias, Bound("module", source))
        else:
            top = stmt.module.split(".")[0]
            table.bind(top, Bound("module", source[: len(source) - len(stmt.module) + len(top)] if source.endswith(stmt.module) else top))

    def imported(self, stmt: s.Import, module: s.Module) -> tuple[str, ...]:
        """The project's modules that an import statement runs, packages before what is in them."""
        source = self._absolute(stmt, module)
        parts = source.split(".")
        wanted = [".".join(parts[:n]) for n in range(1, len(parts) + 1)] + [f"{source}.{one.name}" if source else one.name for one in stmt.names]
        return tuple(name for name in wanted if name in self._modules and name != module.name)

    def _absolute(self, stmt: s.Import, module: s.Module) -> str:
        if not stmt.level:
            return self.roots.project(stmt.module, module.name) or stmt.module
        parts = module.name.split(".") if module.name else []
        keep = len(parts) - stmt.level + (1 if module.is_package else 0)
        base = parts[: max(keep, 0)]
        return ".".join([*base, stmt.module] if stmt.module else base)

    # ----------------------------------------------------------- answering

    def resolve(self, expr: s.Expr | None, table: Table | None) -> str:
        """Canonical dotted name of a name or attribute chain; empty when local, unknown or anything else."""
        text = dotted(expr)
        if not text:
            return ""
        head, _, rest = text.partition(".")
        found = self.name(head, table)
        if not found:
            return ""
        return self.canonical(f"{found}.{rest}") if rest else found

    def name(self, name: str, table: Table | None) -> str:
        """Canonical dotted name of a bare name in a scope."""
        first = True
        while table is not None:
            if table.kind != "class" or first:
                if table.kind == "module":
                    return self.member(table.id, name) or (name if name in _BUILTINS else self._from_library_star(table, name))
                if name in table.names and name not in table.globals:
                    return self._of_inner(table, name)
            first = False
            table = table.outer
        return ""

    def _of_inner(self, table: Table, name: str) -> str:
        bounds = table.names[name]
        for bound in reversed(bounds):
            if bound.kind == "definition":
                return bound.name
            if bound.kind in ("from", "module"):
                return self._imported_name(bound)
        return f"{table.id}.{name}" if table.kind == "class" else ""

    def imported_as(self, name: str, table: Table) -> str:
        """Canonical name of what an import of the scope binds a name to, whatever binds it later; empty when none does."""
        return next((self._imported_name(b) for b in table.names.get(name, ()) if b.kind in ("from", "module")), "")

    def member(self, module: str, name: str) -> str:
        """Canonical name of what a module of the project calls `name`; empty when it has no such name."""
        key = (module, name)
        known = self._members.get(key)
        if known is None:
            if key in self._busy:
                return ""
            self._busy.add(key)
            try:
                known = self._members[key] = self._member(module, name)
            finally:
                self._busy.discard(key)
        return known

    def _member(self, module: str, name: str) -> str:
        table = self.tables.get(module)
        if table is None:
            return ""
        bounds = table.names.get(name)
        if bounds:
            return self._best(table, name, bounds)
        for star in table.stars:
            if star in self._modules and star != module and self._exports(star, name):
                found = self.member(star, name)
                if found:
                    return found
        child = f"{module}.{name}" if module else name
        if child in self._modules:
            return child
        return self._lazy(table, name) if "__getattr__" in table.names else ""

    def _lazy(self, table: Table, name: str) -> str:
        """A name that a module's `__getattr__` loads on demand, by a table of names and modules, or from the one submodule that has it."""
        for bounds in table.names.values():
            for bound in bounds:
                if isinstance(bound.expr, s.Mapping):
                    source = _lazy_source(bound.expr, name)
                    if source:
                        level = len(source) - len(source.lstrip("."))
                        stmt = s.Import(source[level:], (), level, 0)
                        return self._imported_name(Bound("from", self._absolute(stmt, table.module), name))
        return self._below_folder(table.id, name)

    def _best(self, table: Table, name: str, bounds: list[Bound]) -> str:
        """Of several meanings (alternatives by branch or failed import) the project's own, the last one; else the first import."""
        outside = ""
        for bound in reversed(bounds):
            if bound.kind == "definition":
                return bound.name
            if bound.kind in ("from", "module"):
                found = self._imported_name(bound)
                if found in self.definitions or found in self._modules:
                    return found
                outside = found or outside
        if outside:
            return outside
        alias = self._alias(table, bounds) if len(bounds) == 1 else ""
        return alias or (f"{table.id}.{name}" if table.id else name)

    def _alias(self, table: Table, bounds: list[Bound]) -> str:
        expr = bounds[0].expr
        if not isinstance(expr, (s.Name, s.Attribute)):
            return ""
        found = self.resolve(expr, table)
        if found in self.definitions or found in self._modules:
            return found
        is_outside = bool(found) and not self._in_project(found)
        return found if is_outside and (self._library.is_class(found) or (found.rpartition(".")[2][:1].isupper() and not found.isupper())) else ""

    def _imported_name(self, bound: Bound) -> str:
        if bound.kind == "module":
            return bound.module
        if bound.module in self._modules:
            found = self.member(bound.module, bound.name)
            return found or f"{bound.module}.{bound.name}"
        child = f"{bound.module}.{bound.name}" if bound.module else bound.name
        if child in self._modules:
            return child
        if self.roots.is_folder(bound.module):
            return self._below_folder(bound.module, bound.name) or child
        own = self.roots.project(child)
        return self.canonical(own) if own else self._library.canonical(child)

    def _below_folder(self, folder: str, name: str) -> str:
        """A name of a package whose `__init__` was not read (generated, broken): the one module directly in it that defines the name."""
        found = {bound.name for child in self.roots.children(folder) for bound in self.tables[child].names.get(name, ()) if bound.kind == "definition"}
        return found.pop() if len(found) == 1 else ""

    def _exports(self, module: str, name: str) -> bool:
        listed = self.tables[module].names.get("__all__")
        if listed:
            wanted = [i.value for b in listed if isinstance(b.expr, s.Sequence) for i in b.expr.items if isinstance(i, s.Constant)]
            if wanted:
                return name in wanted
        return not name.startswith("_")

    def _from_library_star(self, table: Table, name: str) -> str:
        outside = [star for star in table.stars if star not in self._modules]
        return self._library.canonical(f"{outside[0]}.{name}") if len(outside) == 1 else ""

    def _in_project(self, name: str) -> bool:
        while name:
            if name in self._modules:
                return True
            name = name.rpartition(".")[0]
        return False

    def canonical(self, name: str) -> str:
        """The definition behind a dotted name."""
        known = self._canonical.get(name)
        if known is None:
            self._canonical[name] = name  # a cycle of re-exports ends here
            known = self._canonical[name] = self._follow(name)
        return known

    def _follow(self, name: str) -> str:
        if name in self.definitions or name in self._modules:
            return name
        start = name if name.split(".")[0] in self._modules or self._in_project(name) else self.roots.project(name)
        if not start:
            return self._library.canonical(name)
        if start in self.definitions or start in self._modules:
            return start
        head, tail = start, ""
        while head:
            head, _, last = head.rpartition(".")
            tail = f"{last}.{tail}" if tail else last
            if head in self._modules or (not head and "" in self._modules):
                found = self._walk(head, tail)
                if found:
                    return found
        return start

    def _walk(self, module: str, tail: str) -> str:
        """Follow the names after a module: its members, members of members."""
        first, _, rest = tail.partition(".")
        found = self.member(module, first)
        if not found or not rest:
            return found
        whole = f"{found}.{rest}"
        if found in self.definitions:
            return self._inside(found, rest)
        own = f"{module}.{first}" if module else first
        return whole if found == own or whole.count(".") > _LONGEST else self.canonical(whole)

    def _inside(self, definition: str, rest: str) -> str:
        whole = f"{definition}.{rest}"
        if whole in self.definitions:
            return whole
        table = self.tables.get(definition)
        first, _, more = rest.partition(".")
        if table is not None and table.kind == "class" and first in table.names:
            found = self._of_inner(table, first)
            if found and found != f"{definition}.{first}":
                return self.canonical(f"{found}.{more}") if more else found
        return whole


def _lazy_source(table: s.Mapping, name: str) -> str:
    """The module that a table gives for a name: `{name: module}`, `{name: (module, attribute)}` or `{module: [names]}`."""
    for key, value in zip(table.keys, table.values, strict=True):
        if not isinstance(key, s.Constant) or not isinstance(key.value, str):
            continue
        inner = value.items if isinstance(value, s.Sequence) else (value,)
        texts = [i.value for i in inner if isinstance(i, s.Constant) and isinstance(i.value, str)]
        if key.value == name and texts:
            return texts[0]
        if name in texts and isinstance(value, s.Sequence):
            return key.value
    return ""


def _imported(modules: Iterable[s.Module]) -> Iterator[str]:
    for module in modules:
        for stmt in statements(module.body):
            if isinstance(stmt, s.Import) and not stmt.level:
                yield stmt.module

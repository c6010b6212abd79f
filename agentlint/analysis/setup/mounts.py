"""Where route tables hang: routers, blueprints and sub-applications mounted under prefixes, whatever the framework calls them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import msgspec

from agentlint.analysis.program import FunctionInfo, Program
from agentlint.ir import syntax as s
from agentlint.ir.operations import Guard

_MOST_PLACES = 24
"""Places one table may be mounted at before the rest is dropped: reached only by programs that build routers in loops."""


class Mount(msgspec.Struct, frozen=True, order=True):
    """A full place of a table: its prefix and what every mount on the way demands of callers."""

    prefix: str
    guards: tuple[Guard, ...] = ()
    depth: int = 0


class MountTree:
    """Declared tables and the mounts between them."""

    def __init__(self) -> None:
        self._own: dict[str, tuple[str, tuple[Guard, ...]]] = {}
        self._roots: set[str] = set()
        self._parents: dict[str, list[tuple[str, str, tuple[Guard, ...], bool]]] = defaultdict(list)

    def declare(self, key: str, prefix: str = "", guards: Sequence[Guard] = (), root: bool = False) -> None:
        """A table with its own prefix; `root` for an application that nothing needs to mount."""
        self._own[key] = (prefix, tuple(guards))
        if root:
            self._roots.add(key)

    def declare_like(self, key: str, other: str) -> None:
        """A table that is made as another one is: what a subclass keeps where its base makes it."""
        self.declare(key, *self._own[other], root=other in self._roots)

    def mount(self, parent: str, child: str, prefix: str = "", guards: Sequence[Guard] = (), replaces: bool = False) -> None:
        """`child` is reachable below `parent` under a prefix beside its own, or instead of its own when the mount `replaces` it."""
        edge = (parent, prefix, tuple(guards), replaces)
        if edge not in self._parents[child]:
            self._parents[child].append(edge)

    def mount_rest(self, parent: str, prefix: str, guards: Sequence[Guard] = ()) -> None:
        """Every table that nothing mounts is reachable below `parent`: it takes all that it finds at run time."""
        for key in sorted(self._own):
            if key != parent and not self.is_mounted(key):
                self.mount(parent, key, prefix, guards)

    def known(self, key: str) -> bool:
        """True when the table was declared."""
        return key in self._own

    def places(self, key: str) -> tuple[Mount, ...]:
        """Every full prefix of a table; a table that nothing mounts stands at its own prefix."""
        return tuple(sorted(set(self._places(key, ())))[:_MOST_PLACES])

    def is_mounted(self, key: str) -> bool:
        """True for applications and for tables below one."""
        return key in self._roots or bool(self._parents.get(key))

    def above(self, key: str) -> tuple[str, ...]:
        """A table and all tables that it hangs below, sorted."""
        found: set[str] = set()
        waiting = [key]
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                waiting += [parent for parent, *_ in self._parents.get(one, ())]
        return tuple(sorted(found))

    def _places(self, key: str, seen: tuple[str, ...]) -> list[Mount]:
        own_prefix, own_guards = self._own.get(key, ("", ()))
        if key in seen or len(seen) > 12:
            return []
        parents = self._parents.get(key, ())
        if not parents:
            return [Mount(own_prefix, own_guards)]
        found = []
        for parent, prefix, guards, replaces in parents[:_MOST_PLACES]:
            for place in self._places(parent, (*seen, key))[:_MOST_PLACES]:
                found.append(Mount(join_paths(place.prefix, prefix, "" if replaces else own_prefix), (*place.guards, *guards, *own_guards), place.depth + 1))
        return found


def join_paths(*parts: str) -> str:
    """URL parts joined without doubled slashes; a trailing slash of the last non-empty part is kept."""
    joined = ""
    for part in filter(None, parts):
        joined = joined.rstrip("/") + "/" + part.lstrip("/") if joined or part.startswith("/") else part
    return joined


def table_key(expr: s.Expr | None, scope: FunctionInfo | object, program: Program) -> str:
    """An id for the router, blueprint or application that an expression names: a module's variable, a class attribute, a factory's result."""
    if expr is None:
        return ""
    if isinstance(expr, s.Call):
        called = program.resolve(expr.func, scope)  # type: ignore[arg-type]
        return f"{called}()" if called else ""
    resolved = program.resolve(expr, scope)  # type: ignore[arg-type]
    if resolved:
        return resolved
    if isinstance(scope, FunctionInfo) and isinstance(expr, (s.Name, s.Attribute)):
        return f"{scope.id}.{_text(expr)}"
    return ""


def _text(expr: s.Expr) -> str:
    return f"{_text(expr.value)}.{expr.attr}" if isinstance(expr, s.Attribute) else expr.id if isinstance(expr, s.Name) else ""

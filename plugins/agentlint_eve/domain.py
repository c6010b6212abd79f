"""The resources of an Eve application: the mapping `DOMAIN` of its settings, and resources that code registers.

Eve documentation, "Configuration" (Global Configuration, Domain Configuration).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import msgspec

from agentlint.api import Context, Factories, Made, Ref, Value, syntax, walk

APPS = ("eve.Eve", "eve.flaskapp.Eve")
_REGISTER = "register_resource"
_DOMAIN = "DOMAIN"


class Resource(msgspec.Struct, frozen=True, eq=False):
    """One resource: its name, what is said of it, and where."""

    name: str
    settings: dict[Value, Value]
    file: str
    line: int


class Domain:
    """The settings of the program's applications."""

    def __init__(self, context: Context) -> None:
        self._program = context.program
        factories = Factories(context.program, frozenset({_REGISTER}), frozenset())
        factories.run(frozenset(APPS), {"app": APPS[0]})
        self._setup = factories.setup
        self._made = tuple(factories.setup.made)
        self.apps = tuple(m for m in self._made if isinstance(m.callee, Ref) and (m.callee.name in APPS or self._is_app(m.callee.name)))
        given = (m.keywords.get("settings") for m in self.apps)
        mappings = (g.items if isinstance(g, Made) else g for g in given)
        self._given: list[dict[Value, Value]] = [g for g in mappings if isinstance(g, dict)]
        self._set_in: dict[str, list[str]] = defaultdict(list)
        """Variables in capitals, with the modules that set them."""
        self._described: dict[str, tuple[str, int]] = {}
        """Names under which a mapping says what a resource is, each with its first place."""
        for module in self._program.modules.values():
            for name in _variables(module):
                self._set_in[name].append(module.name)
            for name, line in _described(module):
                self._described.setdefault(name, (module.path, line))

    def _is_app(self, name: str) -> bool:
        return name in self._program.classes and self._program.inherits(name, *APPS)

    def setting(self, name: str, default: Value) -> Value:
        """A setting of the application: of the mapping that it is made with, or a variable of a module."""
        for mapping in self._given:
            if name in mapping:
                return mapping[name]
        homes = self._set_in.get(name)
        return self._setup.variable(homes[0], name) if homes else default

    def resources(self) -> Iterator[Resource]:
        """Every resource, each once."""
        seen: set[str] = set()
        for found in (*self._listed(), *self._registered()):
            if found.name not in seen and found.settings.get("internal_resource") is not True:
                seen.add(found.name)
                yield found

    def _listed(self) -> Iterator[Resource]:
        held = [m[_DOMAIN] for m in self._given if _DOMAIN in m]
        held += [self._setup.variable(home, _DOMAIN) for home in self._set_in.get(_DOMAIN, ())]
        for domain in held:
            for name, settings in domain.items() if isinstance(domain, dict) else ():
                if isinstance(name, str):
                    yield Resource(name, settings if isinstance(settings, dict) else {}, *self._described.get(name, ("", 0)))

    def _registered(self) -> Iterator[Resource]:
        for made in self._made:
            if made.method.rpartition(".")[2] == _REGISTER and len(made.args) > 1 and isinstance(made.args[0], str):
                settings = made.args[1] if isinstance(made.args[1], dict) else {}
                yield Resource(made.args[0], settings, *self._described.get(made.args[0], (made.file, made.line)))


def _variables(module: syntax.Module) -> frozenset[str]:
    targets = (t for stmt in module.body if isinstance(stmt, syntax.Assign) and not stmt.op for t in stmt.targets)
    return frozenset(t.id for t in targets if isinstance(t, syntax.Name) and t.id.isupper())


def _described(module: syntax.Module) -> Iterator[tuple[str, int]]:
    """Names of resources that a module describes: keys of mappings, then variables."""
    for expr in walk.body_expressions(module.body):
        for key, value in zip(expr.keys, expr.values, strict=True) if isinstance(expr, syntax.Mapping) else ():
            if isinstance(key, syntax.Constant) and isinstance(key.value, str) and _describes(value):
                yield key.value, key.line
    for stmt in module.body:
        named = stmt.targets[0] if isinstance(stmt, syntax.Assign) and stmt.value is not None and _describes(stmt.value) else None
        if isinstance(named, syntax.Name):
            yield named.id, stmt.line


def _describes(value: syntax.Expr) -> bool:
    """True for a mapping or a variable that may say what a resource is."""
    if isinstance(value, syntax.Name):
        return True
    words = {"schema", "resource_methods", "item_methods", "item_title", "datasource"}
    return isinstance(value, syntax.Mapping) and any(isinstance(k, syntax.Constant) and k.value in words for k in value.keys)

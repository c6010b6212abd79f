"""Which controllers hold which: attributes of classes and objects, and what `_lookup` gives for a part of the address."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from agentlint.api import ClassInfo, Context, FunctionInfo, syntax, walk
from agentlint_turbogears.exposing import Exposing

_BASES = (
    "tg.TGController", "tg.controllers.TGController", "tg.RestController", "tg.controllers.RestController",
    "tgext.crud.CrudRestController", "tgext.crud.EasyCrudRestController", "tgext.crud.controller.CrudRestController",
)
_ROOT = "root_controller"
"""Option by which an application is given its root (TurboGears 2.5, "Configuring TurboGears")."""


class Tree:
    """The classes of controllers, what they hold, and where a site begins."""

    def __init__(self, context: Context, exposing: Exposing) -> None:
        self._context, self._program = context, context.program
        self.exposing = exposing
        own = {f.owner for f in self._program.functions.values() if f.owner and exposing.told(f)}
        self.controllers = frozenset(c for c in self._program.classes if not own.isdisjoint(self._program.mro(c)) or self._program.inherits(c, *_BASES))
        self._hung: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._placed: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._named: dict[str, list[str]] = defaultdict(list)
        self._kinds: dict[tuple[str, str], str] = {}
        for function in self._program.functions.values():
            for stmt in walk.statements(function.node.body):
                for target, value in _assignments(stmt):
                    self._assigned(target, value, function)
        for info in self._program.classes.values():
            for name, value in info.attributes.items():
                self._named[name].extend(self._of(value, info.id) if info.id not in self.controllers else ())

    def roots(self) -> list[str]:
        """What an application is given as its root; else the `RootController` of a module `root`; else what no other holds."""
        given = [c for m in self._program.modules.values() for call in walk.calls(m.body) for c in self._given(call, m.name)]
        given += [c for f in self._program.functions.values() for call in self._program.calls_in(f) for c in self._given(call, f.id)]
        given += [c for m in self._program.modules.values() for stmt in m.body for c in self._set(stmt, m.name)]
        return list(dict.fromkeys(given)) or self._by_convention()

    def _by_convention(self) -> list[str]:
        """The `RootController` of a module `controllers.root` that no other of those leads to; else what nothing holds."""
        conventional = [c for c in sorted(self.controllers) if c.endswith("controllers.root.RootController")]
        reached = {below for c in conventional for below in self._reached(c) if below != c}
        if conventional:
            return [c for c in conventional if c not in reached] or conventional[:1]
        held = {child for c in self.controllers for _, child in self.below(c)}
        return [c for c in sorted(self.controllers - held) if self._program.inherits(c, *_BASES[:2])]

    def _reached(self, start: str) -> set[str]:
        """All controllers below one."""
        found: set[str] = set()
        waiting = [start]
        while waiting:
            new = {child for _, child in self.below(waiting.pop())} - found
            found |= new
            waiting.extend(sorted(new))
        return found

    def below(self, controller: str, above: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
        """Controllers that one holds, each with its part of the address; an empty part for what the address does not tell. `above` is the way to it."""
        names: dict[str, syntax.Expr] = {}
        for base in reversed(self._program.mro(controller)):
            known = self._program.classes.get(base)
            if known is not None:
                names |= known.attributes
                yield from self._hung[base]
        yield from self._placed[controller]
        for name, value in names.items():
            held = self._program.attribute(controller, name)
            yield from ((name, child) for child in (self._of(value, held[1].id) if held is not None else ()))
        lookup = self._program.method(controller, "_lookup")
        for value in self._program.returned(lookup) if lookup is not None else ():
            first = value.items[0] if isinstance(value, syntax.Sequence) and value.items else value
            yield from (("", child) for child in self._looked_up(first, lookup, (*above, controller)) if child != controller)

    def part(self, controller: str) -> str:
        """The hole that `_lookup` fills: named by its first parameter."""
        lookup = self._program.method(controller, "_lookup")
        names = [p.name for p in lookup.node.params[1:2] if p.kind == "positional"] if lookup is not None else []
        return f"{{{names[0] if names else ''}}}"

    def _looked_up(self, value: syntax.Expr, lookup: FunctionInfo | None, way: tuple[str, ...]) -> Iterable[str]:
        """The class of what is given; for an attribute of something of which nothing is known, what the project assigns to that name.

        A class that stands in an attribute is looked for on the way to the controller too, nearest first: what is below may ask what is above for it.
        """
        found = self._of(value, lookup.id if lookup is not None else "", way[-1])
        if not found and isinstance(value, syntax.Attribute):
            return list(dict.fromkeys(self._named[value.attr]))
        if not found and isinstance(value, syntax.Call) and isinstance(value.func, syntax.Attribute):
            attr = value.func.attr
            return next(([kind] for holder in reversed(way) if (kind := self._kind(holder, attr)) in self.controllers), [])
        return found

    def _kind(self, holder: str, attr: str) -> str:
        """The class that an attribute of a controller holds, to be made later."""
        held = self._program.attribute(holder, attr)
        found = self._program.resolve(held[0], held[1]) if held is not None else ""
        return found or next((k for base in self._program.mro(holder) if (k := self._kinds.get((base, attr), ""))), "")

    def _of(self, value: syntax.Expr, scope: str, owner: str = "") -> list[str]:
        """The controllers that an expression may be; only what can be one is asked about."""
        if not isinstance(value, syntax.Call | syntax.Name | syntax.Attribute):
            return []
        return [t.name for t in self._context.types.of(value, scope, owner) if t.name in self.controllers and not t.meta]

    def _assigned(self, target: syntax.Attribute, value: syntax.Expr, function: FunctionInfo) -> None:
        """`self.users = UsersController()` and `self.admin.users = UsersController()` in a method; `self.page = PageController` for a class to make."""
        own = isinstance(target.value, syntax.Name) and target.value.id == "self"
        if own and isinstance(value, syntax.Name):
            self._kinds.setdefault((function.owner, target.attr), self._program.resolve(value, function))
        if not isinstance(value, syntax.Call):
            return
        for child in self._of(value, function.id, function.owner):
            if own:
                self._hung[function.owner].append((target.attr, child))
            for holder in () if own else self._of(target.value, function.id, function.owner):  # on one object: what derives from its class has it not
                self._placed[holder].append((target.attr, child))
            if own and function.owner not in self.controllers:
                self._named[target.attr].append(child)

    def _given(self, call: syntax.Call, scope: str) -> Iterator[str]:
        """The root in `AppConfig(root_controller=RootController())` and `update_blueprint({"root_controller": ...})`."""
        values = [k.value for k in call.keywords if k.name == _ROOT]
        for arg in call.args:
            if isinstance(arg, syntax.Mapping):
                pairs = zip(arg.keys, arg.values, strict=True)
                values += [v for k, v in pairs if isinstance(k, syntax.Constant) and k.value == _ROOT]
        yield from (c for value in values for c in self._of(value, scope))

    def _set(self, stmt: syntax.Stmt, scope: str) -> Iterator[str]:
        """The root in `base_config["root_controller"] = ...` and `base_config.root_controller = ...`."""
        for target in stmt.targets if isinstance(stmt, syntax.Assign) and stmt.value is not None else ():
            index = target.index if isinstance(target, syntax.Subscript) else None
            named = target.attr if isinstance(target, syntax.Attribute) else index.value if isinstance(index, syntax.Constant) else None
            if named == _ROOT and isinstance(stmt, syntax.Assign) and stmt.value is not None:
                yield from self._of(stmt.value, scope)

    def info(self, controller: str) -> ClassInfo:
        """The class of a controller."""
        return self._program.classes[controller]


def _assignments(stmt: syntax.Stmt) -> Iterator[tuple[syntax.Attribute, syntax.Expr]]:
    """Attributes that a statement sets, also those whose name is no name of Python: `setattr(self, "merge-requests", ...)`."""
    if isinstance(stmt, syntax.Assign) and stmt.value is not None:
        yield from ((t, stmt.value) for t in stmt.targets if isinstance(t, syntax.Attribute))
    call = stmt.value if isinstance(stmt, syntax.Expression) else None
    if isinstance(call, syntax.Call) and walk.dotted(call.func) == "setattr" and len(call.args) == 3 and isinstance(call.args[1], syntax.Constant):
        yield syntax.Attribute(call.args[0], str(call.args[1].value), call.line), call.args[2]

"""Where resources hang: what is put below what, what a site begins with, and what `getChild` gives for a part of the address."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import msgspec

from agentlint.api import Context, Factories, FunctionInfo, Made, Ref, Value, syntax

RESOURCE = "twisted.web.resource.Resource"
_RESOURCES = (RESOURCE, "twisted.web.resource._ComputedResource")
_SITES = ("twisted.web.server.Site",)
_PUT = "putChild"
_DEEPEST = 8


class Place(msgspec.Struct, frozen=True):
    """A resource of the project at an address; `known` is false where no code says what it hangs below."""

    resource: str
    path: str
    file: str
    line: int
    known: bool = True


class Tree:
    """The resources that set-up code makes and hangs below one another."""

    def __init__(self, context: Context) -> None:
        self._context, self._program = context, context.program
        self.resources = frozenset(c for c in self._program.classes if self._program.inherits(c, *_RESOURCES))
        factories = Factories(context.program, frozenset({_PUT}), frozenset())
        factories.run(frozenset(_SITES), {})
        self._made = tuple(factories.setup.made)
        self._held = {id(child) for made in self._made for child in [self._put(made)] if child is not None}
        self._below: dict[int, list[tuple[str, Made]]] = defaultdict(list)
        for made in self._made:
            for call in made.calls:
                child = self._put(call)
                if child is not None:
                    self._below[id(made)].append((_text(call.args[0]), child))
        self._loose = dict(self._put_below_unknown())

    def places(self) -> Iterator[Place]:
        """Every resource of the project at every address; those that no code hangs anywhere last."""
        seen: set[str] = set()
        for root in self._roots():
            for place in self._walk(root, self._loose.get(_name(root), ""), ()):
                seen.add(place.resource)
                yield place
        for name in sorted(self.resources - seen - self._only_bases()):
            info = self._program.classes[name]
            yield Place(name, self._loose.get(name, "/{}"), info.module.path, info.node.line, known=name in self._loose)
            yield from self._got(name, "/{}", ())

    def _only_bases(self) -> set[str]:
        """Resources that others derive from and that answer no verb themselves."""
        bases = {b for c in self.resources for b in self._program.mro(c)[1:] if b in self.resources}
        return {b for b in bases if not any(m.startswith("render_") and m != "render_OPTIONS" for m in self._program.classes[b].methods)}

    def _put_below_unknown(self) -> Iterator[tuple[str, str]]:
        """The class and the part of the address of what is put below a resource that comes from where no code says: mostly the root of the site."""
        for function in self._program.functions.values():
            for call in self._program.calls_in(function):
                if isinstance(call.func, syntax.Attribute) and call.func.attr == _PUT and len(call.args) > 1:
                    part = self._program.fold(call.args[0], function)
                    for name in self._classes(call.args[1], function, ""):
                        yield name, f"/{_text(part)}"

    def _roots(self) -> Iterator[Made]:
        """What sites begin with, then other resources that hold some and hang below none."""
        first = [m for made in self._made if _name(made) in _SITES and made.args and (m := self._unwrapped(made.args[0])) is not None]
        yield from first
        known = {id(m) for m in first}
        for made in self._made:
            if id(made) not in known and id(made) not in self._held and self._below.get(id(made)) and self._is_resource(made):
                yield made

    def _walk(self, made: Made, path: str, above: tuple[int, ...]) -> Iterator[Place]:
        """A resource and what hangs below it; one that hangs below itself is not entered twice on a way."""
        if id(made) in above or len(above) > _DEEPEST:
            return
        name = _name(made)
        if name in self.resources:
            yield Place(name, path or "/", made.file, made.line)
            yield from self._got(name, path, ())
        for part, child in self._below.get(id(made), ()):
            yield from self._walk(child, f"{path}/{part}" if part else f"{path}/" if path else "/", (*above, id(made)))

    def _got(self, name: str, path: str, above: tuple[str, ...]) -> Iterator[Place]:
        """Resources that `getChild` makes: each stands for a part of the address."""
        method = self._program.method(name, "getChild")
        values = self._program.returned(method) if method is not None and name not in above and len(above) < _DEEPEST else ()
        below: dict[str, int] = {}
        for value in values:
            for child in self._classes(value, method, name):
                below.setdefault(child, value.line)
        for child, line in below.items():
            yield Place(child, f"{path.rstrip('/')}/{{}}", method.module.path if method else "", line)
            yield from self._got(child, f"{path.rstrip('/')}/{{}}", (*above, name))

    def _classes(self, value: syntax.Expr, method: FunctionInfo | None, name: str) -> list[str]:
        if not isinstance(value, syntax.Call | syntax.Name | syntax.Attribute) or method is None:
            return []
        return [t.name for t in self._context.types.of(value, method.id, name) if t.name in self.resources and t.name != name and not t.meta]

    def _put(self, made: Made) -> Made | None:
        """The resource that a call puts below another."""
        return self._unwrapped(made.args[1]) if made.method == _PUT and len(made.args) > 1 else None

    def _unwrapped(self, value: Value) -> Made | None:
        """The resource itself, below wrappers that encode what it answers or ask who asks."""
        for _ in range(_DEEPEST):
            if not isinstance(value, Made):
                return None
            if self._is_resource(value) or not value.args:
                return value
            value = value.args[0]
        return None

    def _is_resource(self, made: Made) -> bool:
        return _name(made) in self.resources or _name(made) in _RESOURCES


def _name(made: Made) -> str:
    return made.callee.name if isinstance(made.callee, Ref) else ""


def _text(value: Value) -> str:
    return value.strip("/") if isinstance(value, str) else "{}"

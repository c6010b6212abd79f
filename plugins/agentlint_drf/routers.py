"""Routers: which viewset is registered under which path, on which router, and where each router is included."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from agentlint.api import Above, ClassInfo, Confidence, Made, Member, Mount, MountTree, Program, Ref, Value, join_paths
from agentlint_django.patterns import holes
from agentlint_django.project import settings_of
from agentlint_django.urlconf import UrlEntry, url_table

_ROUTERS = ("rest_framework.routers.BaseRouter", "rest_framework.routers.SimpleRouter", "rest_framework.routers.DefaultRouter")
_VIEWSETS = ("rest_framework.viewsets.ViewSetMixin", "rest_framework.viewsets.ViewSet", "rest_framework.viewsets.GenericViewSet")

_ENTRY = ("prefix", "viewset", "basename")
_DEEPEST = 12
"""Routers nested in one another."""


class Registered(msgspec.Struct, frozen=True, eq=False):
    """A viewset at a full path."""

    viewset: ClassInfo
    path: str
    name: str
    """Base of the route names, with namespaces; empty when only the model tells it."""
    file: str
    line: int
    confidence: Confidence = "high"


class Routers:
    """The routers of a program: objects of a router class, and objects of unknown libraries whose class is called a router."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._made = [m for m in settings_of(program).setup.made if self._is_router(m)]
        self._tree = MountTree()
        self._spaces: dict[str, str] = {}
        self._below: dict[str, tuple[str, str]] = {}
        """Key of each nested router to its parent's, and what stands between the parent's own paths and its."""
        for made in self._made:
            self._tree.declare(_key(made))
        for made in self._made:
            self._nest(made)
        for entry in url_table(program).entries:
            self._place(entry)
        for key, (parent, between) in self._below.items():
            if not self._tree.is_mounted(key):  # what nothing includes by itself is taken to come with its parent
                self._tree.mount(parent, key, between)

    def _is_router(self, made: Made) -> bool:
        callee = made.callee
        if not isinstance(callee, Ref):
            return False
        if callee.name in self._program.classes:
            return self._program.inherits(callee.name, *_ROUTERS) or any(
                b.endswith("Router") and "rest_framework" in b for b in self._program.mro(callee.name) if b not in self._program.classes)
        if callee.name in _ROUTERS or not callee.name.endswith("Router"):
            return callee.name in _ROUTERS
        return "rest_framework" in callee.name or any(self._takes_viewset(call) for call in made.calls)

    def _takes_viewset(self, call: Made) -> bool:
        """True for a registration of a class that is made to be one by REST framework: a router of a library that nothing is known of."""
        viewset = call.args[1] if call.method == "register" and len(call.args) > 1 else call.keywords.get("viewset")
        return isinstance(viewset, Ref) and viewset.name in self._program.classes and self._program.inherits(viewset.name, *_VIEWSETS)

    def _nest(self, made: Made) -> None:
        """Nested routers (`NestedSimpleRouter(parent, "domains", lookup="domain")`) and routers that take over the registrations of others."""
        parent = made.args[0] if made.args else made.keywords.get("parent_router")
        prefix = made.args[1] if len(made.args) > 1 else made.keywords.get("parent_prefix")
        if isinstance(parent, Made) and isinstance(prefix, str):
            lookup = made.keywords.get("lookup", made.args[2] if len(made.args) > 2 else "nested_1")
            self._below[_key(made)] = (_key(parent), f"{holes(prefix, True)}/{{{lookup}_pk}}")
        for call in made.calls:
            if call.method in ("registry.extend", "extend") and call.args:
                given = call.args[0].owner if isinstance(call.args[0], Member) else call.args[0]
                if isinstance(given, Made):
                    self._tree.mount(_key(made), _key(given))

    def _place(self, entry: UrlEntry) -> None:
        """A router included in the URLconf, as `router.urls` or through `path("", router.urls)`."""
        owner = entry.view.owner if isinstance(entry.view, Member) and entry.view.attr in ("urls", "get_urls") else None
        if isinstance(owner, Above):  # a router of the project hands on what its base gives
            owner = owner.receiver
        if isinstance(owner, Made) and self._tree.known(_key(owner)):
            place = f"url:{entry.path}"
            self._tree.declare(place, entry.path, root=True)
            self._tree.mount(place, _key(owner), self._from_top(_key(owner)))
            self._spaces.setdefault(_key(owner), entry.name)

    def _from_top(self, key: str) -> str:
        """What stands between the place that includes a router and its own paths: nested ones give theirs with all that they are nested in."""
        parts: list[str] = []
        while key in self._below and len(parts) < _DEEPEST:
            key, between = self._below[key]
            parts.insert(0, between)
        return "/".join(parts)

    def registrations(self) -> Iterator[Registered]:
        """Every registration at every place of its router, once; a router that nothing includes stands at its own root."""
        seen: set[tuple[str, str]] = set()
        for one in self._everywhere():
            if (one.viewset.id, one.path) not in seen:
                seen.add((one.viewset.id, one.path))
                yield one

    def _everywhere(self) -> Iterator[Registered]:
        for made in self._made:
            for place in self._tree.places(_key(made)):
                routed: Confidence = "high" if self._tree.is_mounted(_key(made)) else "medium"
                yield from self._of_router(made.calls, place, routed, self._spaces.get(_key(made), ""))

    def _of_router(self, calls: list[Made], place: Mount, confidence: Confidence, namespace: str) -> Iterator[Registered]:
        for call in calls:
            given = _registered_by(call)
            if given is None:
                continue
            viewset, prefix = given.get("viewset"), given.get("prefix")
            info = self._program.classes.get(viewset.name) if isinstance(viewset, Ref) else None
            base = given.get("basename", given.get("base_name"))
            spoken = holes(prefix, True) if isinstance(prefix, str) else "{}"
            path = join_paths(place.prefix or "/", f"{spoken}/" if spoken else "")
            if info is not None:
                name = ":".join(filter(None, (namespace, base))) if isinstance(base, str) else ""
                yield Registered(info, path if path.startswith("/") else f"/{path}", name, call.file, call.line, confidence)
            yield from self._handed_along(call, path, confidence)
            parents = given.get("parents_query_lookups")
            if isinstance(parents, list | tuple) or call.calls:  # drf-extensions: what `register` gives registers the nested ones
                yield from self._nested(call, path, parents, confidence)

    def _handed_along(self, call: Made, path: str, confidence: Confidence) -> Iterator[Registered]:
        """Registrations below another one, handed over with it: `register("cases", Cases, [nested("notes", Notes)])`."""
        for listed in (*call.args[2:], *call.keywords.values()):
            for one in listed if isinstance(listed, list | tuple) else ():
                given = one.args if isinstance(one, Made) else ()
                if len(given) > 1 and isinstance(given[0], str) and isinstance(given[1], Ref) and given[1].name in self._program.classes:
                    below = join_paths("/", path, f"{{pk}}/{holes(given[0], True)}/")
                    yield Registered(self._program.classes[given[1].name], below, "", call.file, call.line, confidence)

    def _nested(self, call: Made, path: str, _parents: Value, confidence: Confidence) -> Iterator[Registered]:
        inner = [c for c in call.calls if c.method == "register"]
        lookups = next((c.keywords.get("parents_query_lookups", c.args[3] if len(c.args) > 3 else None) for c in inner), None)
        lookup = lookups[-1] if isinstance(lookups, list | tuple) and lookups and isinstance(lookups[-1], str) else "pk"
        if inner:
            yield from self._of_router(inner, Mount(join_paths(path, f"{{{lookup}}}/")), confidence, "")


def _registered_by(call: Made) -> dict[str, Value] | None:
    """What a call on a router registers. A router of the project may list the entry by itself: `self.registry.append((prefix, viewset, basename))`."""
    if call.method == "register":
        return dict(zip(_ENTRY, call.args, strict=False)) | call.keywords
    entry = call.args[0] if call.method == "registry.append" and call.args else None
    return dict(zip(_ENTRY, entry, strict=False)) if isinstance(entry, tuple) else None


def _key(made: Made) -> str:
    return f"{made.file}:{made.line}:{id(made)}"

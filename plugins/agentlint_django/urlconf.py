"""URLconfs: every pattern with its full path and what stands behind it, whatever code built the lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TypeGuard

import msgspec

from agentlint.api import Closure, Confidence, Made, Member, Program, Ref, Value, join_paths
from agentlint_django.patterns import holes
from agentlint_django.project import settings_of
from agentlint_django.view_sets import SetView, views_given

_PATHS = frozenset({"django.urls.path", "django.urls.conf.path"})
_REGEX = frozenset({"django.urls.re_path", "django.urls.conf.re_path", "django.conf.urls.url", "django.conf.urls.re_path", "django.urls.url"})
_INCLUDE = frozenset({"django.urls.include", "django.urls.conf.include", "django.conf.urls.include"})
_STATIC = frozenset({"django.conf.urls.static.static", "django.contrib.staticfiles.urls.staticfiles_urlpatterns"})
_DEEPEST = 24


class UrlEntry(msgspec.Struct, frozen=True, eq=False):
    """One pattern of the tree, flattened."""

    path: str
    """Full path with typed holes, from the root."""
    view: Value
    """The view, or what is included without being a list of patterns (a router, an admin site, a library's URLconf)."""
    name: str
    """Route name with its namespaces."""
    file: str
    line: int
    options: dict[str, Value] = {}
    """Extra arguments of the pattern."""
    wrappers: tuple[Value, ...] = ()
    """What an including function puts around every view."""
    included: bool = False
    confidence: Confidence = "high"


class UrlTable(msgspec.Struct, frozen=True, eq=False):
    """All patterns of a program, and what could not be followed: file, line, reason."""

    entries: tuple[UrlEntry, ...]
    gaps: tuple[tuple[str, int, str], ...]


@lru_cache(maxsize=2)
def url_table(program: Program) -> UrlTable:
    """The flattened URLconfs of a program, read once for all plugins."""
    reader = _Reader(program)
    entries = sorted(reader.all(), key=lambda e: (e.path, e.file, e.line, e.name))
    return UrlTable(tuple(entries), tuple(sorted(set(reader.gaps))))


class _Place(msgspec.Struct, frozen=True):
    """Where a list of patterns hangs."""

    prefix: str = ""
    namespace: str = ""
    wrappers: tuple[Value, ...] = ()
    modules: tuple[str, ...] = ()
    confidence: Confidence = "high"
    depth: int = 0

    def below(self, prefix: str, namespace: str = "") -> _Place:
        """The place of what is included under a prefix."""
        spaces = ":".join(filter(None, (self.namespace, namespace)))
        return msgspec.structs.replace(self, prefix=prefix, namespace=spaces, depth=self.depth + 1)


class _Reader:
    def __init__(self, program: Program) -> None:
        self._program = program
        self._settings = settings_of(program)
        self._setup = self._settings.setup
        self._reached: set[str] = set()
        self._seen: set[tuple[object, ...]] = set()
        self._open_prefixes: list[str] = []
        self._followed: set[int] = set()
        """Patterns that stand in the tree; set-up code keeps them alive, so that their addresses stay theirs."""
        self.gaps: list[tuple[str, int, str]] = []

    # ----------------------------------------------------------------- roots

    def all(self) -> list[UrlEntry]:
        """Entries of the root URLconfs, then of URLconfs that none of them reaches: other hosts, dynamic includes, applications without a project."""
        found = [e for root in self._roots() for e in self._module(root, _Place())]
        rest = [m for m in self._with_patterns() if m not in self._reached]
        heads = [m for m in rest if m not in self._included_by(rest)] or rest
        prefix = self._open_prefixes[0] if len(set(self._open_prefixes)) == 1 else ""
        for module in heads:
            if module not in self._reached:
                found += self._module(module, _Place(prefix, confidence="medium" if found else "high"))
        return found + [e for patterns in self._loose() for e in self._patterns(patterns, _Place(prefix, confidence="medium"))]

    def _loose(self) -> Iterator[list[Made]]:
        """Lists of patterns under other names that nothing seen includes: code that cannot be followed hangs them in, perhaps by the name of their module."""
        for name in self._program.modules:
            if "url" not in name.rpartition(".")[2] and ".urls." not in f".{name}.":
                continue
            for held in list(self._setup.run_module(name).names.values()):
                patterns = held if isinstance(held, list) else []
                if patterns and all(isinstance(p, Made) and _name(p) in _PATHS | _REGEX for p in patterns):
                    left = [p for p in patterns if id(p) not in self._followed]
                    if left:
                        self.gaps.append((left[0].file, left[0].line, "nothing that can be followed includes these URL patterns: their prefix is not known"))
                        yield left

    def _roots(self) -> list[str]:
        names = [self._program.canonical(n) for n in self._settings.texts("ROOT_URLCONF")]
        return [n for n in dict.fromkeys(names) if n in self._program.modules]

    def _with_patterns(self) -> list[str]:
        found = []
        for name in self._program.modules:
            last = name.rpartition(".")[2]
            if "url" in last or ".urls." in f".{name}." or self._program.names.tables[name].names.get("urlpatterns"):
                held = self._setup.variable(name, "urlpatterns")
                if (isinstance(held, list | tuple) and held) or is_url_list(held):
                    found.append(name)
        return found

    def _included_by(self, modules: Iterable[str]) -> set[str]:
        """Modules that the patterns of others include."""
        found: set[str] = set()
        stack: list[Value] = [self._setup.variable(m, "urlpatterns") for m in modules]
        while stack:
            value = stack.pop()
            if isinstance(value, list | tuple):
                stack.extend(value)
            elif isinstance(value, Made):
                if _name(value) in _INCLUDE and value.args:
                    found.add(self._module_named(value.args[0][0] if isinstance(value.args[0], tuple) and value.args[0] else value.args[0]))
                stack.extend(value.args)
        return found

    def _module_named(self, value: Value) -> str:
        name = value if isinstance(value, str) else value.name if isinstance(value, Ref) else ""
        canonical = self._program.canonical(name) if name and "{}" not in name else ""
        return canonical if canonical in self._program.modules else ""

    # ----------------------------------------------------------------- lists

    def _module(self, name: str, place: _Place) -> Iterator[UrlEntry]:
        if name in place.modules or place.depth > _DEEPEST:
            return
        self._reached.add(name)
        inner = msgspec.structs.replace(place, modules=(*place.modules, name))
        yield from self._patterns(self._setup.variable(name, "urlpatterns"), inner)

    def _patterns(self, value: Value, place: _Place) -> Iterator[UrlEntry]:
        """Entries of a list of patterns, or of one."""
        if place.depth > _DEEPEST:
            return
        if isinstance(value, list | tuple):
            for item in value:
                yield from self._patterns(item, place)
        elif is_url_list(value):
            yield self._foreign(value, *self._stands(value, place), place)
        elif isinstance(value, Made):
            name = _name(value)
            if name in _PATHS or name in _REGEX:
                yield from self._pattern(value, place, name in _REGEX)
            elif name not in _STATIC:
                given = views_given(value, self._program)
                if given is None and isinstance(value.callee, Member) and not value.args:
                    self.gaps.append((value.file, value.line, f"the URL patterns that {value.callee.attr}() gives are made in a library and were not read"))
                yield from self._wrapped(value, place) if given is None else self._of_set(given, value, place)

    def _of_set(self, given: Iterable[SetView], made: Made, place: _Place) -> Iterator[UrlEntry]:
        """The views of a class that gives its own patterns."""
        for one in given:
            name = ":".join(filter(None, (place.namespace, one.name)))
            yield UrlEntry(_joined(place.prefix, one.path), one.view, name, made.file, made.line, wrappers=place.wrappers, confidence=place.confidence)

    def _stands(self, value: Member, place: _Place) -> tuple[str, int]:
        """File and line of something that gives patterns: where it was made, else the module that takes them."""
        if isinstance(value.owner, Made):
            return value.owner.file, value.owner.line
        module = self._program.modules.get(place.modules[-1]) if place.modules else None
        return (module.path, 1) if module is not None else ("", 0)

    def _wrapped(self, made: Made, place: _Place) -> Iterator[UrlEntry]:
        """Patterns handed through a function: `i18n_patterns(...)`, `format_suffix_patterns([...])`, `required(login_required, [...])`."""
        wrappers = tuple(a for a in made.args if isinstance(a, Ref | Closure))
        inner = msgspec.structs.replace(place, wrappers=(*place.wrappers, *wrappers), depth=place.depth + 1)
        for argument in made.args:
            if isinstance(argument, list | tuple | Made | Member):
                yield from self._patterns(argument, inner)

    def _pattern(self, made: Made, place: _Place, regex: bool) -> Iterator[UrlEntry]:
        self._followed.add(id(made))
        given = dict(zip(("route", "view", "kwargs", "name"), made.args, strict=False)) | made.keywords
        route = given.get("route", given.get("regex"))
        path = _joined(place.prefix, holes(_told(route, place), regex))
        view = given.get("view")
        included = self._include(view, made, place.below(path))
        if included is not None:
            yield from included
            return
        name = given.get("name")
        options = given.get("kwargs")
        full = f"{place.namespace}:{name}" if place.namespace and isinstance(name, str) else name if isinstance(name, str) else ""
        key = (path, id(view), full, made.file, made.line)
        if key in self._seen:
            return
        self._seen.add(key)
        yield UrlEntry(
            path or "/", view, full, made.file, made.line, options if isinstance(options, dict) else {}, place.wrappers, confidence=place.confidence,
        )

    # -------------------------------------------------------------- includes

    def _include(self, view: Value, pattern: Made, place: _Place) -> Iterator[UrlEntry] | None:
        """Entries of an included URLconf, None for a plain view."""
        if isinstance(view, list | tuple) and view:  # `path("x/", site.urls)`
            return self._included(view, "", pattern, place)
        if is_url_list(view):
            return self._included(view, "", pattern, place)
        if not isinstance(view, Made) or not view.args:
            return None
        name = _name(view)
        spoken = view.keywords.get("namespace", view.args[1] if len(view.args) > 1 and isinstance(view.args[1], str) else "")
        if name in _INCLUDE:
            return self._included(view.args[0], spoken if isinstance(spoken, str) else "", pattern, place)
        if name.rpartition(".")[2].endswith("include"):  # an include of some library or of the project that decorates what it includes
            inner = next((a for a in reversed(view.args) if self._module_named(a) or (isinstance(a, Made) and _name(a) in _INCLUDE)), None)
            wrappers = tuple(w for a in view.args if a is not inner for w in (a if isinstance(a, list | tuple) else (a,)))
            if isinstance(inner, Made):
                inner = inner.args[0] if inner.args else None
            if inner is not None:
                return self._included(inner, "", pattern, msgspec.structs.replace(place, wrappers=(*place.wrappers, *wrappers)))
        return None

    def _included(self, given: Value, namespace: str, pattern: Made, place: _Place) -> Iterator[UrlEntry]:
        if isinstance(given, tuple) and given and not all(isinstance(i, Made) for i in given):  # (patterns, application namespace, instance namespace)
            names = [n for n in given[1:] if isinstance(n, str) and n]
            yield from self._included(given[0], namespace or (names[-1] if names else ""), pattern, place)
            return
        module = self._module_named(given)
        if module:
            app = self._setup.variable(module, "app_name")
            yield from self._module(module, self._spaced(place, namespace or (app if isinstance(app, str) else "")))
        elif isinstance(given, list | tuple):
            yield from self._patterns(given, self._spaced(place, namespace))
        elif isinstance(given, str | Ref) and "{}" not in (given if isinstance(given, str) else ""):
            yield self._foreign(Ref(given) if isinstance(given, str) else given, pattern.file, pattern.line, self._spaced(place, namespace))
        elif isinstance(given, Made) and (views := views_given(given, self._program)) is not None:
            yield from self._of_set(views, given, self._spaced(place, namespace))
        elif isinstance(given, Member | Made):
            yield self._foreign(given, pattern.file, pattern.line, self._spaced(place, namespace))
        else:
            self._open_prefixes.append(place.prefix)
            self.gaps.append((pattern.file, pattern.line, f"the URLconf included under {place.prefix or '/'} is not known"))

    def _spaced(self, place: _Place, namespace: str) -> _Place:
        return place if not namespace else msgspec.structs.replace(place, namespace=":".join(filter(None, (place.namespace, namespace))))

    def _foreign(self, view: Value, file: str, line: int, place: _Place) -> UrlEntry:
        """Something included that is no list of patterns of the project: whoever knows it reads on."""
        if isinstance(view, Ref) and self._is_own(view.name):
            self.gaps.append((file, line, f"the included URLconf {view.name} was not found"))
        path, space = place.prefix or "/", place.namespace
        return UrlEntry(path, view, space, file, line, wrappers=place.wrappers, included=True, confidence=place.confidence)

    def _is_own(self, dotted: str) -> bool:
        top = dotted.partition(".")[0]
        return any(name.partition(".")[0] == top for name in self._program.modules)


def is_url_list(value: Value) -> TypeGuard[Member]:
    """True for the patterns that an object of a library gives: `router.urls`, `site.get_urls`."""
    return isinstance(value, Member) and value.attr in ("urls", "get_urls")


def _told(route: Value, place: _Place) -> str:
    """The text of a route; a hole at the very start stands for the prefix below which a deployment hangs the site, and is taken for empty."""
    text = route if isinstance(route, str) else "{}"
    if place.prefix in ("", "/"):
        text = text.removeprefix("^").removeprefix("{}")
    return text


def _name(made: Made) -> str:
    return made.callee.name if isinstance(made.callee, Ref) else ""


def _joined(prefix: str, path: str) -> str:
    joined = join_paths(prefix, path) if path else prefix
    return joined if joined.startswith("/") else f"/{joined}"

"""The modules of client code: which file an import names, and what classic scripts share."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable

from agentlint.ir import syntax as s

_EXTENSIONS = ("ts", "tsx", "js", "jsx", "mjs", "cjs", "mts", "cts", "vue", "svelte")
_SUFFIX = re.compile(r"\.(?:" + "|".join(_EXTENSIONS) + r")$")
_ALIAS = re.compile(r"^(?:[@~#$][\w-]*|src|app)/")
"""A first segment that build tools map to a source folder. Scoped packages look alike: they match no file."""

_SOURCES = re.compile(r"(?:^|/)(?:src|app|source|client|frontend|js)/$")
"""Folders that such a segment usually stands for."""


class ModuleIndex:
    """All modules by path, and by the tails under which imports may name them."""

    def __init__(self, modules: Iterable[s.Module]) -> None:
        self.by_path: dict[str, list[s.Module]] = defaultdict(list)
        self._by_last: dict[str, list[str]] = defaultdict(list)
        for module in sorted(modules, key=lambda m: (m.path, m.name)):
            self.by_path[module.path].append(module)
        for path in self.by_path:
            self._by_last[self._last(path)].append(path)

    def resolve(self, importer: str, specifier: str, *, bare: bool = False) -> str:
        """The path an import names; empty when it is no file of the project. `bare` names may stand for neighbours (AMD)."""
        specifier = _SUFFIX.sub("", specifier.split("?")[0].split("!")[-1]).rstrip("/")
        if specifier.startswith("."):
            return self._exact(posixpath.normpath(posixpath.join(posixpath.dirname(importer), specifier)))
        alias = _ALIAS.match(specifier)
        if alias:
            return self._by_alias(importer, specifier[alias.end() :]) or self._by_alias(importer, specifier.lstrip("@~#$/"))
        if bare and (found := self._exact(posixpath.normpath(posixpath.join(posixpath.dirname(importer), specifier)))):
            return found
        return self._by_tail(importer, specifier) if "/" in specifier or bare else ""

    def _exact(self, stem: str) -> str:
        if stem in self.by_path:
            return stem
        for candidate in (*(f"{stem}.{e}" for e in _EXTENSIONS), *(f"{stem}/index.{e}" for e in _EXTENSIONS)):
            if candidate in self.by_path:
                return candidate
        return ""

    def _by_alias(self, importer: str, tail: str) -> str:
        """The file that a path from the source folder names: that folder holds the importer too, and is its outermost one of that kind."""
        found = [(p, self._root(p, tail)) for p in self._by_last.get(tail.rsplit("/", 1)[-1], ()) if p != importer and self._matches(p, tail)]
        around = [(p, root) for p, root in found if importer.startswith(root)]
        best = min(around, key=lambda f: (not _SOURCES.search(f[1]), len(f[1]), f[0]), default=None)
        return best[0] if best is not None else self._by_tail(importer, tail)

    @staticmethod
    def _root(path: str, tail: str) -> str:
        return _SUFFIX.sub("", path).removesuffix("/index").removesuffix(tail)

    def _by_tail(self, importer: str, tail: str) -> str:
        """The file whose path ends so; of several the one nearest to the importer."""
        found = [p for p in self._by_last.get(tail.rsplit("/", 1)[-1], ()) if self._matches(p, tail)]
        return min(found, key=lambda p: (-len(posixpath.commonprefix([p, importer])), len(p), p), default="")

    @staticmethod
    def _matches(path: str, tail: str) -> bool:
        stem = _SUFFIX.sub("", path).removesuffix("/index")
        return stem == tail or stem.endswith("/" + tail)

    @staticmethod
    def _last(path: str) -> str:
        return _SUFFIX.sub("", path).removesuffix("/index").rsplit("/", 1)[-1]


def is_classic(module: s.Module) -> bool:
    """Whether a script shares its top level with the page: it imports nothing."""
    return not any(isinstance(stmt, s.Import) for stmt in module.body)

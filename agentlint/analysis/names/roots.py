"""Where absolute imports start: source roots inside the tree (`src/`, service folders), and trees that are themselves a package's inside."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence

from agentlint.ir import syntax as s

_SCRIPT = "manage"
"""Django's script: Python puts the folder of a script at the head of its path, so that imports start there, be it a package or not."""
_DEEPEST_START, _MANY_INSIDE = 2, 3
_MOST_LEADING = 4
"""Leading names of an import that may lie above the analysed folder."""


class Roots:
    """Maps the module names that imports say to the names of the modules that were read."""

    def __init__(self, modules: dict[str, s.Module], imported: Iterable[str]) -> None:
        self._modules = modules
        self._packages = frozenset(name for name, m in modules.items() if m.is_package)
        self._folders = _folders(modules)
        self._places = self._index()
        self._memo: dict[tuple[str, str], str] = {}
        said = sorted(set(imported))
        self._started = self._starting(said)
        self._above = self._leading(said)

    def _index(self) -> dict[str, tuple[str, ...]]:
        """First name of an import to the source roots that hold it."""
        found: dict[str, set[str]] = defaultdict(set)
        for name in (*self._modules, *self._folders):
            parts = name.split(".")
            for cut in range(len(parts)):
                root = ".".join(parts[:cut])
                if cut and root in self._packages and f"{root}.{_SCRIPT}" not in self._modules:
                    break
                found[parts[cut]].add(root)
        return {top: tuple(sorted(roots, key=lambda r: (r.count("."), r))) for top, roots in found.items()}

    def is_folder(self, name: str) -> bool:
        """True for a folder of modules whose own `__init__` was not read."""
        return name in self._folders and name not in self._modules

    def children(self, folder: str) -> tuple[str, ...]:
        """Modules directly in a folder, sorted."""
        start = folder + "."
        return tuple(sorted(m for m in self._modules if m.startswith(start) and "." not in m[len(start):]))

    def project(self, dotted: str, importer: str = "") -> str:
        """The project's own name of an imported module or of the longest part of it that exists, the rest appended; empty for library names."""
        key = (dotted, importer.rpartition(".")[0])
        known = self._memo.get(key)
        if known is None:
            known = self._memo[key] = self._find(dotted, importer)
        return known

    def _find(self, dotted: str, importer: str) -> str:
        if dotted in self._modules:
            beside = self._beside(dotted, importer)
            return beside or dotted
        parts = dotted.split(".")
        best, best_score = "", (0, 0, 0)
        for root in self._places.get(parts[0], ()):
            score = self._score(root, parts, importer)
            if score > best_score:
                best, best_score = f"{root}.{dotted}" if root else dotted, score
        if best:
            return best
        inside = self._inside(parts, importer)
        if inside:
            return inside
        dropped = self._above.get(parts[0], 0)
        rest = ".".join(parts[dropped:])
        return rest if dropped and (rest in self._modules or rest in self._folders or self._known_prefix(parts[dropped:])) else ""

    def _inside(self, parts: Sequence[str], importer: str) -> str:
        """A module of the importer's own package or of one beside it, where both lie in a folder that is a package too: it holds several projects, or is
        where the product is started."""
        above = importer.split(".")
        for cut in range(len(above) - 1, 0, -1):
            root = ".".join(above[:cut])
            begins = root in self._started and parts[0] not in sys.stdlib_module_names
            if (begins or above[cut] == parts[0]) and len(parts) > 1 and self._known_prefix(parts, root) > 1:
                return ".".join((*above[:cut], *parts))
        return ""

    def _starting(self, imported: Iterable[str]) -> frozenset[str]:
        """Packages in which the product is started, so that imports begin inside: many imports name modules there, and no module elsewhere."""
        inside: dict[str, set[str]] = defaultdict(set)
        for name in self._modules:
            parts = name.split(".")
            for cut in range(1, min(len(parts), _DEEPEST_START + 1)):
                if ".".join(parts[:cut]) in self._packages:
                    inside[parts[cut]].add(".".join(parts[:cut]))
        hits: dict[str, int] = defaultdict(int)
        for name in imported:
            top = name.partition(".")[0]
            if top != name and top not in self._places and top not in sys.stdlib_module_names:
                for root in inside.get(top, ()):
                    hits[root] += f"{root}.{name}" in self._modules
        return frozenset(root for root, count in hits.items() if count >= _MANY_INSIDE)

    def _beside(self, dotted: str, importer: str) -> str:
        """A nearer source root that holds the same name: services in one repository often share package names."""
        top = dotted.split(".")[0]
        for root in reversed(self._places.get(top, ())):
            if root and importer.startswith(root + ".") and f"{root}.{dotted}" in self._modules:
                return f"{root}.{dotted}"
        return ""

    def _score(self, root: str, parts: Sequence[str], importer: str) -> tuple[int, int, int]:
        """(matched names, shared names with the importer, minus depth); zeros when the place does not qualify."""
        matched = self._known_prefix(parts, root)
        if not matched:
            return (0, 0, 0)
        holds = not root or importer.startswith(root + ".")
        first = f"{root}.{parts[0]}" if root else parts[0]
        is_package = first in self._packages
        is_file = first in self._modules and not is_package
        if not holds and is_file:
            return (0, 0, 0)  # a lone script elsewhere is not importable from here
        if not (is_package or is_file) and matched < 2:
            return (0, 0, 0)  # a plain folder that happens to be called like a library
        return (matched, _shared(root, importer) if holds else -1, -len(root))

    def _known_prefix(self, parts: Sequence[str], root: str = "") -> int:
        name, matched = root, 0
        for part in parts:
            name = f"{name}.{part}" if name else part
            if name not in self._modules and name not in self._folders:
                break
            matched += 1
        return matched

    def _leading(self, imported: Sequence[str]) -> dict[str, int]:
        """How many leading names to drop from imports of a package whose inside is the analysed folder."""
        groups: dict[str, list[list[str]]] = defaultdict(list)
        for name in imported:
            parts = name.split(".")
            if parts[0] not in self._places:
                groups[parts[0]].append(parts)
        rooted = "" in self._modules or "__init__" in self._modules
        return {top: drop for top, names in groups.items() if (drop := self._drop(names, rooted))}

    def _drop(self, names: list[list[str]], rooted: bool) -> int:
        for drop in range(1, _MOST_LEADING + 1):
            longer = [n for n in names if len(n) > drop]
            hits = sum(".".join(n[drop:]) in self._modules or ".".join(n[drop:]) in self._folders for n in longer)
            if hits >= (1 if rooted else 2) and hits >= 0.7 * len(longer):
                return drop
        return 0


def _folders(modules: Iterable[str]) -> frozenset[str]:
    found: set[str] = set()
    for name in modules:
        head = name.rpartition(".")[0]
        while head and head not in found:
            found.add(head)
            head = head.rpartition(".")[0]
    return frozenset(found)


def _shared(root: str, importer: str) -> int:
    return sum(1 for a, b in zip(root.split("."), importer.split("."), strict=False) if a == b) if root else 0

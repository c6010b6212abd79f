"""The applications of a web2py installation: folders with `controllers` and `models`, whose files run in one namespace.

web2py, "The Core" (Workflow, Dispatching, Execution environment).
"""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

from agentlint.api import Program, syntax, walk

_CONTROLLER = re.compile(r"^(?:(.*)/)?controllers/(\w+)\.py$")
_GIVEN = frozenset({"request", "response", "session", "auth", "db", "crud", "service", "SQLFORM", "URL", "redirect", "HTTP", "T", "cache"})
"""Names that are there without an import."""
_ENOUGH = 3


class Application(msgspec.Struct, frozen=True, eq=False):
    """One application: its folder, its name in addresses, and its controllers by name."""

    folder: str
    name: str
    controllers: tuple[tuple[str, syntax.Module], ...]


@lru_cache(maxsize=2)
def applications(program: Program) -> tuple[Application, ...]:
    """Every application of the program."""
    found: dict[str, list[tuple[str, syntax.Module]]] = {}
    for module in program.modules.values():
        match = _CONTROLLER.match(module.path) if module.language == "python" else None
        if match is not None and match[2] != "__init__":
            found.setdefault(match[1] or "", []).append((match[2], module))
    paths = [m.path for m in program.modules.values()]
    kept = []
    for folder, controllers in sorted(found.items()):
        start = f"{folder}/" if folder else ""
        if any(p.startswith(f"{start}models/") for p in paths) and any(_uses_given(m) for _, m in controllers):
            kept.append(Application(folder, folder.rpartition("/")[2] if "/" in folder else "", tuple(controllers)))
    return tuple(kept)


def application_of(path: str, program: Program) -> Application | None:
    """The application in whose folder a file stands."""
    found = (a for a in applications(program) if not a.folder or path.startswith(f"{a.folder}/"))
    return max(found, key=lambda a: len(a.folder), default=None)


def _uses_given(module: syntax.Module) -> bool:
    """True for code that uses several of the given names and binds none of those."""
    bound = {n.alias or n.name for s in walk.statements(module.body) if isinstance(s, syntax.Import) for n in s.names}
    bound |= {t.id for s in module.body if isinstance(s, syntax.Assign) for t in s.targets if isinstance(t, syntax.Name)}
    bodies = [s.definition.body for s in module.body if isinstance(s, syntax.Define) and isinstance(s.definition, syntax.Function)]
    used = {e.id for body in bodies for e in walk.body_expressions(body) if isinstance(e, syntax.Name)}
    return len((used & _GIVEN) - bound) >= _ENOUGH

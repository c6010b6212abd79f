"""Web frameworks that no plugin reads: where a program uses one, its routes are missing from every answer, and that is said."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.analysis.program import Program
from agentlint.ir.source import Gap
from agentlint.ir.syntax import Import
from agentlint.ir.walk import statements

_FRAMEWORKS = {
    "apistar": "API Star", "blacksheep": "BlackSheep", "emmett": "Emmett", "esmerald": "Esmerald", "gluon": "web2py",
    "hug": "hug", "klein": "Klein", "masonite": "Masonite", "microdot": "Microdot", "morepath": "Morepath", "muffin": "Muffin",
    "py4web": "py4web", "pylons": "Pylons", "responder": "Responder",
    "tg": "TurboGears", "web": "web.py", "webapp2": "webapp2",
}
"""Import name to name. `web` and `tg` are short names that a project may have of its own: its own modules never count."""
_MODULES = {"twisted.web": "Twisted Web"}


def unread_frameworks(program: Program) -> Iterator[Gap]:
    """One gap for each framework that the program imports, at the first import."""
    own = {name.partition(".")[0] for name in program.modules}
    said: set[str] = set()
    for module in sorted((m for m in program.modules.values() if m.language == "python"), key=lambda m: m.path):
        for stmt in statements(module.body):
            if not isinstance(stmt, Import) or stmt.level:
                continue
            top = stmt.module.partition(".")[0]
            name = _FRAMEWORKS.get(top, "") if top not in own else ""
            name = name or next((called for prefix, called in _MODULES.items() if f"{stmt.module}.".startswith(f"{prefix}.")), "")
            if name and name not in said:
                said.add(name)
                yield Gap(module.path, stmt.line, f"the routes of {name} are not read: no plugin knows this framework", "unread")

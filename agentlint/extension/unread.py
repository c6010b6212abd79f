"""Web frameworks that no plugin reads, and requests that a program answers without any: their routes are missing from every answer, and that is said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agentlint.analysis.program import Program
from agentlint.ir.operations import Route
from agentlint.ir.source import Gap
from agentlint.ir.syntax import Import
from agentlint.ir.walk import statements

_FRAMEWORKS = {
    "anvil": "Anvil", "apistar": "API Star", "blacksheep": "BlackSheep", "emmett": "Emmett", "esmerald": "Esmerald",
    "flask_restless": "Flask-Restless", "flet": "Flet", "hug": "hug", "justpy": "JustPy", "masonite": "Masonite",
    "mesop": "Mesop", "microdot": "Microdot", "morepath": "Morepath", "muffin": "Muffin", "nameko": "Nameko", "panel": "Panel", "py4web": "py4web",
    "pylons": "Pylons", "pywebio": "PyWebIO", "reflex": "Reflex", "remi": "REMI", "responder": "Responder", "safrs": "SAFRS", "shiny": "Shiny",
    "solara": "Solara", "taipy": "Taipy", "web": "web.py", "webapp2": "webapp2",
}
"""Import name to name. `web` and `panel` are names that a project may have of its own: its own modules never count."""
_MODULES = {"Products.Five": "Zope", "zope.publisher": "Zope", "plone.rest": "Zope"}


def unread_frameworks(program: Program, routes: Iterable[Route] = ()) -> Iterator[Gap]:
    """One gap for each framework that the program imports, at the first import; for one whose addresses were found without a plugin it says so."""
    read = {r.framework for r in routes}
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
                known = "are not read" if top not in read else "are read as far as single lines name an address and a function"
                yield Gap(module.path, stmt.line, f"the routes of {name} {known}: no plugin knows this framework", "unread")


_SERVERS = ("http.server.BaseHTTPRequestHandler", "http.server.SimpleHTTPRequestHandler", "http.server.CGIHTTPRequestHandler")
_ANSWERING = ("do_POST", "do_PUT", "do_PATCH", "do_DELETE", "do_GET")
_INTERFACES = {("environ", "start_response"): "WSGI", ("scope", "receive", "send"): "ASGI"}
"""The last parameters of an application by the interface that it has (PEP 3333; the ASGI specification 3.0, Applications)."""
_NOT_OF_THE_WEB = frozenset({"cli", "job", "mcp"})


def unread_servers(program: Program, routes: Iterable[Route]) -> Iterator[Gap]:
    """Where no route of the web was found: a gap for each way in which the program answers requests all the same, at its first place."""
    if any(r.surface not in _NOT_OF_THE_WEB for r in routes):
        return  # what stands beside a framework is mostly something around it
    said: set[str] = set()
    for function in program.functions.values():
        info = function.node
        kind = _INTERFACES.get(tuple(p.name for p in info.params if p.name not in ("self", "cls")), "")
        if function.owner and info.name in _ANSWERING and program.inherits(function.owner, *_SERVERS):
            kind = "http.server"
        if kind and kind not in said:
            said.add(kind)
            reason = f"requests are answered here without a framework that is known ({kind}): what routes there are is not read"
            yield Gap(function.module.path, info.line, reason, "unread")

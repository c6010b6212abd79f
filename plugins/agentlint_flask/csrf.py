"""Flask-WTF's check of the browser: which rules it protects, and which are exempted by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentlint.api import FunctionInfo, Guard, Made, Member, Program, Ref, handler_of, syntax, walk
from agentlint_flask.tables import Tables

_PROTECTORS = ("flask_wtf.CSRFProtect", "flask_wtf.csrf.CSRFProtect", "flask_wtf.CsrfProtect", "flask_wtf.csrf.CsrfProtect", "flask_seasurf.SeaSurf")
_SWITCH = "WTF_CSRF_CHECK_DEFAULT"
_OF_REQUEST = ("request", "g")
"""Under these names Flask's objects go, also where a project hands them on."""
_SAFE = ("GET", "HEAD", "OPTIONS")
_CALLED_BACK = re.compile(r"hook|callback|\bipn\b|notif", re.IGNORECASE)
"""Paths that other systems call, also where they share a table."""


class BrowserCheck:
    """Where the application demands a CSRF token."""

    def __init__(self, tables: Tables, program: Program) -> None:
        self._tables = tables
        self._protector = next((m for m in tables.calls if tables.is_a(m, *_PROTECTORS)), None)
        self._exempt_tables: set[str] = set()
        self._exempt_functions: set[str] = set()
        for made in tables.calls:
            if isinstance(made.callee, Member) and made.callee.attr == "exempt" and self._protects(made.callee.owner):
                for value in made.args[:1]:
                    info, _ = handler_of(value, program)
                    self._exempt_tables.add(tables.key(value))
                    self._exempt_functions.add(info.id if info is not None else "")
        for name in _exempted(program) if self._protector is not None else ():
            self._exempt_tables.add(tables.key(tables.setup.evaluator.named(name)))
            self._exempt_functions.add(name)
        self._exempt_tables.discard("")
        self._exempt_functions.discard("")
        if self._protector is not None and (_switched_off(program) or _lifted_by_requests(program)):
            self._protector = None

    def _protects(self, value: object) -> bool:
        return isinstance(value, Made) and isinstance(value.callee, Ref) and value.callee.name in _PROTECTORS

    def guards(self, table: str, handler: FunctionInfo, owner: str, address: tuple[str, str]) -> tuple[Guard, ...]:
        """The check that stands before a rule, or the sign that somebody took it away, from its function or from the class that it makes a view of."""
        method, path = address
        if self._protector is None or method in _SAFE:
            return ()
        place = (self._protector.file, self._protector.line)
        whole = not self._exempt_tables.isdisjoint({table, *self._tables.tree.above(table)})
        alone = not self._exempt_functions.isdisjoint({handler.id, owner})
        return (Guard("csrf-exempt" if whole or alone else "csrf", "CSRFProtect", *place, whole=whole and not alone and not _CALLED_BACK.search(path)),)


def _exempted(program: Program) -> Iterator[str]:
    """What functions exempt by name, whatever holds the check there (`app.extensions["csrf"].exempt(api)`)."""
    for info in program.functions.values():
        for call in walk.calls(info.node.body):
            if isinstance(call.func, syntax.Attribute) and call.func.attr == "exempt" and call.args:
                name = program.resolve(call.args[0], info)
                if name:
                    yield name


def _lifted_by_requests(program: Program) -> bool:
    """True when code that looks at the request exempts the view that it asks for: of requests that show another credential than the browser's session."""
    for info in program.functions.values():
        for call in program.calls_in(info):
            if isinstance(call.func, syntax.Attribute) and call.func.attr == "exempt" and call.args and not program.resolve(call.args[0], info):
                if any(isinstance(e, syntax.Name) and e.id in _OF_REQUEST for e in walk.body_expressions(info.node.body)):
                    return True
    return False


def _switched_off(program: Program) -> bool:
    """True when the check runs only where it is asked for: `WTF_CSRF_CHECK_DEFAULT = False`, in a module or on `app.config`."""
    bodies = [m.body for m in program.modules.values() if m.language == "python"] + [c.node.body for c in program.classes.values()]
    return any(_sets(stmt) for body in (*bodies, *(f.node.body for f in program.functions.values())) for stmt in walk.statements(body))


def _sets(stmt: syntax.Stmt) -> bool:
    if not isinstance(stmt, syntax.Assign) or not isinstance(stmt.value, syntax.Constant) or stmt.value.value is not False:
        return False
    named = (t.id if isinstance(t, syntax.Name) else getattr(t.index, "value", "") if isinstance(t, syntax.Subscript) else "" for t in stmt.targets)
    return _SWITCH in named

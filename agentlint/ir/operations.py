"""Everything an actor can start: routes as frameworks declare them, operations as the report shows them."""

from __future__ import annotations

from typing import Literal

import msgspec

from agentlint.ir.effects import Confidence, Effect

Surface = Literal["gui", "api", "graphql", "rpc", "mcp", "cli", "job"]
Status = Literal["agent-accessible", "partial", "gui-only", "human-by-design"]
Automation = Literal["safe", "undoable", "irreversible", "async-untrackable", "duplicate-prone"]
AuthKind = Literal[
    "session", "csrf", "csrf-exempt", "token", "api-key", "basic", "oauth", "signature", "mutual-tls", "internal", "anonymous", "unknown",
]
"""Who may call. `session` is the browser's cookie; `signature` a vendor-signed webhook; `internal` component-to-component keys;
`csrf-exempt` says that the framework's browser check is switched off, a sign of machine callers."""


class Guard(msgspec.Struct, frozen=True, gc=False, order=True):
    """One requirement on the caller, with the place that says so."""

    kind: AuthKind
    detail: str = ""
    file: str = ""
    line: int = 0
    optional: bool = False
    """True for a credential that may be absent: it tells who calls where there is one, and turns nobody away."""
    standing: bool = False
    """True for a credential that middleware takes in place of the browser's session: it opens what asks for a session, and is asked for nowhere else."""
    whole: bool = False
    """True where it was set for a whole table of routes at once: what lifts a browser check there does so for programs, not for one that calls back."""


class Route(msgspec.Struct, frozen=True, gc=False):
    """One (method, path) -> handler pair as a framework plugin reads it from the code. Generic passes make operations of it."""

    framework: str
    method: str
    """`GET`, `POST`, ...; `ANY` when the route takes every method and the handler decides."""
    path: str
    """Full path from the site's root with typed holes `{name}`; for CLI the command, for jobs the task's name."""
    handler: str
    """Function id of the code that runs (`package.module.Class.method` or `package.module.function`); empty when the framework itself does it all."""
    symbol: str
    """What the report shows: `function`, `Class` or `Class.method`."""
    file: str
    line: int
    owner: str = ""
    """Qualified class name the handler belongs to by routing (the concrete class, where the handler may be inherited)."""
    surface: Surface | None = None
    """Set when the framework leaves no doubt (admin -> gui, management command -> cli); None lets the auth pass decide."""
    guards: tuple[Guard, ...] = ()
    effects: tuple[Effect, ...] = ()
    """Effects the framework itself performs for this route (generic CreateView, admin, viewset, form_valid)."""
    renders: Literal["html", "json", "redirect", "other", ""] = ""
    name: str = ""
    """The framework's route name, with namespace, for reverse()/url_for()/{% url %}."""
    action: str = ""
    """Verb when the framework gives one (`destroy`, an admin action's name)."""
    resource: str = ""
    table_file: str = ""
    table_line: int = 0
    """Where the route is registered."""
    extra_handlers: tuple[str, ...] = ()
    """Function ids that run around the handler (dispatch, get_queryset, form_valid, form.save, serializer.create)."""
    runs_on: tuple[str, ...] = ()
    """Concrete classes, beside the owner, on which extra handlers run (serializers, forms)."""
    guard_handlers: tuple[str, ...] = ()
    """Function ids that only check the caller (dependencies, before-request hooks, permission classes)."""
    confidence: Confidence = "high"


class OperationEffect(msgspec.Struct, frozen=True, gc=False, order=True):
    """An effect in the report's form."""

    kind: str
    target: str
    operation: str
    file: str
    line: int
    fields: tuple[str, ...] = ()


class Operation(msgspec.Struct, frozen=True, gc=False):
    """One thing an actor can start, as the JSON contract shows it."""

    id: str
    surface: Surface
    method: str
    path: str
    file: str
    line: int
    symbol: str
    action: str
    resource: str
    changes_state: bool
    effects: tuple[OperationEffect, ...] = ()
    auth: tuple[str, ...] = ()
    status: Status | None = None
    browser_only: bool | None = None
    automation: Automation | None = None
    counterparts: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    confidence: Confidence = "high"
    handler: str = ""
    """Function id; not part of the JSON contract."""
    origin: Literal["code", "description", "session"] = "code"
    """Where it was read: source code, an API description, or a recorded browser session."""

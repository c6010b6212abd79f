"""Whether a program can get in at all: a described way to authenticate that needs no person at a browser."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.ir.contracts import Shortcoming
from agentlint.ir.description import Description, SecurityScheme

_HEADLESS = frozenset({"client-credentials", "password", "device"})


def no_machine_authentication(description: Description) -> Iterator[Shortcoming]:
    """One row for a document whose every required way in leads through a browser. Nothing is said where no way in is described."""
    schemes = {s.name: s for s in description.security_schemes}
    asked = {name for o in description.operations for alternative in o.security for name, _ in alternative if name in schemes}
    if not asked or not any(o.security for o in description.operations):
        return
    ways = {tuple(name for name, _ in alternative if name in schemes) for o in description.operations for alternative in o.security}
    if any(not any(_interactive(schemes[name]) for name in way) for way in ways):
        return
    first = schemes[min(asked)]
    where = description.index.locate(first.node)
    told = ", ".join(sorted(f"{name} ({_kind(schemes[name])})" for name in asked if _interactive(schemes[name])))
    final = not any(flow.kind == "authorization-code" for name in asked for flow in schemes[name].flows)
    yield Shortcoming("no-machine-authentication", description.file, where.file, where.line, told, first.name, final)


def _interactive(scheme: SecurityScheme) -> bool:
    if scheme.kind == "api-key":
        return scheme.location == "cookie"
    return scheme.kind == "oauth2" and bool(scheme.flows) and not any(flow.kind in _HEADLESS for flow in scheme.flows)


def _kind(scheme: SecurityScheme) -> str:
    if scheme.kind == "api-key":
        return "a cookie"
    return "OAuth with " + ", ".join(sorted({flow.kind.replace("-", " ") for flow in scheme.flows})) + " alone"

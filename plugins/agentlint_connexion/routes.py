"""Routes of described operations: addresses, functions, and who may call as the description's security schemes say."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import AuthKind, Context, DescribedOperation, Description, FunctionInfo, Guard, Route, SecurityScheme, join_paths
from agentlint_connexion.handlers import Handlers
from agentlint_connexion.mounting import Mounting, Mountings

_SERVED = 0.5
"""Share of the named operations of a description that the project must hold functions for before it is taken for one that it serves."""


def described_routes(context: Context) -> Iterator[Route]:
    """Routes of every description that the project serves. Of several copies of one (bundled, as JSON, for tests), the one that set-up code names is first."""
    mountings, handlers = Mountings(context), Handlers(context.program)
    described = [(mountings.of(d), d) for d in context.descriptions if d.kind == "openapi"]
    known: set[tuple[str, str, str]] = set()
    for mounting, document in sorted(described, key=lambda one: (not one[0].asked, one[1].file)):
        found = [(operation, handlers.of(operation, mounting, _controller(operation, document))) for operation in document.operations]
        held = [(o, h) for o, h in found if h is not None]
        if not held or len(held) < _SERVED * len([o for o, _ in found if o.operation_id or mounting.resolver]):
            continue
        for operation, handler in found:
            if handler is None:
                line = document.index.locate(operation.node).line
                context.gap(document.file, line, f"no function found for {operation.name} ({operation.operation_id or 'no operationId'})")
        for operation, handler in held:
            what = (operation.method, operation.path, handler.id)
            if what not in known:
                yield _route(operation, handler, mounting, document)
        known.update((operation.method, operation.path, handler.id) for operation, handler in held)


def _controller(operation: DescribedOperation, document: Description) -> str:
    """The controller that the path names for all of its operations."""
    pointer = operation.node.pointer
    item = document.index.root.child("paths").child(operation.path) if len(pointer) >= 2 else None
    value = item.value if item is not None else None
    if not isinstance(value, dict):
        return ""
    return next((str(value[k]) for k in ("x-openapi-router-controller", "x-swagger-router-controller") if isinstance(value.get(k), str)), "")


def _route(operation: DescribedOperation, handler: FunctionInfo, mounting: Mounting, document: Description) -> Route:
    place = document.index.locate(operation.node)
    return Route(
        framework="connexion", method=operation.method, path=join_paths(mounting.base_path, operation.path), handler=handler.id, symbol=handler.node.qualname,
        file=handler.module.path, line=handler.node.line, owner=handler.owner, guards=_guards(operation, document), renders="json",
        name=operation.operation_id, table_file=place.file, table_line=place.line,
    )


def _guards(operation: DescribedOperation, document: Description) -> tuple[Guard, ...]:
    """One guard for each scheme of each alternative; `anonymous` where one alternative asks for nothing."""
    schemes = {s.name: s for s in document.security_schemes}
    place = document.index.locate(operation.node)
    found: list[Guard] = []
    for alternative in operation.security:
        for name, _ in alternative:
            if name in schemes:
                found.append(Guard(_kind(schemes[name]), name, place.file, place.line))
        if not alternative:
            found.append(Guard("anonymous", "the description asks for nothing", place.file, place.line))
    return tuple(dict.fromkeys(found))


def _kind(scheme: SecurityScheme) -> AuthKind:
    if scheme.kind == "api-key":
        return "session" if scheme.location == "cookie" else "api-key"
    if scheme.kind == "http":
        return "basic" if scheme.detail.lower() in ("basic", "digest") else "token"
    return {"oauth2": "oauth", "openid": "oauth", "mutual-tls": "mutual-tls"}.get(scheme.kind, "unknown")  # type: ignore[return-value]

"""Operations as a description declares them, in the report's form."""

from __future__ import annotations

from collections.abc import Sequence

from agentlint.analysis.contracts.automation import Automations
from agentlint.analysis.contracts.browser_only import BrowserOnly
from agentlint.analysis.contracts.roles import Role
from agentlint.ir.description import Description, SecurityScheme
from agentlint.ir.operations import AuthKind, Operation

_VERBS = {"list": "list", "read": "read", "create": "create", "update": "update", "delete": "delete"}


def described_operations(description: Description, roles: Sequence[Role], automations: Automations) -> tuple[Operation, ...]:
    """One operation a role, in the order of the document."""
    browser = BrowserOnly(description)
    schemes = {s.name: _auth(s) for s in description.security_schemes}
    found = []
    for role in roles:
        operation = role.operation
        where = description.index.locate(operation.node)
        reason = browser.reason(operation)
        automation, why = automations.judge(role)
        auth = tuple(dict.fromkeys(schemes[name] for alternative in operation.security for name, _ in alternative if name in schemes))
        found.append(
            Operation(
                id=f"api:{operation.name}",
                surface="api",
                method=operation.method,
                path=operation.path,
                file=where.file,
                line=where.line,
                symbol=operation.operation_id or operation.name,
                action=_VERBS.get(role.kind) or role.verb,
                resource=role.noun,
                changes_state=role.writes and automation != "safe",
                auth=auth,
                browser_only=bool(reason),
                automation=automation,
                evidence=tuple(filter(None, (reason, why))),
                origin="description",
            )
        )
    return tuple(found)


def _auth(scheme: SecurityScheme) -> AuthKind:
    if scheme.kind == "api-key":
        return "session" if scheme.location == "cookie" else "api-key"
    if scheme.kind == "http":
        return "basic" if scheme.detail.lower() == "basic" else "token"
    if scheme.kind == "mutual-tls":
        return "mutual-tls"
    return "oauth" if scheme.kind in ("oauth2", "openid") else "unknown"

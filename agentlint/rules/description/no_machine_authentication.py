"""
What it finds
-------------
An API description all of whose required ways to authenticate need a person at a browser: a session cookie, an implicit grant, or an authorization code without
any other grant beside it.

Why it hurts
------------
No program gets in by itself, so nothing that the description offers can be done without a person.

How to fix
----------
Offer a key, a token or the client-credentials grant beside it, and say so in the description.

Limits
------
Bearer tokens and OpenID Connect are taken for obtainable by programs; where they come from is not described. Where no way in is described nothing is said.
An authorization code alone is a warning: after one consent a refresh token may carry on.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.findings.finding import Finding
from agentlint.rules.base import Rule, RuleContext
from agentlint.rules.described import shortcomings

_DOCUMENT = """\
openapi: 3.0.3
info: {title: Desk, version: '1'}
security: [{login: []}]
paths:
  /tickets:
    post:
      operationId: openTicket
      responses:
        '201': {description: opened}
components:
  securitySchemes:
    login: {type: oauth2, flows: {%s: {%s: 'https://desk.example/login', scopes: {}}}}
"""

RULE = Rule(
    name="no-machine-authentication",
    summary="every way into the API leads through a browser",
    category="description",
    severity="error",
    confidence="high",
    affects=("agent_ready.reach", "agent_ready.operate"),
    requires=("shortcomings",),
    bad={"openapi.yaml": _DOCUMENT % ("implicit", "authorizationUrl")},
    good={"openapi.yaml": _DOCUMENT % ("clientCredentials", "tokenUrl")},
)


def check(context: RuleContext) -> Iterator[Finding]:
    """One finding per document."""
    yield from shortcomings(
        context, RULE, "no-machine-authentication", "Every described way in leads through a browser: {evidence}.",
        "Offer a key, a token or the client-credentials grant beside it.", (50, 80), "warning",
    )

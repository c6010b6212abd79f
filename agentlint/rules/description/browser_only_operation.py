"""
What it finds
-------------
A described operation that changes something and that only a browser can use: it accepts nothing but a session cookie or an interactive grant, or answers with
a page.

Why it hurts
------------
It looks like a part of the API, and a tool is generated for it; the call fails for every program.

How to fix
----------
Accept a token or key beside the cookie, and answer with data.

Limits
------
Steps of an interactive sign-in are meant for a browser and are not reported. Where the whole document knows no grant but interactive ones,
`no-machine-authentication` says so once.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.findings.finding import Finding
from agentlint.findings.fingerprint import fingerprint
from agentlint.rules.base import Rule, RuleContext

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
    login: {type: apiKey, in: cookie, name: sid}
"""

RULE = Rule(
    name="browser-only-operation",
    summary="a described operation that only a browser can use",
    category="description",
    severity="warning",
    affects=("agent_ready.operate",),
    requires=("operations",),
    bad={"openapi.yaml": _DOCUMENT},
    good={"openapi.yaml": _DOCUMENT.replace("in: cookie, name: sid", "in: header, name: X-Key")},
)


def check(context: RuleContext) -> Iterator[Finding]:
    """One finding per state-changing operation."""
    told = {found.file for found in context.facts.shortcomings if found.kind == "no-machine-authentication"}
    for operation in context.facts.operations:
        if operation.browser_only and operation.changes_state and operation.origin == "description":
            why = operation.evidence[0] if operation.evidence else "it needs a person's browser"
            if operation.file in told and why.endswith("an interactive grant"):
                continue
            yield Finding(
                rule=RULE.name, severity="warning", weight=50, message=f"{operation.method} {operation.path} can only be used from a browser: {why}.",
                help="Accept a token or key beside the cookie, and answer with data.", file=operation.file, line=operation.line, symbol=operation.symbol,
                operation=operation.id, fingerprint=fingerprint(RULE.name, operation.file, operation.method, operation.path),
            )

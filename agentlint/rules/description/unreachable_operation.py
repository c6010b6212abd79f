"""
What it finds
-------------
A described operation that requires something which only a person's browser ever receives, such as a session cookie's value or the code of an interactive
sign-in, or something that only such operations answer with. The finding names what is missing; the report's `chains` hold the shortest calls to all others.

Why it hurts
------------
An agent that holds nothing but credentials can never call it, although the description offers it.

How to fix
----------
Accept what another operation answers, or a credential that a program can hold.

Limits
------
Said only of what by its nature a browser alone receives. An identifier that no answer seems to hold is not accused: it may follow a convention of the
document that is not recognised. Nor are things that go round in a circle: the caller is taken to know one of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.findings.finding import Finding
from agentlint.findings.fingerprint import fingerprint
from agentlint.rules.base import Rule, RuleContext

_DOCUMENT = """\
openapi: 3.0.3
info: {title: Desk, version: '1'}
paths:
  /sessions/{cookie_value}:
    delete:
      operationId: endSession
      parameters:
        - {name: cookie_value, in: path, required: true, schema: {type: string}}
      responses:
        '204': {description: ended}
"""

RULE = Rule(
    name="unreachable-operation",
    summary="it requires what only a browser receives",
    category="description",
    severity="warning",
    affects=("agent_ready.operate",),
    requires=("chains", "operations"),
    bad={"openapi.yaml": _DOCUMENT},
    good={"openapi.yaml": _DOCUMENT.replace("cookie_value", "session_id")},
)


def check(context: RuleContext) -> Iterator[Finding]:
    """One finding per operation, naming everything that is missing and why."""
    by_name = {f"{o.method} {o.path}": o for o in context.facts.operations if o.origin == "description"}
    for chain in context.facts.chains:
        lacks = [lack for lack in chain.lacks if lack.what]
        operation = by_name.get(chain.operation)
        if operation is None or not lacks or operation.browser_only:  # what only a browser may call is told as that
            continue
        told = "; ".join(f"{lack.what} ({lack.why})" for lack in lacks)
        yield Finding(
            rule=RULE.name, severity="warning", weight=40, message=f"{chain.operation} cannot be reached from credentials alone: it requires {told}.",
            help="Let it take what another operation answers, or a credential that a program can hold.", file=operation.file, line=operation.line,
            symbol=operation.symbol, operation=operation.id, fingerprint=fingerprint(RULE.name, operation.file, chain.operation),
        )

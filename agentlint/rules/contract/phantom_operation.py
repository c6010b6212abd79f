"""
What it finds
-------------
An operation that the API description promises and that no handler of the code in the same repository serves.

Why it hurts
------------
An agent plans with it, calls it and gets 404. It cannot tell a wrong identifier from an operation that never existed.

How to fix
----------
Remove the operation from the description, or serve it.

Limits
------
Reported only where the code's routes were resolved well enough to be sure that nothing serves the path. An operation that another service behind the
same host answers looks the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.findings.finding import Finding
from agentlint.findings.fingerprint import fingerprint
from agentlint.rules.base import Rule, RuleContext
from agentlint.rules.contract.undocumented_operation import APP, DELETE, DOCUMENT, DOCUMENT_DELETE

RULE = Rule(
    name="phantom-operation",
    summary="the API description promises it, no code serves it",
    category="contract",
    severity="warning",
    confidence="medium",
    affects=("agent_ready.operate",),
    requires=("mismatches",),
    bad={"app.py": APP, "openapi.yaml": DOCUMENT + DOCUMENT_DELETE},
    good={"app.py": APP + DELETE, "openapi.yaml": DOCUMENT + DOCUMENT_DELETE},
)


def check(context: RuleContext) -> Iterator[Finding]:
    """One finding per operation that only the description knows."""
    for mismatch in context.facts.mismatches:
        if mismatch.kind != "phantom":
            continue
        because = f" ({mismatch.evidence})" if mismatch.evidence else ""
        yield Finding(
            rule=RULE.name, severity="warning" if mismatch.changes_state else "info", weight=45 if mismatch.changes_state else 15, confidence="medium",
            message=f"The description promises {mismatch.operation}, but no handler in the code serves it{because}.",
            help="Serve it, or take it out of the description.", file=mismatch.file, line=mismatch.line, symbol=mismatch.symbol,
            fingerprint=fingerprint(RULE.name, mismatch.file, mismatch.operation),
        )

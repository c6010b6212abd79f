"""
What it finds
-------------
A description in which no call that changes something takes or answers with an identifier of itself: a request, correlation or trace id.

Why it hurts
------------
When somebody asks later why a thing was changed, nothing joins what the agent noted with what the system recorded: only time and guesswork do.

How to fix
----------
Answer with `X-Request-Id`, or take `traceparent` (W3C Trace Context), keep it with what the call records, and describe it once for all operations.

Limits
------
Headers of requests and answers, fields of answers (`request_id`, `trace_id`) and what the API's description says are read. An idempotency key is none: a
retry repeats it. Servers and gateways may send such a header without the description saying so. One finding per
document, and none where the code is analysed too.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.findings.finding import Finding
from agentlint.rules.base import Rule, RuleContext
from agentlint.rules.described import books, shortcomings

_PUT = {"method": "put", "name": "putBook", "summary": "Put a book on the shelf"}
_HEADER = "        '201': {description: put there, headers: {X-Request-Id: {schema: {type: string}}}}\n"

RULE = Rule(
    name="no-correlation-id",
    summary="calls that nobody finds again in the system's records",
    category="contract",
    severity="info",
    confidence="medium",
    affects=("auditable.attributed",),
    requires=("shortcomings", "decisions"),
    references=("https://www.w3.org/TR/trace-context/",),
    bad={"openapi.yaml": books(**_PUT)},
    good={"openapi.yaml": books(**_PUT, answers=_HEADER)},
)


def check(context: RuleContext) -> Iterator[Finding]:
    """One finding per document."""
    if context.facts.decisions:
        return
    yield from shortcomings(
        context, RULE, "no-correlation", "Calls cannot be found again: {evidence} with a request, correlation or trace id.",
        "Answer with `X-Request-Id` or take `traceparent`, and keep it with what the call records.", (12, 12),
    )

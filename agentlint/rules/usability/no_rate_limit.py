"""
What it finds
-------------
A description that names a limit on how fast a program may call (429, "rate limited") and tells neither the pace nor how long to wait. In a milder form: one
that says nothing on it at all.

Why it hurts
------------
An agent calls as fast as it can. Refused without a time to wait, it repeats at once and is locked out, or gives up on work that would have gone through a
second later.

How to fix
----------
Describe 429 once, with `Retry-After`, and refer to it from every operation; answer with `RateLimit` and `RateLimit-Policy`, or say the figure in the
description of the API. Where there is no limit, say so.

Limits
------
Counted as told: headers `Retry-After`, `RateLimit...`, `X-RateLimit-...` in answers, fields such as `retry_after` in a refusal, extensions such as
`x-ratelimit`, figures in texts ("60 requests per minute"). Whether the server keeps to them is not seen. What a linked page says is not read.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.findings.finding import Finding
from agentlint.rules.base import Rule, RuleContext
from agentlint.rules.described import books, shortcomings

_BARE = "        '429': {description: too many requests}\n"
_TOLD = "        '429': {description: too many requests, headers: {Retry-After: {schema: {type: integer}}}}\n"

RULE = Rule(
    name="no-rate-limit",
    summary="how fast a program may call is not told",
    category="usability",
    severity="warning",
    confidence="high",
    affects=("agent_ready.operate",),
    requires=("shortcomings",),
    references=("https://www.rfc-editor.org/rfc/rfc9110#field.retry-after", "https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/"),
    bad={"openapi.yaml": books(list_answers=_BARE, answers=_BARE)},
    good={"openapi.yaml": books(list_answers=_TOLD, answers=_TOLD)},
)


def check(context: RuleContext) -> Iterator[Finding]:
    """One finding per document."""
    yield from shortcomings(
        context, RULE, "pace", "The pace is not told: {evidence}.", "Describe 429 with `Retry-After`, or say the figure in the API's description.", (8, 25),
    )

"""
What it finds
-------------
A description in which fewer than half of the operations say what a failed call answers, or in which failed calls answer in
many different forms with none common.

Why it hurts
------------
An agent that cannot read the error repeats the call, or gives up where one changed field would do.

How to fix
----------
Describe one error answer (RFC 9457 `application/problem+json` is ready-made) and refer to it from every operation.

Limits
------
Forms are told apart by the name of their schema. What the text says of errors is not read.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.findings.finding import Finding
from agentlint.rules.base import Rule, RuleContext
from agentlint.rules.described import books, shortcomings

_ERROR = """\
        default: {description: what went wrong, content: {application/problem+json: {schema: {type: object, properties: {title: {type: string}}}}}}
"""

RULE = Rule(
    name="no-error-model",
    summary="what a failed call answers is not described",
    category="usability",
    severity="warning",
    confidence="high",
    affects=("agent_ready.operate",),
    requires=("shortcomings",),
    references=("https://www.rfc-editor.org/rfc/rfc9457",),
    bad={"openapi.yaml": books()},
    good={"openapi.yaml": books(list_answers=_ERROR, answers=_ERROR)},
)


def check(context: RuleContext) -> Iterator[Finding]:
    """One finding per document."""
    yield from shortcomings(
        context, RULE, "no-error-model", "Errors cannot be read: {evidence}.",
        "Describe one error answer and refer to it from every operation.", (20, 40),
    )

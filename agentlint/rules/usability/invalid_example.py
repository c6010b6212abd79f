"""
What it finds
-------------
An example in an API description that its own schema refuses: another type, a value that is none of the listed ones, a required property that is left out.

Why it hurts
------------
A model copies what an example shows before it reads what a schema says. The call fails, and the error blames what the description itself proposed.

How to fix
----------
Correct the example, or the schema where the example is what the API really takes.

Limits
------
Formats are not checked, nor values written as text in bodies that are not JSON. Where requests and answers share a schema, what only one of them has is not
asked for. Null is taken for right before OpenAPI 3.1, and so is what fits several alternatives of one.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.findings.finding import Finding
from agentlint.findings.fingerprint import fingerprint
from agentlint.rules.base import Rule, RuleContext
from agentlint.rules.described import books

_QUERY = "      parameters: [{name: limit, in: query, schema: {type: integer}, example: %s}]\n"

RULE = Rule(
    name="invalid-example",
    summary="an example that its own schema refuses",
    category="usability",
    severity="warning",
    confidence="high",
    affects=(),
    requires=("problems",),
    references=("https://spec.openapis.org/oas/latest.html#example-object",),
    bad={"openapi.yaml": books(_QUERY % "many")},
    good={"openapi.yaml": books(_QUERY % "20")},
)


def check(context: RuleContext) -> Iterator[Finding]:
    """One finding per example."""
    for problem in context.facts.problems:
        if problem.origin == "example":
            yield Finding(
                rule=RULE.name, severity="warning", weight=25, confidence="high",
                message=f"The example does not fit its schema: {problem.message} (at {problem.pointer}).",
                help="Correct the example, or the schema where the example is right.", file=problem.file, line=problem.line, column=max(1, problem.column),
                symbol=problem.pointer, fingerprint=fingerprint(RULE.name, problem.file, problem.pointer),
            )

"""
What it finds
-------------
A place in an API description that its own specification forbids: a missing or misspelt key, a value of the wrong type, a reference to nowhere.

Why it hurts
------------
Tools for agents are generated from the description. A generator that meets an invalid part drops the operation, or the whole document, without a word.

How to fix
----------
Mend the line; the message is the validator's.

Limits
------
Validity is judged by openapi-spec-validator against the published schemas, OpenAPI 3.2 included as far as that library knows it. Valid does not mean useful.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.findings.finding import Finding
from agentlint.findings.fingerprint import fingerprint
from agentlint.rules.base import Rule, RuleContext

_GOOD = "openapi: 3.0.3\ninfo: {title: Books, version: '1'}\npaths:\n  /books:\n    get:\n      responses:\n        '200': {description: all books}\n"

RULE = Rule(
    name="invalid-api-description",
    summary="the API description breaks its own specification",
    category="description",
    severity="error",
    affects=("agent_ready.operate",),
    requires=("problems",),
    references=("https://spec.openapis.org/oas/latest.html",),
    bad={"openapi.yaml": _GOOD.replace("description: all books", "descriptoin: all books")},
    good={"openapi.yaml": _GOOD},
)


def check(context: RuleContext) -> Iterator[Finding]:
    """One finding per problem."""
    for problem in (p for p in context.facts.problems if p.origin != "example"):
        where = f" (at {problem.pointer})" if problem.pointer else ""
        yield Finding(
            rule=RULE.name, severity="error", weight=40, message=f"The description is not valid here: {problem.message}{where}.",
            help="Mend the line as the specification asks.", file=problem.file, line=problem.line, column=max(1, problem.column), symbol=problem.pointer,
            fingerprint=fingerprint(RULE.name, problem.file, problem.pointer),
        )

"""
What it finds
-------------
A description whose operations, one tool each, are more than clients take (model makers advise 20, widespread clients stop at 40 and 128), or whose
definitions together take more than 25,000 tokens.

Why it hurts
------------
The catalogue fills the window before any work begins, and choice gets worse with every tool too many; some clients cut the list off.

How to fix
----------
Offer fewer: those that agents need, grouped by task, the rest on demand. The report's `tools` give the length of each.

Limits
------
Tokens are estimated, as the vocabulary o200k_base counts compact definitions with their references put in; totals came within ten percent on the public
descriptions that were measured. Limits are those of 2026.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.findings.finding import Finding
from agentlint.rules.base import Rule, RuleContext
from agentlint.rules.described import shortcomings

_HEAD = "openapi: 3.0.3\ninfo: {title: Books, version: '1'}\npaths:\n"
_PATH = """\
  /shelf{n}:
    get: {{operationId: readShelf{n}, summary: Read shelf {n}, responses: {{'200': {{description: it}}}}}}
"""

RULE = Rule(
    name="oversized-tool-catalogue",
    summary="more tools than a model can choose from",
    category="usability",
    severity="warning",
    confidence="high",
    affects=(),
    requires=("shortcomings",),
    bad={"openapi.yaml": _HEAD + "".join(_PATH.format(n=n) for n in range(41))},
    good={"openapi.yaml": _HEAD + "".join(_PATH.format(n=n) for n in range(12))},
)


def check(context: RuleContext) -> Iterator[Finding]:
    """One finding per document."""
    yield from shortcomings(context, RULE, "catalogue", "{evidence}.", "Offer those that agents need, grouped by task, and the rest on demand.", (20, 20))

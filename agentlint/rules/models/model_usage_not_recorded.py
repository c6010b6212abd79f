"""
What it finds
-------------
A call of a language model whose consumption (tokens, cost) is kept nowhere: no row holds what the answer reports, and no tracing library is set up
that would.

Why it hurts
------------
Nobody can say which feature, customer or agent the money went to, nor notice that one of them runs wild.

How to fix
----------
Keep the token counts that every answer reports, with the operation and the person or agent it was made for; or set up a tracing library that does.

Limits
------
What a gateway or the provider's own console counts cannot be seen in the code.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.findings.finding import Finding
from agentlint.rules.base import Rule, RuleContext
from agentlint.rules.models.wording import NOT_LANGUAGE, Flaw, finding, flawed

_CODE = """\
from django.db import models
from openai import OpenAI

client = OpenAI(timeout=20)


class ModelUse(models.Model):
    feature = models.CharField(max_length=40)
    tokens = models.IntegerField()


def summary(text: str) -> str:
    answer = client.responses.create(model="m-1", input=text, max_output_tokens=400)
%s    return answer.output_text
"""

RULE = Rule(
    name="model-usage-not-recorded",
    summary="what a model call consumes is kept nowhere",
    category="models",
    severity="info",
    confidence="medium",
    requires=("model_calls",),
    references=("https://opentelemetry.io/docs/specs/semconv/gen-ai/",),
    bad={"summaries.py": _CODE % ""},
    good={"summaries.py": _CODE % '    ModelUse.objects.create(feature="summary", tokens=answer.usage.total_tokens)\n'},
)
_FLAW = Flaw(
    RULE.name, "info", 20, "and what that consumes is kept nowhere",
    "Keep the token counts that the answer reports with the operation and the person or agent it was made for, or set up a tracing library.", "medium",
)


def check(context: RuleContext) -> Iterator[Finding]:
    """One finding per call of a library whose consumption is known to be kept nowhere."""
    return (finding(_FLAW, named) for named in flawed(context, lambda call: None if call.kind in NOT_LANGUAGE else call.usage_recorded))

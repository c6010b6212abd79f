"""
What it finds
-------------
A call of a language model that sets no upper bound on the length of the answer: neither at the call, nor through the project's wrapper around it, nor
where the client is made.

Why it hurts
------------
One question that sends the model round in circles costs as much as ten thousand good ones and holds a worker meanwhile. Nobody notices before the
bill.

How to fix
----------
Set the library's own limit (`max_tokens`, `max_output_tokens`, `num_predict`, ...) to what the answer needs, and treat an answer that was cut off as
a failure.

Limits
------
Only calls are named for which the code tells: where options come from a configuration that cannot be read, the answer is open and the rule silent.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.findings.finding import Finding
from agentlint.rules.base import Rule, RuleContext
from agentlint.rules.models.wording import Flaw, finding, flawed

_CODE = """\
from openai import OpenAI

client = OpenAI(timeout=20)


def summary(text: str) -> str:
    answer = client.chat.completions.create(model="m-1", messages=[{"role": "user", "content": text}]%s)
    return answer.choices[0].message.content
"""

RULE = Rule(
    name="unbounded-model-output",
    summary="a model may answer at any length",
    category="models",
    severity="warning",
    requires=("model_calls",),
    references=("https://genai.owasp.org/llmrisk/llm102025-unbounded-consumption/",),
    bad={"summaries.py": _CODE % ""},
    good={"summaries.py": _CODE % ", max_completion_tokens=400"},
)
_FLAW = Flaw(
    RULE.name, "warning", 40, "without a bound on the length of the answer",
    "Set the library's own limit of output tokens to what the answer needs, and treat an answer that was cut off as a failure.",
)


def check(context: RuleContext) -> Iterator[Finding]:
    """One finding per call of a library that is known to have no bound."""
    return (finding(_FLAW, named) for named in flawed(context, lambda call: call.bounded_output))

"""
What it finds
-------------
A call of a language model that nothing limits in number or cost: no rate limit or quota around it or around what leads to it, no budget at the client
or router, no limit of turns of an agent.

Why it hurts
------------
A script, a retry loop or an agent that calls itself spends in an hour what a year was planned for, and what people need the model for stops with it.

How to fix
----------
Put a rate limit in front of the endpoint or the function, give agents a limit of turns, and give the client or router a budget.

Limits
------
A limit that a gateway, a proxy or the provider's own account enforces cannot be seen in the code.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.findings.finding import Finding
from agentlint.rules.base import Rule, RuleContext
from agentlint.rules.models.wording import NOT_LANGUAGE, Flaw, finding, flawed

_CODE = """\
from fastapi import FastAPI, Request
from openai import OpenAI
from slowapi import Limiter
from slowapi.util import get_remote_address

app = FastAPI()
limiter = Limiter(key_func=get_remote_address)
client = OpenAI(timeout=20)


@app.post("/summaries")
%sdef summary(request: Request, text: str) -> str:
    answer = client.responses.create(model="m-1", input=text, max_output_tokens=400)
    return answer.output_text
"""

RULE = Rule(
    name="model-call-without-budget",
    summary="nothing limits how often a model is asked",
    category="models",
    severity="info",
    confidence="medium",
    requires=("model_calls",),
    references=("https://genai.owasp.org/llmrisk/llm102025-unbounded-consumption/",),
    bad={"summaries.py": _CODE % ""},
    good={"summaries.py": _CODE % '@limiter.limit("5/minute")\n'},
)
_FLAW = Flaw(
    RULE.name, "info", 30, "and nothing limits how often or at what cost",
    "Put a rate limit in front of what leads to it, or give the client, router or agent a budget.", "medium",
)


def check(context: RuleContext) -> Iterator[Finding]:
    """One finding per call of a library around which no limit is found."""
    return (finding(_FLAW, named) for named in flawed(context, lambda call: None if call.kind in NOT_LANGUAGE else call.budget))

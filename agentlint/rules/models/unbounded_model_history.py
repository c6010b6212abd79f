"""
What it finds
-------------
A call of a language model that sends a conversation along which the code only ever makes longer: every turn is appended, nothing is cut or summed up.

Why it hurts
------------
Each turn costs more than the one before, until the model refuses the question or silently drops the beginning, which holds the instructions. A loop
that appends what a tool answered gets there by itself.

How to fix
----------
Send the instructions and the last turns (`history[-20:]`), count tokens before asking, or have older turns summed up.

Limits
------
Histories that a database or another service keeps are not judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.findings.finding import Finding
from agentlint.rules.base import Rule, RuleContext
from agentlint.rules.models.wording import Flaw, finding, flawed

_CODE = """\
import anthropic

client = anthropic.Anthropic(timeout=20)


class Clerk:
    def __init__(self) -> None:
        self.turns = []

    def answer(self, question: str) -> str:
        self.turns.append({"role": "user", "content": question})
        message = client.messages.create(model="m-1", max_tokens=400, messages=self.turns%s)
        self.turns.append({"role": "assistant", "content": message.content})
        return message.content[0].text
"""

RULE = Rule(
    name="unbounded-model-history",
    summary="a conversation only ever grows",
    category="models",
    severity="warning",
    requires=("model_calls",),
    references=("https://genai.owasp.org/llmrisk/llm102025-unbounded-consumption/",),
    bad={"clerk.py": _CODE % ""},
    good={"clerk.py": _CODE % "[-20:]"},
)
_FLAW = Flaw(
    RULE.name, "warning", 45, "with a conversation that only ever grows",
    "Send the instructions and the last turns only, or count tokens and have older turns summed up before asking.",
)


def check(context: RuleContext) -> Iterator[Finding]:
    """One finding per call of a library whose history is known to grow without end."""
    return (finding(_FLAW, named) for named in flawed(context, lambda call: call.bounded_history))

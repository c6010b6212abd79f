"""
What it finds
-------------
An effect that cannot be taken back, or only at a cost, which a model's answer decides over, a function handed to a model as a tool performs, or an
operation that agents can call performs (of a tool server, or an endpoint open to tokens), with no step on the way that asks a person: money that moves,
rows deleted for good, rights given, accounts closed, mail to many.

Why it hurts
------------
A model errs now and then, and can be talked into things by the text that it reads. Where a person has to agree first, that costs a click; where nobody is
asked, it costs the money, the data or the account.

How to fix
----------
Let the model propose and a person decide: keep the proposal as a row that waits and carry it out once somebody has approved it, or use what the agent's
library has for it (`interrupt()`, `needs_approval=True`, `requires_approval=True`, `ctx.elicit()`, a `destructiveHint`).

Limits
------
A step of approval is known by a library's own construct, by a test, parameter or decorator whose name speaks of approval, confirmation or review, and by a
row that waits for one; whether it is a good one is not judged. An agent anywhere in the program that asks before its tools run counts for all tools. A
deletion that a library's history keeps counts as undoable, and so does one whose rows are made anew. Of endpoints that any holder of a token may call,
deletions count where they take other rows along (a foreign key that cascades), and a warning is the most that is said: whether agents are given such a
token, no code tells.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.findings.finding import Finding, Related, Severity
from agentlint.findings.fingerprint import fingerprint
from agentlint.ir.decisions import Unapproved
from agentlint.rules.base import Rule, RuleContext
from agentlint.rules.consequence import Change, severity, weight
from agentlint.rules.decisions.wording import effect_text

_LEADS = {
    "answer": "A model's answer decides in {symbol} ({file}:{line}).",
    "tool": "A model runs {symbol} ({file}:{line}) as a tool.",
    "operation": "An agent calls {symbol} ({file}:{line}).",
    "endpoint": "Whoever holds a token may call {operation} ({symbol}, {file}:{line}).",
}
_CEILINGS: dict[str, Severity] = {"endpoint": "warning"}
"""A program that holds a token may be one that a person runs: whether an agent is let in is the operator's choice."""
_LEAST = 70
"""Weight below which no such effect goes: what a model does without asking is never a trifle when it lasts."""

_ASKED = """\
from openai import OpenAI
%s

client = OpenAI(timeout=20)


def settle(%scharge: str, complaint: str) -> None:
    reply = client.responses.create(model="m-1", input=complaint, max_output_tokens=20).output_text
    if "REFUND" in reply:
        %s
"""
_PROPOSALS = """\
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class RefundProposal(Base):
    __tablename__ = "refund_proposals"
    id: Mapped[int] = mapped_column(primary_key=True)
    charge: Mapped[str]


def propose(session: Session, charge: str) -> None:
    session.add(RefundProposal(charge=charge))
"""

RULE = Rule(
    name="irreversible-effect-without-approval",
    summary="nobody is asked before a model does what lasts",
    category="oversight",
    severity="error",
    requires=("unapproved",),
    references=(
        "https://eur-lex.europa.eu/eli/reg/2024/1689/oj#art_14", "https://genai.owasp.org/llmrisk/llm062025-excessive-agency/",
        "https://modelcontextprotocol.io/specification/2025-06-18/server/tools",
    ),
    bad={"complaints.py": _ASKED % ("import stripe", "", "stripe.Refund.create(charge=charge)")},
    good={"proposals.py": _PROPOSALS, "complaints.py": _ASKED % ("from proposals import propose", "session, ", "propose(session, charge)")},
)


def check(context: RuleContext) -> Iterator[Finding]:
    """One finding per line of effect that lasts and that nobody is asked about."""
    for one in context.facts.unapproved:
        yield _finding(one, context)


def _finding(one: Unapproved, context: RuleContext) -> Finding:
    effect = one.effect
    heavy = max(_LEAST, weight([Change(effect.kind, effect.operation, effect.target, effect.fields)]))
    here = (effect.file, effect.line) if effect.file == one.file else (one.file, one.line)
    there = ((one.file, one.line, one.symbol), (effect.file, effect.line, f"{effect_text(effect)} here"))
    lead = _LEADS[one.cause].format(symbol=one.symbol or "the module", file=one.file, line=one.line, operation=_called(one.operation))
    return Finding(
        rule=RULE.name, severity=severity(heavy, _CEILINGS.get(one.cause, RULE.severity), one.confidence), weight=heavy, confidence=one.confidence,
        message=f"{lead} It {effect_text(effect)} ({effect.file}:{effect.line}), which {one.reason}, and no step asks a person first.",
        help="Let the model propose and a person approve: keep a row that waits, or use the agent library's own step of approval.",
        file=here[0], line=here[1], symbol=one.symbol, operation=one.operation if one.operation in context.operations else None,
        related=tuple(Related(file, line, text) for file, line, text in there if (file, line) != here), path=one.path,
        fingerprint=fingerprint(RULE.name, effect.file, one.symbol, effect_text(effect)),
    )


def _called(operation: str) -> str:
    """Method and path of an operation's id."""
    return operation.partition(":")[2].partition("#")[0]

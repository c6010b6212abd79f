"""
What it finds
-------------
A model's answer that decides: it flows into a test, a value or a call that has an effect, or a person is shown it to act on, and at least one path
leaves no durable record of what the model was asked, what it said and what followed.

Why it hurts
------------
A person who decided can be asked afterwards, a model cannot: the same question may get another answer tomorrow. Without a record nobody can explain
the outcome to the person concerned, measure how often it was wrong, or find the others that the same mistake hit.

How to fix
----------
Write a record in the same transaction as the effect: the object, the model with its version, the answer or a reference to it, what was changed, and
on whose behalf.

Limits
------
A trace in an observability service is no record of the effect: it knows the call and not what became of it. An answer that is kept in a database and
acted on by another process later is not followed.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.findings.finding import Finding
from agentlint.rules.base import Rule, RuleContext
from agentlint.rules.consequence import severity
from agentlint.rules.decisions.wording import (
    Case,
    deed,
    escape,
    how_to_record,
    meaning,
    model_cases,
    place,
    recorded_by,
    related,
    weight_of,
)

_MODELS = """\
from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Application(Base):
    __tablename__ = "applications"
    id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str]
    letter: Mapped[str]


class AuditEntry(Base):
    __tablename__ = "audit_entries"
    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"))
    actor: Mapped[str]
    action: Mapped[str]
    reason: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=datetime.now)
"""
_SCREEN = """\
from openai import OpenAI
from sqlalchemy.orm import Session

from desk.models import Application, AuditEntry

client = OpenAI(timeout=20)


def screen(session: Session, application: Application) -> None:
    answer = client.responses.create(model="m-1", input=application.letter, max_output_tokens=20).output_text
    if "REJECT" in answer:
        application.status = "rejected"
%s    session.commit()
"""
_RECORD = '        session.add(AuditEntry(application_id=application.id, actor="model m-1", action="rejected", reason=answer))\n'
_SYSTEM = {"desk/__init__.py": "", "desk/models.py": _MODELS}

RULE = Rule(
    name="unrecorded-model-decision",
    summary="a model's answer decides and leaves no record",
    category="decisions",
    severity="error",
    affects=("auditable.recorded", "auditable.explained", "auditable.attributed"),
    requires=("decisions",),
    bad={**_SYSTEM, "desk/screening.py": _SCREEN % ""},
    good={**_SYSTEM, "desk/screening.py": _SCREEN % _RECORD},
)


def check(context: RuleContext) -> Iterator[Finding]:
    """One finding per line of effect that a model's answer leads to and that some path or all paths leave unrecorded."""
    for case in model_cases(context):
        yield _finding(case, context)


def _finding(case: Case, context: RuleContext) -> Finding:
    decision = case.decision
    heavy = weight_of(decision)
    file, line = place(decision)
    return Finding(
        rule=RULE.name, severity=severity(heavy, RULE.severity, decision.confidence), weight=heavy, confidence=decision.confidence,
        message=f"{_said(case)}{_missing(case)}.",
        help=how_to_record(context, decision), file=file, line=line, symbol=decision.symbol, decision=decision.id,
        operation=next((i for i in decision.operations if i in context.operations), None), related=related(case), path=decision.path,
        fingerprint=meaning(RULE.name, decision),
    )


def _said(case: Case) -> str:
    decision, effect = case.decision, case.decision.effect
    if effect.kind == "model-call":
        return f"{decision.symbol} hands on what a model answers ({effect.target}, {effect.file}:{effect.line})"
    return deed(decision)


def _missing(case: Case) -> str:
    decision = case.decision
    if decision.status == "unaudited":
        return ", and no path leaves a durable record"
    return f"; some paths record it{recorded_by(decision)}, {escape(decision)}"

"""
What it finds
-------------
A place where code or a person's choice decides on something consequential, and no path that applies the effect leaves a durable record of it: no
audit row, no history version, no event, no registered signal, trigger or middleware.

Why it hurts
------------
Afterwards nobody can say who did it, what changed and why: not to the person concerned, not to an auditor, not when an agent did it ten thousand
times.

How to fix
----------
Write a record of the actor, the object with its change, and the reason in the same transaction as the effect; or register the model with a history
library whose mechanism sees the write API that is used here.

Limits
------
A record that another system makes (a database trigger created outside the repository, a proxy in front of it) cannot be seen. Debug and info log
lines are no records: nothing keeps them, and nobody can query them by object.
What a model's answer decides is reported by `unrecorded-model-decision`, a write past a registered history by `audit-bypassing-write`.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.findings.finding import Finding
from agentlint.rules.base import Rule, RuleContext
from agentlint.rules.consequence import severity
from agentlint.rules.decisions.wording import Case, cases, deed, how_to_record, meaning, place, related, weight_of

_MODEL = """\
from django.db import models
%s

class Application(models.Model):
    status = models.CharField(max_length=20)
    score = models.IntegerField()
%s"""
_VIEWS = """\
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect

from desk.models import Application


@permission_required("desk.decide")
def decide(request, pk):
    application = get_object_or_404(Application, pk=pk)
    if request.POST["answer"] == "reject":
        application.status = "rejected"
        application.save()
    return redirect("queue")
"""
_URLS = """\
from django.urls import path

from desk import views

urlpatterns = [path("applications/<int:pk>/decide/", views.decide)]
"""
_SYSTEM = {"desk/__init__.py": "", "desk/views.py": _VIEWS, "desk/urls.py": _URLS}

RULE = Rule(
    name="unaudited-decision-path",
    summary="a consequential decision leaves no record on any path",
    category="decisions",
    severity="error",
    affects=("auditable.recorded", "auditable.explained", "auditable.attributed"),
    requires=("decisions", "bypasses"),
    references=("https://csrc.nist.gov/pubs/sp/800/92/final", "https://eur-lex.europa.eu/eli/reg/2024/1689/oj"),
    bad={**_SYSTEM, "desk/models.py": _MODEL % ("", "")},
    good={**_SYSTEM, "desk/models.py": _MODEL % ("from simple_history.models import HistoricalRecords\n", "    history = HistoricalRecords()\n")},
)


def check(context: RuleContext) -> Iterator[Finding]:
    """One finding per line of effect whose decision no path records."""
    for case in cases(context, "unaudited"):
        yield _finding(case, context)


def _finding(case: Case, context: RuleContext) -> Finding:
    decision = case.decision
    heavy = weight_of(decision)
    file, line = place(decision)
    return Finding(
        rule=RULE.name, severity=severity(heavy, RULE.severity, decision.confidence), weight=heavy, confidence=decision.confidence,
        message=f"{deed(decision)}, and no path leaves a durable record.",
        help=how_to_record(context, decision), file=file, line=line, symbol=decision.symbol, decision=decision.id,
        operation=next((i for i in decision.operations if i in context.operations), None), related=related(case), path=decision.path,
        fingerprint=meaning(RULE.name, decision),
    )

"""
What it finds
-------------
A consequential decision that some paths record and at least one does not: an early return, a bulk branch, an exception handler, a write that goes
past the signal.

Why it hurts
------------
The history looks complete and is not. The unrecorded path is the one that people and programs take when something is unusual, and the one an auditor
asks about.

How to fix
----------
Make the record where all paths meet, next to the effect, or in a function that both branches call. The witness in the finding names the path to mend.

Limits
------
Paths are read from the structure of the code; whether a branch is ever taken is not judged. What a model's answer decides
is reported by `unrecorded-model-decision`, a write past a registered history by `audit-bypassing-write`.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.findings.finding import Finding
from agentlint.rules.base import Rule, RuleContext
from agentlint.rules.consequence import severity
from agentlint.rules.decisions.wording import Case, cases, deed, escape, how_to_record, meaning, place, recorded_by, related, weight_of

_MODEL = """\
from django.db import models


class Member(models.Model):
    role = models.CharField(max_length=20)
"""
_VIEWS = """\
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.options import get_content_type_for_model
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect

from club.models import Member


@permission_required("club.change_member")
def promote(request, pk):
    member = get_object_or_404(Member, pk=pk)
    member.role = "admin"
    member.save()
%s    return redirect("members")
"""
_RECORD = """\
%(indent)sLogEntry.objects.log_action(
%(indent)s    request.user.pk, get_content_type_for_model(member).pk, member.pk, str(member), CHANGE, "promoted: " + request.POST["reason"]
%(indent)s)
"""
_SOMETIMES = '    if "quiet" not in request.POST:\n' + _RECORD % {"indent": " " * 8}
_ALWAYS = _RECORD % {"indent": " " * 4}
_URLS = """\
from django.urls import path

from club import views

urlpatterns = [path("members/<int:pk>/promote/", views.promote)]
"""
_SYSTEM = {"club/__init__.py": "", "club/models.py": _MODEL, "club/urls.py": _URLS}

RULE = Rule(
    name="partially-audited-decision-path",
    summary="a consequential decision is recorded on some paths only",
    category="decisions",
    severity="error",
    affects=("auditable.recorded",),
    requires=("decisions", "bypasses"),
    bad={**_SYSTEM, "club/views.py": _VIEWS % _SOMETIMES},
    good={**_SYSTEM, "club/views.py": _VIEWS % _ALWAYS},
)


def check(context: RuleContext) -> Iterator[Finding]:
    """One finding per line of effect whose decision some paths record and others do not."""
    for case in cases(context, "partial"):
        yield _finding(case, context)


def _finding(case: Case, context: RuleContext) -> Finding:
    decision = case.decision
    heavy = weight_of(decision)
    file, line = place(decision)
    return Finding(
        rule=RULE.name, severity=severity(heavy - 5, RULE.severity, decision.confidence), weight=heavy, confidence=decision.confidence,
        message=f"{deed(decision)}; some paths record it{recorded_by(decision)}, {escape(decision)}.",
        help=how_to_record(context, decision), file=file, line=line, symbol=decision.symbol, decision=decision.id,
        operation=next((i for i in decision.operations if i in context.operations), None), related=related(case), path=decision.path,
        fingerprint=meaning(RULE.name, decision),
    )

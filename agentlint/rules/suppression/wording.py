"""What the rules on suppressions share: flaws of one kind as findings."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.findings.finding import Finding
from agentlint.findings.fingerprint import fingerprint
from agentlint.ir.notes import SuppressionFlaw
from agentlint.rules.base import RuleContext

VIEWS = """\
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from .models import Room


%s
@login_required
@require_POST
def close_room(request, pk):
    get_object_or_404(Room, pk=pk).delete()
    return redirect("/rooms/")
"""
"""A system with one finding and a place for a suppression."""

SYSTEM = {
    "desk/__init__.py": "",
    "desk/models.py": "from django.db import models\n\n\nclass Room(models.Model):\n    name = models.CharField(max_length=80)\n",
    "desk/urls.py": 'from django.urls import path\n\nfrom . import views\n\nurlpatterns = [path("rooms/<int:pk>/close/", views.close_room)]\n',
}


def of_kind(context: RuleContext, kind: str, rule: str) -> Iterator[Finding]:
    """One finding per flaw of a kind."""
    for flaw in context.flaws:
        if flaw.kind == kind:
            yield _finding(flaw, rule)


def _finding(flaw: SuppressionFlaw, rule: str) -> Finding:
    return Finding(
        rule=rule, severity="warning", weight=5, message=f"{flaw.message}.", help=flaw.help, file=flaw.file, line=flaw.line, symbol=flaw.names,
        fingerprint=fingerprint(rule, flaw.file, flaw.names),
    )

"""
What it finds
-------------
A write of a model that has a history (history library, signal receiver, mapper listener, trigger) through an API that this history does not see:
a queryset's `update()`, `bulk_create()`, `bulk_update()`, a Core statement, raw SQL, a change of a many-to-many relation, and the code around
makes no record of its own.

Why it hurts
------------
The history looks complete, so nobody checks it. The bulk change, which touches the most rows at once, is the one that it does not hold.

How to fix
----------
Write through the API that the history sees (`save()` for each object, the library's own bulk helpers), or make the record beside the write, in the
same transaction.

Limits
------
Which APIs a mechanism sees is read from the knowledge files, per library, with a source for each row. A trigger that only the database knows is not
seen. `unaudited-decision-path` does not report the same line again, unless a model's answer decides.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.findings.finding import Finding, Related
from agentlint.findings.fingerprint import fingerprint
from agentlint.ir.decisions import Bypass, Decision, consequential
from agentlint.rules.base import Rule, RuleContext
from agentlint.rules.consequence import Change, severity, weight
from agentlint.rules.decisions.wording import effect_text

_MODEL = """\
from django.db import models
from simple_history.models import HistoricalRecords


class Claim(models.Model):
    status = models.CharField(max_length=20)
    history = HistoricalRecords()
"""
_VIEWS = """\
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect

from claims.models import Claim


@permission_required("claims.close")
def close_all(request):
%s    return redirect("claims")
"""
_PAST = '    Claim.objects.filter(status="open").update(status="closed")\n'
_SEEN = '    for claim in Claim.objects.filter(status="open"):\n        claim.status = "closed"\n        claim.save()\n'
_URLS = """\
from django.urls import path

from claims import views

urlpatterns = [path("claims/close/", views.close_all)]
"""
_SYSTEM = {"claims/__init__.py": "", "claims/models.py": _MODEL, "claims/urls.py": _URLS}

RULE = Rule(
    name="audit-bypassing-write",
    summary="a write goes past the history that watches the model",
    category="decisions",
    severity="error",
    affects=("auditable.recorded",),
    requires=("bypasses", "decisions"),
    bad={**_SYSTEM, "claims/views.py": _VIEWS % _PAST},
    good={**_SYSTEM, "claims/views.py": _VIEWS % _SEEN},
)


def check(context: RuleContext) -> Iterator[Finding]:
    """One finding per write that no record accounts for."""
    decided: dict[tuple[str, int], Decision] = {}
    for decision in context.facts.decisions:
        if consequential(decision) and decision.status != "audited":
            decided.setdefault((decision.effect.file, decision.effect.line), decision)
    for bypass in context.facts.bypasses:
        if not bypass.recorded:
            yield _finding(bypass, decided.get((bypass.effect.file, bypass.effect.line)), context)


def _finding(bypass: Bypass, decision: Decision | None, context: RuleContext) -> Finding:
    effect, mechanism = bypass.effect, bypass.mechanism
    heavy = weight([Change(effect.kind, effect.operation, effect.target, effect.fields)], decision.decision if decision is not None else "")
    return Finding(
        rule=RULE.name, severity=severity(heavy, RULE.severity, effect.confidence), weight=heavy, confidence=effect.confidence,
        message=f"{_api(effect.api, effect.kind)} {effect_text(effect)} past {mechanism.name} ({mechanism.file}:{mechanism.line}), "
                "and nothing else records it.",
        help="Write through an API that the history sees (save() of each object, the library's own bulk helper), or make the record beside the write.",
        file=effect.file, line=effect.line, symbol=_symbol(effect.function), decision=decision.id if decision is not None else None,
        operation=next((i for i in decision.operations if i in context.operations), None) if decision is not None else None,
        related=(Related(mechanism.file, mechanism.line, f"{mechanism.name} watches the model here"),), path=decision.path if decision is not None else (),
        fingerprint=fingerprint(RULE.name, effect.file, effect.function, effect.kind, effect.operation, effect.target, mechanism.name),
    )


def _symbol(function: str) -> str:
    """`Class.method` or `function`, as far as names tell."""
    parts = function.split(".")
    return ".".join(parts[-2:]) if len(parts) > 1 and parts[-2][:1].isupper() else parts[-1]


def _api(api: str, kind: str) -> str:
    if kind == "raw-sql":
        return "SQL"
    return f"`{'.'.join(api.removesuffix('()').split('.')[-2:])}()`" if api and api != "attribute" else "This write"

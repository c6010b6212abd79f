"""
What it finds
-------------
A thing that a person does by clicking and of which a token-holding program can do a part only: some fields, one of several modes, one of several
effects.

Why it hurts
------------
The agent seems to succeed. The part that the API lacks stays undone without an error, or the work has to be finished by hand in the browser.

How to fix
----------
Add the missing fields or effects to the endpoint, or let it call the same domain function as the page.

Limits
------
Fields are compared by the names that the code writes. A field that the API sets under another name, or computes, can look missing.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.findings.finding import Finding, Related
from agentlint.findings.fingerprint import fingerprint
from agentlint.ir.operations import Operation
from agentlint.rules.base import Rule, RuleContext
from agentlint.rules.consequence import severity
from agentlint.rules.operations.wording import doing, gui_gaps, weight_of

_MODELS = """\
from django.db import models


class Patient(models.Model):
    phone = models.CharField(max_length=40)
    address = models.CharField(max_length=200)
"""
_FORMS = """\
from django import forms

from clinic.models import Patient


class PatientForm(forms.ModelForm):
    class Meta:
        model = Patient
        fields = ["phone", "address"]
"""
_VIEWS = """\
from django.contrib.auth.mixins import LoginRequiredMixin
from django.views.generic import UpdateView

from clinic.forms import PatientForm
from clinic.models import Patient


class PatientEdit(LoginRequiredMixin, UpdateView):
    model = Patient
    form_class = PatientForm
"""
_API = """\
from rest_framework import generics, serializers
from rest_framework.authentication import TokenAuthentication

from clinic.models import Patient


class PatientSerializer(serializers.ModelSerializer):
    class Meta:
        model = Patient
        fields = [%s]


class PatientApi(generics.RetrieveUpdateAPIView):
    authentication_classes = [TokenAuthentication]
    queryset = Patient.objects.all()
    serializer_class = PatientSerializer
"""
_URLS = """\
from django.urls import path

from clinic import api, views

urlpatterns = [
    path("patients/<int:pk>/edit/", views.PatientEdit.as_view()),
    path("api/patients/<int:pk>/", api.PatientApi.as_view()),
]
"""
_SYSTEM = {"clinic/__init__.py": "", "clinic/models.py": _MODELS, "clinic/forms.py": _FORMS, "clinic/views.py": _VIEWS, "clinic/urls.py": _URLS}

RULE = Rule(
    name="partially-covered-operation",
    summary="a token can do only part of what a person can do",
    category="operations",
    severity="warning",
    affects=("agent_ready.reach",),
    requires=("operations",),
    bad={**_SYSTEM, "clinic/api.py": _API % '"phone"'},
    good={**_SYSTEM, "clinic/api.py": _API % '"phone", "address"'},
)


def check(context: RuleContext) -> Iterator[Finding]:
    """One finding per GUI operation that a machine-callable one covers in part."""
    for operation in gui_gaps(context, "partial"):
        yield _finding(operation, context)


def _finding(operation: Operation, context: RuleContext) -> Finding:
    heavy = weight_of(operation)
    others = [context.operations[i] for i in operation.counterparts if i in context.operations]
    evidence = "; ".join(operation.evidence) or "the counterpart does less"
    target = f"{others[0].method} {others[0].path}" if others else "the nearest endpoint"
    return Finding(
        rule=RULE.name, severity=severity(heavy, RULE.severity, operation.confidence), weight=heavy, confidence=operation.confidence,
        message=f"A person can {doing(operation)}, a token only part of it ({operation.method} {operation.path}): {evidence}.",
        help=f"Let {target} do the rest too, best by calling what {operation.symbol or operation.path} calls.",
        file=operation.file, line=operation.line, symbol=operation.symbol, operation=operation.id,
        related=tuple(Related(o.file, o.line, f"counterpart {o.method} {o.path}") for o in others),
        fingerprint=fingerprint(RULE.name, operation.file, operation.symbol, operation.action, operation.resource),
    )

"""
What it finds
-------------
A thing that a person does by clicking (a form, an action link, an admin action, a request of the page's own script) and that changes state, while no
operation that a program can call with a token has the same effect.

Why it hurts
------------
An agent, a script or a partner's system that holds valid credentials cannot do it. It must drive a browser, which is slow and brittle and leaves the
click as the only trace, or wait for a person.

How to fix
----------
Expose the function behind the page as an endpoint with token authentication. Let page and endpoint call the same domain function, so that rules, mail
and records stay the same for both.

Limits
------
Operations are matched by what they do: the same effect on the same model first, names last. An endpoint in another repository cannot be seen. Flows
that are about the person at the browser (sign-in, password, second factor, consent) are `human-by-design` and never reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.findings.finding import Finding
from agentlint.findings.fingerprint import fingerprint
from agentlint.ir.operations import Operation
from agentlint.rules.base import Rule, RuleContext
from agentlint.rules.consequence import severity
from agentlint.rules.operations.wording import doing, done_by, effect_places, gui_gaps, machine_callable, weight_of

_MODELS = """\
from django.db import models


class Order(models.Model):
    note = models.TextField(blank=True)


def add_note(order, text):
    order.note = text
    order.save(update_fields=["note"])
"""
_PAGE = """\
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect

from orders.models import Order, add_note


@login_required
def note(request, pk):
    if request.method == "POST":
        add_note(get_object_or_404(Order, pk=pk), request.POST["note"])
    return redirect("orders")
"""
_API = """\
from django.shortcuts import get_object_or_404
from rest_framework.authentication import TokenAuthentication
from rest_framework.response import Response
from rest_framework.views import APIView

from orders.models import Order, add_note


class NoteApi(APIView):
    authentication_classes = [TokenAuthentication]

    def post(self, request, pk):
        add_note(get_object_or_404(Order, pk=pk), request.data["note"])
        return Response(status=204)
"""
_URLS = """\
from django.urls import path

from orders import views

urlpatterns = [path("orders/<int:pk>/note/", views.note, name="note")]
"""
_URLS_WITH_API = """\
from django.urls import path

from orders import api, views

urlpatterns = [
    path("orders/<int:pk>/note/", views.note, name="note"),
    path("api/orders/<int:pk>/note/", api.NoteApi.as_view()),
]
"""

RULE = Rule(
    name="gui-only-operation",
    summary="a person can do it by clicking, a token cannot",
    category="operations",
    severity="error",
    affects=("agent_ready.reach",),
    requires=("operations",),
    references=("https://www.rfc-editor.org/rfc/rfc6750",),
    bad={"orders/__init__.py": "", "orders/models.py": _MODELS, "orders/views.py": _PAGE, "orders/urls.py": _URLS},
    good={"orders/__init__.py": "", "orders/models.py": _MODELS, "orders/views.py": _PAGE, "orders/api.py": _API, "orders/urls.py": _URLS_WITH_API},
)


def check(context: RuleContext) -> Iterator[Finding]:
    """One finding per state-changing GUI operation without a machine-callable counterpart."""
    has_api = any(machine_callable(context))
    for operation in gui_gaps(context, "gui-only"):
        yield _finding(operation, has_api)


def _finding(operation: Operation, has_api: bool) -> Finding:
    heavy = weight_of(operation)
    lack = "no machine-callable operation has that effect" if has_api else "the system has no machine-callable operation at all"
    return Finding(
        rule=RULE.name, severity=severity(heavy, RULE.severity, operation.confidence), weight=heavy, confidence=operation.confidence,
        message=f"Only a person can {doing(operation)}: {operation.method} {operation.path} {done_by(operation)}, and {lack}.",
        help=_mend(operation), file=operation.file, line=operation.line, symbol=operation.symbol, operation=operation.id, related=effect_places(operation),
        fingerprint=fingerprint(RULE.name, operation.file, operation.symbol, operation.action, operation.resource),
    )


def _mend(operation: Operation) -> str:
    return f"Expose what {operation.symbol or operation.path} does as an endpoint with token authentication that calls the same domain function."

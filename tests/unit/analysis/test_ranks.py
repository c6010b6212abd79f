"""Who may call at all: what only administrators reach."""

from __future__ import annotations

import pytest

from agentlint.analysis.callers.ranks import Ranks
from agentlint.ir.operations import Route
from tests.unit.analysis.harness import program_of

GUARDS = """
from django.contrib.auth.decorators import user_passes_test
from django.core.exceptions import PermissionDenied
from shop import settings

def insiders(view):
    def wrapped(request):
        if not settings.OPEN_TO_ALL and not request.user.is_staff:
            raise PermissionDenied()
        return view(request)
    return wrapped

def signed_in(view):
    def wrapped(request):
        if not request.user.is_authenticated:
            raise PermissionDenied()
        return view(request)
    return wrapped

shop_staff_member_required = user_passes_test(lambda u: u.is_staff)
"""


@pytest.mark.parametrize(
    ("decorator", "expected"), [("insiders", True), ("shop_staff_member_required", True), ("signed_in", False), ("staffing", False)],
)
def test_administrators(decorator: str, expected: bool) -> None:
    program = program_of({"guards.py": GUARDS, "views.py": f"from guards import {decorator}\n@{decorator}\ndef close(request):\n    pass\n"})
    route = Route(framework="django", method="POST", path="/close/", handler="views.close", symbol="close", file="views.py", line=3)
    assert Ranks(program).administrators(route) is expected

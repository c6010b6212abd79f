"""What handlers hand their work to, and endpoints that call it as well."""

from __future__ import annotations

import msgspec

from agentlint.analysis.effects.direct import EffectFinder
from agentlint.analysis.effects.summaries import Summaries, summarise
from agentlint.analysis.handing_on import HandingOn
from agentlint.analysis.operations import Entry
from agentlint.graph.atom import Background
from agentlint.graph.shared_code import SharedCode
from agentlint.ir.operations import Guard, Operation, Route
from tests.unit.analysis.harness import Analysed, calls_of, library

WARD = {
    "wards/models.py": """
from django.db import models

class Ward(models.Model):
    cleaned = models.DateField(null=True)

class Bed(models.Model):
    free = models.BooleanField(default=True)

class Round(models.Model):
    kind = models.CharField(max_length=10)
""",
    "wards/work.py": """
from wards.models import Bed, Round, Ward

def carry_out(pk, kind):
    Round.objects.create(kind=kind)
    prepare(pk)

def prepare(pk):
    free_beds(pk)
    Ward.objects.filter(pk=pk).update(cleaned="today")

def free_beds(pk):
    Bed.objects.filter(ward=pk).update(free=True)
""",
    "wards/views.py": """
from wards.work import carry_out, free_beds

def clean(request, pk):
    return done(request, pk)

def done(request, pk):
    carry_out(pk, "clean")

def discharge(request, pk):
    free_beds(pk)
""",
    "wards/api.py": """
from wards.models import Ward
from wards.work import carry_out, free_beds

def work(request, pk):
    order(pk, request.data["kind"])

def order(pk, kind):
    carry_out(pk, kind)

def destroy(request, pk):
    free_beds(pk)
    Ward.objects.filter(pk=pk).delete()

def renovate(request, pk):
    carry_out(pk, "renovate")
""",
}


def entries(*symbols: str) -> tuple[HandingOn, list[Entry]]:
    found: Analysed = calls_of(WARD)
    finder = EffectFinder(found.program, found.types, found.calls, library())
    summaries: Summaries = summarise(found.program, found.calls, finder, finder.all())
    return HandingOn(summaries), [_entry(symbol, summaries) for symbol in symbols]


def _entry(symbol: str, summaries: Summaries) -> Entry:
    home, _, name = symbol.rpartition(".")
    surface = "api" if home.endswith("api") else "gui"
    method = "DELETE" if name == "destroy" else "POST"
    path = f"/wards/{{pk}}/{name}" if name != "destroy" else "/wards/{pk}"
    route = Route(framework="t", method=method, path=path, handler=symbol, symbol=name, file=f"{home}.py", line=1)
    operation = Operation(
        id=f"{surface}:{name}", surface=surface, method=method, path=path, file=route.file, line=1, symbol=name, action="", resource="", changes_state=True
    )
    return Entry(operation, summaries.reached(symbol), (Guard("token"),), (route,))


def shared(page: str, *endpoints: str) -> tuple[str, list[str]]:
    handing, (entry, *others) = entries(page, *endpoints)
    index = SharedCode(Background(handing=handing))
    for other in others:
        index.add(other)
    function, found = index.doing_all_of(entry)
    return function, [e.operation.id for e in found]


def test_what_does_all_the_work_is_found_nearest_first() -> None:
    handing, (page,) = entries("wards.views.clean")
    lines = frozenset((r.effect.file, r.effect.line) for r in page.reached)
    assert handing.doing_all(page.routes, lines) == (("wards.views.done",), ("wards.work.carry_out",))


def test_an_endpoint_that_calls_it_as_well_is_a_counterpart() -> None:
    assert shared("wards.views.clean", "wards.api.work") == ("wards.work.carry_out", ["api:work"])


def test_one_that_removes_the_thing_beside_it_is_none() -> None:
    assert shared("wards.views.discharge", "wards.api.destroy") == ("", [])


def test_one_of_which_it_is_a_small_part_is_none() -> None:
    assert shared("wards.views.discharge", "wards.api.renovate")[1] == []


def test_without_the_calls_nothing_is_said() -> None:
    _, (page, other) = entries("wards.views.clean", "wards.api.work")
    index = SharedCode(Background())
    index.add(msgspec.structs.replace(other))
    assert index.doing_all_of(page) == ("", [])

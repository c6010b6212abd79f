"""Generic views that a URLconf takes from a library as they are, with all that they need in `as_view(...)`."""

from __future__ import annotations

from agentlint.api import Effect, Program, Route, Value
from agentlint_django.class_views import kind_of, role_of
from agentlint_django.forms import Written, form_of
from agentlint_django.generic_views import DELETE, SAVE
from agentlint_django.models import models_of
from agentlint_django.targets import View
from agentlint_django.urlconf import UrlEntry

_DOES = {"create": "create", "update": "update", "delete": "delete", "formset": "write"}


def ready_route(view: View, entry: UrlEntry, program: Program) -> Route | None:
    """The POST of a library's view that writes a model by itself: `DeleteView.as_view(model=Order, success_url="/")`; None for every other."""
    kind = role_of(view.options.get("role")) or kind_of(view.name)
    written = _written(view.options, program) if kind in _DOES else None
    if written is None:
        return None
    fields = () if kind == "delete" else written.fields
    effect = Effect(
        "orm-write", _DOES[kind], written.model.rpartition(".")[2], entry.file, entry.line, "", model=written.model,  # type: ignore[arg-type]
        fields=fields, api=DELETE if kind == "delete" else SAVE, methods=("POST",), registered=True,
    )
    return Route(
        framework="django", method="POST", path=entry.path, handler="", symbol=view.name.rpartition(".")[2], file=entry.file, line=entry.line,
        effects=(effect,), renders="html", name=entry.name, table_file=entry.file, table_line=entry.line, resource=effect.target, confidence=entry.confidence,
    )


def _written(options: dict[str, Value], program: Program) -> Written | None:
    named = [found for key in ("model", "queryset") if (found := models_of(program).named(options.get(key)))]
    form = form_of(options.get("form_class"), program).written
    if form is not None and (not named or form.model == named[0]):
        return form
    fields = options.get("fields")
    listed = tuple(sorted(f for f in fields if isinstance(f, str))) if isinstance(fields, list | tuple) else ()
    return Written(named[0], listed) if named else None

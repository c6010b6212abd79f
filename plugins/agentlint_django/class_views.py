"""Class-based views: what a class, its bases and the arguments of `as_view` say of model, form, fields and methods."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from agentlint.api import ClassInfo, FunctionInfo, Program, Ref, Value, syntax, walk
from agentlint_django.forms import Form, Written, form_of
from agentlint_django.models import models_of
from agentlint_django.project import settings_of

METHODS = ("get", "post", "put", "patch", "delete")
_KINDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("delete", ("DeleteView", "DeletionMixin")), ("create", ("CreateView", "CreateWithInlinesView")), ("update", ("UpdateView", "UpdateWithInlinesView")),
    ("formset", ("FormSetView", "FormsetView")), ("wizard", ("WizardView",)), ("form", ("FormView", "ProcessFormView")),
    ("form", ("ModelActionView",)), ("page", ("ReadView", "CsvView", "XlsView")),
    ("page", ("TemplateView", "ListView", "DetailView", "RedirectView", "ArchiveView", "FilterView", "TableView", "DateDetailView", "MonthView")),
    ("page", ("RedocView", "SwaggerView", "SchemaView", "DocumentationView", "AutocompleteView", "FeedView", "HealthCheckView")),
)
"""What the last word of a library view's name says it does, in Django itself and in packages that extend its generic views."""


class ClassView:
    """One class-based view, as one pattern routes it."""

    def __init__(self, info: ClassInfo, options: dict[str, Value], program: Program) -> None:
        self.info = info
        self._options = options
        self._program = program
        self._evaluator = settings_of(program).setup.evaluator

    @cached_property
    def library_bases(self) -> tuple[str, ...]:
        """Bases outside the project in method resolution order."""
        return tuple(b for b in self._program.mro(self.info.id) if b not in self._program.classes)

    @property
    def by_role(self) -> str:
        """The role that this route gives a view which answers in several."""
        return role_of(self._options.get("role"))

    @cached_property
    def kind(self) -> str:
        """What the framework does on a POST: `create`, `update`, `delete`, `form`, `formset`, `wizard`; `page` when only a GET is answered; `unknown` for
        views of packages that nothing here describes."""
        if self.by_role:
            return self.by_role if self.by_role in ("create", "update", "delete") else "page"
        bases = [b for b in self.library_bases if not b.startswith("rest_framework.")]
        if any(b.startswith("django.contrib.auth.views.") for b in bases):
            return "form"
        kinds = [kind for b in bases if (kind := kind_of(b))]
        found = next((k for k in kinds if k not in ("form", "page")), kinds[0] if kinds else "")  # a page that also takes a form writes by the form's part
        return found or ("unknown" if any(b.endswith("View") and not b.startswith("django.") for b in bases) else "")

    def method(self, name: str) -> FunctionInfo | None:
        """A method of the project's own, also one that another name is set to (`put = post`)."""
        found = self._program.method(self.info.id, name)
        if found is None:
            held = self._program.attribute(self.info.id, name)
            alias = walk.dotted(held[0]) if held is not None else ""
            found = self._program.method(self.info.id, alias) if alias and "." not in alias else None
        return found

    def attribute(self, name: str) -> Value:
        """A class attribute, or what `as_view` was given instead; None when neither says anything."""
        if name in self._options:
            return self._options[name]
        held = self._program.attribute(self.info.id, name)
        return self._evaluator.class_attribute(held[1].id, name) if held is not None else None

    @cached_property
    def allowed(self) -> frozenset[str]:
        """Lower-case methods that the class lets through."""
        listed = self.attribute("http_method_names")
        return frozenset(str(m).lower() for m in listed) if isinstance(listed, list | tuple) else frozenset((*METHODS, "head", "options"))

    # ----------------------------------------------------------------- forms

    @cached_property
    def form(self) -> Form:
        """The form that the view fills: `form_class`, or what `get_form_class` and `get_form` give."""
        found = form_of(self.attribute("form_class"), self._program)
        if found.written is not None or found.class_id:
            return found
        for value in self._named_in("get_form_class", "get_form"):
            inner = form_of(value, self._program)
            if inner.written is not None or inner.class_id:
                return inner
        return found

    @cached_property
    def written(self) -> Written | None:
        """The model and the fields that the framework writes for the view."""
        model = self.model
        form = self.form.written
        if form is not None and (not model or form.model == model or not self._listed):
            return form
        return Written(model, self._listed) if model else form

    @cached_property
    def _listed(self) -> tuple[str, ...]:
        fields = self.attribute("fields")
        return tuple(sorted(f for f in fields if isinstance(f, str))) if isinstance(fields, list | tuple) else ()

    @cached_property
    def model(self) -> str:
        """The model of the view's object: by attribute, else by what its hooks give."""
        models = models_of(self._program)
        for name in ("model", "queryset"):
            found = models.named(self.attribute(name))
            if found:
                return found
        own = next((found for name in self._querysets("") if (found := models.named(self.attribute(name)))), "")
        for value in self._named_in(*(self._querysets("get_") or ("get_queryset", "get_object"))) if not own else ():
            found = models.named(value)
            if found:
                return found
        return own

    def _querysets(self, prefix: str) -> tuple[str, ...]:
        """What a shared base asks its views for under a name of its own: `get_source_queryset`, `base_queryset`."""
        names = (*self.info.methods, *self.info.attributes)
        return tuple(sorted(n for n in names if n.startswith(prefix) and n.endswith("_queryset") and n != "get_queryset"))

    def _named_in(self, *hooks: str) -> Iterator[Value]:
        """What the project's own hooks give back, then every class that they name."""
        for hook in hooks:
            method = self._program.method(self.info.id, hook)
            if method is None:
                continue
            setup = settings_of(self._program).setup
            for returned in self._program.returned(method):
                yield setup.value(returned, method)
            for expr in walk.body_expressions(method.node.body):
                if isinstance(expr, syntax.Name) and expr.id[:1].isupper():
                    yield Ref(self._program.resolve(expr, method))

    # ----------------------------------------------------------------- hooks

    def reaches_framework(self, name: str, *instead: str) -> bool:
        """True when a hook of the framework runs in the end: nobody overrides it, or every override hands on (or does it by one of the other names)."""
        for base in self._program.mro(self.info.id):
            info = self._program.classes.get(base)
            if info is None or name not in info.methods:
                continue
            if not hands_on(self._program.functions[info.methods[name]], name, *instead):
                return False
        return True


def role_of(value: Value) -> str:
    """The role that `as_view(role=Role.CREATE)` gives a view of several (neapolitan), in lower case; empty when none."""
    return value.name.rpartition(".")[2].lower() if isinstance(value, Ref) and ".Role." in value.name else ""


def kind_of(base: str) -> str:
    """What a library's view class does, by the words its name ends with."""
    last = base.rpartition(".")[2]
    return next((kind for kind, endings in _KINDS if last.endswith(endings)), "")


def hands_on(method: FunctionInfo, name: str, *instead: str) -> bool:
    """True when a method calls the same method of its base, or one of the named methods on itself."""
    for call in walk.calls(method.node.body):
        func = call.func
        if not isinstance(func, syntax.Attribute):
            continue
        on_super = isinstance(func.value, syntax.Call) and walk.dotted(func.value.func) == "super"
        if (on_super and func.attr in (name, *instead)) or (func.attr in instead and walk.dotted(func.value) == "self"):
            return True
        if func.attr == name and call.args and walk.dotted(call.args[0]) == "self":  # `CreateView.post(self, request)`
            return True
    return False

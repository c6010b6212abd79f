"""Models: which class an expression of set-up code means, the fields a model has, and the user model."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from agentlint.api import Made, Member, Program, Ref, Value, syntax, walk
from agentlint_django.project import label, settings_of

MODEL = "django.db.models.Model"
LIBRARY_USER = "django.contrib.auth.models.User"
_COLUMN_ENDINGS = ("Field", "ForeignKey", "Key", "GenericRelation", "TaggableManager")


class Models:
    """The model classes of a program by name and label."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._by_name: dict[str, list[str]] = {}
        for class_id in program.subclasses(MODEL):
            self._by_name.setdefault(class_id.rpartition(".")[2].lower(), []).append(class_id)
        self._fields: dict[str, tuple[str, ...]] = {}
        self.user = self._user()

    def __contains__(self, class_id: str) -> bool:
        return class_id in self._by_name.get(class_id.rpartition(".")[2].lower(), ())

    def by_label(self, text: str) -> str:
        """The class of `app.Model` or `Model`, as models and settings write it; empty when it is not in the project."""
        app, _, name = text.rpartition(".")
        found = self._by_name.get(name.lower(), [])
        exact = [c for c in found if app and label(c, self._program)[0].lower() == app.lower()]
        near = [c for c in found if app and app.lower() in c.lower().split(".")]
        return (exact or near or found or [""])[0]

    def _user(self) -> str:
        for text in settings_of(self._program).texts("AUTH_USER_MODEL"):
            found = self.by_label(text)
            if found:
                return found
        return LIBRARY_USER

    def named(self, value: Value) -> str:
        """The model that a value of set-up code means: a class, its name, a manager or queryset of it; empty when none."""
        for _ in range(16):
            if isinstance(value, str):
                return self.by_label(value)
            if isinstance(value, Ref):
                return self._of_name(value.name)
            if isinstance(value, Member):
                value = value.owner
            elif isinstance(value, Made):
                if isinstance(value.callee, Ref) and value.callee.name == "django.contrib.auth.get_user_model":
                    return self.user
                if name_of_call(value) == "get_model" and len(value.args) > 1 and all(isinstance(a, str) for a in value.args[:2]):
                    return self.by_label(".".join(value.args[:2]))
                through = value.callee.owner if isinstance(value.callee, Member) else value.callee
                value = value.args[0] if isinstance(through, Ref) and self._takes_model(through.name) and value.args else through
            else:
                return ""
        return ""

    @staticmethod
    def _takes_model(name: str) -> bool:
        """Library functions that are given the model or queryset first: `apps.get_model("app.Order")`, `prefetch(Order.objects)`."""
        return not name.rpartition(".")[2][:1].isupper() and name.rpartition(".")[2] not in ("all", "filter")

    def _of_name(self, name: str) -> str:
        if name in self:
            return name
        if name in self._program.classes:  # a manager, a queryset, a form: not a model
            return ""
        while name and name not in self:  # `app.models.Order.objects.all`
            name = name.rpartition(".")[0]
        return name

    def fields(self, model: str) -> tuple[str, ...]:
        """Names of the columns and relations that a model class and its bases declare."""
        known = self._fields.get(model)
        if known is None:
            names: dict[str, None] = {}
            for base in reversed(self._program.mro(model)):
                info = self._program.classes.get(base)
                for name, value in info.attributes.items() if info is not None else ():
                    if isinstance(value, syntax.Call) and walk.dotted(value.func).rpartition(".")[2].endswith(_COLUMN_ENDINGS):
                        names[name] = None
            known = self._fields[model] = tuple(names)
        return known

    def fixed(self, model: str) -> frozenset[str]:
        """Columns that no form and no serializer lets anybody write: `editable=False`, and dates that the framework keeps itself."""
        found: set[str] = set()
        for base in reversed(self._program.mro(model)):
            info = self._program.classes.get(base)
            for name, value in info.attributes.items() if info is not None else ():
                if isinstance(value, syntax.Call):
                    told = {k.name: k.value.value for k in value.keywords if k.name and isinstance(k.value, syntax.Constant)}
                    closed = told.get("editable") is False or told.get("auto_now") is True or told.get("auto_now_add") is True
                    (found.add if closed else found.discard)(name)
        return frozenset(found)


@lru_cache(maxsize=2)
def models_of(program: Program) -> Models:
    """The models of a program, read once."""
    return Models(program)


def shared_base(models: Iterable[str], program: Program) -> str:
    """The nearest class of the program from which all of the models come; empty when they have none in common."""
    named = sorted(set(models) - {""})
    if not named:
        return ""
    others = [set(program.mro(m)) for m in named[1:]]
    return next((c for c in program.mro(named[0]) if c in program.classes and all(c in other for other in others)), "")


def name_of_call(made: Made) -> str:
    """The last name of what was called."""
    callee = made.callee
    return callee.attr if isinstance(callee, Member) else callee.name.rpartition(".")[2] if isinstance(callee, Ref) else ""

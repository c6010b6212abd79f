"""What Django adds to classes: relations and their reverse sides, managers, the request of a view, the instance of a form."""

from __future__ import annotations

from agentlint.api import ClassInfo, Program, Type, syntax, walk
from agentlint_django.forms import MODEL_FORMS, by_label, form_model, model_named, user_model

_TO_ONE = ("ForeignKey", "OneToOneField", "TreeForeignKey", "ParentalKey")
_TO_MANY = ("ManyToManyField", "SortedManyToManyField", "ParentalManyToManyField")
_MANAGER = "django.db.models.Manager"
_RELATED = "django.db.models.RelatedManager"
_MANY = "django.db.models.ManyRelatedManager"
_REQUEST = Type("django.http.HttpRequest")
_VIEWS = ("django.views.generic.base.View", "django.views.generic.View", "django.views.View", "django.views.generic.edit.ModelFormMixin")


def model_attributes(program: Program) -> dict[str, dict[str, Type]]:
    """Class id to attribute to type."""
    found: dict[str, dict[str, Type]] = {}
    user = user_model(program)
    for class_id in program.subclasses("django.db.models.Model"):
        info = program.classes[class_id]
        for name, value in info.attributes.items():
            if isinstance(value, syntax.Call):
                _relation(info, name, value, user, program, found)
        _managers(info, program, found)
    for class_id in program.subclasses(MODEL_FORMS[0]):
        written = form_model(class_id, program)
        if written is not None:
            found.setdefault(class_id, {})["instance"] = Type(written.model)
    if user in program.classes:
        found.setdefault("django.http.HttpRequest", {})["user"] = Type(user)
    return found


def _relation(info: ClassInfo, name: str, call: syntax.Call, user: str, program: Program, found: dict[str, dict[str, Type]]) -> None:
    kind = walk.dotted(call.func).rpartition(".")[2]
    if kind not in _TO_ONE and kind not in _TO_MANY:
        return
    given = call.args[0] if call.args else next((k.value for k in call.keywords if k.name == "to"), None)
    target = _target(given, info, user, program)
    if not target:
        return
    own = found.setdefault(info.id, {})
    own[name] = Type(_MANY, (Type(target),)) if kind in _TO_MANY else Type(target)
    spoken = next((k.value for k in call.keywords if k.name == "related_name"), None)
    reverse = program.fold(spoken, info) if spoken is not None else None
    reverse = reverse.replace("%(class)s", info.node.name.lower()) if isinstance(reverse, str) else ""
    if reverse.endswith("+"):
        return
    if not reverse:
        reverse = info.node.name.lower() if kind == "OneToOneField" else f"{info.node.name.lower()}_set"
    back = Type(info.id) if kind == "OneToOneField" else Type(_MANY if kind in _TO_MANY else _RELATED, (Type(info.id),))
    found.setdefault(target, {}).setdefault(reverse, back)


def _target(given: syntax.Expr | None, info: ClassInfo, user: str, program: Program) -> str:
    if given is None:
        return ""
    if isinstance(given, syntax.Constant) and given.value == "self":
        return info.id
    if walk.dotted(given).endswith("AUTH_USER_MODEL"):
        return user
    if isinstance(given, syntax.Constant) and isinstance(given.value, str):
        label = given.value
        beside = f"{info.module.name}.{label}"
        return beside if beside in program.classes else user if label in ("auth.User", "User") and not by_label(label, program) else by_label(label, program)
    name = program.resolve(given, info)
    return name if name in program.classes or name.startswith("django.contrib.") else model_named(given, info, program)


def _managers(info: ClassInfo, program: Program, found: dict[str, dict[str, Type]]) -> None:
    """`objects = OrderManager()`, `OrderQuerySet.as_manager()`, `Manager.from_queryset(Q)()`: the class that answers, on this model."""
    for base in reversed(program.mro(info.id)):
        held = program.classes.get(base)
        for name, value in held.attributes.items() if held is not None else ():
            if not isinstance(value, syntax.Call):
                continue
            func = value.func
            if isinstance(func, syntax.Attribute) and func.attr == "as_manager":
                made = program.resolve(func.value, held)  # type: ignore[arg-type]
            elif isinstance(func, syntax.Call) and func.args and isinstance(func.func, syntax.Attribute) and func.func.attr == "from_queryset":
                made = program.resolve(func.args[0], held)  # type: ignore[arg-type]
            else:
                made = program.resolve(func, held)  # type: ignore[arg-type]
                if made not in program.classes or not program.inherits(made, _MANAGER):
                    continue
            if made in program.classes:
                found.setdefault(info.id, {})[name] = Type(made, (Type(info.id),))

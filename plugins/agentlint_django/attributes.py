"""What Django adds to classes and hands to hooks: relations and their reverse sides, managers, the form, object or queryset that a hook is given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from agentlint.api import ClassInfo, Element, FunctionInfo, Program, Scope, Type, called, kept_attributes, syntax, walk
from agentlint_django.admin_sites import registrations
from agentlint_django.class_views import ClassView
from agentlint_django.cleaned_data import cleaned_data_types
from agentlint_django.forms import MODEL_FORM, form_of_class
from agentlint_django.models import MODEL, models_of, shared_base
from agentlint_django.project import label, settings_of
from agentlint_django.signals import receivers, subject_of
from agentlint_django.view_sets import set_types

_TO_ONE = ("ForeignKey", "OneToOneField", "TreeForeignKey", "ParentalKey", "AutoOneToOneField")
_TO_MANY = ("ManyToManyField", "SortedManyToManyField", "ParentalManyToManyField", "TreeManyToManyField")
_GENERIC = ("GenericRelation",)
_MANAGER = "django.db.models.Manager"
_RELATED = "django.db.models.RelatedManager"
_MANY = "django.db.models.ManyRelatedManager"
_QUERYSET = "django.db.models.QuerySet"
_NOT_MANAGERS = ("TaggableManager",)
"""Fields of libraries whose names say manager."""
_TAGS = "taggit.managers._TaggableManager"
_REQUEST = "django.http.HttpRequest"
_REQUESTS = (_REQUEST, "rest_framework.request.Request", "django.core.handlers.wsgi.WSGIRequest", "django.core.handlers.asgi.ASGIRequest")
_ASKED = "django.apps.registry.Apps.get_model()"
_ABSTRACT_USER, _USER_MANAGER = "django.contrib.auth.models.AbstractUser", "django.contrib.auth.models.UserManager"
_USER_MODEL = "django.contrib.auth.get_user_model()"
_FORM_HOOKS = ("form_valid", "form_invalid", "formset_valid")

_OWN = frozenset({
    "user", "session", "method", "path", "path_info", "GET", "POST", "FILES", "META", "COOKIES", "body", "headers", "encoding", "content_type",
    "resolver_match", "urlconf", "site", "data", "auth", "csrf_processing_done", "LANGUAGE_CODE",
})
"""Attributes of a request that Django, its middleware and its REST framework give it."""
_LAZY = "SimpleLazyObject"

Attributes = dict[str, dict[str, Type]]


def attribute_types(program: Program) -> Mapping[str, Mapping[str, Type | Element]]:
    """Class id to attribute to type, and function id to parameter to type; under `*` what goes by its name everywhere."""
    found: Attributes = {"*": {"request": Type(_REQUEST)}}
    models = models_of(program)
    for class_id in program.subclasses(MODEL):
        info = program.classes[class_id]
        for name, value in info.attributes.items():
            if isinstance(value, syntax.Call):
                _relation(info, name, value, program, found)
                if _tags(value, info, program):
                    found.setdefault(class_id, {})[name] = Type(_TAGS, (Type(class_id),))
        _managers(info, program, found)
        found.setdefault(_ASKED, {}).update(dict.fromkeys(_labels(class_id, program), Type(class_id, (), True)))
    for class_id in program.subclasses(MODEL_FORM):
        written = form_of_class(class_id, program).written
        if written is not None:
            found.setdefault(class_id, {})["instance"] = Type(written.model)
    for name, held in cleaned_data_types(program, found).items():
        found.setdefault(name, {}).update(held)
    if models.user in program.classes:
        found.setdefault(_REQUEST, {})["user"] = Type(models.user)
        found[_USER_MODEL] = {"": Type(models.user, (), True)}
    for function, name, given in (*_form_parameters(program), *_admin_parameters(program, found), *_signal_parameters(program), *set_types(program)):
        found.setdefault(function, {})[name] = given
    kept: dict[str, Type | Element] = {**dict(_on_requests(program)), **found.get(_REQUEST, {})}
    return {**found, **dict.fromkeys(_REQUESTS, kept)}


def _on_requests(program: Program) -> Iterator[tuple[str, Element]]:
    """What the project keeps on requests, as middleware does: `request.account = request.user.account`."""
    for name, kept in kept_attributes(program, called("request"), _takes_request).items():
        value = kept.expr
        if name in _OWN or name.startswith("_"):
            continue
        if isinstance(value, syntax.Call) and walk.dotted(value.func).rpartition(".")[2] == _LAZY and value.args:
            yield from ((name, one) for one in _put_off(value.args[0], kept.scope, program))
        else:
            yield name, kept


def _takes_request(scope: Scope) -> bool:
    return isinstance(scope, FunctionInfo) and any(p.name.endswith("request") for p in scope.node.params)


def _put_off(value: syntax.Expr, scope: Scope, program: Program) -> Iterator[Element]:
    """What a function gives that is asked later: `SimpleLazyObject(lambda: account_of(request))`, `SimpleLazyObject(load)`."""
    if isinstance(value, syntax.Lambda):
        told = next((stmt.value for stmt in value.function.body if isinstance(stmt, syntax.Return)), None)
        value = told.func if isinstance(told, syntax.Call) else value
    function = program.functions.get(program.resolve(value, scope))
    returned = [r for r in program.returned(function) if not isinstance(r, syntax.Constant)] if function is not None else []
    yield from (Element(r, function) for r in returned[:1])


def _labels(class_id: str, program: Program) -> Iterator[str]:
    """What code asks the registry of applications with for a model: `get_model("shop", "Order")`, `get_model("shop.order")`."""
    app, name = label(class_id, program)[0], class_id.rpartition(".")[2]
    for spelled in (name, name.lower()):
        yield f"{app} {spelled}"
        yield f"{app}.{spelled}"


# ------------------------------------------------------------------ relations


def _relation(info: ClassInfo, name: str, call: syntax.Call, program: Program, found: Attributes) -> None:
    kind = _field_kind(call, info, program)
    if not kind:
        return
    given = call.args[0] if call.args else next((k.value for k in call.keywords if k.name == "to"), None)
    target = _target(given, info, program)
    if not target:
        return
    to_one = kind in _TO_ONE
    through = next((_target(k.value, info, program) for k in call.keywords if k.name == "through"), "") if not to_one else ""
    many = (Type(target), Type(through)) if through else (Type(target),)
    found.setdefault(info.id, {})[name] = Type(target) if to_one else Type(_RELATED if kind in _GENERIC else _MANY, many)
    for bearer in _bearers(info, program) if kind not in _GENERIC else ():
        reverse = _reverse(info, bearer, call, kind, program)
        if reverse:
            single = kind in ("OneToOneField", "AutoOneToOneField")
            back = Type(bearer) if single else Type(_RELATED if to_one else _MANY, (Type(bearer),))
            found.setdefault(target, {}).setdefault(reverse, back)


def _bearers(info: ClassInfo, program: Program) -> tuple[str, ...]:
    """The models whose tables hold what a class declares: its heirs' where it is abstract and has any."""
    heirs = tuple(sorted(c for c in program.subclasses(info.id) if c != info.id and not _is_abstract(program.classes[c], program)))
    return heirs if heirs and _is_abstract(info, program) else (info.id,)


def _is_abstract(info: ClassInfo, program: Program) -> bool:
    meta = program.classes.get(info.nested.get("Meta", ""))
    said = meta.attributes.get("abstract") if meta is not None else None
    return isinstance(said, syntax.Constant) and said.value is True


def _field_kind(call: syntax.Call, info: ClassInfo, program: Program) -> str:
    """The last name of the relation's class, or of the library's that a class of the project derives from; empty for other fields."""
    made = program.resolve(call.func, info)
    names = (walk.dotted(call.func), *(program.mro(made) if made in program.classes else ()))
    return next((last for n in names if (last := n.rpartition(".")[2]) in (*_TO_ONE, *_TO_MANY, *_GENERIC)), "")


def _tags(call: syntax.Call, info: ClassInfo, program: Program) -> bool:
    """True for the manager of taggit, which writes the tags of the model that has it (https://django-taggit.readthedocs.io/en/latest/api.html)."""
    made = program.resolve(call.func, info)
    return any(base.endswith(_NOT_MANAGERS) for base in (made, *(program.mro(made) if made in program.classes else ())))


def _reverse(info: ClassInfo, bearer: str, call: syntax.Call, kind: str, program: Program) -> str:
    """The name of the other side of a relation that a model has from a class; empty when it has none."""
    spoken = next((k.value for k in call.keywords if k.name == "related_name"), None)
    told = program.fold(spoken, info) if spoken is not None else None
    name = bearer.rpartition(".")[2].lower()
    if isinstance(told, str) and told:
        app = label(bearer, program)[0] if "%(app_label)s" in told else ""
        return "" if told.endswith("+") else told.replace("%(class)s", name).replace("%(app_label)s", app)
    return name if kind == "OneToOneField" else f"{name}_set"


def _target(given: syntax.Expr | None, info: ClassInfo, program: Program) -> str:
    models = models_of(program)
    if given is None:
        return ""
    if isinstance(given, syntax.Constant) and given.value == "self":
        return info.id
    if walk.dotted(given).endswith("AUTH_USER_MODEL"):
        return models.user
    if isinstance(given, syntax.Constant) and isinstance(given.value, str):
        beside = f"{info.module.name}.{given.value}"
        known = beside if beside in program.classes else models.by_label(given.value)
        return known or (models.user if given.value in ("auth.User", "User") else "")
    name = program.resolve(given, info)
    if name in program.classes or name.startswith("django.contrib."):
        return name
    return models.named(settings_of(program).setup.value(given, info))


def _managers(info: ClassInfo, program: Program, found: Attributes) -> None:
    """`objects = OrderManager()`, `OrderQuerySet.as_manager()`, `Manager.from_queryset(Q)()`: the class that answers, on this model."""
    if program.inherits(info.id, _ABSTRACT_USER):
        found.setdefault(info.id, {})["objects"] = Type(_USER_MANAGER, (Type(info.id),))
    for base in reversed(program.mro(info.id)):
        held = program.classes.get(base)
        for name, value in held.attributes.items() if held is not None else ():
            if not isinstance(value, syntax.Call) or held is None:
                continue
            made = _manager_class(value, held, program)
            made = made if made in program.classes else _foreign_manager(name, value, held, program)
            if made:
                found.setdefault(info.id, {})[name] = Type(made, (Type(info.id),))


def _foreign_manager(name: str, value: syntax.Call, held: ClassInfo, program: Program) -> str:
    """The manager that a library of which nothing else is known makes: what a model keeps as `objects` answers like any manager."""
    made = program.resolve(value.func, held)
    last = made.rpartition(".")[2]
    if not made or made in program.classes or made in program.functions or last.endswith(_NOT_MANAGERS) or not (name == "objects" or last.endswith("Manager")):
        return ""
    return made if program.inherits(made, _MANAGER) else _MANAGER


def _manager_class(value: syntax.Call, held: ClassInfo, program: Program) -> str:
    func = value.func
    if isinstance(func, syntax.Attribute) and func.attr in ("as_manager", "from_queryset"):
        told = value.args[0] if func.attr == "from_queryset" and value.args else func.value
        return program.resolve(told.func if isinstance(told, syntax.Call) else told, held)  # `OrderQuerySet().as_manager()` works too
    if isinstance(func, syntax.Call):
        return _manager_class(func, held, program)
    made = program.resolve(func, held)
    known = program.lookup(made) if made and made not in program.classes else None
    if isinstance(known, syntax.Call):  # `OrderManager = BaseManager.from_queryset(OrderQuerySet)`
        home = program.modules.get(made.rpartition(".")[0])
        inner = known.args[0] if isinstance(known.func, syntax.Attribute) and known.func.attr == "from_queryset" and known.args else None
        return program.resolve(inner, home) if inner is not None and home is not None else ""
    return made if made in program.classes and program.inherits(made, _MANAGER) else ""


# ----------------------------------------------------------- hooks' arguments

Given = Iterator[tuple[str, str, Type]]


def _form_parameters(program: Program) -> Given:
    """The form that `form_valid(self, form)` gets: the one of all views that use the method, or a form of what their models have in common."""
    for info in program.classes.values():
        for hook in _FORM_HOOKS:
            if hook not in info.methods:
                continue
            method = program.functions[info.methods[hook]]
            if len(method.node.params) < 2:
                continue
            views = [ClassView(program.classes[c], {}, program) for c in (info.id, *program.subclasses(info.id))]
            forms = {view.form.class_id for view in views} - {""}
            base = shared_base((v.written.model for v in views if v.written is not None), program) if len(forms) != 1 else ""
            if len(forms) == 1:
                yield method.id, method.node.params[1].name, Type(forms.pop())
            elif base:
                yield method.id, method.node.params[1].name, Type(MODEL_FORM, (Type(base),))


def _admin_parameters(program: Program, known: Attributes) -> Given:
    """Objects and querysets that the admin site hands to an admin class and its actions."""
    for function, rows in _shared_actions(program).items():
        base = next(iter(rows)) if len(rows) == 1 else shared_base(rows, program)
        if base:
            yield from _named(program.functions[function], ("queryset",), _rows(base, program, known))
    for found in registrations(program):
        if found.admin is None:
            continue
        for name in ("save_model", "delete_model", "response_change", "response_add", "log_change", "has_change_permission", "has_delete_permission"):
            yield from _named(program.method(found.admin.id, name), ("obj", "instance"), Type(found.model))
        yield from _named(program.method(found.admin.id, "delete_queryset"), ("queryset",), _rows(found.model, program, known))
        yield found.admin.id, "model", Type(found.model, (), True)


def _shared_actions(program: Program) -> dict[str, set[str]]:
    """Actions to the models of the admin classes that have them: what a base class declares runs on rows of each."""
    found: dict[str, set[str]] = {}
    for registration in registrations(program):
        for action in registration.actions(program):
            found.setdefault(action.id, set()).add(registration.model)
    return found


def _rows(model: str, program: Program, known: Attributes) -> Type:
    """Rows of a model as the admin site asks its manager for them: in the project's own class of querysets where the manager is made of one."""
    manager = next((known[b]["objects"].name for b in program.mro(model) if "objects" in known.get(b, {})), "")
    own = manager in program.classes and program.inherits(manager, _QUERYSET)
    return Type(manager if own else _QUERYSET, (Type(model),))


def _named(method: FunctionInfo | None, names: tuple[str, ...], given: Type) -> Given:
    for parameter in method.node.params if method is not None else ():
        if parameter.name in names:
            yield method.id, parameter.name, given  # type: ignore[union-attr]


def _signal_parameters(program: Program) -> Given:
    """The instance that a receiver of a model's signal gets."""
    for receiver in receivers(program):
        model = receiver.model or subject_of(receiver.function, program)
        if model:
            yield from _named(receiver.function, ("instance",), Type(model))
            yield from _named(receiver.function, ("sender",), Type(model, (), True))




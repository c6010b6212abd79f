"""What mutations of libraries write by themselves: those on a form, a serializer or a model, and those that sign a caller in."""

from __future__ import annotations

from agentlint.api import ClassInfo, Effect, EffectOperation, Program, Ref
from agentlint_django.forms import Written, form_of_class, meta_model, meta_value
from agentlint_drf.serializers import written_by

SAVE, DELETE = "django.db.models.Model.save()", "django.db.models.Model.delete()"
_LOGINS = ("ObtainJSONWebToken", "ObtainPairToken", "ObtainToken", "SocialAuth", "SocialAuthJWT")
_LOGOUTS = ("RevokeToken", "Revoke", "DeleteJSONWebTokenCookie", "DeleteRefreshTokenCookie")
_CRUD: tuple[tuple[str, EffectOperation], ...] = (("Create", "create"), ("Delete", "delete"), ("Patch", "update"), ("Update", "update"))


def library_effects(name: str, info: ClassInfo | None, program: Program, place: tuple[str, int]) -> tuple[Effect, ...]:
    """Effects of a mutation class that no line of the project shows: a class of a library by its name, one of the project by its bases."""
    bases = [b for b in program.mro(info.id) if b not in program.classes] if info is not None else [name]
    last = [b.rpartition(".")[2] for b in bases]
    if any(b in _LOGINS for b in last):
        return (Effect("authentication", "login", "", *place, "", registered=True),)
    if any(b in _LOGOUTS for b in last):
        return (Effect("authentication", "logout", "", *place, "", registered=True),)
    meta = program.classes.get(info.nested.get("Meta", "")) if info is not None else None
    if info is None or meta is None:
        return ()
    if any(b.endswith("FormMutation") for b in last) and program.method(info.id, "perform_mutate") is None:
        return _of_form(meta, program, place)
    if "SerializerMutation" in last and program.method(info.id, "perform_mutate") is None:
        return _of_serializer(meta, program, place)
    if any(b.startswith("graphene_django_cud") for b in bases):
        return _of_model(meta, last, program, place)
    return ()


def _of_form(meta: ClassInfo, program: Program, place: tuple[str, int]) -> tuple[Effect, ...]:
    form = meta_value(meta, "form_class", program)
    written = form_of_class(form.name, program).written if isinstance(form, Ref) else None
    return (_written(written, "write", place),) if written is not None else ()


def _of_serializer(meta: ClassInfo, program: Program, place: tuple[str, int]) -> tuple[Effect, ...]:
    serializer = meta_value(meta, "serializer_class", program)
    written = written_by(serializer.name, program) if isinstance(serializer, Ref) else None
    told = meta_value(meta, "model_operations", program)
    both: tuple[EffectOperation, ...] = ("create", "update")
    wanted = [o for o in both if not isinstance(told, list | tuple) or o in told]
    return tuple(_written(written, operation, place) for operation in wanted) if written is not None else ()


def _of_model(meta: ClassInfo, bases: list[str], program: Program, place: tuple[str, int]) -> tuple[Effect, ...]:
    model = meta_model(meta, program)
    operation = next((o for b in bases for word, o in _CRUD if word in b), None)
    return (_written(Written(model), operation, place),) if model and operation is not None else ()


def _written(written: Written, operation: EffectOperation, place: tuple[str, int]) -> Effect:
    api = DELETE if operation == "delete" else SAVE
    return Effect(
        "orm-write", operation, written.model.rpartition(".")[2], *place, "", model=written.model, fields=() if operation == "delete" else written.fields,
        api=api, registered=True,
    )

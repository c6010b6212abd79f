"""Serializers: the model behind one, the fields that a caller may write, and what saving it does."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import CallSite, ClassInfo, Context, Effect, FunctionInfo, Program, Ref, Type, Value, syntax, walk
from agentlint_django.forms import Written, meta_model, meta_value
from agentlint_django.models import models_of
from agentlint_drf.viewsets import ViewSet

BASE = "rest_framework.serializers.BaseSerializer"
MODEL_SERIALIZER = "rest_framework.serializers.ModelSerializer"
HOOKS = ("create", "update", "save", "validate", "to_internal_value")
SAVE, DELETE = "django.db.models.Model.save()", "django.db.models.Model.delete()"
_READ_ONLY = ("SerializerMethodField", "ReadOnlyField", "HyperlinkedIdentityField", "HiddenField", "StringRelatedField")
_NEVER = frozenset({"id", "pk", "url"})
_PERFORM = {"perform_create": "create", "perform_update": "update", "perform_destroy": "delete"}
"""Hooks of the framework's mixins. https://www.django-rest-framework.org/api-guide/generic-views/#mixins"""
_STANDARD = {"create": "create", "update": "update", "partial_update": "update", "destroy": "delete"}
_VIEW_HOOKS = frozenset({"create", "update", "partial_update", "perform_create", "perform_update"})


def is_serializer(class_id: str, program: Program) -> bool:
    """True for a serializer class of the project."""
    return class_id in program.classes and (
        program.inherits(class_id, BASE, MODEL_SERIALIZER) or any(b.endswith("Serializer") for b in program.mro(class_id) if b not in program.classes))


def written_by(class_id: str, program: Program) -> Written | None:
    """The model and the writable fields of a serializer; fields are empty when all are writable."""
    for base in program.mro(class_id):
        info = program.classes.get(base)
        meta = program.classes.get(info.nested.get("Meta", "")) if info is not None else None
        model = meta_model(meta, program) if meta is not None else ""
        if meta is not None and model:
            return Written(model, _fields(class_id, meta, model, program))
    return None


def _fields(class_id: str, meta: ClassInfo, model: str, program: Program) -> tuple[str, ...]:
    listed, excluded = _texts(meta_value(meta, "fields", program)), _texts(meta_value(meta, "exclude", program))
    declared = _declared(class_id, program)
    closed = {*_texts(meta_value(meta, "read_only_fields", program)), *(name for name, (_, fixed) in declared.items() if fixed), *_closed(meta, program)}
    fixed = models_of(program).fixed(model) - {name for name, (_, told) in declared.items() if not told}
    if listed:
        names = set(listed)
    elif excluded or closed or fixed:
        names = {f for f in models_of(program).fields(model) if f not in excluded} | set(declared)
    else:
        return ()
    own = set(models_of(program).fields(model))
    # the key of a relation is a property of the row, and no field that a serializer could write
    closed |= {name for name in names if name.endswith("_id") and name not in declared and name not in own and name.removesuffix("_id") in own}
    sources = {source for name, (source, fixed) in declared.items() if name in names and source and not fixed}
    return tuple(sorted((names - closed - fixed - _NEVER) | sources)) or ("",)


def _closed(meta: ClassInfo, program: Program) -> set[str]:
    """Fields that `extra_kwargs` makes read-only."""
    options = meta_value(meta, "extra_kwargs", program)
    return {k for k, v in options.items() if isinstance(v, dict) and v.get("read_only") is True} if isinstance(options, dict) else set()


def _declared(class_id: str, program: Program) -> dict[str, tuple[str, bool]]:
    """Fields that the class itself declares: name to (source, read-only)."""
    found: dict[str, tuple[str, bool]] = {}
    for base in reversed(program.mro(class_id)):
        info = program.classes.get(base)
        for name, value in info.attributes.items() if info is not None else ():
            if isinstance(value, syntax.Call):
                options = {k.name: k.value for k in value.keywords if k.name}
                source, fixed = options.get("source"), options.get("read_only")
                kind = walk.dotted(value.func).rpartition(".")[2]
                is_fixed = (isinstance(fixed, syntax.Constant) and fixed.value is True) or kind in _READ_ONLY
                found[name] = (str(source.value) if isinstance(source, syntax.Constant) else "", is_fixed)
    return found


def _texts(value: Value) -> list[str]:
    return [v for v in value if isinstance(v, str)] if isinstance(value, list | tuple) else []


# --------------------------------------------------------------------- saving


def serializer_effects(site: CallSite, context: Context) -> Iterator[Effect]:
    """The effect of `serializer.save()` and of `super().create()` in a serializer, where its class is known."""
    program = context.program
    if site.name in _PERFORM:
        yield from _performed(site, context)
    if site.name in _STANDARD:
        yield from _done_above(site, context)
    if site.name not in ("save", "create", "update"):
        return
    for kind in site.receiver:
        if kind.meta or not is_serializer(kind.name, program):
            continue
        written = written_by(kind.name, program)
        for operation in _operations(site, kind, context) if written is not None else ():
            yield Effect(
                "orm-write", operation, written.model.rpartition(".")[2], site.file, site.line, site.caller, model=written.model,  # type: ignore[arg-type, union-attr]
                fields=written.fields, api=SAVE, methods=site.methods,  # type: ignore[union-attr]
            )
        return


def _performed(site: CallSite, context: Context) -> Iterator[Effect]:
    """What the framework's own hooks do for an extra action that hands them its serializer or its rows: `self.perform_destroy(found)`.

    Where a standard operation hands on to them, the view's own operation says it.
    """
    program, info = context.program, context.program.functions.get(site.caller)
    if site.targets or not site.library or not site.call.args or info is None or info.node.name in (*_VIEW_HOOKS, "destroy", *_PERFORM):
        return
    operation = _PERFORM[site.name]
    for kind in context.types.of(site.call.args[0], info.id):
        given = written_by(kind.name, program) if operation != "delete" and is_serializer(kind.name, program) else None
        if given is not None and program.method(kind.name, operation) is not None:
            return  # the serializer's own code tells
        model = given.model if given is not None else next((t.name for t in (kind, *kind.args) if t.name in models_of(program)), "")
        if model and (given is not None or operation == "delete"):
            yield Effect(
                "orm-write", operation, model.rpartition(".")[2], site.file, site.line, site.caller, model=model,  # type: ignore[arg-type]
                fields=given.fields if given is not None else (), api=DELETE if operation == "delete" else SAVE, methods=site.methods,
            )
            return


def _done_above(site: CallSite, context: Context) -> Iterator[Effect]:
    """What an extra action does by a standard operation of the framework's view: `return super().create(request)` in `open`."""
    program, info = context.program, context.program.functions.get(site.caller)
    above = site.call.func.value if isinstance(site.call.func, syntax.Attribute) else None
    on_super = isinstance(above, syntax.Call) and walk.dotted(above.func) == "super"
    if not on_super or site.targets or info is None or info.owner not in program.classes or info.node.name in (*_VIEW_HOOKS, "destroy", *_PERFORM):
        return
    view, operation = ViewSet(program.classes[info.owner], program), _STANDARD[site.name]
    told = view.attribute("serializer_class")
    given = written_by(told.name, program) if isinstance(told, Ref) and is_serializer(told.name, program) else None
    model = view.model() or (given.model if given is not None else "")
    if model and "rest_framework.generics.GenericAPIView" in program.mro(info.owner):
        fields = given.fields if given is not None and operation != "delete" else ()
        yield Effect(
            "orm-write", operation, model.rpartition(".")[2], site.file, site.line, site.caller, model=model, fields=fields,  # type: ignore[arg-type]
            api=DELETE if operation == "delete" else SAVE, methods=site.methods,
        )


def _operations(site: CallSite, kind: Type, context: Context) -> list[str]:
    """What the framework itself does at the call: nothing where the project's own `create` or `update` runs instead."""
    program = context.program
    hooks = ("create", "update") if site.name == "save" else ()  # which of them runs, the call tells below
    if any(t.confidence != "low" and _tells(t.function, program) for t in site.targets if t.function.rpartition(".")[2] not in hooks):
        return []
    if site.name != "save":
        above = site.call.func.value if isinstance(site.call.func, syntax.Attribute) else None
        on_super = isinstance(above, syntax.Call) and walk.dotted(above.func) == "super"
        return [site.name] if on_super and program.inherits(kind.name, MODEL_SERIALIZER) else []
    wanted = _wanted(site.call, program.functions.get(site.caller), program)
    return [o for o in wanted if program.method(kind.name, o) is None and program.inherits(kind.name, MODEL_SERIALIZER)]


def _tells(function: str, program: Program) -> bool:
    """True for a method of a serializer of the project. A model's own `save`, which the framework calls, does not say what for."""
    info = program.functions.get(function)
    return info is not None and info.owner not in models_of(program)


def _wanted(call: syntax.Call, info: FunctionInfo | None, program: Program) -> list[str]:
    """What a call of `save` is for: by whether the serializer was made on an instance, else by the hook that it stands in."""
    receiver = call.func.value if isinstance(call.func, syntax.Attribute) else None
    variable = receiver.id if isinstance(receiver, syntax.Name) else ""
    for stmt in walk.statements(info.node.body) if info is not None and variable else ():
        named = isinstance(stmt, syntax.Assign) and any(isinstance(t, syntax.Name) and t.id == variable for t in stmt.targets)
        if named and isinstance(stmt, syntax.Assign) and isinstance(stmt.value, syntax.Call):
            on_instance = stmt.value.args or any(k.name == "instance" for k in stmt.value.keywords)
            return ["update"] if on_instance else ["create"]
    name = info.node.name if info is not None else ""
    if name in ("perform_create", "create", "post"):
        return ["create"]
    if name in ("perform_update", "update", "partial_update", "put", "patch"):
        return ["update"]
    return ["create", "update"]


def saving_edges(context: Context) -> Iterator[tuple[str, str, str]]:
    """(caller, hook, serializer): `serializer.save()` runs the project's own `create` and `update` of the serializer, named where it can be one only."""
    program = context.program
    for info in program.functions.values():
        for call in program.calls_in(info):
            if not isinstance(call.func, syntax.Attribute) or call.func.attr != "save":
                continue
            kinds = [kind.name for kind in context.types.of(call.func.value, info.id) if not kind.meta and is_serializer(kind.name, program)]
            if len(kinds) > 1 and info.node.name in _VIEW_HOOKS:
                continue  # a base saves what each view below has: the view's own operations say which
            for kind in kinds:
                for hook in _wanted(call, info, program):
                    method = program.method(kind, hook)
                    if method is not None:
                        yield info.id, method.id, kind if len(kinds) == 1 else ""


def serializer_types(program: Program) -> Iterator[tuple[str, str, Type]]:
    """What the framework hands to serializers: their instance."""
    for class_id in program.subclasses(BASE):
        written = written_by(class_id, program)
        if written is None:
            continue
        yield class_id, "instance", Type(written.model)
        update = program.classes[class_id].methods.get("update")
        if update is not None:
            params = program.functions[update].node.params
            if len(params) > 1:
                yield update, params[1].name, Type(written.model)



"""Serializers: the model behind one, the fields that a caller may write, and what saving it does."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import CallSite, ClassInfo, Context, Effect, FunctionInfo, Program, Type, syntax, walk
from agentlint_django.forms import Written, meta_model, model_fields

MODEL_SERIALIZERS = ("rest_framework.serializers.ModelSerializer", "rest_framework.serializers.HyperlinkedModelSerializer")
HOOKS = ("create", "update", "save", "validate", "to_internal_value")
_SAVE = "django.db.models.Model.save()"


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
    def told(name: str) -> object:
        held = program.attribute(meta.id, name)
        return program.fold(held[0], held[1]) if held is not None else None

    listed, excluded, fixed = told("fields"), told("exclude"), told("read_only_fields")
    readonly = {str(f) for f in fixed} if isinstance(fixed, (list, tuple)) else set()
    declared = _declared(class_id, program)
    readonly |= {name for name, (_, fixed_field) in declared.items() if fixed_field}
    if isinstance(listed, (list, tuple)):
        names = {str(f) for f in listed}
    elif isinstance(excluded, (list, tuple)) and excluded:
        names = {f for f in model_fields(model, program) if f not in excluded} | set(declared)
    else:
        if not readonly:
            return ()
        names = set(model_fields(model, program)) | set(declared)
    sources = {source for name, (source, fixed_field) in declared.items() if name in names and source and not fixed_field}
    return tuple(sorted((names - readonly - {"id", "pk", "url"}) | sources)) or ("",)


def _declared(class_id: str, program: Program) -> dict[str, tuple[str, bool]]:
    """Fields that the class itself declares: name to (source, read-only)."""
    found: dict[str, tuple[str, bool]] = {}
    for base in reversed(program.mro(class_id)):
        info = program.classes.get(base)
        for name, value in info.attributes.items() if info is not None else ():
            if isinstance(value, syntax.Call):
                options = {k.name: k.value for k in value.keywords if k.name}
                source = options.get("source")
                fixed = options.get("read_only")
                kind = walk.dotted(value.func).rpartition(".")[2]
                is_fixed = (isinstance(fixed, syntax.Constant) and fixed.value is True) or kind in ("SerializerMethodField", "ReadOnlyField")
                found[name] = (str(source.value) if isinstance(source, syntax.Constant) else "", is_fixed)
    return found


def serializer_attributes(program: Program) -> dict[str, dict[str, Type]]:
    """`instance` of every model serializer, by class id."""
    found = {}
    for class_id in sorted({c for base in MODEL_SERIALIZERS for c in program.subclasses(base)}):
        written = written_by(class_id, program)
        if written is not None:
            found[class_id] = {"instance": Type(written.model)}
    return found


def serializer_effects(site: CallSite, context: Context) -> Iterator[Effect]:
    """The effect of `serializer.save()`, and of `super().create()` and `super().update()` in an override, where the serializer's class is known."""
    own = site.library.rpartition(".")[0] in MODEL_SERIALIZERS and site.name in ("create", "update")
    if site.name != "save" and not own:
        return
    for kind in site.receiver:
        if not kind.meta and kind.name in context.program.classes and context.program.inherits(kind.name, *MODEL_SERIALIZERS):
            written = written_by(kind.name, context.program)
            if written is not None:
                yield Effect("orm-write", "update" if _on_instance(site, context) else "create", written.model.rpartition(".")[2], site.file, site.line, site.caller,
                             model=written.model,
                             fields=written.fields, api=_SAVE, methods=site.methods)
            return


def _on_instance(site: CallSite, context: Context) -> bool:
    info = context.program.functions.get(site.caller)
    receiver = site.call.func.value if isinstance(site.call.func, syntax.Attribute) else None
    if not isinstance(info, FunctionInfo) or not isinstance(receiver, syntax.Name):
        return False
    for stmt in walk.statements(info.node.body):
        if isinstance(stmt, syntax.Assign) and isinstance(stmt.value, syntax.Call) and any(isinstance(t, syntax.Name) and t.id == receiver.id for t in stmt.targets):
            if stmt.value.args or any(k.name == "instance" for k in stmt.value.keywords):
                return True
    return False

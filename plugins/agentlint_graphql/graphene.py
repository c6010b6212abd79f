"""Graphene: fields of root object types, mutation classes behind them, and what Graphene-Django's mutations write by themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from agentlint.api import ClassInfo, Context, FunctionInfo, Program, Type, syntax, walk
from agentlint_graphql.fields import KINDS, Field, Kind, camel, function_field, keyword, said_name
from agentlint_graphql.roots import Roots
from agentlint_graphql.written import library_effects

_PREFIXES = ("graphene", "graphql_jwt.", "graphql_auth.", "graphql_social_auth.")
_HANDLERS = ("mutate", "mutate_and_get_payload", "perform_mutate", "resolve_mutation", "perform_mutation")
"""Methods that answer a mutation, outermost first."""
_HOOKS = ("get_form", "get_form_kwargs", "get_serializer_kwargs", "get_object", "before_mutate", "before_save", "after_mutate", "validate", "get_queryset")


def meta_types(program: Program) -> Mapping[str, Mapping[str, Type]]:
    """`cls._meta` holds what the class's own `Meta` says."""
    found: dict[str, Mapping[str, Type]] = {}
    for class_id, info in program.classes.items():
        if "Meta" in info.nested and is_graphene(class_id, program):
            found[class_id] = {"_meta": Type(info.nested["Meta"])}
    return found


def is_graphene(class_id: str, program: Program) -> bool:
    """True for a class below one of Graphene or of a library that adds to it."""
    return any(base.startswith(_PREFIXES) for base in program.mro(class_id) if base not in program.classes)


def is_mutation(class_id: str, program: Program) -> bool:
    """True for a mutation class of the project."""
    if class_id not in program.classes or not is_graphene(class_id, program):
        return False
    return any("Mutation" in base.rpartition(".")[2] for base in program.mro(class_id) if base not in program.classes)


def graphene_fields(context: Context, roots: Roots) -> Iterator[Field]:
    """Fields of all roots; without a schema that names them, the mutations that classes of the project register."""
    reader = _Reader(context)
    seen: set[tuple[Kind, str, str]] = set()
    for kind in KINDS:
        classes = roots.composed(kind) or tuple(reader.loose(kind))
        for class_id in classes:
            for field in reader.fields(context.program.classes[class_id], kind):
                key = (kind, field.name, field.symbol if field.handler else field.owner)
                if key not in seen:
                    seen.add(key)
                    yield field


class _Reader:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._program = context.program

    def loose(self, kind: Kind) -> Iterator[str]:
        """Classes that hold fields of mutation classes, where no schema says what its root is."""
        if kind == "mutation":
            for class_id, info in self._program.classes.items():
                if any(is_mutation(self._behind(value, info), self._program) for value in info.attributes.values()):
                    yield class_id

    def fields(self, info: ClassInfo, kind: Kind) -> Iterator[Field]:
        """Fields that one class declares."""
        own = is_graphene(info.id, self._program)  # a mixin may be a plain class: then only mutation classes say that it is one
        for attr, value in info.attributes.items():
            if isinstance(value, syntax.Call) and not attr.startswith("_") and (own or is_mutation(self._behind(value, info), self._program)):
                yield from self._field(attr, value, info, kind)

    def _field(self, attr: str, value: syntax.Call, info: ClassInfo, kind: Kind) -> Iterator[Field]:
        name = said_name(value, self._program, info) or camel(attr)
        behind = self._behind(value, info)
        place = (info.module.path, value.line)
        if is_mutation(behind, self._program) or (kind == "mutation" and behind in self._program.classes):
            yield self._mutation(self._program.classes[behind], kind, name, place)
            return
        resolver = self._resolver(attr, value, info)
        if resolver is not None:
            yield function_field(kind, name, resolver, owner=info.id if resolver.owner else "", place=place)
        elif behind and kind == "mutation":  # a library's own mutation
            effects = library_effects(behind, None, self._program, place)
            yield Field(kind, name, f"{info.node.qualname}.{attr}", *place, "", "", *place, effects=effects)
        elif _is_field(value):
            yield Field(kind, name, f"{info.node.qualname}.{attr}", *place, "", "", *place)

    def _behind(self, value: syntax.Expr, info: ClassInfo) -> str:
        """The class of `CloseTicket.Field()`; empty for anything else."""
        if isinstance(value, syntax.Call) and isinstance(value.func, syntax.Attribute) and value.func.attr in ("Field", "field"):
            return self._program.resolve(value.func.value, info)
        return ""

    def _resolver(self, attr: str, value: syntax.Call, info: ClassInfo) -> FunctionInfo | None:
        told = keyword(value, "resolver") or keyword(value, "resolve")
        named = self._program.lookup(self._program.resolve(told, info)) if told is not None else None
        if isinstance(named, FunctionInfo):
            return named
        return self._program.method(info.id, f"resolve_{attr}")

    def _mutation(self, info: ClassInfo, kind: Kind, name: str, place: tuple[str, int]) -> Field:
        handlers = [m for n in _HANDLERS if (m := self._method(info, n)) is not None]
        hooks = [m.id for n in _HOOKS if (m := self._program.method(info.id, n)) is not None]
        effects = library_effects("", info, self._program, (info.module.path, info.node.line))
        first = handlers[0] if handlers else None
        mine = first is not None and first.owner == info.id
        return Field(
            kind, name, first.node.qualname if mine and first else info.node.qualname, info.module.path, first.node.line if mine and first else info.node.line,
            first.id if first else "", info.id, *place, extra=tuple(dict.fromkeys([*(h.id for h in handlers[1:]), *hooks])), effects=effects,
        )

    def _method(self, info: ClassInfo, name: str) -> FunctionInfo | None:
        method = self._program.method(info.id, name)
        held = self._program.attribute(info.id, name) if method is None else None
        named = self._program.lookup(self._program.resolve(held[0], held[1])) if held is not None else None
        return method or (named if isinstance(named, FunctionInfo) else None)


def _is_field(value: syntax.Call) -> bool:
    """True for what declares a field and not an argument or a helper: `Field(...)`, `List(...)`, `ConnectionField(...)`, `String()`."""
    name = walk.dotted(value.func).rpartition(".")[2]
    return bool(name) and name[0].isupper() and not name.endswith(("Argument", "InputField"))



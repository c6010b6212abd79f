"""Which model an open effect of a generic or abstract class means once the concrete class is known, and which method an open request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from agentlint.analysis.calls.sites import CallSite
from agentlint.analysis.effects.arguments import argument_for, default_of, handed_to, parameter_names, spread_name, takes_any
from agentlint.analysis.effects.fields import constructor_fields
from agentlint.analysis.effects.models import Model, Models
from agentlint.analysis.effects.places import Places
from agentlint.analysis.effects.row_origins import RowOrigins
from agentlint.analysis.effects.set_names import keys_given
from agentlint.analysis.program import ClassInfo, FunctionInfo, Program
from agentlint.analysis.types.inference import Type
from agentlint.ir import syntax as s
from agentlint.ir.effects import Effect
from agentlint.ir.walk import dotted

_SAYS_MODEL = ("model", "queryset", "model_class")
_ANY_ROW = frozenset({"instance", "obj", "object", "queryset", "qs", "row", "rows", "entity", "record", "item"})
"""Parameters of shared methods that take whatever the concrete class is about."""


class Binding:
    """Binds type variables, class attributes and inherited `self` to a concrete class."""

    def __init__(self, program: Program, models: Models, places: Places, origins: RowOrigins) -> None:
        self._program = program
        self._origins = origins
        self._models = models
        self._places = places
        self._arguments: dict[Type, Mapping[str, Type]] = {}
        self._ancestors: dict[str, frozenset[str]] = {}
        self._roots = frozenset(row.at for file in program.library.files for row in file.models)
        """Base classes of persistent classes: a write of one says nothing of the model."""

    def ancestors(self, class_id: str) -> frozenset[str]:
        """The class and all its bases."""
        known = self._ancestors.get(class_id)
        if known is None:
            known = self._ancestors[class_id] = frozenset(self._program.mro(class_id)) if class_id in self._program.classes else frozenset()
        return known

    def is_model(self, name: str) -> bool:
        """True for a class whose instances are rows."""
        return bool(self._models.style(name))

    def bind(self, effect: Effect, concrete: Type) -> Effect:
        """The effect as it is when its function runs on an instance of the concrete class."""
        if effect.open_model:
            if effect.kind == "outbound-http":
                return effect
            model = self._open(effect.open_model, concrete)
            return effect if model is None else _with_model(effect, model)
        if effect.kind == "orm-write" and effect.model in self._roots:
            model = self._own_model(concrete.name)
            return effect if model is None else _with_model(effect, model)
        info = self._program.functions.get(effect.function)
        inherited = effect.model and effect.model != concrete.name and info is not None and info.owner == effect.model
        if inherited and effect.model in self.ancestors(concrete.name) and self._models.style(concrete.name):
            return _with_model(effect, Model(concrete.name, concrete.name.rpartition(".")[2]))
        return effect

    def bind_argument(self, effect: Effect, site: CallSite, callee: FunctionInfo) -> Effect:
        """The effect as it is when its open model is a parameter that this call fills."""
        _, function, name = effect.open_model.split(" ")
        if function != callee.id:
            return effect
        if effect.kind == "outbound-http":
            return self._with_verb(effect, site, callee, name)
        given = argument_for(site, callee, name)
        model = self._given(given, site) if given is not None else None
        if model is not None and model.name and effect.target and not self._models.style(model.name) and not self._models.is_mixed_in(model.name):
            model = None  # what is handed in holds the row, and is none
        bound = _with_model(effect, model) if model is not None else msgspec.structs.replace(effect, open_model="", untold=True)
        return self._with_origin(bound, given, site.caller) if effect.operation == "write" and not effect.fields else bound

    def bind_mixed_in(self, effect: Effect, concrete: Type | None) -> Effect:
        """A write of a row that the caller only knows by what is mixed into its class: of the class on which the caller runs."""
        mixed_in = concrete is not None and effect.model and effect.model != concrete.name and self._models.is_mixed_in(effect.model)
        if concrete is None or not mixed_in or effect.model not in self.ancestors(concrete.name) or not self._models.style(concrete.name):
            return effect
        return _with_model(effect, Model(concrete.name, concrete.name.rpartition(".")[2]))

    def _with_origin(self, effect: Effect, given: s.Expr | None, function: str) -> Effect:
        """The saving of a row that this call hands in: of one built for it a creation, of one that was loaded an update."""
        made = self._origins.made(given, function)
        if made is not None:
            return msgspec.structs.replace(effect, operation="create", fields=constructor_fields(*made, self._places))
        return msgspec.structs.replace(effect, operation="update") if self._origins.loaded(given, function) else effect

    def bind_fields(self, effect: Effect, site: CallSite, callee: FunctionInfo) -> Effect | None:
        """The effect with the keys of the mapping that this call hands in as its fields; None when the call hands in none and nothing is written."""
        function, _, name = effect.open_fields.partition(" ")
        if function != callee.id:
            return effect
        if name == spread_name(callee):
            return self._with_keywords(effect, site, callee)
        given = argument_for(site, callee, name)
        spread = any(not k.name for k in site.call.keywords) or any(isinstance(a, s.Other) for a in site.call.args)
        if given is None and not spread and _is_none(default_of(callee, name)):
            return msgspec.structs.replace(effect, fields=(), open_fields="") if self._falls_back(effect.function) else None
        handed_in = handed_to(given, self._program.functions.get(site.caller), self._program) if given is not None else ""
        fields = keys_given(given, site.caller, self._places) if given is not None and not handed_in else ()
        return msgspec.structs.replace(effect, fields=fields, open_fields=handed_in)

    def _falls_back(self, function: str) -> bool:
        """True for a function that finds names itself where it is handed none: `if names is None: names = values.keys()`."""
        info = self._program.functions.get(function)
        return info is not None and any(_is_none(p.default) and self._places.assigned(function, p.name) for p in info.node.params)

    def _with_keywords(self, effect: Effect, site: CallSite, callee: FunctionInfo) -> Effect | None:
        """The effect with the keywords that only `**values` takes as its fields; None when there are none."""
        named = tuple(k.name for k in site.call.keywords if k.name and k.name not in parameter_names(callee))
        spread = [k.value for k in site.call.keywords if not k.name]
        caller = self._program.functions.get(site.caller)
        if len(spread) == 1 and not named and caller is not None and dotted(spread[0]) == spread_name(caller) != "":
            return msgspec.structs.replace(effect, open_fields=f"{caller.id} {spread_name(caller)}")
        keys = [keys_given(given, site.caller, self._places) for given in spread]
        if not named and not spread:
            return None
        fields = tuple(sorted({*named, *(key for held in keys for key in held)})) if all(keys) else ()
        return msgspec.structs.replace(effect, fields=fields, open_fields="")

    def _with_verb(self, effect: Effect, site: CallSite, callee: FunctionInfo, name: str) -> Effect:
        """A request by the method that the call says, or that its own caller says, also among keywords that are handed on."""
        given, caller = argument_for(site, callee, name), self._program.functions.get(site.caller)
        spread = given is None and any(not k.name for k in site.call.keywords)
        handed_in = f"{site.caller} {name}" if spread and caller is not None and takes_any(caller) else ""
        if given is not None and not handed_in:
            handed_in = handed_to(given, caller, self._program)
        if handed_in:
            return msgspec.structs.replace(effect, open_model=f"parameter {handed_in}")
        said = given if given is not None or spread else default_of(callee, name)
        value = self._places.constant(said, site.caller) if said is not None else None
        verb = value.upper() if isinstance(value, str) and value.isalpha() else ""
        return msgspec.structs.replace(effect, verb=verb, open_model="")

    def _given(self, expr: s.Expr, site: CallSite) -> Model | None:
        value = self._places.constant(expr, site.caller)
        if isinstance(value, str):
            return self._models.of_table(value) or Model(target=value)
        found = self._models.of_types(self._places.item(t) for t in self._places.typed(expr, site.caller))
        handed_in = isinstance(expr, s.Name) and expr.id in parameter_names(self._program.functions.get(site.caller))
        further = f"parameter {site.caller} {expr.id}" if isinstance(expr, s.Name) and handed_in else ""
        if found:  # several, where its own callers hand in several: each of them tells which
            return found[0] if len(found) == 1 or not further else Model(found[0].name, found[0].target, further)
        return Model(open_model=further) if further else None

    def _open(self, what: str, concrete: Type) -> Model | None:
        kind, _, name = what.partition(" ")
        if kind == "parameter":
            return (self._own_model(concrete.name) or self._told(concrete.name)) if name.rpartition(" ")[2] in _ANY_ROW else None
        if kind == "abstract":
            if name in self.ancestors(concrete.name) and name != concrete.name:
                return Model(concrete.name, concrete.name.rpartition(".")[2])
            told = self._told(concrete.name)
            return told if told is not None and name in self.ancestors(told.name) else None
        if kind == "variable":
            bound = self._bound(concrete).get(name)
            return self._models.of_type(bound) if bound is not None else None
        found = self._program.attribute(concrete.name, name)
        if found is not None:
            return self._class_in(*found)
        return next((m for m in map(self._annotated, self._program.mro(concrete.name), [name] * 99) if m is not None), None)

    def _own_model(self, class_id: str) -> Model | None:
        """The one model that a class says it is about, in its body or its `Meta`."""
        for name in _SAYS_MODEL:
            held = self._program.attribute(class_id, name)
            if held is not None and (found := self._class_in(*held)) is not None:
                return found
        for base in self._program.mro(class_id):
            info = self._program.classes.get(base)
            meta = self._program.classes.get(info.nested.get("Meta", "")) if info is not None else None
            if meta is not None and "model" in meta.attributes:
                return self._class_in(meta.attributes["model"], meta)
        return None

    def _told(self, class_id: str) -> Model | None:
        """The model that a framework says a class is about: that of an admin class is named where it is registered."""
        about = {t.name for t in self._places.types.attribute(Type(class_id), "model") if t.meta and self._models.style(t.name)}
        return Model(name, name.rpartition(".")[2]) if len(about) == 1 and (name := about.pop()) else None

    def _annotated(self, class_id: str, name: str) -> Model | None:
        info = self._program.classes.get(class_id)
        expr = info.annotations.get(name) if info is not None else None
        if info is None or expr is None:
            return None
        return self._class_in(expr.index if isinstance(expr, s.Subscript) else expr, info)

    def _class_in(self, expr: s.Expr, info: ClassInfo) -> Model | None:
        """The model named in `Order`, `Order.objects.all()`, `Repository(Order)`: the first part that is persistent."""
        while True:
            name = self._program.resolve(expr, info) if isinstance(expr, (s.Name, s.Attribute)) else ""
            if name and self._models.style(name):
                return Model(name, name.rpartition(".")[2])
            match expr:
                case s.Attribute() | s.Subscript():
                    expr = expr.value
                case s.Call():
                    inner = self._class_in(expr.args[0], info) if expr.args and isinstance(expr.args[0], (s.Name, s.Attribute)) else None
                    if inner is not None:  # `Repository(Order)`
                        return inner
                    expr = expr.func
                case _:
                    return None

    def _bound(self, concrete: Type) -> Mapping[str, Type]:
        known = self._arguments.get(concrete)
        if known is None:
            found: dict[str, Type] = {}
            for name, type_ in self._walk(concrete, {}, set()):
                found.setdefault(name, type_)
            known = self._arguments[concrete] = found
        return known

    def _walk(self, type_: Type, outer: Mapping[str, Type], seen: set[str]) -> Iterator[tuple[str, Type]]:
        info = self._program.classes.get(type_.name)
        if info is None or type_.name in seen:
            return
        seen.add(type_.name)
        own = dict(zip(self._parameters(info), type_.args, strict=False))
        yield from own.items()
        for base in info.node.bases:
            if isinstance(base, s.Subscript):
                name = self._program.resolve(base.value, info)
                arguments = tuple(self._argument(a, info, {**outer, **own}) for a in _items(base.index))
                yield from self._walk(Type(name, arguments), own, seen)
            elif isinstance(base, (s.Name, s.Attribute)):
                yield from self._walk(Type(self._program.resolve(base, info)), own, seen)

    def _argument(self, expr: s.Expr, info: ClassInfo, known: Mapping[str, Type]) -> Type:
        name = self._program.resolve(expr, info)
        return known.get(name) or Type(name)

    def _parameters(self, info: ClassInfo) -> tuple[str, ...]:
        """Type variables of a class in order: those of `Generic[...]`, else in order of appearance."""
        names: list[str] = []
        for base in info.node.bases:
            if isinstance(base, s.Subscript):
                found = [n for a in _items(base.index) if (n := self._program.resolve(a, info)) and self._is_variable(n)]
                if self._program.resolve(base.value, info).rpartition(".")[2] in ("Generic", "Protocol"):
                    return tuple(found)
                names.extend(found)
        return tuple(dict.fromkeys(names))

    def _is_variable(self, name: str) -> bool:
        model = self._models.of_type(Type(name))
        return model is not None and model.open_model.startswith("variable ")


def _is_none(expr: s.Expr | None) -> bool:
    return isinstance(expr, s.Constant) and expr.value is None


def _items(index: s.Expr) -> tuple[s.Expr, ...]:
    return index.items if isinstance(index, s.Sequence) else (index,)


def _with_model(effect: Effect, model: Model) -> Effect:
    return msgspec.structs.replace(effect, model=model.name, target=model.target, open_model=model.open_model)

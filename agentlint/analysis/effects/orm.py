"""Writes of persistent models: which model, which operation, which fields, from typed call sites and attribute assignments."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

import msgspec

from agentlint.analysis.calls.sites import CallSite
from agentlint.analysis.effects.documents import NAMED_BY_TEXT, Documents
from agentlint.analysis.effects.fields import InMemory, constructor_fields, is_setattr, row_fields, unique
from agentlint.analysis.effects.models import Model, Models
from agentlint.analysis.effects.naming import Naming
from agentlint.analysis.effects.places import Places
from agentlint.analysis.effects.row_origins import RowOrigins
from agentlint.analysis.effects.set_names import filled_in, handed_mapping, is_filling, set_names
from agentlint.analysis.program import FunctionInfo
from agentlint.analysis.types.inference import AttributeWrite, Type
from agentlint.analysis.wording import words
from agentlint.ir import syntax as s
from agentlint.ir.effects import Confidence, Effect, EffectKind, EffectOperation
from agentlint.ir.walk import calls, dotted
from agentlint.knowledge.schema import EffectRow

_MANY = "django.db.models.ManyRelatedManager"
_PERMISSION_MODELS = frozenset({"django.contrib.auth.models.Group", "django.contrib.auth.models.Permission"})
_HOLDERS = frozenset({"user", "users", "account", "member", "membership", "person", "profile", "staff", "employee", "group", "role", "team", "token", "key"})
_TAKING = frozenset({"remove", "aremove", "clear", "aclear"})
_COLLECTION_CALLS = frozenset({"append", "remove", "extend", "clear", "insert", "pop", "add", "discard", "update"})
_CHANGES = frozenset({
    "update", "patch", "merge", "assign", "apply", "edit", "modify", "change", "populate", "set", "save", "delete", "remove", "update_from_dict",
})
"""Method names under which a class of the program changes itself."""
_KEYS = frozenset({"pk", "id"})
"""What a copy loses before it is saved. Django, "Copying model instances"."""
_NEIGHBOURS = 2
"""Lines between two assignments that still count as one write."""
_BOOKKEEPING = re.compile(
    r"^(last_?(seen|login|used|active|activity|accessed?|visit(ed)?|ping|request|sync(ed)?|check(ed)?|poll(ed)?)(_?(at|on|date|time|ip))?"
    r"|(seen|visited|accessed|used)_(at|on)|(view|visit|hit|access|usage|download|click)s?_?(count(er)?)?|(date_)?(updated|modified)(_?(at|on|date|time))?"
    r"|(update|modif(y|ied|ication))_(date|time))$"
)


def bookkeeping(fields: Iterable[str]) -> bool:
    """True when a write touches only stamps and counters that the system keeps for itself."""
    names = tuple(fields)
    return bool(names) and all(_BOOKKEEPING.match(name.lower()) for name in names)


class OrmWrites:
    """Turns ORM calls and attribute writes into effects."""

    def __init__(self, places: Places, models: Models, memory: InMemory) -> None:
        self._places = places
        self._models = models
        self._memory = memory
        self.naming = Naming(places, models)
        self._documents = Documents(places, models)
        self.origins = RowOrigins(places, models, memory.calls)

    def from_row(self, site: CallSite, row: EffectRow, api: str) -> Iterator[Effect]:
        """The effects of a call that a knowledge row describes as an ORM write."""
        if self._is_many(site):
            yield from self._related(site, api)
            return
        for one in self._apart(site, row):
            yield from self._written(one, row, api)

    def _apart(self, site: CallSite, row: EffectRow) -> Iterator[CallSite]:
        """The call once for each thing in a collection that is put together in the code: `add_all([bid, event])`, `add_all([bid] + events)`."""
        place = row.model.removeprefix("item of ")
        expr = self._places.expression(site, place) if place != row.model and place == "arg 0" else None
        parts = tuple(_members(expr, lambda name: self._places.assigned(site.caller, name))) if expr is not None else ()
        if len(parts) < 2:
            yield site
            return
        for part in parts:
            yield msgspec.structs.replace(site, call=msgspec.structs.replace(site.call, args=(part, *site.call.args[1:])))

    def _written(self, site: CallSite, row: EffectRow, api: str) -> Iterator[Effect]:
        operation, fields = self._operation(site, row), self._fields(site, row)
        if row.operation == "write" and _KEYS & set(fields):  # a row whose key is taken away is saved as a new one
            operation, fields = "create", tuple(f for f in fields if f not in _KEYS)
        if operation == "update" and not fields and site.name == "add" and self.origins.is_kept(site.call.args, site.caller):
            return  # tied to the session once more, so that it can be read
        models = self.models_at(site, row.model)
        if api.startswith(NAMED_BY_TEXT) and not any(m.name for m in models):
            models = self._named_by_text(site, models)
        info = self._places.program.functions.get(site.caller)
        if row.operation == "update" and info is not None and any(self._models.derives(m.name, info) for m in models):
            return  # a column worked out from others
        confidence: Confidence = "high" if len(models) == 1 and models[0].name else "medium"
        handed = self._handed(site, row) if not fields and operation in ("write", "update") else ""
        for model in models:
            made = effect(site, "orm-write", operation, model, fields=fields, api=api, confidence=confidence)
            if fields and row.operation == "write" and row.model != "T":
                made = msgspec.structs.replace(made, set_to=self._set_to(site, row))
            by_saving = handed and self._models.style(model.name) != "attribute"  # elsewhere setting an attribute is the write, and told there
            yield msgspec.structs.replace(made, open_fields=handed) if by_saving else made

    def _handed(self, site: CallSite, row: EffectRow) -> str:
        """The parameter by which a caller says what was set on a row, name by name in a loop, before this call saves it."""
        if row.operation != "write" or row.model == "T":
            return ""
        receiver = dotted(self._places.expression(site, row.model.removeprefix("item of ")))
        return self._memory.handed(site, receiver) if receiver else ""

    def _set_to(self, site: CallSite, row: EffectRow) -> tuple[tuple[str, str], ...]:
        """Constants that methods of the row put into its fields before this call saves it."""
        receiver = dotted(self._places.expression(site, row.model.removeprefix("item of ")))
        return self._memory.set_to(site, receiver) if receiver else ()

    def _receiver(self, expr: s.Expr | None, site: CallSite) -> str:
        """The name of what is saved; `super().save()` in a method of another name saves `self`."""
        is_super = isinstance(expr, s.Call) and isinstance(expr.func, s.Name) and expr.func.id == "super"
        info = self._places.program.functions.get(site.caller) if is_super else None
        return "self" if info is not None and info.node.name != site.name else dotted(expr)

    def _named_by_text(self, site: CallSite, models: tuple[Model, ...]) -> tuple[Model, ...]:
        """What a text names beside the client; a collection that is handed in is left to who hands it in."""
        held = site.call.func.value if isinstance(site.call.func, s.Attribute) else None
        if held is None or (isinstance(held, s.Name) and any(m.open_model for m in models)):
            return models
        found = self._documents.model(held, site.caller)
        return (found,) if found is not None else models

    def models_at(self, site: CallSite, place: str) -> tuple[Model, ...]:
        """The models at a row's place; what the receiver's words or class attribute name when types do not tell."""
        found = self._models.of_types(self._places.types_at(site, place))
        if not found and place == "T":
            found = tuple(
                Model(name, name.rpartition(".")[2])
                for t in site.receiver for name in self._models.managed_by.get(t.name, ())
            )
        expr = self._places.expression(site, "receiver" if place in ("T", "receiver") else place.removeprefix("item of "))
        if len(found) > 1:  # several callers hand in several models: each call tells which
            handed_in = self.naming.parameter(expr, site.caller)
            return tuple(Model(m.name, m.target, m.open_model or handed_in) for m in found[:4])
        if found:
            return found
        return (self.naming.named(expr, site.caller),)

    def _operation(self, site: CallSite, row: EffectRow) -> EffectOperation:
        if row.operation != "write" or row.model == "T":
            return row.operation
        if "keywords" not in row.fields and row_fields(site, row.fields, self._places):
            return "update"  # a call that names the columns to save saves a row that is there
        return self.origins.operation(self._places.expression(site, row.model.removeprefix("item of ")), site.caller)

    def _fields(self, site: CallSite, row: EffectRow) -> tuple[str, ...]:
        fields = row_fields(site, row.fields, self._places)
        if fields or row.operation != "write" or row.model == "T":
            return fields
        expr = self._places.expression(site, row.model.removeprefix("item of "))
        made = self.origins.made(expr, site.caller)
        given = constructor_fields(*made, self._places) if made is not None else ()
        receiver = self._receiver(expr, site)
        return unique((*given, *(self._memory.before(site, receiver) if receiver else ())))

    def _whole(self, site: CallSite, types: tuple[Type, ...], fields: tuple[str, ...]) -> Iterator[Effect]:
        for model in self._models.of_types(Type(name) for name in self._written_models(types)):
            yield effect(site, "orm-write", "update", model, fields=fields, api="attribute", confidence="high" if model.name else "medium")

    def _set(self, site: CallSite, row: s.Expr, name: s.Expr) -> Iterator[Effect]:
        """`setattr(row, name, value)`; where a caller hands in the names, and perhaps the row, its call will tell them."""
        if self._is_new(row, site.caller):
            return  # its making says it
        fields = set_names(name, site.caller, self._places)
        handed = handed_mapping(name, site.caller, self._places) if not fields else ""
        types = self._places.typed(row, site.caller)
        if not handed:
            yield from self._whole(site, types, fields) if types else self._committed(site, fields)
            return
        mixed_in = [t.name for t in types if not t.meta and self._models.is_mixed_in(t.name)]
        written = self._models.of_types(Type(name) for name in (*self._written_models(types), *mixed_in))
        open_row = self.naming.parameter(row, site.caller)
        known = not open_row or (len(written) == 1 and not mixed_in)
        models = written if known else (Model(open_model=open_row),) if written else ()
        for model in models:
            made = effect(site, "orm-write", "update", model, api="attribute", confidence="high" if model.name else "medium")
            yield msgspec.structs.replace(made, open_fields=handed)

    def _is_new(self, row: s.Expr, function: str) -> bool:
        values = self._places.assigned(function, row.id) if isinstance(row, s.Name) else ()
        return bool(values) and all(self.origins.construction(value, function) is not None for value in values)

    def _committed(self, site: CallSite, fields: tuple[str, ...]) -> Iterator[Effect]:
        """Attributes set on what has no known type, in a function that commits a session afterwards: nothing else would be committed."""
        if not any(o.name == "commit" and o.line > site.line and self._commits(o) for o in self._memory.calls.sites(site.caller)):
            return
        model = self.naming.named(site.call.args[0], site.caller)
        if model.name or model.open_model:
            yield effect(site, "orm-write", "update", model, fields=fields, api="attribute", confidence="medium")

    def _commits(self, site: CallSite) -> bool:
        library = self._places.library
        return any("sqlalchemy.orm.Session" in library.ancestors(t.name) for t in site.receiver)

    def _is_many(self, site: CallSite) -> bool:
        return any(t.name == _MANY for t in site.receiver) and site.name.removeprefix("a") in ("dd", "add", "remove", "set", "clear")

    def _related(self, site: CallSite, api: str) -> Iterator[Effect]:
        """Adding to or removing from a many-to-many relation is an update of its owner's field; of groups and rights, a grant."""
        api = api.replace(".RelatedManager.", ".ManyRelatedManager.")
        relation = site.call.func.value if isinstance(site.call.func, s.Attribute) else None
        elements = {t.args[0].name for t in site.receiver if t.args}
        if elements & _PERMISSION_MODELS and self._gives_rights(relation, site):
            operation: EffectOperation = "revoke" if site.name in _TAKING else "grant"
            yield effect(site, "permission", operation, Model(target=min(elements).rpartition(".")[2]), api=api)
            return
        named = self._named_relation(relation, site)
        if named is None:
            models = self.models_at(site, "T")
            yield from (effect(site, "orm-write", "update", m, api=api, confidence="medium") for m in models)
            return
        holder, field = named
        owners = self._models.of_types(self._places.typed(holder, site.caller)) or (self.naming.named(holder, site.caller),)
        for owner in owners[:4]:
            yield effect(site, "orm-write", "update", owner, fields=(field,), api=api, confidence="high" if owner.name else "medium")

    def _named_relation(self, relation: s.Expr | None, site: CallSite) -> tuple[s.Expr, str] | None:
        """Whose relation it is and what it is called: `order.labels`, also `getattr(order, "labels")`, at the place or kept in a local."""
        if isinstance(relation, s.Attribute):
            return relation.value, relation.attr
        for value in (relation, *(self._places.assigned(site.caller, relation.id) if isinstance(relation, s.Name) else ())):
            if isinstance(value, s.Call) and dotted(value.func) == "getattr" and len(value.args) > 1:
                name = self._places.constant(value.args[1], site.caller)
                if isinstance(name, str):
                    return value.args[0], name
        return None

    def _gives_rights(self, relation: s.Expr | None, site: CallSite) -> bool:
        """False where the owner of the relation is known to be a thing of the program's own that groups are only named on: `task.user_group.add(group)`."""
        if not isinstance(relation, s.Attribute) or relation.attr in ("groups", "permissions", "user_permissions"):
            return True
        owners = self._models.of_types(self._places.typed(relation.value, site.caller))
        return not owners or any(_HOLDERS.intersection(words(owner.target)) for owner in owners)

    def assignments(self, info: FunctionInfo) -> Iterator[Effect]:
        """Attribute writes on loaded instances of models that write through their attributes; neighbouring lines are one write."""
        group: list[AttributeWrite] = []
        for write in self._places.writes(info.id):
            models = self._written_models(write.receiver)
            if not models or not self._persists(write, models[0], info):
                continue
            if group and (group[-1].name, group[-1].methods) == (write.name, write.methods) and write.line - group[-1].line <= _NEIGHBOURS:
                group.append(write)
                continue
            yield from self._assigned(group, info)
            group = [write]
        yield from self._assigned(group, info)
        yield from self._delegated(info)

    def _delegated(self, info: FunctionInfo) -> Iterator[Effect]:
        """Assignments that the receiver's own `__setattr__` passes on to a persistent instance it wraps."""
        for write in self._places.writes(info.id):
            for type_ in write.receiver:
                hook = self._places.program.method(type_.name, "__setattr__") if type_.name in self._places.program.classes else None
                if hook is None or hook.id == info.id or type_.meta:
                    continue
                passed_on = (self._places.typed(call.args[0], hook.id) for call in calls(hook.node.body) if is_setattr(call))
                for name in [name for types in passed_on for name in self._written_models(types)][:1]:
                    if self._models.is_column(name, write.attr):
                        one = msgspec.structs.replace(write, receiver=(Type(name),))
                        yield from self._assigned([one], info)

    def _written_models(self, types: Iterable[Type]) -> list[str]:
        return [t.name for t in types if not t.meta and self._models.style(t.name) == "attribute"]

    def _assigned(self, group: list[AttributeWrite], info: FunctionInfo) -> Iterator[Effect]:
        if not group:
            return
        models, fields, first = self._written_models(group[0].receiver), unique(w.attr for w in group), group[0]
        for model in self._models.of_types(Type(name) for name in models[:4]):
            yield Effect(
                kind="orm-write", operation="update", target=model.target, file=info.module.path, line=first.line, function=info.id, model=model.name,
                fields=fields, api="attribute", methods=first.methods, confidence="high" if len(models) == 1 and model.name else "medium",
                incidental=bookkeeping(fields), open_model=model.open_model,
            )

    def _persists(self, write: AttributeWrite, model: str, info: FunctionInfo) -> bool:
        if write.attr.startswith("_") or (write.name == "self" and info.node.name in ("__init__", "__new__")):
            return False
        if not self._models.is_column(model, write.attr) and model in self._places.program.classes:
            return False
        if self._models.derives(model, info):
            return False
        values = self._places.assigned(info.id, write.name) if "." not in write.name else ()
        return not values or any(self.origins.construction(value, info.id) is None for value in values)

    def through_attributes(self, site: CallSite) -> Iterator[Effect]:
        """`order.items.append(x)` and `setattr(order, name, x)` on an instance of a model that writes through its attributes."""
        func = site.call.func
        if is_setattr(site.call):
            yield from self._set(site, *site.call.args[:2])
            return
        if is_filling(site):
            yield from self._whole(site, self._places.typed(site.call.args[0], site.caller), filled_in(site, self._places))
            return
        if site.name == "__init__" and isinstance(func, s.Attribute) and isinstance(func.value, s.Name):
            if not site.caller.endswith(".__init__"):  # initialising an instance again assigns its attributes again
                yield from self._whole(site, self._places.typed(func.value, site.caller), constructor_fields(site.call, site.caller, self._places))
            return
        if site.name in _CHANGES and isinstance(func, s.Attribute) and not site.targets:
            open_types = [t for t in site.receiver if not t.meta and self._models.implementations(t, site.name)]
            if open_types:  # each class below writes in its own way; which one it is, only a concrete caller tells
                model = next(iter(self._models.of_types(open_types)), Model())
                yield effect(site, "orm-write", "delete" if site.name in ("delete", "remove") else "update", model, api="attribute", confidence="medium")
                return
        if site.name not in _COLLECTION_CALLS or not isinstance(func, s.Attribute) or not isinstance(func.value, s.Attribute):
            return
        relation = func.value
        for owner in self._written_models(self._places.typed(relation.value, site.caller)):
            if self._models.is_column(owner, relation.attr):
                model = Model(owner, owner.rpartition(".")[2])
                yield effect(site, "orm-write", "update", model, fields=(relation.attr,), api="attribute", confidence="medium")


def _members(expr: s.Expr, assigned: Callable[[str], tuple[s.Expr, ...]], depth: int = 2) -> Iterator[s.Expr]:
    """What a collection holds, as far as displays, sums of them and variables that hold them tell."""
    if isinstance(expr, s.Sequence):
        yield from expr.items
    elif isinstance(expr, s.Apply) and expr.op == "+":
        for operand in expr.operands:
            yield from _members(operand, assigned, depth)
    elif isinstance(expr, s.Name) and depth:
        values = assigned(expr.id)
        if len(values) == 1 and isinstance(values[0], (s.Sequence, s.Apply)) and getattr(values[0], "items", True):
            yield from _members(values[0], assigned, depth - 1)
        else:
            yield expr
    else:
        yield expr


def effect(
    site: CallSite, kind: EffectKind, operation: EffectOperation, model: Model, *,
    fields: tuple[str, ...] = (), api: str = "", confidence: Confidence = "high",
) -> Effect:
    """An effect at a call site."""
    return Effect(
        kind=kind, operation=operation, target=model.target, file=site.file, line=site.line, function=site.caller, model=model.name,
        fields=fields, api=api, methods=site.methods, confidence=confidence, open_model=model.open_model,
        incidental=operation == "update" and bookkeeping(fields),
    )

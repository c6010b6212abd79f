"""Strawberry: fields of root types as methods, functions and assignments, types made on the fly, and Strawberry-Django's generated mutations."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from agentlint.api import ClassInfo, Context, Effect, EffectOperation, FunctionInfo, Program, Scope, syntax, walk
from agentlint_graphql.fields import KINDS, Field, Kind, camel, decorator_call, function_field, keyword, said_name
from agentlint_graphql.roots import Roots

_PACKAGES = ("strawberry.", "strawberry_django.", "gqlauth.")
_FIELDS = frozenset({"field", "mutation", "subscription", "connection", "input_mutation", "offset_paginated", "node", "permissioned"})
_GENERATED: dict[str, EffectOperation] = {"create": "create", "update": "update", "delete": "delete"}
_SESSION: dict[str, EffectOperation] = {"login": "login", "logout": "logout"}
_SAVE = "django.db.models.Model.save()"


def strawberry_fields(context: Context, roots: Roots) -> Iterator[Field]:
    """Fields of all roots; where no schema names them, everything declared as a mutation."""
    reader = _Reader(context)
    seen: set[tuple[Kind, str, str, int]] = set()
    for kind in KINDS:
        for class_id in roots.composed(kind) or tuple(reader.loose(kind)):
            for field in reader.fields(context.program.classes[class_id], kind, 0):
                if (kind, field.name, field.file, field.line) not in seen:
                    seen.add((kind, field.name, field.file, field.line))
                    yield field


class _Reader:
    def __init__(self, context: Context) -> None:
        self._program: Program = context.program

    def loose(self, kind: Kind) -> Iterator[str]:
        """Classes with methods declared as mutations."""
        for class_id, info in self._program.classes.items() if kind == "mutation" else ():
            if any(self._declares(d, info.module) == "mutation" for m in info.methods.values() for d in self._program.functions[m].node.decorators):
                yield class_id

    def fields(self, info: ClassInfo, kind: Kind, depth: int) -> Iterator[Field]:
        """Fields of one class: decorated methods, assigned fields, and the fields of types that `create_type` made for it to extend."""
        for method in info.methods.values():
            yield from self._of_function(self._program.functions[method], kind, "", info, depth)
        for attr, value in info.attributes.items():
            yield from self._assigned(attr, value, info, kind, depth)
        for base in info.node.bases:
            yield from self._created(base, info, kind, depth)

    # ------------------------------------------------------------- functions

    def _of_function(self, function: FunctionInfo, kind: Kind, attr: str, info: ClassInfo, depth: int) -> Iterator[Field]:
        """The field that a decorated function stands for; a field that gives a type with mutations of its own is a group of them."""
        for decorator in function.node.decorators:
            if self._declares(decorator, function.module):
                call = decorator_call(decorator)
                name = said_name(call, self._program, function.module) or camel(attr or function.node.name)
                group = self._group(function, kind, depth)
                if group is not None:
                    for field in self.fields(group, kind, depth + 1):
                        yield msgspec.structs.replace(field, name=f"{name}.{field.name}")
                    return
                checks = self._checks(call, function.module)
                yield function_field(kind, name, function, owner=info.id if function.owner else "", place=("", decorator.line), checks=checks)
                return

    def _group(self, function: FunctionInfo, kind: Kind, depth: int) -> ClassInfo | None:
        if kind != "mutation" or depth > 2 or function.node.returns is None:
            return None
        info = self._program.classes.get(self._program.resolve(function.node.returns, function.module))
        methods = [self._program.functions[m] for m in info.methods.values()] if info is not None else []
        return info if any(self._declares(d, m.module) == "mutation" for m in methods for d in m.node.decorators) else None

    def _declares(self, expr: syntax.Expr, scope: Scope) -> str:
        """`mutation` for `@strawberry.mutation(...)` and the like; empty for anything else."""
        func = expr.func if isinstance(expr, syntax.Call) else expr
        if not isinstance(func, syntax.Name | syntax.Attribute):
            return ""
        name = self._program.resolve(func, scope)
        last = name.rpartition(".")[2]
        return last if last in _FIELDS and name.startswith(_PACKAGES) else ""

    def _checks(self, call: syntax.Call, scope: Scope) -> tuple[str, ...]:
        """Functions of the project's permission classes."""
        listed = [keyword(call, "permission_classes"), *(e for n in ("extensions",) if (e := keyword(call, n)) is not None)]
        found: list[str] = []
        for expr in (e for sequence in listed if isinstance(sequence, syntax.Sequence) for e in sequence.items):
            name = self._program.resolve(expr.func if isinstance(expr, syntax.Call) else expr, scope)
            methods = [self._program.method(name, m) for m in ("has_permission", "resolve")] if name in self._program.classes else []
            found += [m.id for m in methods if m is not None] or ([name] if name else [])
        return tuple(found)

    # ----------------------------------------------------------- assignments

    def _assigned(self, attr: str, value: syntax.Expr, info: ClassInfo, kind: Kind, depth: int) -> Iterator[Field]:
        """`close: Ticket = strawberry.mutation(resolver=close)`, `close = close_ticket`, `create: Ticket = mutations.create(TicketInput)`."""
        if isinstance(value, syntax.Name | syntax.Attribute):
            named = self._program.lookup(self._program.resolve(value, info))
            if isinstance(named, FunctionInfo):
                yield from self._of_function(named, kind, attr, info, depth)
            elif isinstance(named, syntax.Call):
                yield from self._assigned(attr, named, info, kind, depth + 1) if depth < 2 else ()
            return
        if not isinstance(value, syntax.Call):
            return
        name = said_name(value, self._program, info) or camel(attr)
        place = (info.module.path, value.line)
        if self._declares(value, info):
            told = keyword(value, "resolver") or next(iter(value.args), None)
            named = self._program.lookup(self._program.resolve(told, info)) if isinstance(told, syntax.Name | syntax.Attribute) else None
            if isinstance(named, FunctionInfo):
                yield function_field(kind, name, named, place=place, checks=self._checks(value, info))
            else:
                yield Field(kind, name, f"{info.node.qualname}.{attr}", *place, "", "", *place, checks=self._checks(value, info))
        else:
            yield from self._generated(attr, name, value, info, kind)

    def _generated(self, attr: str, name: str, value: syntax.Call, info: ClassInfo, kind: Kind) -> Iterator[Field]:
        """Mutations that Strawberry-Django makes of an input type: create, update, delete; those of its sign-in."""
        called = self._program.resolve(value.func, info)
        last = called.rpartition(".")[2]
        place = (info.module.path, value.line)
        if not called.startswith(_PACKAGES):
            return
        effects: tuple[Effect, ...] = ()
        if last in _GENERATED and ".mutations" in called:
            effects = self._written(_GENERATED[last], attr, value, info)
        elif last in _SESSION or last == "register":
            operation = _SESSION.get(last)
            effects = (Effect("authentication", operation, "", *place, "", registered=True),) if operation else ()
        elif kind == "mutation" or not last[:1].islower():
            return
        yield Field(kind, name, f"{info.node.qualname}.{attr}", *place, "", "", *place, checks=self._checks(value, info), effects=effects)

    def _written(self, operation: EffectOperation, attr: str, value: syntax.Call, info: ClassInfo) -> tuple[Effect, ...]:
        inputs = self._program.classes.get(self._program.resolve(value.args[0], info)) if value.args else None
        gives = info.annotations.get(attr)
        models = [self._model(inputs), *(self._model(self._program.classes.get(self._program.resolve(e, info))) for e in _parts(gives))]
        model = next((m for m in models if m), "")
        if not model:
            return ()
        fields = tuple(sorted(n for n in inputs.annotations if n not in ("id", "pk"))) if inputs is not None and operation != "delete" else ()
        return (
            Effect("orm-write", operation, model.rpartition(".")[2], info.module.path, value.line, "", model=model, fields=fields, api=_SAVE, registered=True),
        )

    def _model(self, info: ClassInfo | None) -> str:
        """The model of `@strawberry_django.input(models.Ticket)`."""
        for decorator in info.node.decorators if info is not None else ():
            if isinstance(decorator, syntax.Call) and decorator.args and self._program.resolve(decorator.func, info.module).startswith("strawberry_django."):  # type: ignore[union-attr]
                return self._program.resolve(decorator.args[0], info.module)  # type: ignore[union-attr]
        return ""

    def _created(self, base: syntax.Expr, info: ClassInfo, kind: Kind, depth: int) -> Iterator[Field]:
        """A base that `create_type("Name", (field, ...))` made."""
        made = self._program.lookup(self._program.resolve(base, info)) if isinstance(base, syntax.Name | syntax.Attribute) else base
        home = self._program.modules.get(self._program.resolve(base, info).rpartition(".")[0], info.module)
        if isinstance(made, syntax.Call) and walk.dotted(made.func).rpartition(".")[2] == "create_type":
            listed = keyword(made, "fields") or next(iter(made.args[1:2]), None)
            for item in listed.items if isinstance(listed, syntax.Sequence) else ():
                named = self._program.lookup(self._program.resolve(item, home))
                if isinstance(named, FunctionInfo):
                    yield from self._of_function(named, kind, "", info, depth)


def _parts(annotation: syntax.Expr | None) -> Iterator[syntax.Expr]:
    """Names in an annotation."""
    for expr in walk.expressions(annotation) if annotation is not None else ():
        if isinstance(expr, syntax.Name | syntax.Attribute):
            yield expr

"""The models of a program: which classes make each of them, in which order, what they inherit from, and what their fields hold.

Odoo documentation, "ORM API", sections "Inheritance and extension" and "Fields".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import msgspec

from agentlint.api import ClassInfo, Element, FunctionInfo, Lineage, Program, Type, syntax, walk

_BASES = ("odoo.models.Model", "odoo.models.AbstractModel", "odoo.models.TransientModel")
_ENVIRONMENT = "odoo.api.Environment"
_RELATIONAL = frozenset({"Many2one", "One2many", "Many2many"})
_SHORTCUTS = {"user": "res.users", "company": "res.company", "companies": "res.company"}
"""Attributes of the environment that are records."""


class Model(msgspec.Struct, eq=False):
    """One model: its name, and the classes that make it, the one it begins with first."""

    name: str
    classes: list[ClassInfo]
    parents: list[str]
    """Models it takes fields and methods from, by name."""
    own: bool = False
    """True when the program defines it; False when it only adds to a model of another package."""

    @property
    def first(self) -> ClassInfo:
        """The class that stands for the model."""
        return self.classes[0]

    @property
    def last(self) -> ClassInfo:
        """The class on which everything that the others say is found."""
        return self.classes[-1]


class Registry:
    """All models of a program."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.models: dict[str, Model] = {}
        depths = _depths(program)
        found = [info for info in program.classes.values() if any(b.rpartition(".")[2] in _KINDS for b in _written_bases(info)) and _kind(info, program)]
        for info in sorted(found, key=lambda i: (depths.get(_addon(i, depths), 0), i.module.path, i.node.line)):
            self._add(info)
        for model in self.models.values():  # the class that defines a model comes before those that add to it, wherever they stand
            model.classes.sort(key=lambda i: not self._defines(i, model.name))
        self._mentioned = frozenset(_mentioned(program)) - set(self.models)

    def _add(self, info: ClassInfo) -> None:
        name, inherited = self._text(info, "_name"), self._texts(info, "_inherit")
        if not name:
            name = inherited[0] if inherited else _dotted(info.node.name)
        model = self.models.setdefault(name, Model(name, [], []))
        model.classes.append(info)
        model.own = model.own or name not in inherited
        model.parents += [n for n in inherited if n != name and n not in model.parents]

    def _defines(self, info: ClassInfo, name: str) -> bool:
        return name not in self._texts(info, "_inherit")

    def _text(self, info: ClassInfo, attribute: str) -> str:
        value = self.program.fold(info.attributes.get(attribute), info)
        return value if isinstance(value, str) else ""

    def _texts(self, info: ClassInfo, attribute: str) -> list[str]:
        value = self.program.fold(info.attributes.get(attribute), info)
        return [v for v in value if isinstance(v, str)] if isinstance(value, list | tuple) else [value] if isinstance(value, str) else []

    # ------------------------------------------------------------- questions

    def kind(self, model: Model) -> str:
        """`Model`, `AbstractModel` or `TransientModel`, as the defining class has it."""
        return _kind(model.first, self.program)

    def class_of(self, name: str) -> str:
        """The class whose instances records of a model are: of the program, or the one that stands for another package's model."""
        return self.models[name].last.id if name in self.models else outside(name)

    def method(self, model: Model, name: str) -> FunctionInfo | None:
        """The outermost method of a model that the program writes."""
        return self.program.method(model.last.id, name)

    def only_with(self, method: str) -> Model | None:
        """The one model whose classes write a method; None where several do."""
        found = [m for m in self.models.values() if any(method in info.methods for info in m.classes)]
        return found[0] if len(found) == 1 else None

    def methods(self, model: Model) -> dict[str, FunctionInfo]:
        """The outermost methods that the classes of a model itself write, by name."""
        return {name: self.program.functions[info.methods[name]] for info in model.classes for name in info.methods}

    def fields(self, model: Model) -> Iterator[tuple[str, syntax.Call, ClassInfo]]:
        """The fields that the classes of a model declare."""
        for info in model.classes:
            for name, value in info.attributes.items():
                if isinstance(value, syntax.Call) and walk.dotted(value.func).startswith("fields."):
                    yield name, value, info

    @property
    def named(self) -> frozenset[str]:
        """Models that code or fields name and no class of the program adds to."""
        return self._mentioned

    def held_by(self, name: str, field: str) -> str:
        """The model of the records that a field of a model holds; empty when it is not known."""
        model = self.models.get(name)
        for told, call, info in self.fields(model) if model is not None else ():
            if told == field:
                return self._comodel(call, info)
        return ""

    def ancestors(self, model: Model) -> list[str]:
        """Names of all models that a model takes from, nearest first."""
        found = list(model.parents)
        for name in found:
            found += [n for n in (self.models[name].parents if name in self.models else ()) if n not in found]
        return found

    # ----------------------------------------------------------------- facts

    def lineages(self) -> dict[str, Lineage]:
        """Bases and tables of all classes, and the models of other packages that are named."""
        found: dict[str, Lineage] = {}
        for name, model in self.models.items():
            abstract = self.kind(model) == "AbstractModel" or not model.own and name in _MIXINS
            before = [self.class_of(p) for p in model.parents]
            if not model.own or self.program.library.is_class(outside(name)):
                before.append(outside(name))
            for info in model.classes:
                found[info.id] = Lineage(tuple(before), model.first.id, abstract, not model.own)
                before = [info.id]
        parents = {p for m in self.models.values() for p in m.parents if p not in self.models}
        named = {*self._mentioned, *parents, *(n for n, m in self.models.items() if not m.own)}
        library = self.program.library
        for name in map(outside, sorted(named)):
            bases = library.bases(name) if library.is_class(name) else (_outside_base(name),)
            found[name] = Lineage(bases, elsewhere=True)
        return found

    def types(self) -> dict[str, dict[str, Type | Element]]:
        """`env["model"]` and relational fields."""
        environment: dict[str, Type | Element] = {n: Type(self.class_of(n)) for n in (*self.models, *sorted(self._mentioned))}
        environment |= {attribute: Type(self.class_of(name)) for attribute, name in _SHORTCUTS.items()}
        found = {_ENVIRONMENT: environment}
        for model in self.models.values():
            mapped: dict[str, Type | Element] = {}
            for name, call, info in self._all_fields(model):
                held = self._comodel(call, info) if walk.dotted(call.func).rpartition(".")[2] in _RELATIONAL else ""
                if held:
                    mapped[name] = found.setdefault(info.id, {})[name] = Type(self.class_of(held))
            if mapped:
                found.update({f"{info.id}.mapped()": mapped for info in model.classes})
        return found

    def _all_fields(self, model: Model) -> Iterator[tuple[str, syntax.Call, ClassInfo]]:
        """Fields of a model and of those of the program that it takes from; its own come last."""
        for name in (*reversed(self.ancestors(model)), model.name):
            yield from self.fields(self.models[name]) if name in self.models else ()

    def _comodel(self, call: syntax.Call, info: ClassInfo) -> str:
        given = next((k.value for k in call.keywords if k.name == "comodel_name"), call.args[0] if call.args else None)
        value = self.program.fold(given, info)
        return value if isinstance(value, str) else ""


_KINDS = frozenset({"Model", "AbstractModel", "TransientModel"})
_MIXINS = frozenset({"mail.thread", "mail.activity.mixin", "portal.mixin", "rating.mixin", "base"})
"""Models without rows to which programs add."""


@lru_cache(maxsize=1)
def registry_of(program: Program) -> Registry:
    """The models of a program, read once."""
    return Registry(program)


def outside(name: str) -> str:
    """The class that stands for a model of another package."""
    return f"odoo.registry.{''.join(p.capitalize() for p in re.split(r'[._]', name))}"


def _outside_base(name: str) -> str:
    """What a model of another package is; wizards are called so, by convention."""
    return "odoo.models.TransientModel" if name.endswith(("Wizard", "Wiz")) else "odoo.models.Model"


def _written_bases(info: ClassInfo) -> list[str]:
    return [walk.dotted(b) for b in info.node.bases]


def _kind(info: ClassInfo, program: Program) -> str:
    for base in info.node.bases:
        name = program.library.canonical(program.resolve(base, info.module))
        if name in _BASES:
            return name.rpartition(".")[2]
    return ""


def _dotted(name: str) -> str:
    """The model's name that Odoo makes of a class's: `SaleOrder` is `sale.order`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", ".", name).lower()


def _mentioned(program: Program) -> Iterator[str]:
    """Names of models that code asks an environment for, or that fields hold."""
    yield from ("res.users", "res.company")
    for info in program.functions.values():
        for expr in walk.body_expressions(info.node.body):
            if isinstance(expr, syntax.Subscript) and isinstance(expr.index, syntax.Constant) and isinstance(expr.index.value, str):
                if _is_env(expr.value):
                    yield expr.index.value
    for owner in program.classes.values():
        for value in owner.attributes.values():
            if isinstance(value, syntax.Call) and walk.dotted(value.func).rpartition(".")[2] in _RELATIONAL:
                given = next((k.value for k in value.keywords if k.name == "comodel_name"), value.args[0] if value.args else None)
                if isinstance(given, syntax.Constant) and isinstance(given.value, str):
                    yield given.value


def _is_env(expr: syntax.Expr) -> bool:
    return isinstance(expr, syntax.Attribute) and expr.attr == "env" or isinstance(expr, syntax.Name) and expr.id == "env"


def _depths(program: Program) -> dict[str, int]:
    """How many add-ons each add-on stands on, by the `depends` of its manifest: those below are loaded first."""
    needs: dict[str, list[str]] = {}
    for name, module in program.modules.items():
        if name.rpartition(".")[2] in ("__manifest__", "__openerp__"):
            manifest = next((s.value for s in module.body if isinstance(s, syntax.Expression) and isinstance(s.value, syntax.Mapping)), None)
            told = program.fold(manifest, module)
            listed = told.get("depends") if isinstance(told, dict) else None
            needs[name.rpartition(".")[0].rpartition(".")[2]] = [d for d in listed if isinstance(d, str)] if isinstance(listed, list | tuple) else []
    depths: dict[str, int] = {}

    def depth(name: str) -> int:
        if name not in depths:
            depths[name] = 0
            depths[name] = 1 + max((depth(d) for d in needs[name] if d in needs), default=0)
        return depths[name]

    for name in sorted(needs):
        depth(name)
    return depths


def _addon(info: ClassInfo, depths: dict[str, int]) -> str:
    return next((part for part in reversed(info.module.name.split(".")) if part in depths), "")

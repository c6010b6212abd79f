"""Which attributes of an object are set by names that are not written at the spot: loops of `setattr`, forms that fill an object in."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.analysis.calls.sites import CallSite
from agentlint.analysis.effects.arguments import handed_to, spread_name
from agentlint.analysis.effects.places import Places
from agentlint.analysis.program import FunctionInfo
from agentlint.analysis.types.inference import Type
from agentlint.ir import syntax as s
from agentlint.ir.walk import dotted, statements

_DUMPS = frozenset({"model_dump", "dict", "_asdict"})
"""Methods that turn an object of declared fields into a mapping by name. Pydantic, "Serialization"; named tuples."""
_AS_MAPPING = frozenset({"dataclasses.asdict", "attr.asdict", "attrs.asdict"})
_COPIES = frozenset({"dict", "copy.copy", "copy.deepcopy"})
_BUTTONS = frozenset({"SubmitField", "CSRFTokenField"})
"""Fields of a form that fill nothing in."""


def set_names(expr: s.Expr, function: str, places: Places) -> tuple[str, ...]:
    """What the second argument of `setattr` can be: a constant, or each name that a loop over it takes; empty when unknown."""
    name = places.constant(expr, function)
    if isinstance(name, str):
        return (name,) if "{}" not in name else ()
    info = places.program.functions.get(function)
    if info is None or not isinstance(expr, s.Name):
        return ()
    for stmt in statements(info.node.body):
        if isinstance(stmt, s.Loop) and stmt.iterable is not None and _first(stmt.target) == expr.id:
            return _keys(stmt.iterable, function, places)
    return ()


def handed_mapping(expr: s.Expr, function: str, places: Places) -> str:
    """Function and parameter, where the second argument of `setattr` takes each key of a mapping that a caller hands in: `for key, value in values.items()`."""
    info, mapping = _looped(expr, function, places)
    return handed_to(mapping, info, places.program) if info is not None and mapping is not None else ""


def handed_keywords(expr: s.Expr, function: str, places: Places) -> str:
    """The same where the mapping is made of the keywords that a call has left over: `def change(row, **values)`."""
    info, mapping = _looped(expr, function, places)
    return f"{info.id} {mapping.id}" if info is not None and isinstance(mapping, s.Name) and mapping.id == spread_name(info) else ""


def _looped(expr: s.Expr, function: str, places: Places) -> tuple[FunctionInfo | None, s.Expr | None]:
    """The mapping whose keys a name takes in a loop, and the function that holds it."""
    info = places.program.functions.get(function)
    for stmt in statements(info.node.body) if info is not None and isinstance(expr, s.Name) else ():
        if isinstance(stmt, s.Loop) and stmt.iterable is not None and isinstance(expr, s.Name) and _first(stmt.target) == expr.id:
            return info, _mapping_of(stmt.iterable)
    return info, None


def keys_given(expr: s.Expr, function: str, places: Places) -> tuple[str, ...]:
    """The keys of a mapping that a call hands over, those that are added to a local one before included; empty when they are not all known."""
    found = _names_of(expr, function, places)
    info = places.program.functions.get(function)
    if not found or info is None or not isinstance(expr, s.Name):
        return found
    added: set[str] = set()
    for stmt in statements(info.node.body):
        for target in stmt.targets if isinstance(stmt, s.Assign) else ():
            if isinstance(target, s.Subscript) and isinstance(target.value, s.Name) and target.value.id == expr.id:
                key = places.constant(target.index, function)
                if not isinstance(key, str):
                    return ()
                added.add(key)
    return tuple(sorted({*found, *added}))


def filled_in(site: CallSite, places: Places) -> tuple[str, ...]:
    """Attributes that `form.populate_obj(thing)` sets: the fields that the form's class declares. WTForms, "Forms"."""
    found = {name for type_ in site.receiver for name in _form_fields(type_, places)}
    return tuple(sorted(found))


def is_filling(site: CallSite) -> bool:
    """`form.populate_obj(thing)`."""
    return site.name == "populate_obj" and len(site.call.args) == 1 and isinstance(site.call.func, s.Attribute)


def _first(target: s.Expr | None) -> str:
    """The name that a loop gives to the item, or to the first part of it."""
    if isinstance(target, s.Sequence) and target.items:
        target = target.items[0]
    return target.id if isinstance(target, s.Name) else ""


def _keys(iterable: s.Expr, function: str, places: Places) -> tuple[str, ...]:
    """The names that a loop goes through: what a list holds, the keys of a mapping, the declared fields of an object that is dumped."""
    return _names_of(_mapping_of(iterable), function, places)


def _mapping_of(iterable: s.Expr) -> s.Expr:
    """What `.items()` and `.keys()` are asked of; anything else itself."""
    if isinstance(iterable, s.Call) and isinstance(iterable.func, s.Attribute) and iterable.func.attr in ("items", "keys") and not iterable.args:
        return iterable.func.value
    return iterable


def _names_of(expr: s.Expr, function: str, places: Places, depth: int = 3) -> tuple[str, ...]:
    values = places.constant(expr, function)
    if isinstance(values, (list, tuple, dict)) and values and all(isinstance(v, str) for v in values):
        return tuple(sorted({str(v) for v in values}))
    if isinstance(expr, s.Mapping):
        keys = [key.value for key in expr.keys if isinstance(key, s.Constant) and isinstance(key.value, str)]
        return tuple(sorted(set(keys))) if len(keys) == len(expr.keys) else ()
    if isinstance(expr, s.Call):
        return tuple(sorted(_dumped(expr, function, places, depth)))
    if isinstance(expr, s.Name) and depth:
        assigned = places.assigned(function, expr.id)
        return _names_of(assigned[0], function, places, depth - 1) if len(assigned) == 1 else ()
    return ()


def _dumped(call: s.Call, function: str, places: Places, depth: int) -> Iterator[str]:
    """The fields that a dump of an object holds, without those that it leaves out."""
    called = dotted(call.func)
    if called in _COPIES and len(call.args) == 1 and depth:
        yield from _names_of(call.args[0], function, places, depth - 1)
        return
    if isinstance(call.func, s.Attribute) and call.func.attr in _DUMPS:
        dumped: s.Expr | None = call.func.value
    elif call.args and places.program.resolve(call.func, places.program.scope_of(function)) in _AS_MAPPING:
        dumped = call.args[0]
    else:
        return
    left_out = _texts(call, "exclude", function, places)
    kept = _texts(call, "include", function, places)
    for type_ in places.typed(dumped, function):
        yield from (name for name in _declared(type_, places) if name not in left_out and (not kept or name in kept))


def _texts(call: s.Call, keyword: str, function: str, places: Places) -> frozenset[str]:
    given = next((k.value for k in call.keywords if k.name == keyword), None)
    items = given.items if isinstance(given, s.Sequence) else ()
    return frozenset(value for item in items if isinstance(value := places.constant(item, function), str))


def _declared(type_: Type, places: Places) -> Iterator[str]:
    """Annotated fields of a class of the program and of its bases."""
    for base in places.program.mro(type_.name) if type_.name in places.program.classes else ():
        info = places.program.classes.get(base)
        yield from (name for name in (info.annotations if info is not None else ()) if not name.startswith("_") and name != "model_config")


def _form_fields(type_: Type, places: Places) -> Iterator[str]:
    """Class attributes that make a field, of a form's class and of its bases."""
    for base in places.program.mro(type_.name) if type_.name in places.program.classes else ():
        info = places.program.classes.get(base)
        for name, value in info.attributes.items() if info is not None else ():
            made = dotted(value.func).rpartition(".")[2] if isinstance(value, s.Call) else ""
            if made.endswith("Field") and made not in _BUTTONS:
                yield name

"""What built-in functions, and methods of lists, mappings and texts, do to the values of set-up code."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from agentlint.analysis.constants.values import text_method
from agentlint.analysis.setup.values import UNKNOWN, Closure, Filling, Given, Made, Member, Ref, Unknown, Value, concatenated, is_known, truth

if TYPE_CHECKING:
    from agentlint.analysis.setup.code import SetupCode

Handler = Callable[["SetupCode", Given], Value]
MAPPING_METHODS = frozenset({"get", "setdefault", "items", "keys", "values", "update", "pop", "copy"})
_MOST = 2_000
_PLAIN = frozenset({"str", "list", "tuple", "dict", "int", "set", "bool"})
"""Classes of plain values: no function is of one."""


def _listed(value: Value) -> list[Value] | None:
    if isinstance(value, Made) and value.items is not None:
        value = value.items
    return list(value) if isinstance(value, list | tuple | dict) else None


def _as_list(setup: SetupCode, given: Given) -> Value:
    args = given.args
    if not args:
        return []
    items = _listed(args[0])
    return UNKNOWN if items is None else items


def _as_tuple(setup: SetupCode, given: Given) -> Value:
    args = given.args
    items = _listed(args[0]) if args else []
    return UNKNOWN if items is None else tuple(items)


def _as_dict(setup: SetupCode, given: Given) -> Value:
    args = given.args
    found: dict[Value, Value] = dict(args[0]) if args and isinstance(args[0], dict) else {}
    for row in args[0] if args and isinstance(args[0], list | tuple) else ():
        if isinstance(row, list | tuple) and len(row) == 2 and isinstance(row[0], str | int | Ref):
            found[row[0]] = row[1]
    return {**found, **given.keywords}


def _filling(setup: SetupCode, given: Given) -> Value:
    args = given.args
    made = Filling()
    made.factory = args[0] if args else None
    return made


def _enumerated(setup: SetupCode, given: Given) -> Value:
    args = given.args
    items = _listed(args[0]) if args else None
    return UNKNOWN if items is None else list(enumerate(items))


def _zipped(setup: SetupCode, given: Given) -> Value:
    args = given.args
    rows = [_listed(a) for a in args]
    return UNKNOWN if any(r is None for r in rows) else list(zip(*(r or [] for r in rows), strict=False))


def _range(setup: SetupCode, given: Given) -> Value:
    args = given.args
    return list(range(*args))[:_MOST] if args and len(args) <= 3 and all(isinstance(a, int) for a in args) else UNKNOWN


def _length(setup: SetupCode, given: Given) -> Value:
    args = given.args
    items = _listed(args[0]) if args else None
    return UNKNOWN if items is None else len(items)


def _text(setup: SetupCode, given: Given) -> Value:
    args = given.args
    return args[0] if args and isinstance(args[0], str) else str(args[0]) if args and isinstance(args[0], int | float) else "{}"


def _attribute(setup: SetupCode, given: Given) -> Value:
    args = given.args
    if len(args) < 2 or not isinstance(args[1], str):
        return UNKNOWN
    if len(args) > 2 and isinstance(args[0], Member | Unknown):
        return args[2]
    found = setup.evaluator.attribute_of(args[0], args[1])
    return args[2] if len(args) > 2 and _is_unset(found, args[0]) else found


def _is_unset(found: Value, owner: Value) -> bool:
    """True for an attribute that an object of the project's own, of known bases, was not given: what stands for it is only its name."""
    return isinstance(found, Member) and found.owner is owner and isinstance(owner, Made)


def _mapped(setup: SetupCode, given: Given) -> Value:
    args = given.args
    items = _listed(args[1]) if len(args) > 1 else None
    return UNKNOWN if items is None else [setup.caller.call(args[0], given.with_args(i)) for i in items[:_MOST]]


def _filtered(setup: SetupCode, given: Given) -> Value:
    args = given.args
    items = _listed(args[1]) if len(args) > 1 else None
    if items is None:
        return UNKNOWN
    kept = items if args[0] is None else [i for i in items[:_MOST] if truth(setup.caller.call(args[0], given.with_args(i))) is not False]
    return [i for i in kept if i is not None]


def _reduced(setup: SetupCode, given: Given) -> Value:
    args = given.args
    items = _listed(args[1]) if len(args) > 1 else None
    if items is None:
        return UNKNOWN
    result = args[2] if len(args) > 2 else items.pop(0) if items else UNKNOWN
    for item in items[:_MOST]:
        adds = isinstance(args[0], Ref) and args[0].name in ("operator.add", "operator.concat", "operator.iadd", "operator.or_")
        result = setup.evaluator.operate("+", [result, item]) if adds else setup.caller.call(args[0], given.with_args(result, item))
    return result


def _sum(setup: SetupCode, given: Given) -> Value:
    args = given.args
    return _flattened(_listed(args[0]) or []) if args and (len(args) > 1 or any(isinstance(i, list) for i in _listed(args[0]) or [])) else UNKNOWN


def _chained(setup: SetupCode, given: Given) -> Value:
    args = given.args
    return _flattened(args)


def _chained_one(setup: SetupCode, given: Given) -> Value:
    args = given.args
    return _flattened(_listed(args[0]) or []) if args else []


def _flattened(parts: Iterable[Value]) -> list[Value]:
    result: list[Value] = []
    for part in parts:
        result = concatenated(result, part)
    return result


def _first(setup: SetupCode, given: Given) -> Value:
    args = given.args
    return args[0] if args else UNKNOWN


def _second(setup: SetupCode, given: Given) -> Value:
    return given.args[1] if len(given.args) > 1 else UNKNOWN


def _reversed(setup: SetupCode, given: Given) -> Value:
    return list(reversed(_listed(given.args[0]) or [])) if given.args else UNKNOWN


def _named(setup: SetupCode, given: Given) -> Value:
    args = given.args
    return setup.evaluator.named(args[0]) if args and isinstance(args[0], str) and "{}" not in args[0] else UNKNOWN


def _is_instance(setup: SetupCode, given: Given) -> Value:
    args = given.args
    """`issubclass(view, View)`, `isinstance(x, str)`, where the program tells."""
    if len(args) != 2:
        return UNKNOWN
    wanted = args[1] if isinstance(args[1], tuple) else (args[1],)
    names = [w.name for w in wanted if isinstance(w, Ref)]
    if names and set(names) <= _PLAIN and (isinstance(args[0], Closure) or (isinstance(args[0], Ref) and args[0].name in setup.program.functions)):
        return False
    if isinstance(args[0], str | list | tuple | dict | int):
        return type(args[0]).__name__ in names if set(names) <= _PLAIN else UNKNOWN
    if isinstance(args[0], Ref) and args[0].name in setup.program.classes and names:
        return True if setup.program.inherits(args[0].name, *names) else UNKNOWN
    return UNKNOWN


FUNCTIONS: dict[str, Handler] = {
    "list": _as_list, "sorted": _as_list, "reversed": _reversed, "set": _as_list, "frozenset": _as_list,
    "tuple": _as_tuple, "dict": _as_dict, "collections.OrderedDict": _as_dict, "collections.defaultdict": _filling, "enumerate": _enumerated, "zip": _zipped,
    "range": _range, "len": _length, "str": _text, "getattr": _attribute, "map": _mapped, "filter": _filtered, "functools.reduce": _reduced, "sum": _sum,
    "itertools.chain": _chained, "itertools.chain.from_iterable": _chained_one, "copy.copy": _first, "copy.deepcopy": _first, "iter": _as_list,
    "django.utils.module_loading.import_string": _named, "importlib.import_module": _named, "isinstance": _is_instance, "issubclass": _is_instance,
    "typing.cast": _second,
    **{f"django.utils.translation.{name}": _first for name in ("gettext", "gettext_lazy", "gettext_noop", "ugettext", "ugettext_lazy")},
    **{f"django.utils.translation.{name}": _second for name in ("pgettext", "pgettext_lazy")},
}
"""Functions of the language and its library that set-up code builds tables with; looked up by canonical name."""


def method_of(owner: Value, name: str, given: Given) -> Value:
    """A method of a text, a list, a tuple or a mapping."""
    args = given.args
    if isinstance(owner, str):
        plain = [a if isinstance(a, str | int | float | list | tuple) else UNKNOWN for a in args]
        return text_method(owner, name, plain, given.keywords)
    if isinstance(owner, list):
        return _list_method(owner, name, args)
    if isinstance(owner, dict):
        return _mapping_method(owner, name, args, given.keywords)
    return UNKNOWN


def _list_method(owner: list[Value], name: str, args: list[Value]) -> Value:
    if name == "append" and args and is_known(args[0]):
        owner.append(args[0])
    elif name in ("extend", "update") and args:
        owner.extend(_listed(args[0]) or ([args[0]] if is_known(args[0]) else []))
    elif name == "insert" and len(args) > 1:
        owner.insert(args[0] if isinstance(args[0], int) else len(owner), args[1])
    elif name == "add" and args and not any(a is args[0] for a in owner):
        owner.append(args[0])
    elif name == "copy":
        return list(owner)
    elif name == "pop" and owner:
        return owner[-1]
    return None


def _mapping_method(owner: dict[Value, Value], name: str, args: list[Value], keywords: dict[str, Value]) -> Value:
    key = args[0] if args and isinstance(args[0], str | int | Ref) else None
    if name in ("items", "keys", "values"):
        return list(owner.items() if name == "items" else owner if name == "keys" else owner.values())
    if name in ("get", "pop"):
        return owner.get(key, args[1] if len(args) > 1 else None) if key is not None else UNKNOWN
    if name == "setdefault" and key is not None:
        return owner.setdefault(key, args[1] if len(args) > 1 else None)
    if name == "update":
        owner.update(args[0] if args and isinstance(args[0], dict) else {})
        owner.update(keywords)
    elif name == "copy":
        return dict(owner)
    return None

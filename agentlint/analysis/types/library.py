"""Types that library calls and attributes give: knowledge rows read at a call site, and the built-in collections and functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import msgspec

from agentlint.analysis.types.values import LINEAR, UNSEEN, Type, Types_, collection, union
from agentlint.knowledge import LibraryFacts, TypeText

if TYPE_CHECKING:
    from agentlint.analysis.types.engine import Engine


class Given(msgspec.Struct, frozen=True):
    """What a place of a knowledge row can mean at one call."""

    receiver: Type | None = None
    args: tuple[Types_, ...] = ()
    keywords: Mapping[str, Types_] = {}
    parameter: Type | None = None
    """The receiver's first type argument where a base class of the receiver fixes it."""


class LibraryTypes:
    """Reads `returns` texts of knowledge rows."""

    def __init__(self, library: LibraryFacts, engine: Engine) -> None:
        self._library, self._engine = library, engine

    def known(self, path: str, given: Given) -> Types_:
        """What a row says a path gives; empty when no row does, or its places are empty here."""
        return union(self._read(text, given) for text in self._library.type_of(path))

    def has(self, path: str) -> bool:
        """True when a row says what a path gives."""
        return bool(self._library.type_of(path))

    def _read(self, text: TypeText, given: Given) -> Types_:
        found = self._place(text.name, given) if text.is_place else (Type(text.name, self._arguments(text, given)),)
        if text.meta:
            return tuple(msgspec.structs.replace(t, meta=True) for t in found)
        return found

    def _arguments(self, text: TypeText, given: Given) -> tuple[Type, ...]:
        """What a container holds: instances, also where a class was asked for them (`Order.select()`), unless the row says `type[...]`."""
        read = [self._read(a, given) for a in text.args]
        held = zip(read, text.args, strict=True)
        return tuple(msgspec.structs.replace(r[0], meta=a.meta) if r else UNSEEN for r, a in held) if any(read) else ()

    def _place(self, place: str, given: Given) -> Types_:
        if place.startswith("item of "):
            return union(self._engine.item(t) for t in self._place(place[8:], given))
        if place in ("receiver", "class"):  # of a class that is asked, an instance: `Order.get(id=1)`
            return (msgspec.structs.replace(given.receiver, meta=False),) if given.receiver is not None else ()
        if place == "T":
            return self._parameter(given)
        word, _, which = place.partition(" ")
        if word == "arg":
            return given.args[int(which)] if int(which) < len(given.args) else ()
        if word == "kwarg":
            return given.keywords.get(which, ())
        if word == "attribute" and given.receiver is not None:
            found: Types_ = (given.receiver,)
            for name in which.split("."):
                found = union(self._engine.attribute(t, name) for t in found)
            return found
        if word == "result" and given.receiver is not None:
            return self._engine.members.called(given.receiver, which)
        return ()

    @staticmethod
    def _parameter(given: Given) -> Types_:
        if given.parameter is not None:
            return (given.parameter,)
        receiver = given.receiver
        return (receiver.args[0],) if receiver is not None and receiver.args and not receiver.args[0].meta and receiver.args[0] != UNSEEN else ()


_TEXT_LISTS = frozenset({"split", "rsplit", "splitlines"})
_TEXT_TRIPLES = frozenset({"partition", "rpartition"})
_TEXT_OTHERS = {"encode": "bytes", "decode": "str", "find": "int", "rfind": "int", "index": "int", "count": "int"}


def builtin_method(owner: Type, name: str) -> Types_ | None:
    """What a method of a text or built-in collection gives; None for other methods."""
    kind, args = owner.name, owner.args
    if kind in ("str", "bytes"):
        if name in _TEXT_LISTS | _TEXT_TRIPLES:
            return (Type("list" if name in _TEXT_LISTS else "tuple", (Type(kind),)),)
        if name in _TEXT_OTHERS:
            return (Type(_TEXT_OTHERS[name]),)
        return (Type("bool" if name.startswith(("is", "starts", "ends")) else kind),)
    if kind == "dict":
        key, value = (args[0], args[-1]) if len(args) == 2 else (UNSEEN, UNSEEN)
        if name in ("get", "pop", "setdefault", "__getitem__"):
            return _seen(value)
        if name == "values":
            return (Type("list", (value,)),)
        if name == "keys":
            return (Type("list", (key,)),)
        if name == "items":
            return (Type("list", (Type("tuple", (key, value)),)),)
        return (owner,) if name == "copy" else None
    if kind in LINEAR:
        if name in ("pop", "popleft", "__getitem__"):
            return _seen(args[0]) if args else ()
        return (owner,) if name in ("copy", "union", "intersection", "difference", "symmetric_difference") else None
    return None


def _seen(type: Type) -> Types_:
    return () if type == UNSEEN else (type,)


_Arguments = tuple[Types_, ...]
_SAME = (
    "copy.copy", "copy.deepcopy", "functools.partial", "asyncio.create_task", "asyncio.ensure_future", "asyncio.shield", "asyncio.wait_for", "asyncio.run",
    "asgiref.sync.sync_to_async", "asgiref.sync.async_to_sync", "contextlib.closing", "functools.wraps", "weakref.proxy", "functools.cache",
    "functools.lru_cache", "staticmethod", "classmethod", "asyncio.AbstractEventLoop.run_until_complete",
    "asyncio.run_coroutine_threadsafe", "anyio.run", "inspect.unwrap",
)
"""Calls that give their first argument, or something that behaves like it."""
STANDING_FOR = frozenset({"werkzeug.local.LocalProxy", "django.utils.functional.SimpleLazyObject", "wrapt.LazyObjectProxy"})
"""Objects that behave like what a function gives which they ask when they are used: Werkzeug, "Context Locals"; Django, `functional`; wrapt."""
_COLLECT = {
    "list": "list", "tuple": "list", "sorted": "list", "reversed": "list", "set": "set", "frozenset": "set", "iter": "list", "collections.deque": "list",
    "aiter": "list", "itertools.islice": "list", "more_itertools.unique_everseen": "list",
}


def builtin_call(name: str, args: _Arguments, item: Callable[[Type], Types_]) -> Types_ | None:
    """What a built-in or standard function gives whose result follows its arguments; None for others."""
    first: Types_ = args[0] if args else ()
    items = union(item(t) for t in first)
    if name in _SAME:
        return first if args else None
    if name in _COLLECT:
        return collection(_COLLECT[name], items)
    if name in ("next", "anext", "max", "min", "random.choice"):
        return union((items, *(args[1:] if name in ("max", "min", "next") else ()))) if args else None
    if name == "enumerate":
        return tuple(Type("list", (Type("tuple", (Type("int"), t)),)) for t in items)
    if name == "zip":
        firsts = [(union(item(t) for t in a) or (UNSEEN,))[0] for a in args]
        return (Type("list", (Type("tuple", tuple(firsts)),)),)
    if name == "filter" and len(args) > 1:
        return collection("list", union(item(t) for t in args[1]))
    if name in ("itertools.chain", "itertools.cycle"):
        return collection("list", union(item(t) for a in args for t in a))
    if name == "itertools.chain.from_iterable":
        return collection("list", union(item(t) for t in items))
    if name == "type" and len(args) == 1:
        return tuple(msgspec.structs.replace(t, meta=True) for t in first if not t.meta)
    if name in ("asyncio.gather", "asyncio.as_completed"):
        return collection("list", union(args))
    if name in ("random.sample", "random.choices"):
        return collection("list", items)
    return None

"""What the language and its everyday libraries do to texts, lists and objects."""

from __future__ import annotations

import re

from agentlint.analysis.clients.libraries import joined_paths, looks_like_path, short
from agentlint.analysis.clients.values import (
    HOLE,
    Arr,
    External,
    Hole,
    Obj,
    Ref,
    Text,
    Value,
    concat,
    either,
    fixed,
    text,
)  # fmt: skip
from agentlint.ir.marks import route_mark

_SAME = frozenset({
    "trim", "toString", "toLowerCase", "toUpperCase", "split", "map", "filter", "slice", "normalize", "trimEnd", "trimStart", "substring", "substr", "valueOf",
    "toLocaleLowerCase", "decode", "encode", "flat", "sort", "reverse",
})  # fmt: skip
_IDENTITY = frozenset({
    "encodeURIComponent", "encodeURI", "String", "decodeURI", "decodeURIComponent", "escape", "unescape", "Object.freeze", "Object.seal", "Array.from",
    "unref", "toValue", "toRaw", "structuredClone", "_.escape",
})  # fmt: skip
_MERGES = re.compile(r"^(?:Object\.assign|(?:\$|jQuery|_|lodash|angular)\.(?:extend|assign|merge|defaults|defaultsDeep)|merge|assign|defu|extend)$")
_JOINS = re.compile(
    r"(?:^|\.)(?:url_?path_?join|urljoin|url_?join|join_?(?:url|path)s?|path_?join|join|combine_?urls?|build_?(?:url|path)|concat_?(?:url|path)s?)$",
    re.IGNORECASE,
)
_ROUTES = re.compile(r"^(?:reverse|url_for|urlFor|reverse_url|Routing\.generate|Router\.reverse|route|urls?\.reverse)$")
_ROUTE_TABLES = re.compile(r"^(?:Urls|django\.urls|window\.urls)\.([\w$:.-]+)$")
_ROUTE_NAME = re.compile(r"^[\w-]+(?:[.:][\w-]+)*$")


def known_result(said: str, callee: Value, receiver: Value | None, attr: str, args: tuple[Value, ...]) -> Value | None:
    """What a call returns when the language or a common library answers it; None when neither does."""
    name = short(callee.name) if isinstance(callee, External) else ""
    if name:
        found = _of_name(name, args)
        if found is not None:
            return found
    if isinstance(receiver, Text | Ref):
        return _of_text(receiver, attr, args)
    if isinstance(receiver, Arr):
        return _of_list(receiver, attr, args)
    if attr in ("replace", "trim", "toString") and not isinstance(receiver, External):
        return HOLE
    return None


def joins(said: str) -> bool:
    """Whether a function joins pieces of a path, by its name: what the loops within do cannot be read."""
    return bool(_JOINS.search(said))


def joined(args: tuple[Value, ...]) -> Value:
    """Pieces of a path as one."""
    pieces = [p for a in args for p in (a.items if isinstance(a, Arr) else (a,)) if not isinstance(p, Obj)]
    return joined_paths(tuple(pieces)) if pieces else HOLE


def _of_name(name: str, args: tuple[Value, ...]) -> Value | None:
    first = args[0] if args else None
    if first is None:
        table = _ROUTE_TABLES.match(name)
        return text(route_mark(table[1])) if table else None
    if name in _IDENTITY:
        return first
    if name == "URL":
        return either([_located(first, args[1] if len(args) > 1 else None)])
    if name == "Request":
        made = Obj([{}])
        if len(args) > 1:
            made.merge(args[1])
        made.set("url", first)
        return made
    if _MERGES.match(name):
        return _merged(args)
    table = _ROUTE_TABLES.match(name)
    named = table[1] if table else fixed(first) if _ROUTES.match(name) else None
    if named and _ROUTE_NAME.match(named):
        return text(route_mark(named))
    return joined(args) if joins(name) and len(args) > 1 else None


def _located(path: Value, base: Value | None) -> Value:
    """`new URL(path, base)`: the host is of no interest, a base path is when the path is relative."""
    if base is None or not isinstance(base, Text) or looks_like_path(path):
        return path
    return joined_paths((base, path))


def _merged(args: tuple[Value, ...]) -> Value:
    """Later arguments overwrite fields of the first, which is what they are merged into."""
    objects = [a for a in args if not isinstance(a, Text | Hole)]
    if not objects:
        return HOLE
    target = objects[0] if isinstance(objects[0], Obj) else Obj([objects[0]])
    for other in objects[1:]:
        target.merge(other)
    return target


def _of_text(receiver: Text | Ref, attr: str, args: tuple[Value, ...]) -> Value | None:
    if attr in ("replace", "replaceAll") and len(args) > 1:
        return _replaced(receiver, fixed(args[0]), args[1])
    if attr in _SAME or attr in ("replace", "join"):
        return receiver
    if attr == "concat":
        return concat((receiver, *args))
    return None if isinstance(receiver, Ref) else HOLE


def _replaced(receiver: Text | Ref, old: str | None, new: Value) -> Value:
    if not old or not isinstance(receiver, Text):
        return receiver
    pieces: list[Value] = []
    for part in receiver.parts:
        if isinstance(part, str) and old in part:
            before, _, after = part.partition(old)
            pieces.extend((text(before), new, text(after)))
        else:
            pieces.append(Text((part,)))
    return concat(pieces)


def _of_list(receiver: Arr, attr: str, args: tuple[Value, ...]) -> Value | None:
    if attr == "join":
        separator = fixed(args[0]) if args else ","
        if separator == "/":
            return joined(receiver.items)
        found: list[Value] = []
        for index, item in enumerate(receiver.items):
            found.extend((text(separator or ""), item) if index else (item,))
        return concat(found) if found else text("")
    if attr in ("filter", "slice", "sort", "reverse", "flat"):
        return receiver
    if attr == "concat":
        return Arr((*receiver.items, *(i for a in args for i in (a.items if isinstance(a, Arr) else (a,)))))
    return None

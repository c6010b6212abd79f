"""Constant values: the answers of folding, and arithmetic on them where a text may have holes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, Union

import msgspec

from agentlint.ir import syntax as s

HOLE = "{}"
"""Stands in a folded text for what is not constant."""


class Unknown:
    """The type of `UNKNOWN`."""

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __bool__(self) -> bool:
        return False


UNKNOWN = Unknown()
"""What folding answers for an expression that is not constant. Test with `is`."""

Folded: TypeAlias = Union[str, int, float, bool, list["Folded"], tuple["Folded", ...], dict["Folded", "Folded"], Unknown, None]

class Element(msgspec.Struct, frozen=True, eq=False):
    """One item of a list: the expression, the scope in which its names mean something, and the names that loops around it bind."""

    expr: s.Expr
    scope: Any
    """A module, class or function of the program."""
    names: Mapping[str, object] = {}


_PERCENT = re.compile(r"%(?:\((\w+)\))?[-+ #0]*(?:\d+|\*)?(?:\.\d+)?[diouxXeEfFgGcrsa%]")
_BRACES = re.compile(r"\{\{|\}\}|\{(\w*)[^{}]*\}")
_LONGEST = 10_000
"""Items or letters beyond which a value is no longer followed."""


def shown(value: Folded) -> str:
    """A value inside a text."""
    return str(value) if isinstance(value, (str, int, float)) else HOLE


def add(left: Folded, right: Folded) -> Folded:
    """`left + right`; a text on one side makes the result a text with a hole."""
    if isinstance(left, str) or isinstance(right, str):
        if isinstance(left, (str, Unknown)) and isinstance(right, (str, Unknown)):
            return _limited(shown(left) + shown(right))
        return UNKNOWN
    if isinstance(left, (list, tuple)) or isinstance(right, (list, tuple)):
        items = [*(left if isinstance(left, (list, tuple)) else ()), *(right if isinstance(right, (list, tuple)) else ())]
        known = isinstance(left, (list, tuple, Unknown)) and isinstance(right, (list, tuple, Unknown)) and len(items) < _LONGEST
        return items if known else UNKNOWN
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return left + right
    return UNKNOWN


def _limited(text: str) -> Folded:
    return text if len(text) < _LONGEST else UNKNOWN


def arithmetic(op: str, left: Folded, right: Folded) -> Folded:
    """An operator on two values."""
    if op == "+":
        return add(left, right)
    if op == "%" and isinstance(left, str):
        return percent(left, right)
    if op == "/" and (isinstance(left, str) or isinstance(right, str)):
        return f"{shown(left)}/{shown(right)}"
    if op == "|" and isinstance(left, dict) and isinstance(right, dict):
        return {**left, **right}
    if isinstance(left, (int, float)) and isinstance(right, (int, float)) and op in "-*" and abs(left) < 1e9 and abs(right) < 1e9:
        return left - right if op == "-" else left * right
    return UNKNOWN


def percent(text: str, values: Folded) -> str:
    """`text % values` with holes for what is not known."""
    ordered = list(values) if isinstance(values, tuple) else [values]

    def fill(match: re.Match[str]) -> str:
        if match[0].endswith("%"):
            return "%"
        if match[1]:
            return shown(values.get(match[1], UNKNOWN)) if isinstance(values, dict) else HOLE
        return shown(ordered.pop(0)) if ordered else HOLE

    return _PERCENT.sub(fill, text)


def braces(text: str, args: Sequence[Folded], keywords: Mapping[str, Folded]) -> str:
    """`text.format(*args, **keywords)` with holes for what is not known."""
    position = iter(range(len(args)))

    def fill(match: re.Match[str]) -> str:
        if match[0] in ("{{", "}}"):
            return match[0][0]
        name = match[1]
        if name.isdigit() or not name:
            index = int(name) if name else next(position, -1)
            return shown(args[index]) if 0 <= index < len(args) else HOLE
        return shown(keywords.get(name, UNKNOWN))

    return _BRACES.sub(fill, text)


_TEXT_METHODS = {"strip", "lstrip", "rstrip", "lower", "upper", "title", "capitalize", "removeprefix", "removesuffix", "replace", "split"}


def text_method(text: str, name: str, args: Sequence[Folded], keywords: Mapping[str, Folded]) -> Folded:
    """A method of a constant text."""
    if name == "format":
        return braces(text, args, keywords)
    if name == "join" and args:
        items = args[0]
        return text.join(shown(i) for i in items) if isinstance(items, (list, tuple)) else HOLE
    if name in _TEXT_METHODS and all(isinstance(a, (str, int)) for a in args):
        try:
            result: Folded = getattr(text, name)(*args)
        except (TypeError, ValueError):
            return UNKNOWN
        return result
    return UNKNOWN

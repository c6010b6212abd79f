"""Reading JSON text, with the place of each node found on demand."""

from __future__ import annotations

import json
import re
from typing import Any

from agentlint.frontends.openapi.parsed import Flaw, Parsed, Pointer, Unreadable
from agentlint.frontends.openapi.tree import TreePlaces

_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def read_json(data: bytes) -> Parsed:
    """The value of JSON text. Raises Unreadable with the place of the first error."""
    repeated: list[dict[str, Any]] = []

    def mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            repeated.append(found)
        return found

    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=mapping, parse_constant=str)
    except json.JSONDecodeError as error:
        raise Unreadable(Flaw(error.lineno, error.colno, f"not JSON: {error.msg}")) from error
    except RecursionError as error:
        raise Unreadable(Flaw(1, 1, "nested too deeply to read")) from error
    except ValueError as error:  # an integer of thousands of digits
        raise Unreadable(Flaw(1, 1, f"not JSON that can be read: {error}")) from error
    if _SURROGATE.search(data):
        value = _whole(value)
    return Parsed(value, TreePlaces(data), _pointers(value, repeated))


def _whole(value: Any) -> Any:
    """The value with lone surrogates, which no output can hold, replaced."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_whole(v) for v in value]
    if isinstance(value, dict):
        return {_whole(k): _whole(v) for k, v in value.items()}
    return value


def _pointers(value: Any, repeated: list[dict[str, Any]]) -> tuple[Pointer, ...]:
    """Where the mappings with repeated keys stand; a walk that is only made when there are any."""
    if not repeated:
        return ()
    wanted = {id(m) for m in repeated}
    found: list[Pointer] = []
    stack: list[tuple[Any, Pointer]] = [(value, ())]
    while stack:
        node, pointer = stack.pop()
        if id(node) in wanted:
            found.append(pointer)
        children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        stack += [(child, (*pointer, key)) for key, child in children]
    return tuple(sorted(found, key=str))

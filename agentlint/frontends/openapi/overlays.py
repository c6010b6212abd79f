"""Targets of Overlay documents looked up in the description they extend: one that matches nothing changes nothing, silently."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from agentlint.ir.description import Description, Problem
from agentlint.ir.source import Gap

_STEP = re.compile(r"""\.\.(?P<deep>[\w$-]+|\*)|\.(?P<name>[\w$-]+|\*)|\[(?P<quote>['"])(?P<key>.*?)(?P=quote)\]|\[(?P<index>\d+|\*)\]""")


def unmatched(overlay: Description, documents: Mapping[str, Description], gap: Callable[[Gap], None]) -> Iterator[Problem]:
    """Actions whose target stands nowhere in the document that the overlay extends. Targets with filters, and overlays of documents that are
    not here, are gaps."""
    root = overlay.index.root
    extended = root.child("extends").value
    file = posixpath.normpath(posixpath.join(posixpath.dirname(overlay.file), extended)) if isinstance(extended, str) else ""
    document = documents.get(file) or (next(iter(documents.values())) if len(documents) == 1 else None)
    if document is None:
        where = overlay.index.locate(root.child("extends"))
        told = f"extends {extended}, which is not here" if extended else f"does not say which of {len(documents)} descriptions it extends"
        gap(Gap(where.file, where.line, f"the overlay {told}", "unresolved"))
        return
    for _, action in root.child("actions").children():
        target = action.child("target")
        found = _matches(document.index.root.value, target.value) if isinstance(target.value, str) else None
        where = overlay.index.locate(target)
        if found is None:
            gap(Gap(where.file, where.line, f"the target {target.value} was not looked up: it has parts beyond names and indexes", "unresolved"))
        if found == 0:
            pointer = "/".join(["", *map(str, target.pointer)])
            yield Problem(where.file, where.line, where.column, f"the target {target.value} matches nothing in {document.file}", pointer, "references")


def _matches(root: Any, path: str) -> int | None:
    """How many places a JSONPath names; None for one with parts that are not known here."""
    if not path.startswith("$"):
        return None
    at, nodes = 1, [root]
    while at < len(path):
        step = _STEP.match(path, at)
        if step is None:
            return None
        key = step["deep"] or step["name"] or step["key"] or step["index"] or ""
        pool = list(_below(nodes)) if step["deep"] else nodes
        nodes = [child for node in pool for child in _children(node, key, step["key"] is None)]
        at = step.end()
    return len(nodes)


def _children(node: Any, key: str, wild: bool) -> list[Any]:
    if key == "*" and wild:
        return list(node.values()) if isinstance(node, dict) else list(node) if isinstance(node, list) else []
    if isinstance(node, dict):
        return [node[key]] if key in node else []
    return [node[int(key)]] if isinstance(node, list) and key.isdigit() and int(key) < len(node) else []


def _below(nodes: list[Any]) -> Iterator[Any]:
    stack = list(nodes)
    while stack:
        node = stack.pop()
        yield node
        stack += node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()

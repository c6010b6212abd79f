"""Reading on after trouble, the same for every grammar: a bound on nesting, and syntax errors as a few plain gaps."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from tree_sitter import Node

from agentlint.ir.source import Gap

_ROOM = 640
"""Python frames one file may nest: deeper trees could not be walked or shipped either."""
_MOST = 10
"""Gaps reported for one file before the rest is summed up."""
_SHOWN = 40


@contextmanager
def bounded_nesting() -> Iterator[None]:
    """Let the code below nest a fixed number of frames: counted from here, so that it does not matter from how deep we are called."""
    depth = 0
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        depth += 1
        frame = frame.f_back
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(depth + _ROOM)
    try:
        yield
    finally:
        sys.setrecursionlimit(max(limit, depth + 10))


def syntax_gaps(root: Node, path: str, line_of: Callable[[Node], int], text_of: Callable[[Node], str], harmless: str = "") -> list[Gap]:
    """One gap for each run of neighbouring lines with errors; errors below nodes of the `harmless` kind are the grammar's own."""
    if not root.has_error:
        return []
    found: list[Gap] = []
    last_line = -2
    for node in _error_nodes(root, harmless):
        line = line_of(node)
        end_line = line + node.end_point[0] - node.start_point[0]
        if line > last_line + 1:
            found.append(Gap(path, line, _words(node, text_of)))
        last_line = max(last_line, end_line)
    if len(found) > _MOST:
        rest = found[_MOST:]
        return [*found[:_MOST], Gap(path, rest[0].line, f"{len(rest)} further syntax errors")]
    return found


def _error_nodes(root: Node, harmless: str) -> list[Node]:
    """Errors in source order, outermost only."""
    found: list[Node] = []
    stack = [root]
    while stack:
        node = stack.pop()
        if node.is_error or node.is_missing:
            found.append(node)
        elif node.has_error and not (harmless and node.type == harmless):
            stack.extend(reversed(node.children))
    return found


def _words(node: Node, text_of: Callable[[Node], str]) -> str:
    if node.is_missing:
        return f"syntax error: {node.type} missing"
    shown = " ".join(text_of(node).split())[:_SHOWN]
    return f"syntax error near {shown!r}" if shown else "syntax error"

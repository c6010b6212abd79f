"""What the grammar could not read in a Python file, as few plain gaps; and the comments that address agentlint."""

from __future__ import annotations

from tree_sitter import Node

from agentlint.frontends.python.grammar import kinds
from agentlint.frontends.python.source import Source
from agentlint.ir.source import Gap
from agentlint.ir.syntax import Comment

_MOST = 10
"""Gaps reported for one file before the rest is summed up."""
_SHOWN = 40
_TYPE_PARAMETER = kinds("type_parameter")
_COMMENT = kinds("comment")
_ADDRESS = "agentlint:"


def syntax_gaps(root: Node, source: Source) -> list[Gap]:
    """One gap for each run of neighbouring lines with errors."""
    if not root.has_error:
        return []
    found: list[Gap] = []
    last_line = -2
    for node in _error_nodes(root):
        line = source.line(node)
        if line <= last_line + 1:
            last_line = max(last_line, node.end_point[0] + source.row)
            continue
        last_line = max(line, node.end_point[0] + source.row)
        found.append(Gap(source.path, line, _words(node, source)))
    if len(found) > _MOST:
        rest = found[_MOST:]
        return [*found[:_MOST], Gap(source.path, rest[0].line, f"{len(rest)} further syntax errors")]
    return found


def _error_nodes(root: Node) -> list[Node]:
    """Errors in source order. Defaults of type parameters are Python 3.13 syntax that the grammar does not know: no error of the user's."""
    found: list[Node] = []
    stack = [root]
    while stack:
        node = stack.pop()
        if node.is_error or node.is_missing:
            found.append(node)
        elif node.has_error and node.kind_id not in _TYPE_PARAMETER:
            stack.extend(reversed(node.children))
    return found


def _words(node: Node, source: Source) -> str:
    if node.is_missing:
        return f"syntax error: {node.type} missing"
    shown = " ".join(source.slice(node).split())[:_SHOWN]
    return f"syntax error near {shown!r}" if shown else "syntax error"


def agentlint_comments(root: Node, data: bytes) -> tuple[Comment, ...]:
    """Comments that start with `agentlint:`, without their marker."""
    if _ADDRESS.encode() not in data:
        return ()
    found: list[Comment] = []
    stack = [root]
    while stack:
        node = stack.pop()
        if node.kind_id in _COMMENT:
            text = data[node.start_byte : node.end_byte].decode("utf-8", "replace").lstrip("#").strip()
            if text.startswith(_ADDRESS):
                found.append(Comment(node.start_point[0] + 1, text))
        else:
            stack.extend(reversed(node.named_children))
    return tuple(found)

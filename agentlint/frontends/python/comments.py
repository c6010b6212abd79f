"""Comments of a Python file that address agentlint."""

from __future__ import annotations

from tree_sitter import Node

from agentlint.frontends.python.grammar import kinds
from agentlint.ir.syntax import Comment

_COMMENT = kinds("comment")
_ADDRESS = "agentlint:"


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

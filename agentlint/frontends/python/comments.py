"""Comments of a Python file that address agentlint, with the statement that each speaks of."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from agentlint.frontends.notes import is_note
from agentlint.frontends.python.grammar import kinds
from agentlint.ir.notes import ADDRESS, Note

_COMMENT = kinds("comment")
_BODIES = kinds("module", "block")
_CLAUSES = kinds("elif_clause", "else_clause", "except_clause", "except_group_clause", "finally_clause", "case_clause")


def notes_of(root: Node, data: bytes, path: str) -> tuple[Note, ...]:
    """A note after code speaks of the statement it stands in, one that stands alone of the next statement: decorators and header, never the body."""
    if ADDRESS.encode() not in data:
        return ()
    comments: list[Node] = []
    heads: list[tuple[int, int]] = []
    stack = [root]
    while stack:
        node = stack.pop()
        if node.kind_id in _COMMENT:
            comments.append(node)
            continue
        if node.kind_id in _CLAUSES or (node.parent is not None and node.parent.kind_id in _BODIES):
            heads.append(_head(node))
        stack.extend(node.named_children)
    heads.sort()
    return tuple(sorted(_notes(comments, heads, data, path)))


def _notes(comments: list[Node], heads: list[tuple[int, int]], data: bytes, path: str) -> Iterator[Note]:
    lines = data.split(b"\n")
    for comment in comments:
        text = data[comment.start_byte : comment.end_byte].decode("utf-8", "replace").lstrip("#").strip()
        if is_note(text):
            row, column = comment.start_point
            around = [h for h in heads if h[0] <= row <= h[1]]
            after = [] if lines[row][:column].strip() else [h for h in heads if h[0] > row]
            first, last = around[-1] if around else after[0] if after else (row, row)
            yield Note(path, row + 1, text, min(first, row) + 1, last + 1)


def _head(node: Node) -> tuple[int, int]:
    """First and last row of a statement, its body left out."""
    inner = node.child_by_field_name("definition") or node
    colon = next((c for c in inner.children if c.type == ":"), None)
    return node.start_point[0], (colon or node).end_point[0]

"""Comments of a script that address agentlint."""

from __future__ import annotations

from tree_sitter import Node

from agentlint.frontends.javascript.source import Source
from agentlint.frontends.notes import is_note, note_by_lines
from agentlint.ir.notes import ADDRESS, Note


def notes_of(root: Node, source: Source) -> tuple[Note, ...]:
    """The notes of a script, on the lines of the file that holds it."""
    if ADDRESS.encode() not in source.data:
        return ()
    lines = source.data.decode("utf-8", "replace").split("\n")
    found: list[Note] = []
    stack = [root]
    while stack:
        node = stack.pop()
        if node.type != "comment":
            stack.extend(reversed(node.named_children))
            continue
        text = source.slice(node).removeprefix("//").removeprefix("/*").removesuffix("*/").strip(" \t*\n\r")
        if is_note(text):
            row, column = node.start_point
            before = source.data[: node.start_byte].rsplit(b"\n", 1)[-1][:column]
            note = note_by_lines(source.path, node.end_point[0] + 1, text, lines, not before.strip(b" \t{"))
            shift = source.row - 1
            found.append(Note(source.path, row + 1 + shift, text, min(row + 1, note.first) + shift, note.last + shift))
    return tuple(sorted(found))

"""One Python file while it is being lowered: its text, its scope, its call sites, what could not be read."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from tree_sitter import Node

from agentlint.frontends.python.grammar import EXTRA, Table
from agentlint.ir import syntax as s
from agentlint.ir.source import Gap


class Source:
    """The state of one lowering. `text` holds the UTF-8 bytes one character each, so that node offsets index it."""

    __slots__ = ("gaps", "next_site", "old_python", "path", "row", "scope", "text")

    def __init__(self, data: bytes, path: str, row: int = 1, next_site: Callable[[], int] | None = None) -> None:
        self.text = data.decode("latin-1")
        self.path = path
        self.row = row
        """Line number of the first line."""
        self.scope = ""
        """Qualified name of the enclosing definitions, with a trailing dot."""
        self.next_site = next_site or count().__next__
        self.gaps: list[Gap] = []
        self.old_python = 0
        """Line of the first construct that only Python 2 has, 0 when there is none."""

    def slice(self, node: Node) -> str:
        """The text of a node."""
        text = self.text[node.start_byte : node.end_byte]
        return text if text.isascii() else decoded(text)

    def line(self, node: Node) -> int:
        """The line a node starts on, counted from 1."""
        return node.start_point[0] + self.row

    def gap(self, node: Node, reason: str) -> None:
        """Record what could not be read."""
        self.gaps.append(Gap(self.path, self.line(node), reason))

    def needs_python2(self, node: Node) -> None:
        """Note a construct that Python 3 does not know."""
        self.old_python = self.old_python or self.line(node)


def decoded(text: str) -> str:
    """Real text of a slice that holds one character per byte."""
    return text.encode("latin-1").decode("utf-8", "replace")


def parts(node: Node) -> list[Node]:
    """The named children without comments and line continuations."""
    children = node.named_children
    for child in children:
        if child.kind_id in EXTRA:
            return [c for c in children if c.kind_id not in EXTRA]
    return children


def unknown(source: Source, node: Node) -> s.Expr:
    """What the grammar knows and the neutral tree does not: its sub-expressions are kept."""
    return s.Other("unknown", tuple(EXPRESSIONS[c.kind_id](source, c) for c in parts(node)), source.line(node))


EXPRESSIONS: Table[Callable[[Source, Node], s.Expr]] = Table(unknown)
"""How to lower each kind of expression."""

"""One script while it is being lowered: its text, its scope, its call sites, what could not be read."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from tree_sitter import Node

from agentlint.ir import syntax as s
from agentlint.ir.source import Gap

Lowering = Callable[["Source", Node], s.Expr]
EXTRA = frozenset({"comment", "ERROR", "html_comment", "hash_bang_line"})
"""Nodes that may stand between any two others."""
ANONYMOUS = "<lambda>"
_NAMED = frozenset({
    "function_expression", "generator_function", "arrow_function", "function", "class", "object", "parenthesized_expression", "as_expression",
    "satisfies_expression", "non_null_expression", "jsx_expression",
})  # fmt: skip
"""Expressions that hand the name they are kept under on to the function in them."""


class Source:
    """The state of one lowering."""

    __slots__ = ("data", "gaps", "hint", "next_site", "path", "row", "scope")

    def __init__(self, data: bytes, path: str, row: int = 1) -> None:
        self.data = data
        self.path = path
        self.row = row
        """Line number of the first line."""
        self.scope = ""
        """Qualified name of the enclosing definitions, with a trailing dot."""
        self.hint = ""
        """The name that the next function expression gets from where it is kept."""
        self.next_site = count().__next__
        self.gaps: list[Gap] = []

    def slice(self, node: Node) -> str:
        """The text of a node."""
        return self.data[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def line(self, node: Node) -> int:
        """The line a node starts on, counted from 1."""
        return node.start_point[0] + self.row

    def gap(self, node: Node, reason: str) -> None:
        """Record what could not be read."""
        self.gaps.append(Gap(self.path, self.line(node), reason))

    def named(self, node: Node, hint: str) -> s.Expr:
        """Lower an expression that is kept under a name: a function there is called by it."""
        self.hint = hint if node.type in _NAMED else ""
        try:
            return expression(self, node)
        finally:
            self.hint = ""


def parts(node: Node) -> list[Node]:
    """The named children without comments."""
    return [c for c in node.named_children if c.type not in EXTRA]


def unknown(source: Source, node: Node) -> s.Expr:
    """What the neutral tree does not know: its sub-expressions are kept."""
    return s.Other("unknown", expressions(source, parts(node)), source.line(node))


class Table(dict[str, Lowering]):
    """How to lower each kind of expression, filled by `@EXPRESSIONS("kind", ...)`."""

    def __call__(self, *names: str) -> Callable[[Lowering], Lowering]:
        """Decorator that registers a function for these kinds."""

        def register(value: Lowering) -> Lowering:
            for name in names:
                self[name] = value
            return value

        return register


EXPRESSIONS = Table()


def expression(source: Source, node: Node) -> s.Expr:
    """The neutral form of an expression."""
    return EXPRESSIONS.get(node.type, unknown)(source, node)


def expressions(source: Source, nodes: list[Node]) -> tuple[s.Expr, ...]:
    """The neutral forms of several."""
    return tuple([EXPRESSIONS.get(n.type, unknown)(source, n) for n in nodes])

"""The tree-sitter grammar of Python: the parser, and node kinds as numbers for fast dispatch."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

import tree_sitter
import tree_sitter_python

LANGUAGE = tree_sitter.Language(tree_sitter_python.language())
_COUNT = LANGUAGE.node_kind_count
_ERROR_KIND = 65535
"""The number tree-sitter gives to error nodes, far above every kind of the grammar."""

Value = TypeVar("Value")


def parse(source: bytes) -> tree_sitter.Node:
    """The root of the syntax tree; never fails, errors are nodes of their own."""
    return tree_sitter.Parser(LANGUAGE).parse(source).root_node


def kinds(*names: str) -> frozenset[int]:
    """Every number that the grammar gives to nodes of these names (aliases give several)."""
    wanted = set(names)
    return frozenset(i for i in range(_COUNT) if LANGUAGE.node_kind_for_id(i) in wanted)


def kind(name: str) -> int:
    """The number that nodes of this name report: not that of the keyword spelled the same."""
    number = LANGUAGE.id_for_node_kind(name, True)
    if number is None:
        raise ValueError(f"the grammar has no node kind {name!r}")
    return number


class Table(dict[int, Value]):
    """Values by node kind, filled by `@table("kind", ...)`; what is missing falls to the default."""

    def __init__(self, default: Value) -> None:
        super().__init__()
        self.default = default

    def __missing__(self, number: int) -> Value:
        return self.default

    def __call__(self, *names: str) -> Callable[[Value], Value]:
        """Decorator that gives the decorated value to these kinds."""

        def register(value: Value) -> Value:
            self.fill(names, value)
            return value

        return register

    def fill(self, names: Iterable[str], value: Value) -> None:
        """Give the same value to every kind of these names."""
        for number in kinds(*names):
            self[number] = value


EXTRA = kinds("comment", "line_continuation") | {_ERROR_KIND}
"""Nodes that may stand between any two others."""

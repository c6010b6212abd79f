"""Lowering of Python type annotations: a forward reference in quotes is read like one without."""

from __future__ import annotations

import re

import msgspec
from tree_sitter import Node

from agentlint.frontends.python.expressions import chain
from agentlint.frontends.python.grammar import parse
from agentlint.frontends.python.source import EXPRESSIONS, Source, parts
from agentlint.ir import syntax as s

_DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
_TEXT_ARGUMENTS = frozenset({"Literal", "LiteralString"})
"""Type forms whose quoted arguments are values, not names of types."""


def annotation(source: Source, node: Node) -> s.Expr:
    """The type that a `type` node names."""
    expr = EXPRESSIONS[node.kind_id](source, node)
    text = source.text[node.start_byte : node.end_byte]
    return _unquoted(source, expr) if '"' in text or "'" in text else expr


def _unquoted(source: Source, expr: s.Expr) -> s.Expr:
    if isinstance(expr, s.Constant) and isinstance(expr.value, str):
        return _reference(source, expr.value, expr)
    if isinstance(expr, s.Subscript):
        form = expr.value.attr if isinstance(expr.value, s.Attribute) else expr.value.id if isinstance(expr.value, s.Name) else ""
        if form in _TEXT_ARGUMENTS:
            return expr
        if form == "Annotated" and isinstance(expr.index, s.Sequence):
            first, *rest = expr.index.items
            return msgspec.structs.replace(expr, index=msgspec.structs.replace(expr.index, items=(_unquoted(source, first), *rest)))
        return msgspec.structs.replace(expr, index=_unquoted(source, expr.index))
    if isinstance(expr, s.Sequence):
        return msgspec.structs.replace(expr, items=tuple(_unquoted(source, e) for e in expr.items))
    if isinstance(expr, s.Apply) and expr.op == "|":
        return msgspec.structs.replace(expr, operands=tuple(_unquoted(source, e) for e in expr.operands))
    return expr


def _reference(source: Source, text: str, quoted: s.Constant) -> s.Expr:
    text = text.strip()
    if _DOTTED.fullmatch(text):
        return chain(text.split("."), quoted.line)
    root = parse(text.encode("utf-8", "replace"))
    statements = parts(root)
    if root.has_error or len(statements) != 1 or statements[0].type != "expression_statement":
        return quoted
    inside = Source(text.encode("utf-8", "replace"), source.path, quoted.line, source.next_site)
    inner = parts(statements[0])
    return _unquoted(source, EXPRESSIONS[inner[0].kind_id](inside, inner[0])) if len(inner) == 1 else quoted

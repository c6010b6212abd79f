"""Lowering of Python literals: text with its escapes, interpolated text, numbers, displays."""

from __future__ import annotations

import re
import unicodedata

from tree_sitter import Node

from agentlint.frontends.python.grammar import kind, kinds
from agentlint.frontends.python.source import EXPRESSIONS, Source, decoded, parts
from agentlint.ir import syntax as s

_INTERPOLATION = kind("interpolation")
_CONTENT = kind("string_content")
_FORMAT_SPECIFIER = kind("format_specifier")
_EQUALS = kinds("=")
_PAIR = kind("pair")
_OPENING = re.compile(r"([A-Za-z]*)('''|\"\"\"|'|\"|`)")
_ESCAPE = re.compile(r"\\(\n|[abfnrtv\\'\"]|x[0-9A-Fa-f]{2}|[0-7]{1,3}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|N\{[^}]*\})")
_SIMPLE = {"\n": "", "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\", "'": "'", '"': '"'}
_MAX_CODE = 0x10FFFF


def _unescape(match: re.Match[str]) -> str:
    body = match[1]
    if body in _SIMPLE:
        return _SIMPLE[body]
    if body[0] == "N":
        try:
            return unicodedata.lookup(body[2:-1])
        except KeyError:
            return match[0]
    code = int(body[1:], 16) if body[0] in "xuU" else int(body, 8)
    return chr(code) if code <= _MAX_CODE and not 0xD800 <= code <= 0xDFFF else "\ufffd"


def text_of(raw: str, prefix: str) -> str:
    """The value of a literal's inside, given the letters before its quote."""
    text = raw if raw.isascii() else decoded(raw)
    if "\\" not in text or "r" in prefix or "R" in prefix:
        return text
    return _ESCAPE.sub(_unescape, text)


@EXPRESSIONS("string")
def _string(source: Source, node: Node) -> s.Expr:
    start, end = node.start_byte, node.end_byte
    line = node.start_point[0] + source.row
    opening = _OPENING.match(source.text, start, end)
    if opening is None:
        return s.Constant(source.slice(node), line)
    prefix, quote = opening.groups()
    if prefix and set(prefix) & set("fFtT"):
        return _interpolated(source, node, prefix, line)
    if quote == "`":
        source.needs_python2(node)
    closing = len(quote) if source.text.endswith(quote, opening.end(), end) else 0
    return s.Constant(text_of(source.text[opening.end() : end - closing], prefix), line)


def _interpolated(source: Source, node: Node, prefix: str, line: int) -> s.Expr:
    found: list[s.Expr] = []
    for child in node.named_children:
        if child.kind_id == _CONTENT:
            raw = source.text[child.start_byte : child.end_byte].replace("{{", "{").replace("}}", "}")
            found.append(s.Constant(text_of(raw, prefix), source.line(child)))
        elif child.kind_id == _INTERPOLATION:
            found.extend(_hole(source, child))
    return joined(found, line)


def _hole(source: Source, node: Node) -> list[s.Expr]:
    """The expression in braces; `{x=}` also shows its own text, and expressions of a format specification are kept below it."""
    children = parts(node)
    if not children:
        return []
    line = source.line(node)
    value = EXPRESSIONS[children[0].kind_id](source, children[0])
    inner = tuple(
        EXPRESSIONS[e.kind_id](source, e)
        for c in children[1:] if c.kind_id == _FORMAT_SPECIFIER
        for f in c.named_children
        for e in parts(f)
    )  # fmt: skip
    shown = s.Other("format", (value, *inner), line) if inner else value
    if any(c.kind_id in _EQUALS for c in node.children):
        return [s.Constant(source.slice(children[0]) + "=", line), shown]
    return [shown]


def joined(pieces: list[s.Expr], line: int) -> s.Expr:
    """Neighbouring texts as one: a constant when nothing is interpolated, a template otherwise."""
    flat: list[s.Expr] = []
    for piece in pieces:
        for part in piece.parts if isinstance(piece, s.Template) else (piece,):
            last = flat[-1] if flat else None
            if isinstance(part, s.Constant) and isinstance(last, s.Constant):
                flat[-1] = s.Constant(f"{last.value}{part.value}", last.line)
            else:
                flat.append(part)
    if not flat:
        return s.Constant("", line)
    if len(flat) == 1 and isinstance(flat[0], s.Constant):
        return s.Constant(flat[0].value, line)
    return s.Template(tuple(flat), line)


@EXPRESSIONS("concatenated_string")
def _concatenated(source: Source, node: Node) -> s.Expr:
    return joined([EXPRESSIONS[c.kind_id](source, c) for c in parts(node)], node.start_point[0] + source.row)


@EXPRESSIONS("integer", "float")
def _number(source: Source, node: Node) -> s.Expr:
    return s.Constant(number(source.text[node.start_byte : node.end_byte]), node.start_point[0] + source.row)


def number(text: str) -> int | float | str:
    """The value of a number; its text where the neutral tree has no such number (imaginary, beyond 64 bits)."""
    try:
        value: int | float = int(text, 0)
    except ValueError:
        if text.isdigit():
            return _old_number(text)
        try:
            value = float(text)
        except ValueError:
            return _old_number(text)
    if isinstance(value, int) and value.bit_length() > 63:
        return text
    return value


def _old_number(text: str) -> int | str:
    """Python 2 writes `0777` and `10L`."""
    digits = text.rstrip("lL")
    try:
        return int(digits, 8 if digits.startswith("0") and digits.isdigit() else 0)
    except ValueError:
        return text


@EXPRESSIONS("true")
def _true(source: Source, node: Node) -> s.Expr:
    return s.Constant(True, node.start_point[0] + source.row)


@EXPRESSIONS("false")
def _false(source: Source, node: Node) -> s.Expr:
    return s.Constant(False, node.start_point[0] + source.row)


@EXPRESSIONS("none", "ellipsis")
def _none(source: Source, node: Node) -> s.Expr:
    return s.Constant(None, node.start_point[0] + source.row)


@EXPRESSIONS("list", "list_pattern")
def _list(source: Source, node: Node) -> s.Expr:
    return s.Sequence("list", tuple([EXPRESSIONS[c.kind_id](source, c) for c in parts(node)]), node.start_point[0] + source.row)


@EXPRESSIONS("tuple", "tuple_pattern", "expression_list", "pattern_list")
def _tuple(source: Source, node: Node) -> s.Expr:
    return s.Sequence("tuple", tuple([EXPRESSIONS[c.kind_id](source, c) for c in parts(node)]), node.start_point[0] + source.row)


@EXPRESSIONS("set")
def _set(source: Source, node: Node) -> s.Expr:
    return s.Sequence("set", tuple([EXPRESSIONS[c.kind_id](source, c) for c in parts(node)]), node.start_point[0] + source.row)


@EXPRESSIONS("dictionary")
def _dictionary(source: Source, node: Node) -> s.Expr:
    keys: list[s.Expr | None] = []
    values: list[s.Expr] = []
    for child in parts(node):
        inner = parts(child)
        if child.kind_id == _PAIR and len(inner) == 2:
            keys.append(EXPRESSIONS[inner[0].kind_id](source, inner[0]))
            values.append(EXPRESSIONS[inner[1].kind_id](source, inner[1]))
        elif inner:
            keys.append(None)
            values.append(EXPRESSIONS[inner[-1].kind_id](source, inner[-1]))
    return s.Mapping(tuple(keys), tuple(values), node.start_point[0] + source.row)

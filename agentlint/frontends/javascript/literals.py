"""Lowering of JavaScript literals: texts, templates, numbers, arrays, objects, JSX."""

from __future__ import annotations

import re

from tree_sitter import Node

from agentlint.frontends.javascript.source import EXPRESSIONS, Source, expression, expressions, parts
from agentlint.ir import syntax as s

_ESCAPE = re.compile(r"\\(\r?\n|x[0-9A-Fa-f]{2}|u\{[0-9A-Fa-f]{1,6}\}|u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_SIMPLE = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "0": "\0", "\n": "", "\r\n": ""}


def unescaped(text: str) -> str:
    """The value of a literal's inside."""
    return _ESCAPE.sub(_replacement, text) if "\\" in text else text


def _replacement(match: re.Match[str]) -> str:
    body = match[1]
    if body[0] in "xu" and len(body) > 1:
        code = int(body[1:].strip("{}"), 16)
        return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else "\ufffd"
    return _SIMPLE.get(body, body)


@EXPRESSIONS("string")
def _string(source: Source, node: Node) -> s.Expr:
    return s.Constant(unescaped(source.slice(node)[1:-1]), source.line(node))


@EXPRESSIONS("template_string")
def _template(source: Source, node: Node) -> s.Expr:
    """Texts between the holes are cut from the source: grammars differ in whether they name them."""
    found: list[s.Expr] = []
    at, end = node.start_byte + 1, node.end_byte - 1
    for child in node.named_children:
        if child.type == "template_substitution":
            _text(source, at, child.start_byte, node, found)
            found.extend(expressions(source, parts(child)))
            at = child.end_byte
    _text(source, at, end, node, found)
    if all(isinstance(f, s.Constant) for f in found):
        return s.Constant("".join(str(f.value) for f in found if isinstance(f, s.Constant)), source.line(node))
    return s.Template(tuple(found), source.line(node))


def _text(source: Source, start: int, end: int, node: Node, found: list[s.Expr]) -> None:
    if end > start:
        found.append(s.Constant(unescaped(source.data[start:end].decode("utf-8", "replace")), source.line(node)))


@EXPRESSIONS("number")
def _number(source: Source, node: Node) -> s.Expr:
    text = source.slice(node).replace("_", "")
    value: int | float | str
    try:
        value = int(text, 0)
    except ValueError:
        try:
            value = float(text)
        except ValueError:
            value = text
    if isinstance(value, int) and value.bit_length() > 63:
        value = text
    return s.Constant(value, source.line(node))


@EXPRESSIONS("true")
def _true(source: Source, node: Node) -> s.Expr:
    return s.Constant(True, source.line(node))


@EXPRESSIONS("false")
def _false(source: Source, node: Node) -> s.Expr:
    return s.Constant(False, source.line(node))


@EXPRESSIONS("null", "undefined")
def _null(source: Source, node: Node) -> s.Expr:
    return s.Constant(None, source.line(node))


@EXPRESSIONS("regex")
def _regex(source: Source, node: Node) -> s.Expr:
    return s.Other("regex", (s.Constant(source.slice(node), source.line(node)),), source.line(node))


@EXPRESSIONS("array", "array_pattern")
def _array(source: Source, node: Node) -> s.Expr:
    return s.Sequence("list", expressions(source, parts(node)), source.line(node))


@EXPRESSIONS("object", "object_pattern")
def _object(source: Source, node: Node) -> s.Expr:
    keys: list[s.Expr | None] = []
    values: list[s.Expr] = []
    outer = source.scope
    hint, source.hint = source.hint, ""
    source.scope = f"{outer}{hint}." if hint else outer
    for child in parts(node):
        key, value = _member(source, child)
        keys.append(key)
        values.append(value)
    source.scope = outer
    return s.Mapping(tuple(keys), tuple(values), source.line(node))


def _member(source: Source, node: Node) -> tuple[s.Expr | None, s.Expr]:
    """One entry of an object: `a: b`, `a`, `a() {}`, `...a`, `a = default`."""
    children = parts(node)
    match node.type:
        case "pair" | "pair_pattern" if len(children) == 2:
            key = property_key(source, children[0])
            return key, source.named(children[1], str(key.value) if isinstance(key, s.Constant) else "")
        case "shorthand_property_identifier" | "shorthand_property_identifier_pattern":
            name = source.slice(node)
            return s.Constant(name, source.line(node)), s.Name(name, source.line(node))
        case "object_assignment_pattern" if len(children) == 2:
            return s.Constant(source.slice(children[0]), source.line(node)), expression(source, node)
        case "method_definition":
            key = property_key(source, node.child_by_field_name("name") or children[0])
            return key, expression(source, node)
        case _:
            return None, expressions(source, children)[-1] if children else s.Other("unknown", (), source.line(node))


def property_key(source: Source, node: Node) -> s.Expr:
    """The key of a property: a constant unless it is computed."""
    if node.type == "computed_property_name":
        inner = parts(node)
        return expression(source, inner[0]) if inner else s.Other("unknown", (), source.line(node))
    if node.type in ("string", "number"):
        return expression(source, node)
    return s.Constant(source.slice(node), source.line(node))


@EXPRESSIONS("jsx_element", "jsx_self_closing_element")
def _jsx(source: Source, node: Node) -> s.Expr:
    """`Other("jsx", (tag, attributes, *children))`: the tag as a name, the attributes as a mapping."""
    line = source.line(node)
    opening = node.child_by_field_name("open_tag") or node
    keys: list[s.Expr | None] = []
    values: list[s.Expr] = []
    for child in parts(opening):
        inner = parts(child)
        if child.type == "jsx_attribute" and inner:
            name = source.slice(inner[0])
            keys.append(s.Constant(name, source.line(child)))
            values.append(source.named(inner[1], name) if len(inner) > 1 else s.Constant(True, source.line(child)))
        elif child.type == "jsx_expression" and inner:
            keys.append(None)
            values.append(expression(source, inner[0]))
    named = opening.child_by_field_name("name")
    tag = expression(source, named) if named is not None else s.Name("", line)
    children = () if opening is node else expressions(source, [c for c in parts(node) if c.type in _JSX_CHILDREN])
    return s.Other("jsx", (tag, s.Mapping(tuple(keys), tuple(values), line), *children), line)


_JSX_CHILDREN = frozenset({"jsx_element", "jsx_self_closing_element", "jsx_expression"})


@EXPRESSIONS("jsx_expression")
def _jsx_expression(source: Source, node: Node) -> s.Expr:
    inner = parts(node)
    return source.named(inner[0], source.hint) if inner else s.Constant(None, source.line(node))

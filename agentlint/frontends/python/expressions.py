"""Lowering of Python expressions: names, attributes, calls, subscripts, operators, comprehensions."""

from __future__ import annotations

from typing import Literal

from tree_sitter import Node

from agentlint.frontends.python.grammar import EXTRA, LANGUAGE, kind, kinds
from agentlint.frontends.python.source import EXPRESSIONS, Source, parts, unknown
from agentlint.ir import syntax as s

_KEYWORD = kind("keyword_argument")
_MAPPING_SPREAD = kind("dictionary_splat")
_ARGUMENTS = kind("argument_list")
_BOOLEAN = kind("boolean_operator")
_CLAUSE = kind("for_in_clause")
_CONDITION = kind("if_clause")
_PAIR = kind("pair")
_SLICE_COLON = kinds(":")
_LONG_CHAIN = 40
"""Operator chains longer than this become one flat operator, since nesting them would be deeper than anything can walk."""


@EXPRESSIONS("identifier", "dotted_name", "keyword_identifier")
def name(source: Source, node: Node) -> s.Expr:
    """A name, or a dotted chain of them."""
    text = source.text[node.start_byte : node.end_byte]
    line = node.start_point[0] + source.row
    if not text.isascii():
        text = source.slice(node)
    if "." not in text:
        return s.Name(text, line)
    return chain([p.strip() for p in text.split(".")], line)


def chain(words: list[str], line: int) -> s.Expr:
    """`a.b.c` from its words."""
    expr: s.Expr = s.Name(words[0], line)
    for word in words[1:]:
        expr = s.Attribute(expr, word, line)
    return expr


@EXPRESSIONS("attribute", "member_type")
def _attribute(source: Source, node: Node) -> s.Expr:
    children = node.named_children
    if len(children) != 2:
        children = parts(node)
        if len(children) != 2:
            return unknown(source, node)
    value, attr = children
    text = source.text[attr.start_byte : attr.end_byte]
    if not text.isascii():
        text = source.slice(attr)
    return s.Attribute(EXPRESSIONS[value.kind_id](source, value), text, attr.start_point[0] + source.row)


@EXPRESSIONS("call")
def _call(source: Source, node: Node) -> s.Expr:
    children = node.named_children
    if len(children) != 2:
        children = parts(node)
    func, given = children
    row, column = node.start_point
    function = EXPRESSIONS[func.kind_id](source, func)
    if given.kind_id == _ARGUMENTS:
        args, keywords = arguments(source, given)
    else:
        args, keywords = (EXPRESSIONS[given.kind_id](source, given),), ()
    return s.Call(function, args, keywords, row + source.row, source.next_site(), column + 1)


def arguments(source: Source, node: Node) -> tuple[tuple[s.Expr, ...], tuple[s.Keyword, ...]]:
    """Positional and named arguments of an argument list."""
    args: list[s.Expr] = []
    keywords: list[s.Keyword] = []
    for child in node.named_children:
        number = child.kind_id
        if number == _KEYWORD:
            pair = child.named_children
            value = pair[-1]
            key = source.text[pair[0].start_byte : pair[0].end_byte]
            keywords.append(s.Keyword(key if key.isascii() else source.slice(pair[0]), EXPRESSIONS[value.kind_id](source, value)))
        elif number == _MAPPING_SPREAD:
            value = child.named_children[-1]
            keywords.append(s.Keyword(None, EXPRESSIONS[value.kind_id](source, value)))
        elif number not in EXTRA:
            args.append(EXPRESSIONS[number](source, child))
    return tuple(args), tuple(keywords)


@EXPRESSIONS("subscript", "generic_type")
def _subscript(source: Source, node: Node) -> s.Expr:
    value, *indexes = parts(node)
    line = node.start_point[0] + source.row
    found = [EXPRESSIONS[i.kind_id](source, i) for i in indexes]
    index = found[0] if len(found) == 1 else s.Sequence("tuple", tuple(found), line)
    return s.Subscript(EXPRESSIONS[value.kind_id](source, value), index, line)


@EXPRESSIONS("slice")
def _slice(source: Source, node: Node) -> s.Expr:
    line = node.start_point[0] + source.row
    bounds: list[s.Expr] = [s.Constant(None, line)]
    for child in node.children:
        if child.kind_id in _SLICE_COLON:
            bounds.append(s.Constant(None, line))
        elif child.kind_id not in EXTRA:
            bounds[-1] = EXPRESSIONS[child.kind_id](source, child)
    return s.Other("slice", tuple(bounds), line)


@EXPRESSIONS("parenthesized_expression", "type", "as_pattern_target", "if_clause", "format_expression")
def _inner(source: Source, node: Node) -> s.Expr:
    children = node.named_children
    child = children[0] if len(children) == 1 else (parts(node) or children)[0]
    return EXPRESSIONS[child.kind_id](source, child)


@EXPRESSIONS("await", "chevron", "constrained_type")
def _unwrapped(source: Source, node: Node) -> s.Expr:
    child = parts(node)[-1]
    return EXPRESSIONS[child.kind_id](source, child)


@EXPRESSIONS("type_parameter")
def _type_parameter(source: Source, node: Node) -> s.Expr:
    found = [EXPRESSIONS[c.kind_id](source, c) for c in parts(node)]
    return found[0] if len(found) == 1 else s.Sequence("tuple", tuple(found), source.line(node))


@EXPRESSIONS("list_splat", "list_splat_pattern", "splat_type", "parenthesized_list_splat", "splat_pattern")
def _star(source: Source, node: Node) -> s.Expr:
    kind_of_spread = "double-star" if source.text.startswith("**", node.start_byte) else "star"
    return s.Other(kind_of_spread, tuple(EXPRESSIONS[c.kind_id](source, c) for c in parts(node)), source.line(node))


@EXPRESSIONS("dictionary_splat", "dictionary_splat_pattern")
def _double_star(source: Source, node: Node) -> s.Expr:
    return s.Other("double-star", tuple(EXPRESSIONS[c.kind_id](source, c) for c in parts(node)), source.line(node))


@EXPRESSIONS("yield")
def _yield(source: Source, node: Node) -> s.Expr:
    return s.Other("yield", tuple(EXPRESSIONS[c.kind_id](source, c) for c in parts(node)), source.line(node))


@EXPRESSIONS("binary_operator", "boolean_operator")
def _binary(source: Source, node: Node) -> s.Expr:
    """A left-leaning chain is unrolled in a loop: generated files add thousands of texts."""
    number = node.kind_id
    steps: list[tuple[str, Node]] = []
    current = node
    while current.kind_id == number:
        children = current.children
        if len(children) != 3:
            children = [c for c in children if c.kind_id not in EXTRA]
            if len(children) != 3:
                break
        left, operator, right = children
        steps.append((_spelled(operator), right))
        current = left
    first = unknown(source, current) if current.kind_id == number else EXPRESSIONS[current.kind_id](source, current)
    flat = number == _BOOLEAN or len(steps) > _LONG_CHAIN
    line = node.start_point[0] + source.row
    operands = [first]
    for index in range(len(steps) - 1, -1, -1):
        op, right = steps[index]
        operands.append(EXPRESSIONS[right.kind_id](source, right))
        if not (flat and index and steps[index - 1][0] == op):
            operands = [s.Apply(op, tuple(operands), line)]
    return operands[0]


def _spelled(operator: Node) -> str:
    """The operator's text: every operator is a node kind of that very name."""
    return LANGUAGE.node_kind_for_id(operator.kind_id) or ""


@EXPRESSIONS("not_operator")
def _not(source: Source, node: Node) -> s.Expr:
    child = parts(node)[0]
    return s.Apply("not", (EXPRESSIONS[child.kind_id](source, child),), node.start_point[0] + source.row)


@EXPRESSIONS("unary_operator")
def _unary(source: Source, node: Node) -> s.Expr:
    child = parts(node)[0]
    operand = EXPRESSIONS[child.kind_id](source, child)
    op = source.text[node.start_byte]
    if op == "-" and isinstance(operand, s.Constant) and isinstance(operand.value, int | float):
        return s.Constant(-operand.value, operand.line)
    return operand if op == "+" else s.Apply(op, (operand,), node.start_point[0] + source.row)


@EXPRESSIONS("comparison_operator")
def _comparison(source: Source, node: Node) -> s.Expr:
    """`a < b < c` is `a < b and b < c`."""
    line = node.start_point[0] + source.row
    pairs: list[s.Expr] = []
    left: s.Expr | None = None
    op = ""
    for child in node.children:
        if not child.is_named:
            op = _spelled(child)
            if op == "<>":
                source.needs_python2(node)
                op = "!="
        elif child.kind_id not in EXTRA:
            right = EXPRESSIONS[child.kind_id](source, child)
            if left is not None:
                pairs.append(s.Apply(op, (left, right), line))
            left = right
    return pairs[0] if len(pairs) == 1 else s.Apply("and", tuple(pairs), line)


@EXPRESSIONS("conditional_expression")
def _conditional(source: Source, node: Node) -> s.Expr:
    then, test, otherwise = [EXPRESSIONS[c.kind_id](source, c) for c in parts(node)]
    return s.Apply("?:", (test, then, otherwise), node.start_point[0] + source.row)


@EXPRESSIONS("named_expression")
def _named(source: Source, node: Node) -> s.Expr:
    return s.Apply(":=", tuple([EXPRESSIONS[c.kind_id](source, c) for c in parts(node)]), node.start_point[0] + source.row)


@EXPRESSIONS("as_pattern")
def _as(source: Source, node: Node) -> s.Expr:
    value, *target = [EXPRESSIONS[c.kind_id](source, c) for c in parts(node)]
    return s.Apply(":=", (target[0], value), source.line(node)) if target else value


@EXPRESSIONS("union_type")
def _union(source: Source, node: Node) -> s.Expr:
    return s.Apply("|", tuple([EXPRESSIONS[c.kind_id](source, c) for c in parts(node)]), source.line(node))


@EXPRESSIONS("list_comprehension")
def _list_comprehension(source: Source, node: Node) -> s.Expr:
    return _comprehension(source, node, "list")


@EXPRESSIONS("set_comprehension")
def _set_comprehension(source: Source, node: Node) -> s.Expr:
    return _comprehension(source, node, "set")


@EXPRESSIONS("dictionary_comprehension")
def _dict_comprehension(source: Source, node: Node) -> s.Expr:
    return _comprehension(source, node, "dict")


@EXPRESSIONS("generator_expression")
def _generator(source: Source, node: Node) -> s.Expr:
    return _comprehension(source, node, "generator")


def _comprehension(source: Source, node: Node, display: Literal["list", "set", "dict", "generator"]) -> s.Expr:
    body, *rest = parts(node)
    clauses: list[s.Clause] = []
    for child in rest:
        if child.kind_id == _CLAUSE:
            target, *sources = [EXPRESSIONS[c.kind_id](source, c) for c in parts(child)]
            iterable = sources[0] if len(sources) == 1 else s.Sequence("tuple", tuple(sources), source.line(child))
            clauses.append(s.Clause(target, iterable, ()))
        elif child.kind_id == _CONDITION and clauses:
            last = clauses[-1]
            clauses[-1] = s.Clause(last.target, last.iterable, (*last.conditions, EXPRESSIONS[child.kind_id](source, child)))
    elements = parts(body) if body.kind_id == _PAIR else [body]
    made = tuple([EXPRESSIONS[e.kind_id](source, e) for e in elements])
    return s.Comprehension(display, made, tuple(clauses), node.start_point[0] + source.row)

"""Lowering of JavaScript expressions: names, members, calls, operators."""

from __future__ import annotations

from tree_sitter import Node

from agentlint.frontends.javascript.source import EXPRESSIONS, EXTRA, Source, expression, expressions, parts, unknown
from agentlint.ir import syntax as s

_OPERATORS = {"===": "==", "!==": "!=", "&&": "and", "||": "or"}
_LONG_CHAIN = 40
"""Operator chains longer than this become one flat operator, since nesting them would be deeper than anything can walk."""


@EXPRESSIONS(
    "identifier", "this", "super", "type_identifier", "property_identifier", "private_property_identifier", "statement_identifier", "import",
    "predefined_type", "shorthand_property_identifier", "shorthand_property_identifier_pattern", "jsx_namespace_name", "meta_property", "this_type",
)  # fmt: skip
def _name(source: Source, node: Node) -> s.Expr:
    return s.Name(source.slice(node), source.line(node))


@EXPRESSIONS("member_expression", "nested_identifier", "nested_type_identifier")
def _member(source: Source, node: Node) -> s.Expr:
    children = [c for c in parts(node) if c.type != "optional_chain"]
    if len(children) != 2:
        return unknown(source, node)
    return s.Attribute(expression(source, children[0]), source.slice(children[1]), source.line(children[1]))


@EXPRESSIONS("subscript_expression")
def _subscript(source: Source, node: Node) -> s.Expr:
    children = [c for c in parts(node) if c.type != "optional_chain"]
    if len(children) != 2:
        return unknown(source, node)
    value, index = expressions(source, children)
    return s.Subscript(value, index, source.line(node))


@EXPRESSIONS("call_expression", "new_expression")
def _call(source: Source, node: Node) -> s.Expr:
    func = node.child_by_field_name("function") or node.child_by_field_name("constructor")
    given = node.child_by_field_name("arguments")
    if func is None:
        return unknown(source, node)
    function = expression(source, func)
    if given is None:
        args: tuple[s.Expr, ...] = ()
    else:
        args = expressions(source, parts(given)) if given.type == "arguments" else (expression(source, given),)
    return s.Call(function, args, (), source.line(node), source.next_site(), node.start_point[1] + 1)


@EXPRESSIONS("decorator")
def _decorator(source: Source, node: Node) -> s.Expr:
    return expression(source, parts(node)[0])


@EXPRESSIONS("parenthesized_expression", "template_substitution", "type_annotation", "constraint", "readonly_type", "parenthesized_type", "literal_type")
def _inner(source: Source, node: Node) -> s.Expr:
    """Text that only groups: a sequence in it stands for its last part."""
    inner = parts(node)
    return source.named(inner[0], source.hint) if inner else s.Other("unknown", (), source.line(node))


@EXPRESSIONS("as_expression", "satisfies_expression", "non_null_expression", "instantiation_expression", "await_expression")
def _first(source: Source, node: Node) -> s.Expr:
    """Types beside a value say nothing that we follow; awaiting changes nothing either."""
    inner = parts(node)
    return source.named(inner[0], source.hint) if inner else s.Other("unknown", (), source.line(node))


@EXPRESSIONS("type_assertion")
def _asserted(source: Source, node: Node) -> s.Expr:
    return expression(source, parts(node)[-1])


@EXPRESSIONS("spread_element", "rest_pattern")
def _spread(source: Source, node: Node) -> s.Expr:
    return s.Other("star", expressions(source, parts(node)), source.line(node))


@EXPRESSIONS("yield_expression")
def _yield(source: Source, node: Node) -> s.Expr:
    return s.Other("yield", expressions(source, parts(node)), source.line(node))


@EXPRESSIONS("sequence_expression")
def _sequence(source: Source, node: Node) -> s.Expr:
    return s.Other("sequence", expressions(source, parts(node)), source.line(node))


@EXPRESSIONS("ternary_expression")
def _ternary(source: Source, node: Node) -> s.Expr:
    return s.Apply("?:", expressions(source, parts(node)), source.line(node))


@EXPRESSIONS("binary_expression")
def _binary(source: Source, node: Node) -> s.Expr:
    """A left-leaning chain is unrolled in a loop: bundles add thousands of texts."""
    steps: list[tuple[str, Node]] = []
    current = node
    while current.type == "binary_expression":
        children = [c for c in current.children if c.type not in EXTRA]
        if len(children) != 3:
            break
        left, operator, right = children
        steps.append((_OPERATORS.get(operator.type, operator.type), right))
        current = left
    operands = [unknown(source, current) if current.type == "binary_expression" else expression(source, current)]
    line = source.line(node)
    for index in range(len(steps) - 1, -1, -1):
        op, right = steps[index]
        operands.append(expression(source, right))
        flat = op in ("and", "or") or len(steps) > _LONG_CHAIN
        if not (flat and index and steps[index - 1][0] == op):
            operands = [s.Apply(op, tuple(operands), line)]
    return operands[0]


@EXPRESSIONS("unary_expression", "update_expression")
def _unary(source: Source, node: Node) -> s.Expr:
    line = source.line(node)
    operands = expressions(source, parts(node))
    op = next((c.type for c in node.children if not c.is_named), "")
    match op:
        case "!":
            return s.Apply("not", operands, line)
        case "delete":
            return s.Other("del", operands, line)
        case "-" if operands and isinstance(operands[0], s.Constant) and isinstance(operands[0].value, int | float):
            return s.Constant(-operands[0].value, line)
        case "-" | "~":
            return s.Apply(op, operands, line)
        case "+" if operands:
            return operands[0]
        case _:
            return s.Other(op or "unknown", operands, line)


@EXPRESSIONS("assignment_expression")
def _assignment(source: Source, node: Node) -> s.Expr:
    target, value = parts(node)
    return s.Apply(":=", (expression(source, target), source.named(value, kept_name(source, target))), source.line(node))


@EXPRESSIONS("augmented_assignment_expression")
def _augmented(source: Source, node: Node) -> s.Expr:
    return s.Apply(":=", expressions(source, parts(node)), source.line(node))


@EXPRESSIONS("assignment_pattern", "object_assignment_pattern")
def _default(source: Source, node: Node) -> s.Expr:
    """`target = default` within a pattern."""
    return s.Other("default", expressions(source, parts(node)), source.line(node))


def kept_name(source: Source, target: Node) -> str:
    """The name under which an assigned function is known: `a`, or `b` of `a.b`."""
    if target.type == "member_expression":
        return source.slice(target).replace("?.", ".").removeprefix("this.").replace(".prototype.", ".").replace(" ", "")
    return source.slice(target) if target.type == "identifier" else ""


@EXPRESSIONS("generic_type")
def _generic(source: Source, node: Node) -> s.Expr:
    value, *rest = parts(node)
    found = expressions(source, parts(rest[0])) if rest else ()
    index = found[0] if len(found) == 1 else s.Sequence("tuple", found, source.line(node))
    return s.Subscript(expression(source, value), index, source.line(node))


@EXPRESSIONS("array_type")
def _array_type(source: Source, node: Node) -> s.Expr:
    return s.Subscript(s.Name("Array", source.line(node)), expressions(source, parts(node))[0], source.line(node))


@EXPRESSIONS("union_type")
def _union(source: Source, node: Node) -> s.Expr:
    return s.Apply("|", expressions(source, parts(node)), source.line(node))


@EXPRESSIONS(
    "object_type", "function_type", "constructor_type", "conditional_type", "mapped_type_clause", "template_literal_type", "type_query",
    "index_type_query", "lookup_type", "tuple_type", "intersection_type", "infer_type", "type_predicate", "type_predicate_annotation",
    "asserts", "existential_type",
)  # fmt: skip
def _opaque_type(source: Source, node: Node) -> s.Expr:
    return s.Other("type", (), source.line(node))

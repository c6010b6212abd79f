"""Lowering of JavaScript functions, classes, their members and parameters."""

from __future__ import annotations

from tree_sitter import Node

from agentlint.frontends.javascript.literals import property_key
from agentlint.frontends.javascript.source import ANONYMOUS, EXPRESSIONS, Source, expression, expressions, parts
from agentlint.frontends.javascript.statements import STATEMENTS, block
from agentlint.ir import syntax as s

_FUNCTIONS = ("function_expression", "generator_function", "arrow_function", "method_definition", "function")


@EXPRESSIONS(*_FUNCTIONS)
def _function_value(source: Source, node: Node) -> s.Expr:
    function = function_of(source, node)
    return s.Lambda(function, function.line)


def function_of(source: Source, node: Node, decorators: tuple[s.Expr, ...] = ()) -> s.Function:
    """A function of any form; without a name of its own it takes that under which it is kept."""
    hint, source.hint = source.hint, ""
    named = node.child_by_field_name("name")
    key = property_key(source, named) if named is not None else None
    name = str(key.value) if isinstance(key, s.Constant) else hint or ANONYMOUS
    qualname = source.scope + name
    outer, source.scope = source.scope, f"{qualname}."
    params, bindings = _parameters(source, node)
    declared = node.child_by_field_name("return_type")
    returns = expression(source, declared) if declared is not None else None
    body = _body(source, node.child_by_field_name("body"))
    source.scope = outer
    is_async = any(c.type == "async" for c in node.children[:3])
    end_line = node.end_point[0] + source.row
    return s.Function(name.rsplit(".", 1)[-1], qualname, params, decorators, returns, (*bindings, *body), source.line(node), end_line, is_async)


def _body(source: Source, node: Node | None) -> tuple[s.Stmt, ...]:
    if node is None:
        return ()
    if node.type == "statement_block":
        return block(source, node)
    return (s.Return(expression(source, node), source.line(node)),)


def _parameters(source: Source, node: Node) -> tuple[tuple[s.Parameter, ...], tuple[s.Stmt, ...]]:
    """Parameters, and what binding them does: patterns are taken apart, TypeScript's `constructor(private a)` sets a field."""
    single = node.child_by_field_name("parameter")
    listed = node.child_by_field_name("parameters")
    nodes = [single] if single is not None else parts(listed) if listed is not None else []
    found: list[s.Parameter] = []
    bindings: list[s.Stmt] = []
    for index, child in enumerate(nodes):
        parameter = _parameter(source, child, index, bindings)
        if parameter.name != "this":
            found.append(parameter)
    return tuple(found), tuple(bindings)


def _parameter(source: Source, node: Node, index: int, bindings: list[s.Stmt]) -> s.Parameter:
    pattern = node.child_by_field_name("pattern") or node
    declared = node.child_by_field_name("type")
    annotation = expression(source, declared) if declared is not None else None
    given = node.child_by_field_name("value")
    if node.type == "assignment_pattern":
        pattern, given = parts(node)[0], parts(node)[-1]
    default = expression(source, given) if given is not None else None
    line = source.line(node)
    if pattern.type == "rest_pattern":
        inner = parts(pattern)
        return s.Parameter(source.slice(inner[0]) if inner else "rest", annotation, default, "star")
    if pattern.type in ("object_pattern", "array_pattern"):
        name = f"argument{index}"
        bindings.append(s.Assign((expression(source, pattern),), s.Name(name, line), line))
        return s.Parameter(name, annotation, default)
    name = source.slice(pattern)
    if any(c.type in ("accessibility_modifier", "readonly") for c in node.children):
        bindings.append(s.Assign((s.Attribute(s.Name("this", line), name, line),), s.Name(name, line), line, annotation))
    return s.Parameter(name, annotation, default)


@STATEMENTS("function_declaration", "generator_function_declaration")
def _function_statement(source: Source, node: Node, out: list[s.Stmt]) -> None:
    function = function_of(source, node)
    out.append(s.Define(function, function.line))


@STATEMENTS("class_declaration", "abstract_class_declaration", "class")
def _class_statement(source: Source, node: Node, out: list[s.Stmt]) -> None:
    made = class_of(source, node)
    out.append(s.Define(made, made.line))


@EXPRESSIONS("class")
def _class_value(source: Source, node: Node) -> s.Expr:
    """A class as a value: seldom anything but the argument of a mixin; what stands in it is kept."""
    made = class_of(source, node)
    methods = [d.definition for d in made.body if isinstance(d, s.Define) and isinstance(d.definition, s.Function)]
    return s.Other("class", (*made.bases, *[s.Lambda(m, m.line) for m in methods]), made.line)


def class_of(source: Source, node: Node, decorators: tuple[s.Expr, ...] = ()) -> s.Class:
    """A class with its fields as assignments and its methods as definitions."""
    named = node.child_by_field_name("name")
    name = source.slice(named) if named is not None else source.hint or ANONYMOUS
    source.hint = ""
    qualname = source.scope + name
    outer, source.scope = source.scope, f"{qualname}."
    own = expressions(source, [c for c in parts(node) if c.type == "decorator"])
    bases = tuple(b for c in parts(node) if c.type == "class_heritage" for b in _bases(source, c))
    body: list[s.Stmt] = []
    suite = node.child_by_field_name("body")
    pending: list[s.Expr] = []
    for child in parts(suite) if suite is not None else []:
        if child.type == "decorator":
            pending.append(expression(source, child))
        else:
            _member(source, child, tuple(pending), body)
            pending = []
    source.scope = outer
    return s.Class(name, qualname, bases, (), (*decorators, *own), tuple(body), source.line(node), node.end_point[0] + source.row)


def _bases(source: Source, node: Node) -> list[s.Expr]:
    """What a class extends; the interfaces it implements are types only."""
    found: list[s.Expr] = []
    for child in parts(node):
        if child.type == "extends_clause":
            value = child.child_by_field_name("value")
            found.extend([expression(source, value)] if value is not None else [])
        elif child.type != "implements_clause":
            found.append(expression(source, child))
    return found


def _member(source: Source, node: Node, decorators: tuple[s.Expr, ...], out: list[s.Stmt]) -> None:
    line = source.line(node)
    words = {c.type for c in node.children if not c.is_named}
    marks = tuple(s.Name(mark, line) for word, mark in (("static", "staticmethod"), ("get", "property")) if word in words)
    if node.type == "method_definition":
        function = function_of(source, node, (*decorators, *marks))
        out.append(s.Define(function, function.line))
    elif node.type in ("field_definition", "public_field_definition"):
        named = node.child_by_field_name("name") or node.child_by_field_name("property") or parts(node)[0]
        key = property_key(source, named)
        name = str(key.value) if isinstance(key, s.Constant) else ANONYMOUS
        value = node.child_by_field_name("value")
        declared = node.child_by_field_name("type")
        annotation = expression(source, declared) if declared is not None else None
        out.append(s.Assign((s.Name(name, line),), source.named(value, name) if value is not None else None, line, annotation))
    elif node.type == "class_static_block":
        out.extend(block(source, node.child_by_field_name("body")))

"""Lowering of Python functions, classes, lambdas, their parameters and decorators."""

from __future__ import annotations

from typing import Literal

from tree_sitter import Node

from agentlint.frontends.python.annotations import annotation
from agentlint.frontends.python.expressions import arguments
from agentlint.frontends.python.grammar import kind, kinds
from agentlint.frontends.python.source import EXPRESSIONS, Source, parts
from agentlint.frontends.python.statements import STATEMENTS, block
from agentlint.ir import syntax as s

_DECORATOR = kind("decorator")
_FUNCTION = kind("function_definition")
_CLASS = kind("class_definition")
_BLOCK = kinds("block")
_ARGUMENTS = kind("argument_list")
_PARAMETERS = kind("parameters")
_TYPE = kind("type")
_IDENTIFIER = kind("identifier")
_DEFAULT = kinds("default_parameter")
_TYPED = kinds("typed_parameter")
_TYPED_DEFAULT = kinds("typed_default_parameter")
_STAR = kinds("list_splat_pattern", "list_splat")
_DOUBLE_STAR = kinds("dictionary_splat_pattern", "dictionary_splat")
_KEYWORD_ONLY = kinds("keyword_separator")
_POSITIONAL_ONLY = kinds("positional_separator")


@STATEMENTS("decorated_definition")
def _decorated(source: Source, node: Node, out: list[s.Stmt]) -> None:
    *_, definition = children = parts(node)
    decorators = tuple([EXPRESSIONS[e.kind_id](source, e) for c in children if c.kind_id == _DECORATOR for e in parts(c)])
    if definition.kind_id == _FUNCTION:
        function = _function(source, definition, decorators)
        out.append(s.Define(function, function.line))
    elif definition.kind_id == _CLASS:
        made = _class(source, definition, decorators)
        out.append(s.Define(made, made.line))


@STATEMENTS("function_definition")
def _plain_function(source: Source, node: Node, out: list[s.Stmt]) -> None:
    function = _function(source, node, ())
    out.append(s.Define(function, function.line))


@STATEMENTS("class_definition")
def _plain_class(source: Source, node: Node, out: list[s.Stmt]) -> None:
    made = _class(source, node, ())
    out.append(s.Define(made, made.line))


def _body(source: Source, name: str, node: Node | None) -> tuple[tuple[s.Stmt, ...], str]:
    """The statements within a definition, and its docstring taken off them."""
    outer = source.scope
    source.scope = f"{outer}{name}."
    body = block(source, node)
    source.scope = outer
    return split_docstring(body)


def split_docstring(body: tuple[s.Stmt, ...]) -> tuple[tuple[s.Stmt, ...], str]:
    """A leading text is the docstring, not a statement."""
    if body and isinstance(body[0], s.Expression):
        value = body[0].value
        if isinstance(value, s.Constant) and isinstance(value.value, str):
            return body[1:], value.value.strip()
    return body, ""


def _function(source: Source, node: Node, decorators: tuple[s.Expr, ...]) -> s.Function:
    name = ""
    params: tuple[s.Parameter, ...] = ()
    returns: s.Expr | None = None
    suite: Node | None = None
    for child in node.named_children:
        number = child.kind_id
        if number == _IDENTIFIER and not name:
            name = source.slice(child)
        elif number == _PARAMETERS:
            params = _parameters(source, child)
        elif number == _TYPE:
            returns = annotation(source, child)
        elif number in _BLOCK:
            suite = child
    qualname = source.scope + name
    body, docstring = _body(source, name, suite)
    is_async = source.text.startswith("async", node.start_byte)
    end_line = node.end_point[0] + source.row
    return s.Function(name, qualname, params, decorators, returns, body, source.line(node), end_line, is_async, docstring)


def _class(source: Source, node: Node, decorators: tuple[s.Expr, ...]) -> s.Class:
    name = ""
    bases: tuple[s.Expr, ...] = ()
    keywords: tuple[s.Keyword, ...] = ()
    suite: Node | None = None
    for child in node.named_children:
        number = child.kind_id
        if number == _IDENTIFIER and not name:
            name = source.slice(child)
        elif number == _ARGUMENTS:
            bases, keywords = arguments(source, child)
        elif number in _BLOCK:
            suite = child
    qualname = source.scope + name
    body, docstring = _body(source, name, suite)
    return s.Class(name, qualname, bases, keywords, decorators, body, source.line(node), node.end_point[0] + source.row, docstring)


def _parameters(source: Source, node: Node) -> tuple[s.Parameter, ...]:
    found: list[s.Parameter] = []
    keyword_only = False
    for child in parts(node):
        if child.kind_id in _POSITIONAL_ONLY:
            continue
        if child.kind_id in _KEYWORD_ONLY:
            keyword_only = True
            continue
        parameter = _parameter(source, child, keyword_only)
        keyword_only = keyword_only or parameter.kind == "star"
        found.append(parameter)
    return tuple(found)


def _parameter(source: Source, node: Node, keyword_only: bool) -> s.Parameter:
    number = node.kind_id
    plain: Literal["keyword", "positional"] = "keyword" if keyword_only else "positional"
    if number == _IDENTIFIER:
        return s.Parameter(source.slice(node), None, None, plain)
    children = parts(node)
    first = children[0]
    if number in _STAR:
        return s.Parameter(source.slice(first), None, None, "star")
    if number in _DOUBLE_STAR:
        return s.Parameter(source.slice(first), None, None, "double-star")
    if number in _TYPED:
        inner = _parameter(source, first, keyword_only)
        return s.Parameter(inner.name, annotation(source, children[-1]), None, inner.kind)
    if number in _DEFAULT:
        return s.Parameter(source.slice(first), None, EXPRESSIONS[children[-1].kind_id](source, children[-1]), plain)
    if number in _TYPED_DEFAULT:
        default = EXPRESSIONS[children[-1].kind_id](source, children[-1])
        return s.Parameter(source.slice(first), annotation(source, children[1]), default, plain)
    source.needs_python2(node)
    return s.Parameter(source.slice(node), None, None, plain)


@EXPRESSIONS("lambda")
def _lambda(source: Source, node: Node) -> s.Expr:
    children = parts(node)
    params = _parameters(source, children[0]) if len(children) > 1 else ()
    line = node.start_point[0] + source.row
    value = EXPRESSIONS[children[-1].kind_id](source, children[-1])
    body = (s.Return(value, source.line(children[-1])),)
    return s.Lambda(s.Function("<lambda>", f"{source.scope}<lambda>", params, (), None, body, line, node.end_point[0] + source.row), line)

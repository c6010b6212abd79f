"""Lowering of Python's match statement and its patterns."""

from __future__ import annotations

from tree_sitter import Node

from agentlint.frontends.python.grammar import EXTRA, kind, kinds
from agentlint.frontends.python.source import EXPRESSIONS, Source, parts
from agentlint.frontends.python.statements import STATEMENTS, block
from agentlint.ir import syntax as s

_CASE = kind("case_clause")
_PATTERN = kind("case_pattern")
_KEYWORD = kind("keyword_pattern")
_UNION = kind("union_pattern")
_GUARD = kind("if_clause")
_SPLAT = kind("splat_pattern")
_COMMA = kinds(",")


@STATEMENTS("match_statement")
def _match(source: Source, node: Node, out: list[s.Stmt]) -> None:
    line = source.line(node)
    *subjects, body = parts(node)
    found = [EXPRESSIONS[n.kind_id](source, n) for n in subjects]
    subject = found[0] if len(found) == 1 else s.Sequence("tuple", tuple(found), line)
    out.append(s.Match(subject, tuple([_case(source, c, subject) for c in parts(body) if c.kind_id == _CASE]), line))


def _case(source: Source, node: Node, subject: s.Expr) -> s.Case:
    """A name alone matches everything: it is the default, and binds the subject."""
    line = source.line(node)
    patterns = [p for p in parts(node) if p.kind_id == _PATTERN]
    guards = [EXPRESSIONS[g.kind_id](source, g) for g in parts(node) if g.kind_id == _GUARD]
    body = block(source, node.child_by_field_name("consequence"))
    wanted = _alternatives(source, patterns[0]) if len(patterns) == 1 else (_many(source, patterns, line),)
    if len(wanted) == 1 and isinstance(wanted[0], s.Name):
        if wanted[0].id != "_":
            body = (s.Assign((wanted[0],), subject, line), *body)
        wanted = ()
    return s.Case(wanted, guards[0] if guards else None, body, line)


def _many(source: Source, patterns: list[Node], line: int) -> s.Expr:
    return s.Sequence("tuple", tuple([EXPRESSIONS[p.kind_id](source, p) for p in patterns]), line)


def _alternatives(source: Source, node: Node) -> tuple[s.Expr, ...]:
    """The arms of a pattern; a group in parentheses is looked into, and a wildcard among them makes all of them the default."""
    children = parts(node)
    if len(children) == 1 and children[0].kind_id == _UNION:
        arms = _arms(source, children[0])
        return next(((a,) for a in arms if isinstance(a, s.Name)), arms)
    return (EXPRESSIONS[node.kind_id](source, node),)


def _arms(source: Source, node: Node) -> tuple[s.Expr, ...]:
    arms: list[s.Expr] = []
    sign = ""
    for child in node.children:
        if child.kind_id not in EXTRA and child.is_named:
            arms.append(_signed(EXPRESSIONS[child.kind_id](source, child), sign))
        elif child.type == "_":
            arms.append(s.Name("_", source.line(child)))
        sign = child.type
    return tuple(arms)


def _signed(value: s.Expr, sign: str) -> s.Expr:
    if sign == "-" and isinstance(value, s.Constant) and isinstance(value.value, int | float):
        return s.Constant(-value.value, value.line)
    return value


@EXPRESSIONS("case_pattern")
def _pattern(source: Source, node: Node) -> s.Expr:
    children = parts(node)
    if not children:
        return s.Name("_", source.line(node))
    value = EXPRESSIONS[children[0].kind_id](source, children[0])
    if isinstance(value, s.Sequence) and value.kind == "tuple" and len(value.items) == 1:
        return value if any(c.kind_id in _COMMA for c in children[0].children) else value.items[0]
    return _signed(value, node.children[0].type)


@EXPRESSIONS("union_pattern")
def _union(source: Source, node: Node) -> s.Expr:
    return s.Apply("|", _arms(source, node), source.line(node))


@EXPRESSIONS("class_pattern")
def _class(source: Source, node: Node) -> s.Expr:
    func, *patterns = parts(node)
    args: list[s.Expr] = []
    keywords: list[s.Keyword] = []
    for child in patterns:
        inner = parts(child)
        if inner and inner[0].kind_id == _KEYWORD:
            key, *given = parts(inner[0])
            value = EXPRESSIONS[given[0].kind_id](source, given[0]) if given else s.Name("_", source.line(child))
            keywords.append(s.Keyword(source.slice(key), value))
        else:
            args.append(EXPRESSIONS[child.kind_id](source, child))
    row, column = node.start_point
    function = EXPRESSIONS[func.kind_id](source, func)
    return s.Call(function, tuple(args), tuple(keywords), row + source.row, source.next_site(), column + 1)


@EXPRESSIONS("dict_pattern")
def _dict(source: Source, node: Node) -> s.Expr:
    keys: list[s.Expr | None] = []
    values: list[s.Expr] = []
    for child in parts(node):
        expr = EXPRESSIONS[child.kind_id](source, child)
        if child.kind_id == _SPLAT:
            keys.append(None)
            values.append(expr.children[0] if isinstance(expr, s.Other) and expr.children else expr)
        elif len(keys) == len(values):
            keys.append(expr)
        else:
            values.append(expr)
    del keys[len(values) :]
    return s.Mapping(tuple(keys), tuple(values), source.line(node))

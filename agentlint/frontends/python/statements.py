"""Lowering of Python statements that are neither definitions, imports nor matches."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tree_sitter import Node

from agentlint.frontends.python.annotations import annotation
from agentlint.frontends.python.grammar import EXTRA, LANGUAGE, Table, kind
from agentlint.frontends.python.source import EXPRESSIONS, Source, parts
from agentlint.ir import syntax as s

Lowering = Callable[[Source, Node, list[s.Stmt]], None]

_ASSIGNMENT = kind("assignment")
_AUGMENTED = kind("augmented_assignment")
_TYPE = kind("type")
_STRING = kind("string")
_ELSE = kind("else_clause")
_ELIF = kind("elif_clause")
_EXCEPT = kind("except_clause")
_FINALLY = kind("finally_clause")
_WITH_CLAUSE = kind("with_clause")
_WITH_ITEM = kind("with_item")
_AS = kind("as_pattern")
_PARENTHESES = kind("parenthesized_expression")
_EXPRESSION_LIST = kind("expression_list")
_LONGEST_ELIF = 250
"""Arms of one if beyond which nesting would be deeper than anything can walk."""


def _stray(source: Source, node: Node, out: list[s.Stmt]) -> None:
    """What the grammar leaves where it recovers from an error: whole statements in an error node, or an expression alone."""
    if node.is_error:
        lower_into(source, [c for c in node.named_children if c.kind_id in STATEMENTS], out)
    elif node.is_named:
        out.append(s.Expression(EXPRESSIONS[node.kind_id](source, node), source.line(node)))


STATEMENTS: Table[Lowering] = Table(_stray)
"""How to lower each kind of statement: each appends what it yields."""


def block(source: Source, node: Node | None) -> tuple[s.Stmt, ...]:
    """The statements of a block; one that cannot be lowered is a gap, its neighbours are kept."""
    out: list[s.Stmt] = []
    if node is not None:
        lower_into(source, node.named_children, out)
    return tuple(out)


def lower_into(source: Source, nodes: Sequence[Node], out: list[s.Stmt]) -> None:
    """Lower statements one by one into `out`."""
    for child in nodes:
        try:
            STATEMENTS[child.kind_id](source, child, out)
        except RecursionError:
            source.gap(child, "nested too deeply to be read")
        except (IndexError, ValueError, TypeError, AttributeError):
            if not child.has_error:
                source.gap(child, f"statement not understood ({child.type.replace('_', ' ')})")


def _nothing(source: Source, node: Node, out: list[s.Stmt]) -> None:
    """Statements without meaning for us."""


STATEMENTS.fill(("pass_statement", "nonlocal_statement", "comment", "line_continuation", ";"), _nothing)


def _body(node: Node) -> Node | None:
    """The block of a compound statement or clause."""
    return node.child_by_field_name("body") or node.child_by_field_name("consequence")


@STATEMENTS("expression_statement")
def _expression(source: Source, node: Node, out: list[s.Stmt]) -> None:
    children = node.named_children
    if len(children) > 1:
        children = parts(node)
    line = node.start_point[0] + source.row
    first = children[0]
    number = first.kind_id
    if len(children) > 1:
        items = tuple([EXPRESSIONS[c.kind_id](source, c) for c in children])
        out.append(s.Expression(s.Sequence("tuple", items, line), line))
    elif number == _ASSIGNMENT:
        out.append(_assign(source, first, line))
    elif number == _AUGMENTED:
        left, operator, right = [c for c in first.children if c.kind_id not in EXTRA]
        op = (LANGUAGE.node_kind_for_id(operator.kind_id) or "=")[:-1]
        out.append(s.Assign((EXPRESSIONS[left.kind_id](source, left),), EXPRESSIONS[right.kind_id](source, right), line, None, op))
    else:
        out.append(s.Expression(EXPRESSIONS[number](source, first), line))


def _assign(source: Source, node: Node, line: int) -> s.Stmt:
    targets: list[s.Expr] = []
    declared: s.Expr | None = None
    current = node
    while True:
        children = current.named_children
        if len(children) != 2:
            children = parts(current)
        left = children[0]
        targets.append(EXPRESSIONS[left.kind_id](source, left))
        if len(children) > 1 and children[1].kind_id == _TYPE:
            declared = annotation(source, children[1])
            if len(children) == 2:
                return s.Assign(tuple(targets), None, line, declared)
        current = children[-1]
        if current.kind_id != _ASSIGNMENT:
            return s.Assign(tuple(targets), EXPRESSIONS[current.kind_id](source, current), line, declared)


@STATEMENTS("return_statement")
def _return(source: Source, node: Node, out: list[s.Stmt]) -> None:
    children = parts(node)
    out.append(s.Return(EXPRESSIONS[children[0].kind_id](source, children[0]) if children else None, node.start_point[0] + source.row))


@STATEMENTS("raise_statement")
def _raise(source: Source, node: Node, out: list[s.Stmt]) -> None:
    children = parts(node)
    value = EXPRESSIONS[children[0].kind_id](source, children[0]) if children else None
    if isinstance(value, s.Sequence) and children[0].kind_id == _EXPRESSION_LIST:
        source.needs_python2(node)
        value = s.Call(value.items[0], value.items[1:2], (), source.line(node), source.next_site(), node.start_point[1] + 1)
    out.append(s.Raise(value, source.line(node)))


@STATEMENTS("delete_statement")
def _delete(source: Source, node: Node, out: list[s.Stmt]) -> None:
    children = parts(node)
    if len(children) == 1 and children[0].type in ("expression_list", "tuple"):
        children = parts(children[0])
    line = source.line(node)
    out.append(s.Expression(s.Other("del", tuple([EXPRESSIONS[c.kind_id](source, c) for c in children]), line), line))


@STATEMENTS("assert_statement")
def _assert(source: Source, node: Node, out: list[s.Stmt]) -> None:
    line = source.line(node)
    out.append(s.Expression(s.Other("assert", tuple([EXPRESSIONS[c.kind_id](source, c) for c in parts(node)]), line), line))


@STATEMENTS("print_statement", "exec_statement")
def _python2_call(source: Source, node: Node, out: list[s.Stmt]) -> None:
    source.needs_python2(node)
    line = source.line(node)
    args = tuple([EXPRESSIONS[c.kind_id](source, c) for c in parts(node)])
    func = s.Name(node.type.removesuffix("_statement"), line)
    out.append(s.Expression(s.Call(func, args, (), line, source.next_site(), node.start_point[1] + 1), line))


@STATEMENTS("global_statement")
def _global(source: Source, node: Node, out: list[s.Stmt]) -> None:
    """Which of the names assigned below belong to the module."""
    line = source.line(node)
    out.append(s.Expression(s.Other("global", tuple([EXPRESSIONS[c.kind_id](source, c) for c in parts(node)]), line), line))


@STATEMENTS("break_statement")
def _break(source: Source, node: Node, out: list[s.Stmt]) -> None:
    out.append(s.Jump("break", source.line(node)))


@STATEMENTS("continue_statement")
def _continue(source: Source, node: Node, out: list[s.Stmt]) -> None:
    out.append(s.Jump("continue", source.line(node)))


@STATEMENTS("type_alias_statement")
def _type_alias(source: Source, node: Node, out: list[s.Stmt]) -> None:
    left, right = [EXPRESSIONS[c.kind_id](source, c) for c in parts(node)]
    target = left.value if isinstance(left, s.Subscript) else left
    out.append(s.Assign((target,), right, source.line(node)))


@STATEMENTS("if_statement")
def _if(source: Source, node: Node, out: list[s.Stmt]) -> None:
    test, *rest = parts(node)
    arms: list[tuple[int, s.Expr, tuple[s.Stmt, ...]]] = []
    tests = EXPRESSIONS[test.kind_id](source, test)
    arms.append((source.line(node), tests, block(source, _body(node))))
    orelse: tuple[s.Stmt, ...] = ()
    for child in rest:
        if child.kind_id == _ELIF:
            test = parts(child)[0]
            arms.append((source.line(child), EXPRESSIONS[test.kind_id](source, test), block(source, _body(child))))
        elif child.kind_id == _ELSE:
            orelse = block(source, _body(child))
    if len(arms) > _LONGEST_ELIF:
        source.gap(node, f"only the first {_LONGEST_ELIF} of {len(arms)} branches of one if were read")
        del arms[_LONGEST_ELIF:]
    for line, condition, body in reversed(arms):
        orelse = (s.If(condition, body, orelse, line),)
    out.extend(orelse)


@STATEMENTS("for_statement")
def _for(source: Source, node: Node, out: list[s.Stmt]) -> None:
    target, iterable, *_ = parts(node)
    out.append(
        s.Loop(
            EXPRESSIONS[target.kind_id](source, target), EXPRESSIONS[iterable.kind_id](source, iterable), None,
            block(source, _body(node)), _else(source, node), source.line(node),
        )
    )  # fmt: skip


@STATEMENTS("while_statement")
def _while(source: Source, node: Node, out: list[s.Stmt]) -> None:
    test = parts(node)[0]
    condition = EXPRESSIONS[test.kind_id](source, test)
    out.append(s.Loop(None, None, condition, block(source, _body(node)), _else(source, node), source.line(node)))


def _else(source: Source, node: Node) -> tuple[s.Stmt, ...]:
    last = parts(node)[-1]
    return block(source, _body(last)) if last.kind_id == _ELSE else ()


@STATEMENTS("try_statement")
def _try(source: Source, node: Node, out: list[s.Stmt]) -> None:
    body = block(source, _body(node))
    handlers: list[s.Handler] = []
    orelse: tuple[s.Stmt, ...] = ()
    final: tuple[s.Stmt, ...] = ()
    for child in parts(node):
        if child.kind_id == _EXCEPT:
            handlers.append(_handler(source, child))
        elif child.kind_id == _ELSE:
            orelse = block(source, _body(child))
        elif child.kind_id == _FINALLY:
            final = block(source, parts(child)[-1])
    out.append(s.Try(body, tuple(handlers), orelse, final, source.line(node)))


def _handler(source: Source, node: Node) -> s.Handler:
    """`except A as e`, `except (A, B)`, and `except A, B` of Python 3.14 (which Python 2 reads as `except A as B`)."""
    line = source.line(node)
    *caught, body = parts(node)
    bound: str | None = None
    types: list[s.Expr] = []
    for child in caught:
        if child.kind_id == _AS:
            value, target = parts(child)
            bound = source.slice(target)
            types.append(EXPRESSIONS[value.kind_id](source, value))
        else:
            types.append(EXPRESSIONS[child.kind_id](source, child))
    second = types[1] if len(types) == 2 and bound is None else None
    if isinstance(second, s.Name) and source.old_python:
        bound = second.id
        del types[1]
    kind_of_error = (types[0] if len(types) == 1 else s.Sequence("tuple", tuple(types), line)) if types else None
    return s.Handler(kind_of_error, bound, block(source, body), line)


@STATEMENTS("with_statement")
def _with(source: Source, node: Node, out: list[s.Stmt]) -> None:
    items: list[s.WithItem] = []
    for clause in parts(node):
        if clause.kind_id == _WITH_CLAUSE:
            for item in parts(clause):
                items.extend(_with_item(source, item))
    out.append(s.With(tuple(items), block(source, _body(node)), source.line(node)))


def _with_item(source: Source, node: Node) -> list[s.WithItem]:
    if node.kind_id in (_WITH_ITEM, _PARENTHESES):
        return [i for c in parts(node) for i in _with_item(source, c)] if _holds_as(node) else [_plain_item(source, parts(node)[0])]
    return [_plain_item(source, node)]


def _holds_as(node: Node) -> bool:
    return any(c.kind_id in (_AS, _PARENTHESES) for c in node.named_children)


def _plain_item(source: Source, node: Node) -> s.WithItem:
    if node.kind_id == _AS:
        value, target = [EXPRESSIONS[c.kind_id](source, c) for c in parts(node)]
        return s.WithItem(value, target)
    return s.WithItem(EXPRESSIONS[node.kind_id](source, node), None)

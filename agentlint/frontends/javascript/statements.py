"""Lowering of JavaScript statements that are neither definitions nor imports and exports."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tree_sitter import Node

from agentlint.frontends.javascript.expressions import kept_name
from agentlint.frontends.javascript.source import EXPRESSIONS, EXTRA, Source, expression, parts
from agentlint.ir import syntax as s

Lowering = Callable[[Source, Node, "list[s.Stmt]"], None]
_LONGEST_ELSE_IF = 250
"""Arms of one if beyond which nesting would be deeper than anything can walk."""


class Table(dict[str, Lowering]):
    """How to lower each kind of statement; each appends what it yields."""

    def __call__(self, *names: str) -> Callable[[Lowering], Lowering]:
        """Decorator that registers a function for these kinds."""

        def register(value: Lowering) -> Lowering:
            for name in names:
                self[name] = value
            return value

        return register


STATEMENTS = Table()


def block(source: Source, node: Node | None) -> tuple[s.Stmt, ...]:
    """The statements of a block, or the one statement that stands for it."""
    out: list[s.Stmt] = []
    if node is not None:
        lower_into(source, node.named_children if node.type in ("statement_block", "program") else [node], out)
    return tuple(out)


def lower_into(source: Source, nodes: Sequence[Node], out: list[s.Stmt]) -> None:
    """Lower statements one by one; one that cannot be lowered is a gap, its neighbours are kept."""
    for child in nodes:
        try:
            STATEMENTS.get(child.type, _stray)(source, child, out)
        except RecursionError:
            source.gap(child, "nested too deeply to be read")
        except (IndexError, ValueError, TypeError, AttributeError):
            if not child.has_error:
                source.gap(child, f"statement not understood ({child.type.replace('_', ' ')})")


def _stray(source: Source, node: Node, out: list[s.Stmt]) -> None:
    """What the grammar leaves where it recovers from an error: whole statements in an error node, or an expression alone."""
    if node.is_error:
        lower_into(source, [c for c in node.named_children if c.type in STATEMENTS], out)
    elif node.type in EXPRESSIONS:
        out.append(s.Expression(expression(source, node), source.line(node)))


@STATEMENTS(
    "comment", "empty_statement", "debugger_statement", "hash_bang_line", "html_comment", "interface_declaration", "type_alias_declaration",
    "function_signature", "method_signature", "abstract_method_signature", "import_alias",
)  # fmt: skip
def _nothing(source: Source, node: Node, out: list[s.Stmt]) -> None:
    """Statements that do nothing when they run."""


@STATEMENTS("statement_block")
def _block(source: Source, node: Node, out: list[s.Stmt]) -> None:
    lower_into(source, node.named_children, out)


@STATEMENTS("expression_statement")
def _expression(source: Source, node: Node, out: list[s.Stmt]) -> None:
    for child in parts(node):
        if child.type == "internal_module":
            STATEMENTS["internal_module"](source, child, out)
        elif child.type == "sequence_expression":
            for part in parts(child):
                _evaluated(source, part, out)
        else:
            _evaluated(source, child, out)


def _evaluated(source: Source, node: Node, out: list[s.Stmt]) -> None:
    line = source.line(node)
    if node.type == "assignment_expression":
        out.append(_assigned(source, node))
    elif node.type == "augmented_assignment_expression":
        left, operator, right = [c for c in node.children if c.type not in EXTRA]
        op = {"&&": "and", "||": "or"}.get(operator.type[:-1], operator.type[:-1])
        out.append(s.Assign((expression(source, left),), expression(source, right), line, None, op))
    elif node.type == "update_expression":
        target = expression(source, parts(node)[0])
        op = next((c.type[0] for c in node.children if not c.is_named), "+")
        out.append(s.Assign((target,), s.Constant(1, line), line, None, op))
    else:
        out.append(s.Expression(expression(source, node), line))


def _assigned(source: Source, node: Node) -> s.Stmt:
    """`a = b = value` with all its targets."""
    targets: list[s.Expr] = []
    line = source.line(node)
    current = node
    hint = ""
    while current.type == "assignment_expression":
        left, right = parts(current)
        hint = hint or kept_name(source, left)
        targets.append(expression(source, left))
        current = right
    return s.Assign(tuple(targets), source.named(current, hint), line)


@STATEMENTS("lexical_declaration", "variable_declaration", "using_declaration")
def _declaration(source: Source, node: Node, out: list[s.Stmt]) -> None:
    for child in parts(node):
        if child.type == "variable_declarator":
            _declarator(source, child, out)


def _declarator(source: Source, node: Node, out: list[s.Stmt]) -> None:
    named = node.child_by_field_name("name") or parts(node)[0]
    value = node.child_by_field_name("value")
    declared = node.child_by_field_name("type")
    hint = source.slice(named) if named.type == "identifier" else ""
    line = source.line(node)
    if value is not None and value.type == "class" and hint:
        source.hint = hint
        STATEMENTS["class"](source, value, out)
        return
    annotation = expression(source, declared) if declared is not None else None
    out.append(s.Assign((expression(source, named),), source.named(value, hint) if value is not None else None, line, annotation))


@STATEMENTS("ambient_declaration")
def _ambient(source: Source, node: Node, out: list[s.Stmt]) -> None:
    """`declare ...` names what exists elsewhere."""


@STATEMENTS("return_statement")
def _return(source: Source, node: Node, out: list[s.Stmt]) -> None:
    inner = parts(node)
    out.append(s.Return(expression(source, inner[0]) if inner else None, source.line(node)))


@STATEMENTS("throw_statement")
def _throw(source: Source, node: Node, out: list[s.Stmt]) -> None:
    inner = parts(node)
    out.append(s.Raise(expression(source, inner[0]) if inner else None, source.line(node)))


@STATEMENTS("break_statement")
def _break(source: Source, node: Node, out: list[s.Stmt]) -> None:
    out.append(s.Jump("break", source.line(node)))


@STATEMENTS("continue_statement")
def _continue(source: Source, node: Node, out: list[s.Stmt]) -> None:
    out.append(s.Jump("continue", source.line(node)))


@STATEMENTS("if_statement")
def _if(source: Source, node: Node, out: list[s.Stmt]) -> None:
    arms: list[tuple[int, s.Expr, tuple[s.Stmt, ...]]] = []
    current: Node | None = node
    orelse: tuple[s.Stmt, ...] = ()
    while current is not None and current.type == "if_statement":
        test = current.child_by_field_name("condition") or parts(current)[0]
        arms.append((source.line(current), expression(source, test), block(source, current.child_by_field_name("consequence"))))
        clause = current.child_by_field_name("alternative")
        inner = parts(clause) if clause is not None else []
        current = inner[0] if inner else None
    if current is not None:
        orelse = block(source, current)
    if len(arms) > _LONGEST_ELSE_IF:
        source.gap(node, f"only the first {_LONGEST_ELSE_IF} of {len(arms)} branches of one if were read")
        del arms[_LONGEST_ELSE_IF:]
    for line, condition, body in reversed(arms):
        orelse = (s.If(condition, body, orelse, line),)
    out.extend(orelse)


@STATEMENTS("for_in_statement")
def _for_in(source: Source, node: Node, out: list[s.Stmt]) -> None:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    body = block(source, node.child_by_field_name("body"))
    target = expression(source, left) if left is not None else None
    out.append(s.Loop(target, expression(source, right) if right is not None else None, None, body, (), source.line(node)))


@STATEMENTS("for_statement")
def _for(source: Source, node: Node, out: list[s.Stmt]) -> None:
    start, test, step = (node.child_by_field_name(f) for f in ("initializer", "condition", "increment"))
    if start is not None and start.type != "empty_statement":
        lower_into(source, [start], out)
    body = list(block(source, node.child_by_field_name("body")))
    if step is not None:
        _evaluated(source, step, body)
    inner = parts(test) if test is not None and test.type == "expression_statement" else [test] if test is not None else []
    condition = expression(source, inner[0]) if inner and inner[0].type in EXPRESSIONS else s.Constant(True, source.line(node))
    out.append(s.Loop(None, None, condition, tuple(body), (), source.line(node)))


@STATEMENTS("while_statement", "do_statement")
def _while(source: Source, node: Node, out: list[s.Stmt]) -> None:
    test = node.child_by_field_name("condition") or parts(node)[0]
    out.append(s.Loop(None, None, expression(source, test), block(source, node.child_by_field_name("body")), (), source.line(node)))


@STATEMENTS("labeled_statement", "with_statement")
def _labelled(source: Source, node: Node, out: list[s.Stmt]) -> None:
    body = node.child_by_field_name("body")
    lower_into(source, [body] if body is not None else [], out)


@STATEMENTS("try_statement")
def _try(source: Source, node: Node, out: list[s.Stmt]) -> None:
    handlers: list[s.Handler] = []
    caught = node.child_by_field_name("handler")
    if caught is not None:
        bound = caught.child_by_field_name("parameter")
        name = source.slice(bound) if bound is not None else None
        handlers.append(s.Handler(None, name, block(source, caught.child_by_field_name("body")), source.line(caught)))
    last = node.child_by_field_name("finalizer")
    final = block(source, last.child_by_field_name("body")) if last is not None else ()
    out.append(s.Try(block(source, node.child_by_field_name("body")), tuple(handlers), (), final, source.line(node)))


@STATEMENTS("switch_statement")
def _switch(source: Source, node: Node, out: list[s.Stmt]) -> None:
    """Labels that share a body are alternatives of one case; the `break` that ends a body is none of a loop."""
    subject = node.child_by_field_name("value") or parts(node)[0]
    suite = node.child_by_field_name("body")
    cases: list[s.Case] = []
    patterns: list[s.Expr] = []
    for child in parts(suite) if suite is not None else []:
        value = child.child_by_field_name("value")
        statements = [c for c in parts(child) if value is None or c.id != value.id]
        if value is not None:
            patterns.append(expression(source, value))
        if not statements and value is not None:
            continue
        body: list[s.Stmt] = []
        lower_into(source, statements, body)
        if body and isinstance(body[-1], s.Jump) and body[-1].kind == "break":
            body.pop()
        cases.append(s.Case(tuple(patterns) if value is not None else (), None, tuple(body), source.line(child)))
        patterns = []
    out.append(s.Match(expression(source, subject), tuple(cases), source.line(node)))


@STATEMENTS("internal_module", "module")
def _namespace(source: Source, node: Node, out: list[s.Stmt]) -> None:
    """A TypeScript namespace holds its members like a class."""
    named = node.child_by_field_name("name")
    name = source.slice(named).strip("'\"") if named is not None else ""
    outer, source.scope = source.scope, f"{source.scope}{name}."
    body = block(source, node.child_by_field_name("body"))
    source.scope = outer
    made = s.Class(name, outer + name, (), (), (), body, source.line(node), node.end_point[0] + source.row)
    out.append(s.Define(made, made.line))


@STATEMENTS("enum_declaration")
def _enum(source: Source, node: Node, out: list[s.Stmt]) -> None:
    """A TypeScript enum is a class of constants."""
    named = node.child_by_field_name("name")
    name = source.slice(named) if named is not None else ""
    suite = node.child_by_field_name("body")
    body: list[s.Stmt] = []
    for index, child in enumerate(parts(suite) if suite is not None else []):
        line = source.line(child)
        inner = parts(child) if child.type == "enum_assignment" else [child]
        value = expression(source, inner[1]) if len(inner) > 1 else s.Constant(index, line)
        body.append(s.Assign((s.Name(source.slice(inner[0]).strip("'\""), line),), value, line))
    made = s.Class(name, source.scope + name, (s.Name("Enum", source.line(node)),), (), (), tuple(body), source.line(node), node.end_point[0] + source.row)
    out.append(s.Define(made, made.line))

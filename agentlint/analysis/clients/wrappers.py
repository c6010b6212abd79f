"""Methods of a project's own client objects that send what they are given: known by the names of the methods.

A client that is handed to its users (`new Files(client)`) stands behind a name that says nothing; `client.issueCommand(url, command)` does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from agentlint.ir import syntax as s
from agentlint.ir.walk import body_expressions, dotted, expressions, own_expressions, statements


def sending_methods(modules: Iterable[s.Module], verb_of: Callable[[str], str]) -> dict[str, str]:
    """Name to HTTP method of those that hand their first parameter on as the address: `function (url, x) { return this.postJson(url, x) }`.

    Others of the same name may stand beside them, as long as they do not do the same under another method.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for name, node in _methods(m.body for m in modules):
        verb = "" if verb_of(name) else _sends(node, verb_of)
        if verb:
            found[name].add(verb)
    return {name: min(verbs) for name, verbs in sorted(found.items()) if len(verbs) == 1}


def _methods(bodies: Iterable[tuple[s.Stmt, ...]]) -> Iterator[tuple[str, s.Function]]:
    """Methods of classes, and functions that are hung on a prototype."""
    waiting = list(bodies)
    while waiting:
        for stmt in statements(waiting.pop()):
            if isinstance(stmt, s.Define):
                waiting.append(stmt.definition.body)
                if isinstance(stmt.definition, s.Class):
                    yield from ((d.name, d) for d in _functions(stmt.definition))
            elif isinstance(stmt, s.Assign) and isinstance(stmt.value, s.Lambda):
                yield from ((t.attr, stmt.value.function) for t in stmt.targets if isinstance(t, s.Attribute) and _is_prototype(t.value))
            waiting += [e.function.body for root in own_expressions(stmt) for e in expressions(root) if isinstance(e, s.Lambda)]


def _is_prototype(expr: s.Expr) -> bool:
    return isinstance(expr, s.Attribute) and expr.attr == "prototype"


def _functions(kind: s.Class) -> Iterator[s.Function]:
    for stmt in kind.body:
        if isinstance(stmt, s.Define) and isinstance(stmt.definition, s.Function):
            yield stmt.definition


def _sends(node: s.Function, verb_of: Callable[[str], str]) -> str:
    """The HTTP method under which `this` sends the first parameter; empty when the function does no such thing."""
    first = node.params[0].name if node.params else ""
    for expr in body_expressions(node.body):
        if isinstance(expr, s.Call) and isinstance(expr.func, s.Attribute) and dotted(expr.func.value) == "this" and expr.args:
            if isinstance(expr.args[0], s.Name) and expr.args[0].id == first and (verb := verb_of(expr.func.attr)):
                return verb
    return ""

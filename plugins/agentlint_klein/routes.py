"""Routes of Klein: `@app.route` on functions and methods, and what a subroute puts before them.

Klein 24, "Introduction -- Getting Started" and the class `klein.Klein`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentlint.api import Answers, AnswerWords, Context, FunctionInfo, Route, Scope, once, syntax, walk

_APPS = ("klein.Klein", "klein.app.Klein")
_OWN = "klein.route"
_HOLES = re.compile(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>")
_ANSWERS = AnswerWords(pages=frozenset({"renderElement", "XMLFile"}), redirects=frozenset({"redirect"}), unsaid="other")


def collect_routes(context: Context) -> Iterator[Route]:
    """All routes, each once."""
    return once(_routes(context))


def _routes(context: Context) -> Iterator[Route]:
    answers = Answers(context, _ANSWERS)
    prefixes = dict(_subroutes(context))
    for function in context.program.functions.values():
        scope = _scope(function, context)
        for decorator in function.node.decorators:
            if not isinstance(decorator, syntax.Call) or not _declares(decorator, scope, function, context):
                continue
            given = {k.name: k.value for k in decorator.keywords}
            path = context.program.fold(decorator.args[0] if decorator.args else given.get("url"), scope)
            if not isinstance(path, str):
                context.gap(function.module.path, decorator.line, "a route whose path is not known")
                continue
            listed = context.program.fold(given.get("methods"), scope)
            verbs = [v for v in listed if isinstance(v, str)] if isinstance(listed, list | tuple) else []
            prefix = prefixes.get((function.module.name, function.node.line), "")
            for verb in verbs or ["ANY"]:
                yield Route(
                    framework="klein", method=verb.upper(), path=_HOLES.sub(r"{\1}", f"{prefix}{path}") or "/", handler=function.id,
                    symbol=function.node.qualname, file=function.module.path, line=function.node.line, owner=function.owner,
                    renders=answers.of(function), name=function.node.name, table_file=function.module.path, table_line=decorator.line,
                )


def _scope(function: FunctionInfo, context: Context) -> Scope:
    """Where the names of a function's decorators are looked up."""
    return context.program.scope_of(function.owner) if function.owner else context.program.outer(function) or function.module


def _declares(call: syntax.Call, scope: Scope, function: FunctionInfo, context: Context) -> bool:
    """True for `@app.route(...)` on an application, and for `@route(...)` of the one that is always there."""
    if context.program.resolve(call.func, scope) == _OWN:
        return True
    if not isinstance(call.func, syntax.Attribute) or call.func.attr != "route":
        return False
    held = call.func.value
    home = function.owner or (context.program.id_of(scope))
    return any(t.name in _APPS or (t.name in context.program.classes and context.program.inherits(t.name, *_APPS)) for t in context.types.of(held, home))


def _subroutes(context: Context) -> Iterator[tuple[tuple[str, int], str]]:
    """Functions that are defined in `with app.subroute("/prefix"):`, by module and line, with the prefix."""
    scopes: list[tuple[syntax.Module, tuple[syntax.Stmt, ...], Scope]] = [(m, m.body, m) for m in context.program.modules.values()]
    scopes += [(f.module, f.node.body, f) for f in context.program.functions.values()]
    scopes += [(c.module, c.node.body, c) for c in context.program.classes.values()]
    for module, body, scope in scopes:
        for stmt in walk.statements(body):
            if isinstance(stmt, syntax.With):
                calls = (i.value for i in stmt.items if isinstance(i.value, syntax.Call) and walk.dotted(i.value.func).endswith(".subroute"))
                prefix = next((p for c in calls if c.args and isinstance(p := context.program.fold(c.args[0], scope), str)), "")
                inner = (s for s in walk.statements(stmt.body) if prefix and isinstance(s, syntax.Define))
                yield from (((module.name, s.definition.line), prefix) for s in inner)

"""Handler tables of Tornado: pairs of a pattern and a handler class wherever they stand, and the methods behind them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from agentlint.api import ClassInfo, Context, FunctionInfo, Guard, Route, Scope, syntax, walk
from agentlint_tornado.dispatch import address, dispatched
from agentlint_tornado.made import made_lines

_HANDLERS = ("tornado.web.RequestHandler",)
_WEBSOCKETS = ("tornado.websocket.WebSocketHandler",)
_SPECS = frozenset({"tornado.web.URLSpec", "tornado.web.url", "tornado.routing.Rule", "tornado.routing.URLSpec"})
_MESSAGES = ("on_message",)
"""What a connection that stays open brings; tornado.websocket.WebSocketHandler."""
_METHODS = ("get", "post", "put", "patch", "delete")
_AUTHENTICATED = "tornado.web.authenticated"
_Line = tuple[str, ClassInfo, str, int]
"""A pattern, a handler class, and where they stand together."""


def collect_routes(context: Context) -> Iterator[Route]:
    """Routes of all handler tables; a handler that stands in no table has none."""
    program = context.program
    seen: set[tuple[str, str]] = set()
    found: list[_Line] = []
    scopes: list[tuple[Scope, tuple[syntax.Stmt, ...]]] = [(m, m.body) for m in program.modules.values() if m.language == "python"]
    scopes += [(f, f.node.body) for f in program.functions.values()]
    for info in program.classes.values():
        scopes.append((info, info.node.body))
    for scope, body in scopes:
        for expr in walk.body_expressions(body):
            pair = _pair(expr, scope, context)
            if pair is None or (pair[1].id, pair[0]) in seen:
                continue
            seen.add((pair[1].id, pair[0]))
            found.append((pair[0], pair[1], scope.path if isinstance(scope, syntax.Module) else scope.module.path, expr.line))
    found += _made(found, context)
    routed = frozenset(handler.id for _, handler, _, _ in found)
    for pattern, handler, file, line in found:
        yield from _routes(pattern, handler, (file, line), routed, context)


def _made(found: list[_Line], context: Context) -> list[_Line]:
    """Lines for handlers that no table names where it is written, as set-up code makes them."""
    program = context.program
    named = {handler.id for _, handler, _, _ in found}
    if all(c in named or program.subclasses(c) for base in (*_HANDLERS, *_WEBSOCKETS) for c in program.subclasses(base)):
        return []
    lines = (one for one in made_lines(program) if one.handler.id not in named and _is_handler(one.handler, context))
    return list({(one.pattern, one.handler.id): (one.pattern, one.handler, one.file, one.line) for one in lines}.values())


def _pair(expr: syntax.Expr, scope: Scope, context: Context) -> tuple[str, ClassInfo] | None:
    """A pattern and a handler class, as a tuple of two to four items or as a URL spec."""
    if isinstance(expr, syntax.Sequence) and expr.kind in ("tuple", "list") and 2 <= len(expr.items) <= 4:
        pattern, handler = expr.items[0], expr.items[1]
    elif isinstance(expr, syntax.Call) and len(expr.args) >= 2 and context.program.resolve(expr.func, scope) in _SPECS:
        pattern, handler = expr.args[0], expr.args[1]
    else:
        return None
    if not isinstance(handler, (syntax.Name, syntax.Attribute, syntax.Constant)):
        return None
    name = str(handler.value) if isinstance(handler, syntax.Constant) else context.program.resolve(handler, scope)
    known = context.program.lookup(name) if name else None
    if not isinstance(known, ClassInfo) or not _is_handler(known, context):
        return None
    folded = context.program.fold(pattern, scope)
    return (folded, known) if isinstance(folded, str) else None


def _is_handler(info: ClassInfo, context: Context) -> bool:
    """True for handlers of Tornado, and for those below a handler of a library of which nothing is known: the table says what they are."""
    program = context.program
    if program.inherits(info.id, *_HANDLERS, *_WEBSOCKETS):
        return True
    foreign = (base for base in program.mro(info.id) if base not in program.classes and not program.library.is_class(base))
    return any(base.endswith("Handler") and "." in base for base in foreign) and any(program.method(info.id, name) for name in _METHODS)


def _routes(pattern: str, handler: ClassInfo, table: tuple[str, int], routed: frozenset[str], context: Context) -> Iterator[Route]:
    program = context.program
    path = _holes(pattern)
    for name in (*_METHODS, *_MESSAGES):
        method = program.method(handler.id, name)
        if method is None or _refuses(method) or (name in _MESSAGES and not program.inherits(handler.id, *_WEBSOCKETS)):
            continue
        own = method.owner == handler.id
        named = list(dispatched(handler, method, routed, program))
        for said, target in named:
            yield Route(
                framework="tornado", method="ANY", path=address(path, said), handler=target.id, symbol=target.node.qualname, file=target.module.path,
                line=target.node.line, owner=handler.id, guards=_guards(method, context), guard_handlers=_before(handler, context),
                renders=_renders(handler, target, context) or "html", table_file=table[0], table_line=table[1],
            )
        if named:
            continue
        yield Route(
            framework="tornado",
            method="CALL" if name in _MESSAGES else name.upper(),
            path=path,
            handler=method.id,
            symbol=f"{handler.node.qualname}.{name}",
            file=handler.module.path,
            line=method.node.line if own else handler.node.line,
            owner=handler.id,
            surface="api" if name == "get" and _is_probe(method) else None,
            guards=_guards(method, context),
            guard_handlers=(*_before(handler, context), *(_opening(handler, context) if name in _MESSAGES else ())),
            renders=_renders(handler, method, context),
            table_file=table[0],
            table_line=table[1],
        )


def _refuses(method: FunctionInfo) -> bool:
    """True for a method that only raises: the table lists it, nobody can use it."""
    body = [s for s in method.node.body if not (isinstance(s, syntax.Expression) and isinstance(s.value, syntax.Constant))]
    return len(body) == 1 and isinstance(body[0], syntax.Raise)


def _is_probe(method: FunctionInfo) -> bool:
    """True for a method that does nothing: it answers that the server is there, to whoever asks, and is no page."""
    return not method.node.decorators and next(walk.calls(method.node.body), None) is None


def _before(handler: ClassInfo, context: Context) -> tuple[str, ...]:
    """The `prepare` that finds out who asks and leaves it as `current_user`: it runs before every method, and goes before `get_current_user`."""
    program = context.program
    classes = (program.classes[c] for c in program.mro(handler.id) if c in program.classes)
    found = (program.functions[info.methods["prepare"]] for info in classes if "prepare" in info.methods)
    return tuple(method.id for method in found if any(map(_says_who, walk.statements(method.node.body))))


def _opening(handler: ClassInfo, context: Context) -> tuple[str, ...]:
    """What runs when a connection is opened, before any message."""
    methods = (context.program.method(handler.id, name) for name in ("prepare", "get", "open"))
    return tuple(dict.fromkeys(m.id for m in methods if m is not None))


def _says_who(stmt: syntax.Stmt) -> bool:
    return isinstance(stmt, syntax.Assign) and any(isinstance(t, syntax.Attribute) and t.attr == "current_user" for t in stmt.targets)


def _guards(method: FunctionInfo, context: Context) -> tuple[Guard, ...]:
    found = []
    for decorator in method.node.decorators:
        if context.program.resolve(decorator, method.module) == _AUTHENTICATED:
            found.append(Guard("session", _AUTHENTICATED, method.module.path, decorator.line))
    return tuple(found)


def _renders(handler: ClassInfo, method: FunctionInfo, context: Context) -> Literal["html", "json", "redirect", "other", ""]:
    """What a handler writes: a page, a redirect, data, or nothing at all (a probe of health)."""
    answer: Literal["html", "json", "redirect", "other", ""] = "other" if _is_probe(method) else ""
    for call in walk.calls(method.node.body):
        name = call.func.attr if isinstance(call.func, syntax.Attribute) else ""
        if name in ("render", "render_string", "render_template"):
            return "html"
        if name == "redirect":
            answer = "redirect"
        elif name in ("write", "finish") and call.args and not answer:
            argument = call.args[0]
            if isinstance(argument, syntax.Mapping) or (isinstance(argument, syntax.Call) and "json" in walk.dotted(argument.func)):
                answer = "json"
    return answer


def _holes(pattern: str) -> str:
    """A regular expression's groups as holes: `/u/([^/]+)` -> `/u/{0}`, named groups keep their names; anchors and escapes go."""
    text, number = pattern, 0
    while True:
        match = re.search(r"\((\?P<(\w+)>|\?:)?[^()]*\)([?*+])?", text)
        if match is None:
            break
        if match.group(1) == "?:":
            text = text[: match.start()] + text[match.start() + 3 : match.end()].rstrip("?*+)") + text[match.end() :]
            continue
        text = text[: match.start()] + "\x00" + (match.group(2) or str(number)) + "\x01" + text[match.end() :]
        number += 1
    text = re.sub(r"\\(.)", r"\1", text.lstrip("^").rstrip("$"))
    return text.replace("\x00", "{").replace("\x01", "}").replace("?", "") or "/"

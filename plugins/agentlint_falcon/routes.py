"""Responders of Falcon: `on_get`, `on_post_item` and so on, of the object, class or module that stands at a path."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import Answers, AnswerWords, ClassInfo, Closure, Context, DecoratedTables, Made, Ref, Responder, Route, TableWords, Value, handler_of, once

_APPS = ("falcon.App", "falcon.API", "falcon.asgi.App", "falcon.app.App")
_WORDS = TableWords(
    apps=_APPS, decorators=(), adds={"add_route": (0, 1)}, handler="resource", stand_ins=dict.fromkeys(("app", "application", "api"), _APPS[0]),
)
_ANSWERS = AnswerWords(
    pages=frozenset({"render_template", "TemplateResponse"}), redirects=frozenset({"HTTPFound", "HTTPSeeOther", "HTTPMovedPermanently"}), unsaid="json",
)
"""Redirects are raised in Falcon; a responder that says nothing answers with `media`."""
_VERBS = ("get", "post", "put", "patch", "delete")
_MIDDLEWARE = ("process_request", "process_request_async", "process_resource", "process_resource_async")


def collect_routes(context: Context) -> Iterator[Route]:
    """One route for each responder of each line of a table."""
    return once(_routes(context))


def _routes(context: Context) -> Iterator[Route]:
    tables, answers = DecoratedTables(context.program, _WORDS), Answers(context, _ANSWERS)
    checks = [f for made in tables.calls for f in _middleware(made, tables, context)]
    for entry in tables.entries():
        suffix = entry.call.keywords.get("suffix")
        responders = list(_responders(entry.handler, f"_{suffix}" if isinstance(suffix, str) else "", context))
        if not responders:
            context.gap(entry.call.file, entry.call.line, f"the resource at {entry.path or '/'} is not known")
        for responder in responders:
            yield from tables.routes("falcon", entry, responder, answers.of(responder.info), checks)


def _responders(value: Value, suffix: str, context: Context) -> Iterator[Responder]:
    """What answers each verb; a module may be a resource, too."""
    owner, _ = handler_of(value, context.program)
    for verb in _VERBS:
        name = f"on_{verb}{suffix}"
        if isinstance(owner, ClassInfo):
            found = context.program.method(owner.id, name)
        else:
            found = context.program.functions.get(f"{value.name}.{name}") if isinstance(value, Ref) else None
        if found is not None:
            yield Responder(verb.upper(), found, owner if isinstance(owner, ClassInfo) else None)


def _middleware(made: Made, tables: DecoratedTables, context: Context) -> Iterator[str]:
    """Functions that run before every responder: of objects that an application is made with, or given later."""
    given: list[Value] = []
    if tables.is_a(made, *_APPS):
        given = _items(made.keywords.get("middleware"))
    elif tables.called_on(made)[1] == "add_middleware":
        given = [item for value in made.args for item in _items(value)]
    for value in given:
        owner, _ = handler_of(value, context.program)
        if isinstance(owner, ClassInfo):
            methods = (context.program.method(owner.id, name) for name in _MIDDLEWARE)
            yield from (m.id for m in methods if m is not None)


def _items(value: Value) -> list[Value]:
    return list(value) if isinstance(value, list | tuple) else [value] if isinstance(value, Made | Ref | Closure) else []

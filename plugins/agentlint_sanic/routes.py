"""Routes of Sanic: lines of applications and blueprints, with the middleware that looks at requests first."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import Answers, AnswerWords, Context, DecoratedTables, FunctionInfo, Responder, Route, TableEntry, TableWords, handler_of, once

_APP, _BLUEPRINT, _GROUPS = "sanic.Sanic", "sanic.Blueprint", ("sanic.Blueprint.group", "sanic.blueprints.Blueprint.group")
_WORDS = TableWords(
    apps=(_APP, "sanic.app.Sanic"), tables=(_BLUEPRINT, "sanic.blueprints.Blueprint", *_GROUPS), prefix="url_prefix", adds={"add_route": (1, 0)},
    mounts={"blueprint": (0, -1), "append": (0, -1), "extend": (0, -1)}, stand_ins={"app": _APP, "bp": _BLUEPRINT, "blueprint": _BLUEPRINT},
)
_ANSWERS = AnswerWords(
    pages=frozenset({"html", "render", "render_async", "template", "HTMLResponse"}), data=frozenset({"json", "JSONResponse"}),
    redirects=frozenset({"redirect"}), unsaid="other",
)
_VERBS = ("get", "post", "put", "patch", "delete")
_BEFORE = ("on_request", "middleware")


def collect_routes(context: Context) -> Iterator[Route]:
    """All routes, each once."""
    return once(_routes(context))


def _routes(context: Context) -> Iterator[Route]:
    tables, answers = DecoratedTables(context.program, _WORDS), Answers(context, _ANSWERS)
    checks = _checks(tables, context)
    for entry in tables.entries():
        responders, wrappers = _responders(entry, context)
        if not responders:
            context.gap(entry.call.file, entry.call.line, f"the handler of {entry.path or '/'} is not known")
        before = [f for above in tables.tree.above(entry.key) for f in checks.get(above, ())]
        for responder in responders:
            yield from tables.routes("sanic", entry, responder, answers.of(responder.info), (*before, *wrappers))


def _checks(tables: DecoratedTables, context: Context) -> dict[str, list[str]]:
    """Middleware of requests by table; groups are hung above the tables that they are made of on the way."""
    found: dict[str, list[str]] = {}
    for made in tables.calls:
        for child in (tables.key(value) for value in made.args if tables.is_a(made, *_GROUPS)):
            if child:
                tables.tree.mount(tables.key(made), child)
        key, attr = tables.called_on(made)
        if key and attr in _BEFORE and "response" not in (*made.args, made.keywords.get("attach_to")):
            functions = (handler_of(value, context.program)[0] for value in (*made.applied, *made.args))
            found.setdefault(key, []).extend(f.id for f in functions if isinstance(f, FunctionInfo))
    return found


def _responders(entry: TableEntry, context: Context) -> tuple[list[Responder], tuple[str, ...]]:
    """What answers each verb, and the functions of the project around it."""
    target, wrappers = handler_of(entry.handler, context.program)
    if target is None:
        return [], wrappers
    if isinstance(target, FunctionInfo):
        return [Responder(verb, target) for verb in entry.methods or ("GET",)], wrappers
    methods = ((verb.upper(), context.program.method(target.id, verb)) for verb in _VERBS)
    return [Responder(verb, method, target) for verb, method in methods if method is not None], wrappers

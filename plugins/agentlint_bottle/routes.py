"""Routes of Bottle: `@route` and its relatives, `app.route(..., callback=f)`, and the hooks that run before."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import Answers, AnswerWords, Context, DecoratedTables, FunctionInfo, Responder, Route, TableWords, handler_of, once

_APP = "bottle.Bottle"
_WORDS = TableWords(
    apps=(_APP, "bottle.default_app", "bottle.app"), methods="method", handler="callback", functions="bottle", mounts={"mount": (1, 0), "merge": (0, -1)},
    stand_ins={"app": _APP},
)
_ANSWERS = AnswerWords(
    pages=frozenset({"template", "view", "jinja2_template", "mako_template", "jinja2_view", "mako_view", "cheetah_template", "SimpleTemplate"}),
    data=frozenset({"dumps"}), redirects=frozenset({"redirect"}), unsaid="other",
)


def collect_routes(context: Context) -> Iterator[Route]:
    """All routes, each once."""
    return once(_routes(context))


def _routes(context: Context) -> Iterator[Route]:
    tables, answers = DecoratedTables(context.program, _WORDS), Answers(context, _ANSWERS)
    checks = list(_hooks(tables, context))
    for entry in tables.entries():
        target, wrappers = handler_of(entry.handler, context.program)
        if not isinstance(target, FunctionInfo):
            context.gap(entry.call.file, entry.call.line, f"the handler of {entry.path or '/'} is not known")
            continue
        for verb in entry.methods or ("GET",):
            yield from tables.routes("bottle", entry, Responder(verb, target), answers.of(target), (*checks, *wrappers))


def _hooks(tables: DecoratedTables, context: Context) -> Iterator[str]:
    """Functions that run before every handler: `@hook("before_request")`."""
    for made in tables.calls:
        key, attr = tables.called_on(made)
        if key and attr == "hook" and made.args[:1] == ["before_request"]:
            found = (handler_of(value, context.program)[0] for value in made.applied)
            yield from (f.id for f in found if isinstance(f, FunctionInfo))

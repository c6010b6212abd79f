"""Routes of Robyn: lines of an application and of sub-routers; holes of paths are written `:name`."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from agentlint.api import Answers, AnswerWords, Context, DecoratedTables, FunctionInfo, Responder, Route, TableWords, handler_of, once

_APP = "robyn.Robyn"
_WORDS = TableWords(
    apps=(_APP,), tables=("robyn.SubRouter", "robyn.router.SubRouter"), decorators=("get", "post", "put", "patch", "delete"), adds={"add_route": (1, 2)},
    mounts={"include_router": (0, -1)}, stand_ins={"app": _APP},
)
_ANSWERS = AnswerWords(
    pages=frozenset({"html", "render_template", "serve_html"}), data=frozenset({"jsonify", "dumps"}), redirects=frozenset({"redirect"}), unsaid="json",
)
_HOLE = re.compile(r":(\w+)")


def collect_routes(context: Context) -> Iterator[Route]:
    """All routes, each once."""
    return once(_routes(context))


def _routes(context: Context) -> Iterator[Route]:
    tables, answers = DecoratedTables(context.program, _WORDS), Answers(context, _ANSWERS)
    checks: list[str] = []
    for made in tables.calls:
        if tables.called_on(made)[0] and tables.called_on(made)[1] == "before_request":
            found = (handler_of(value, context.program)[0] for value in made.applied)
            checks += [f.id for f in found if isinstance(f, FunctionInfo)]
    for entry in tables.entries():
        target, wrappers = handler_of(entry.handler, context.program)
        if not isinstance(target, FunctionInfo):
            context.gap(entry.call.file, entry.call.line, f"the handler of {entry.path or '/'} is not known")
            continue
        for verb in entry.methods or ("ANY",):
            for route in tables.routes("robyn", entry, Responder(verb, target), answers.of(target), (*checks, *wrappers)):
                yield msgspec.structs.replace(route, path=_HOLE.sub(r"{\1}", route.path))

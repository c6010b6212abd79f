"""Routes of Chalice: `@app.route(path, methods=..., authorizer=...)`, and what schedules, queues and buckets start.

AWS Chalice documentation, "Routing", "Authorization", "Blueprints", "Lambda Event Sources".
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from agentlint import api
from agentlint.api import AuthKind, Context, FunctionInfo, Guard, Made, Ref, Route, TableEntry

_EVENTS = frozenset(
    "schedule on_s3_event on_sns_message on_sqs_message on_cw_event on_kinesis_record on_dynamodb_record lambda_function".split()
)
_WORDS = api.TableWords(
    apps=("chalice.Chalice", "chalice.app.Chalice"), tables=("chalice.Blueprint", "chalice.app.Blueprint"), prefix="url_prefix",
    decorators=("route", *sorted(_EVENTS)), mounts={"register_blueprint": (0, -1)},
)
_ANSWERS = api.AnswerWords(unsaid="json")
_KINDS: dict[str, AuthKind] = {"CognitoUserPoolAuthorizer": "token", "CustomAuthorizer": "token", "IAMAuthorizer": "token", "authorizer": "token"}


def collect_routes(context: Context) -> Iterator[Route]:
    """All routes, each once."""
    return api.once(_routes(context))


def _routes(context: Context) -> Iterator[Route]:
    tables, answers = api.DecoratedTables(context.program, _WORDS), api.Answers(context, _ANSWERS)
    for entry in tables.entries():
        target, wrappers = api.handler_of(entry.handler, context.program)
        _, attr = tables.called_on(entry.call)
        if not isinstance(target, FunctionInfo):
            context.gap(entry.call.file, entry.call.line, f"the handler of {entry.path or '/'} is not known")
        elif attr in _EVENTS:
            yield Route(
                framework="chalice", method="RUN", path=target.node.name, handler=target.id, symbol=target.node.qualname, file=target.module.path,
                line=target.node.line, surface="job", name=target.node.name, table_file=entry.call.file, table_line=entry.call.line,
            )
        else:
            guards = tuple(_guards(entry))
            for verb in entry.methods or ("GET",):
                for route in tables.routes("chalice", entry, api.Responder(verb, target), answers.of(target), wrappers):
                    yield msgspec.structs.replace(route, guards=guards)


def _guards(entry: TableEntry) -> Iterator[Guard]:
    """The authorizer of a route, and the key that the gateway asks for."""
    held = entry.call.keywords.get("authorizer")
    name = held.callee.name if isinstance(held, Made) and isinstance(held.callee, Ref) else getattr(held, "name", "")
    last = name.rpartition(".")[2]
    if held is not None:
        yield Guard(_KINDS.get(last, "token"), last or "authorizer", entry.call.file, entry.call.line)
    if entry.call.keywords.get("api_key_required") is True:
        yield Guard("api-key", "api_key_required", entry.call.file, entry.call.line)

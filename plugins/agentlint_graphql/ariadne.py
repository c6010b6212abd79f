"""Ariadne: resolvers bound to `QueryType`, `MutationType`, `SubscriptionType` and to object types of those names."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import Closure, Context, FunctionInfo, Made, Ref, Value, imports, setup_code
from agentlint_graphql.fields import Field, Kind, function_field

_BINDERS: dict[str, Kind] = {"QueryType": "query", "MutationType": "mutation", "SubscriptionType": "subscription"}
_NAMED: dict[str, Kind] = {"Query": "query", "Mutation": "mutation", "Subscription": "subscription"}


def ariadne_fields(context: Context) -> Iterator[Field]:
    """One field a bound resolver."""
    program = context.program
    if not imports(program, "ariadne", "ariadne_django"):
        return
    setup = setup_code(program)
    for name in program.modules:
        setup.run_module(name)
    seen: set[tuple[Kind, str, str]] = set()
    for made in list(setup.made):
        kind = _kind(made)
        for name, info, line in _bound(made, context) if kind is not None else ():
            if kind is not None and (kind, name, info.id) not in seen:
                seen.add((kind, name, info.id))
                yield function_field(kind, name, info, place=(made.file, line))


def _kind(made: Made) -> Kind | None:
    called = made.callee.name if isinstance(made.callee, Ref) else ""
    if not called.startswith("ariadne."):
        return None
    last = called.rpartition(".")[2]
    named = made.args[0] if last == "ObjectType" and made.args else None
    return _BINDERS.get(last) or (_NAMED.get(named) if isinstance(named, str) else None)


def _bound(made: Made, context: Context) -> Iterator[tuple[str, FunctionInfo, int]]:
    for call in made.calls:
        if call.method == "field" and call.args and isinstance(call.args[0], str):
            for info in filter(None, (_function(v, context) for v in call.applied)):
                yield call.args[0], info, call.line
        elif call.method == "set_field" and len(call.args) > 1 and isinstance(call.args[0], str):
            for info in filter(None, (_function(v, context) for v in call.args[1:2])):
                yield call.args[0], info, call.line
        elif call.method == "source" and call.args and isinstance(call.args[0], str):
            for info in filter(None, (_function(v, context) for v in call.applied)):
                yield call.args[0], info, call.line


def _function(value: Value, context: Context) -> FunctionInfo | None:
    """The function of the project behind a resolver, decorators taken off."""
    for _ in range(8):
        if isinstance(value, Closure):
            return value.info
        if isinstance(value, Ref):
            return context.program.functions.get(value.name)
        if not isinstance(value, Made) or not value.args:
            return None
        value = value.args[0]
    return None



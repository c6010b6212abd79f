"""Cornice: services whose methods are decorated functions, and resource classes with `collection_get`, `get`, `post` and so on."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import ClassInfo, Context, FunctionInfo, Made, Ref, Route, Value, join_paths, setup_code, syntax
from agentlint_pyramid.configuration import Configuration
from agentlint_pyramid.policies import Policies

_VERBS = ("get", "post", "put", "patch", "delete")
_SERVICES = ("cornice.Service", "cornice.service.Service")
_RESOURCES = ("cornice.resource.resource", "cornice.resource.view")


def cornice_routes(context: Context, configuration: Configuration, policies: Policies) -> Iterator[Route]:
    """All operations of services and resources."""
    program, setup = context.program, setup_code(context.program)
    for info in program.functions.values():
        for decorator in info.node.decorators:
            func = decorator.func if isinstance(decorator, syntax.Call) else decorator
            if isinstance(func, syntax.Attribute) and func.attr in _VERBS:
                service = setup.value(func.value, info.module)
                if isinstance(service, Made) and isinstance(service.callee, Ref) and service.callee.name in _SERVICES:
                    told = setup.value(decorator, info.module) if isinstance(decorator, syntax.Call) else None
                    settings = {**service.keywords, **(told.keywords if isinstance(told, Made) else {})}
                    path = service.keywords.get("path", service.args[1] if len(service.args) > 1 else "")
                    yield _route(func.attr, path, info, "", settings, policies)
    for held in program.classes.values():
        for decorator in held.node.decorators:
            if isinstance(decorator, syntax.Call) and program.resolve(decorator.func, held.module) in _RESOURCES:
                told = setup.value(decorator, held.module)
                if isinstance(told, Made):
                    yield from _resource(told, held, context, policies)


def _resource(told: Made, held: ClassInfo, context: Context, policies: Policies) -> Iterator[Route]:
    for prefix, key in (("", "path"), ("collection_", "collection_path")):
        path = told.keywords.get(key, told.args[0] if key == "path" and told.args else None)
        for verb in _VERBS if isinstance(path, str) else ():
            method = context.program.method(held.id, prefix + verb)
            if method is not None:
                yield _route(verb, path, method, held.id, told.keywords, policies)


def _route(verb: str, path: Value, info: FunctionInfo, owner: str, settings: dict[str, Value], policies: Policies) -> Route:
    from agentlint_pyramid.routes import holes

    guards = policies.of(settings, verb.upper(), page=False)
    symbol = f"{owner.rpartition('.')[2]}.{info.node.name}" if owner else info.node.qualname
    return Route(
        framework="pyramid", method=verb.upper(), path=holes(join_paths(path if isinstance(path, str) else "{}")), handler=info.id, symbol=symbol,
        file=info.module.path, line=info.node.line, owner=owner or info.owner, guards=guards, renders="json", table_file=info.module.path,
        table_line=info.node.line,
    )

"""Cornice: services whose methods are decorated functions, and resource classes with `collection_get`, `get`, `post` and so on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentlint.api import ClassInfo, Context, FunctionInfo, Made, Ref, Route, Value, join_paths, setup_code, syntax
from agentlint_pyramid.configuration import Configuration
from agentlint_pyramid.policies import Policies

_VERBS = ("get", "post", "put", "patch", "delete")
_SERVICES = ("cornice.Service", "cornice.service.Service")
_COPIES = tuple(f".{name}" for name in _SERVICES)
"""A project may carry Cornice within its own package."""
_RESOURCES = ("cornice.resource.resource", "cornice.resource.view")
_PATH = re.compile(r"^(?:(\w+_))?path$")
_ONE = frozenset({"object_", "item_", "record_", "element_", "detail_"})
"""Words before `path` by which projects that write such a decorator themselves mean one thing, as against the list of them."""


def cornice_routes(context: Context, configuration: Configuration, policies: Policies) -> Iterator[Route]:
    """All operations of services and resources."""
    program, setup = context.program, setup_code(context.program)
    for info in program.functions.values():
        for decorator in info.node.decorators:
            func = decorator.func if isinstance(decorator, syntax.Call) else decorator
            if isinstance(func, syntax.Attribute) and func.attr in _VERBS:
                service = setup.value(func.value, info.module)
                if isinstance(service, Made) and isinstance(service.callee, Ref) and _is_service(service.callee.name, context):
                    told = setup.value(decorator, info.module) if isinstance(decorator, syntax.Call) else None
                    settings = {**service.keywords, **(told.keywords if isinstance(told, Made) else {})}
                    path = service.keywords.get("path", service.args[1] if len(service.args) > 1 else "")
                    yield _route(func.attr, path, info, None, settings, policies)
    for held in program.classes.values():
        for decorator in held.node.decorators:
            name = program.resolve(decorator.func, held.module) if isinstance(decorator, syntax.Call) else ""
            if isinstance(decorator, syntax.Call) and (name in _RESOURCES or (name in program.functions and _names_places(decorator))):
                told = setup.value(decorator, held.module)
                keywords = {k.name: setup.value(k.value, held.module) for k in decorator.keywords if k.name}
                yield from _resource(told.args if isinstance(told, Made) else [], keywords, held, context, policies)


def _is_service(name: str, context: Context) -> bool:
    """True for the class of services, a copy of it, and what derives from either."""
    bases = context.program.mro(name) if name in context.program.classes else (name,)
    return any(base in _SERVICES or base.endswith(_COPIES) for base in bases)


def _names_places(decorator: syntax.Call) -> bool:
    """True for a decorator of the project that is told two addresses, that of a list and that of one thing: `@register(plural_path="/cups", ...)`."""
    return sum(1 for k in decorator.keywords if k.name and _PATH.match(k.name)) > 1


def _resource(args: list[Value], keywords: dict[str, Value], held: ClassInfo, context: Context, policies: Policies) -> Iterator[Route]:
    """The methods of a class at the address of the list and at that of one thing."""
    places = {match[1] or "": value for key, value in keywords.items() if (match := _PATH.match(key))}
    if args and "" not in places:
        places[""] = args[0]
    for word, path in places.items():
        prefix = "" if word in _ONE else word
        told = keywords.get(f"{word}methods")
        open_to = {v.lower() for v in told if isinstance(v, str)} if isinstance(told, list | tuple) else set(_VERBS)
        for verb in _VERBS if isinstance(path, str) else ():
            method = context.program.method(held.id, prefix + verb)
            if method is not None and isinstance(path, str) and verb in open_to:
                yield _route(verb, path.replace("{{", "{").replace("}}", "}"), method, held, keywords, policies)


def _route(verb: str, path: Value, info: FunctionInfo, owner: ClassInfo | None, settings: dict[str, Value], policies: Policies) -> Route:
    from agentlint_pyramid.routes import holes

    guards = policies.of(settings, verb.upper(), page=False)
    symbol = f"{owner.node.qualname}.{info.node.name}" if owner is not None else info.node.qualname
    place = owner if owner is not None and info.owner != owner.id else info  # a method of a base is looked for where the class stands
    return Route(
        framework="pyramid", method=verb.upper(), path=holes(join_paths(path if isinstance(path, str) else "{}")), handler=info.id, symbol=symbol,
        file=place.module.path, line=place.node.line, owner=owner.id if owner is not None else info.owner, guards=guards, renders="json",
        table_file=place.module.path, table_line=place.node.line,
    )

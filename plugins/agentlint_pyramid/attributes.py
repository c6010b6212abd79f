"""What `request` and the context are in views, and the properties that the configuration adds to requests."""

from __future__ import annotations

from agentlint.api import ClassInfo, Closure, Context, Element, FunctionInfo, Program, Ref, Type, Value, syntax
from agentlint_pyramid.configuration import Configuration, configuration_of, default_of, given, named
from agentlint_pyramid.services import FIND, service_types
from agentlint_pyramid.views import View, Views

_REQUEST = "pyramid.request.Request"


def attribute_types(context: Context) -> dict[str, dict[str, Type | Element]]:
    """`request` wherever it is a parameter, with `add_request_method(..., reify=True)` as attributes."""
    program = context.program
    configuration = configuration_of(program)
    added: dict[str, Type | Element] = {}
    for spoken, target in request_properties(configuration, program).items():
        made = syntax.Call(syntax.Name(target.node.name, target.node.line), (syntax.Name("request", target.node.line),), (), target.node.line, -1)
        added[spoken] = Element(made, target.module)
    return {**_contexts(context, configuration), "*": {"request": Type(_REQUEST)}, _REQUEST: added, FIND: service_types(program, configuration)}


def request_properties(configuration: Configuration, program: Program) -> dict[str, FunctionInfo | ClassInfo]:
    """What computes the properties that the configuration adds to requests, by their names; the first counts."""
    found: dict[str, FunctionInfo | ClassInfo] = {}
    for call in configuration.request_methods:
        value = named(given(call, "callable", 0), configuration.packages.get(id(call), ""), program)
        name = given(call, "name", 1)
        target = _definition(default_of(value), program)
        if target is not None and (call.method == "set_request_property" or call.keywords.get("reify") or call.keywords.get("property")):
            found.setdefault(name if isinstance(name, str) else target.node.name, target)
    return found


def _contexts(context: Context, configuration: Configuration) -> dict[str, dict[str, Type | Element]]:
    """The first parameter of views that take the context too: what their `context=` says, or what the factory of their route finds."""
    found: dict[str, dict[str, Type | Element]] = {}
    for view in Views(context, configuration).all():
        given_to = view.handler if not view.owner else context.program.method(view.owner, "__init__")
        names = [p.name for p in given_to.node.params if p.kind == "positional"] if given_to is not None else []
        names = names[1:] if given_to is not None and given_to.owner else names
        thing = _thing(view, configuration, context.program) if len(names) > 1 else None
        if given_to is not None and thing is not None:
            found.setdefault(given_to.id, {}).setdefault(names[0], thing)
    return found


def _thing(view: View, configuration: Configuration, program: Program) -> Type | Element | None:
    told = named(view.settings.get("context"), "", program)
    if isinstance(told, Ref) and told.name in program.classes:
        return Type(told.name)
    route = view.settings.get("route_name")
    for pattern in configuration.routes.get(route, ()) if isinstance(route, str) else ():
        factory = named(pattern.call.keywords.get("factory"), configuration.packages.get(id(pattern.call), ""), program)
        made = factory.info if isinstance(factory, Closure) else _definition(factory, program)
        if made is not None:
            line = pattern.call.line
            request = syntax.Name("request", line)
            root: syntax.Expr = syntax.Call(syntax.Name(made.node.name, line), (request,), (), line, -1)
            if "traverse" in pattern.call.keywords:
                root = syntax.Subscript(root, request, line)
            return Element(root, made.module)
    return None


def _definition(value: Value, program: Program) -> FunctionInfo | ClassInfo | None:
    if isinstance(value, Closure):
        return value.info
    name = value.name if isinstance(value, Ref) else ""
    found = program.functions.get(name) or program.classes.get(name)
    return found if found is not None and (isinstance(found, ClassInfo) or not found.owner) else None

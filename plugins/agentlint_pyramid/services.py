"""Services of pyramid_services: what `request.find_service(IThing, name="x")` gives, by the factories that the configuration registers."""

from __future__ import annotations

from agentlint.api import ClassInfo, Closure, Element, FunctionInfo, Made, Program, Ref, Type, Value, syntax
from agentlint_pyramid.configuration import Configuration, default_of, given, named

FIND = "pyramid.request.Request.find_service()"
_IMPLEMENTER = "zope.interface.implementer"


def service_types(program: Program, configuration: Configuration) -> dict[str, Type | Element]:
    """Interface, name, or both with a space between them, to what the service's factory makes; the first registration counts."""
    found: dict[str, Type | Element] = {}
    for call in configuration.registrations:
        package = configuration.packages.get(id(call), "")
        made = _made(default_of(named(given(call, "service_factory" if "factory" in call.method else "service", 0), package, program)), call, program)
        interface, name = named(given(call, "iface", 1), package, program), call.keywords.get("name")
        spoken = [interface.name] if isinstance(interface, Ref) else []
        spoken += [name] if isinstance(name, str) and name else []
        if made is not None and spoken:
            found.setdefault(" ".join(spoken), made)
            if len(spoken) > 1:
                found.setdefault(spoken[0], made)
    for class_id, info in program.classes.items():
        for decorator in info.node.decorators:
            if isinstance(decorator, syntax.Call) and program.resolve(decorator.func, info.module) == _IMPLEMENTER:
                for interface in decorator.args:
                    found.setdefault(program.resolve(interface, info.module), Type(class_id))
    return found


def _made(value: Value, call: Made, program: Program) -> Type | Element | None:
    """What a factory makes: a function, a class, a class method, an object that is called."""
    line = call.line
    if isinstance(value, Closure) and isinstance(value.receiver, Ref):
        owner = program.classes.get(value.receiver.name)
        return _called(syntax.Attribute(syntax.Name(owner.node.name, line), value.info.node.name, line), owner, line) if owner is not None else None
    if isinstance(value, Closure):
        return _called(syntax.Name(value.info.node.name, line), value.info, line)
    if isinstance(value, Made) and isinstance(value.callee, Ref) and value.callee.name in program.classes:
        owner = program.classes[value.callee.name]
        if "factory" not in call.method:
            return Type(owner.id)
        return _called(syntax.Call(syntax.Name(owner.node.name, line), (), (), line, -1), owner, line)
    name = value.name if isinstance(value, Ref) else ""
    held: FunctionInfo | ClassInfo | None = program.functions.get(name) or program.classes.get(name)
    if isinstance(held, FunctionInfo) and held.owner in program.classes:
        owner = program.classes[held.owner]
        return _called(syntax.Attribute(syntax.Name(owner.node.name, line), held.node.name, line), owner, line)
    return _called(syntax.Name(held.node.name, line), held, line) if held is not None else None


def _called(func: syntax.Expr, home: FunctionInfo | ClassInfo, line: int) -> Element:
    """The result of a call without arguments, where the thing called is defined."""
    return Element(syntax.Call(func, (), (), line, -1), home.module)

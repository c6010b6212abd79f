"""Handler classes of a project's own design: a wrapper makes an instance for each request and runs one method on it."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import ClassInfo, Closure, FunctionInfo, Program, Ref, syntax, walk

RESOURCES = ("flask_restful.Resource", "flask_restx.Resource", "flask_restplus.Resource", "flask_restx.resource.Resource", "flask_restplus.resource.Resource")
VIEWS = ("flask.views.View", "quart.views.View")
"""Bases whose methods Flask and its extensions call themselves."""
_ENTRIES = ("process", "dispatch", "handle", "run", "execute", "__call__")
METHODS = ("get", "post", "put", "patch", "delete")
_DEEPEST = 3


def made_by(closure: Closure, program: Program) -> tuple[ClassInfo, str] | None:
    """The class that a wrapper captured and the method that it runs on an instance: `lambda **kw: handler_class().process()`."""
    for call in walk.calls(closure.info.node.body):
        func = call.func
        if isinstance(func, syntax.Attribute) and isinstance(func.value, syntax.Call) and isinstance(func.value.func, syntax.Name):
            held = _captured(func.value.func.id, closure)
            info = program.classes.get(held.name) if isinstance(held, Ref) else None
            if info is not None and program.method(info.id, func.attr) is not None:
                return info, func.attr
    return None


def _captured(name: str, closure: Closure) -> object:
    frame = closure.frame
    while frame is not None:
        if name in frame.names:
            return frame.names[name]
        frame = frame.outer
    return None


def entry_of(target: FunctionInfo | ClassInfo, program: Program) -> str:
    """The method by which a class that no library knows is run; empty for functions and for classes with methods that Flask itself calls."""
    if isinstance(target, FunctionInfo) or program.inherits(target.id, *VIEWS, *RESOURCES):
        return ""
    if any(program.method(target.id, name) is not None for name in (*METHODS, "dispatch_request")):
        return ""
    return next((name for name in _ENTRIES if program.method(target.id, name) is not None), "")


def for_verb(target: ClassInfo, verb: str, program: Program) -> FunctionInfo | None:
    """The method for one HTTP method: `_process_POST`, `handle_post`."""
    for base in program.mro(target.id):
        info = program.classes.get(base)
        for name in sorted(info.methods) if info is not None else ():
            if name.endswith((f"_{verb}", f"_{verb.lower()}")):
                return program.functions[info.methods[name]] if info is not None else None
    return None


def shown(target: ClassInfo, handler: FunctionInfo, program: Program) -> FunctionInfo | None:
    """The method of the class itself in which an inherited handler does what this class is for; None when the class has none of its own."""
    if handler.node.name in METHODS:
        return None  # what a method of HTTP runs on the way says nothing of the class
    own = program.classes[target.id].methods
    names = [name for name in _steps(handler, target, program, 0) if name in own]
    same = [name for name in names if handler.node.name.strip("_") in name]
    return program.functions[own[(same or names)[0]]] if names else None


def _steps(method: FunctionInfo, target: ClassInfo, program: Program, depth: int) -> Iterator[str]:
    """Names of the methods that a method runs on its own object, also through one another."""
    for call in program.calls_in(method):
        name = call.func.attr if isinstance(call.func, syntax.Attribute) and walk.dotted(call.func.value) == "self" else ""
        below = program.method(target.id, name) if name else None
        if below is not None:
            yield name
            if depth < _DEEPEST and below.id != method.id:
                yield from _steps(below, target, program, depth + 1)

"""Handlers of Twisted Web: `render_POST` and its relatives on resources, and `render` of those that take every verb.

Twisted 24, "Using the Twisted Web Server" and the interface `IResource`.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import Answer, Answers, AnswerWords, ClassInfo, Context, FunctionInfo, Guard, Route, once, syntax, walk
from agentlint_twisted.tree import Tree

_VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_ANSWERS = AnswerWords(
    pages=frozenset({"renderElement", "renderTemplate", "flattenString", "render_template", "get_template", "XMLFile"}),
    redirects=frozenset({"redirect", "redirectTo", "Redirect"}),
)
_ASKING = ("twisted.web.guard.BasicCredentialFactory", "twisted.web.guard.DigestCredentialFactory")


def collect_routes(context: Context) -> Iterator[Route]:
    """All routes, each once."""
    return once(_routes(context))


def _routes(context: Context) -> Iterator[Route]:
    tree, answers = Tree(context), _Answering(context)
    guards = tuple(_asked(context))
    for place in tree.places():
        info = context.program.classes[place.resource]
        found = list(_methods(info, context))
        for verb, method in found:
            yield Route(
                framework="twisted", method=verb, path=place.path, handler=method.id, symbol=f"{info.node.qualname}.{method.node.name}",
                file=method.module.path, line=method.node.line, owner=info.id, renders=answers.of(info, method), name=info.node.name,
                table_file=place.file, table_line=place.line, guards=guards, extra_handlers=_around(info, method, context),
            )
        if found and not place.known:
            context.gap(place.file, place.line, "no code says where in the site this resource hangs")


def _methods(info: ClassInfo, context: Context) -> Iterator[tuple[str, FunctionInfo]]:
    """A method for each verb that it is for; `render` where there is no other, for the verbs that it asks for."""
    found = [(verb, m) for verb in _VERBS if (m := context.program.method(info.id, f"render_{verb}")) is not None]
    render = context.program.method(info.id, "render")
    if found or render is None:
        yield from found
        return
    exprs = (e for e in walk.body_expressions(render.node.body) if isinstance(e, syntax.Apply))
    asked = [e for e in exprs if any(walk.dotted(o).endswith("request.method") for o in e.operands)]
    named = {str(c.value) for e in asked for c in walk.expressions(e) if isinstance(c, syntax.Constant)}
    verbs = [verb for verb in _VERBS if verb in named]
    yield from ((verb, render) for verb in (dict.fromkeys(("GET", *verbs)) if set(verbs) - {"GET"} else ("ANY",)))


def _around(info: ClassInfo, method: FunctionInfo, context: Context) -> tuple[str, ...]:
    """The project's own `render`, which runs around the method for a verb."""
    render = context.program.method(info.id, "render")
    return (render.id,) if render is not None and render.id != method.id else ()


class _Answering:
    """What resources answer: by the method, by the decorators of the project around it, by what runs around it."""

    def __init__(self, context: Context) -> None:
        self._program, self._answers = context.program, Answers(context, _ANSWERS)
        self._wrapped: dict[str, list[FunctionInfo]] = {}

    def of(self, info: ClassInfo, method: FunctionInfo) -> Answer:
        """A page unless some line says otherwise: that is what Twisted says of bytes that a resource gives."""
        inside = [f for d in method.node.decorators for f in self._wrapping(self._program.resolve(getattr(d, "func", d), method))]
        render = self._program.method(info.id, "render")
        for function in (method, *inside, *([render] if render is not None else [])):
            found = self._answers.of(function)
            if found:
                return found
        return "html" if any(isinstance(e.value, str) and "<" in e.value for e in _constants(method)) else "other"

    def _wrapping(self, name: str) -> list[FunctionInfo]:
        """A decorator of the project and what it puts in place of the method."""
        if name not in self._wrapped:
            found = self._program.functions.items() if name in self._program.functions or name in self._program.classes else ()
            self._wrapped[name] = [f for id, f in found if id == name or id.startswith(f"{name}.")]
        return self._wrapped[name]


def _constants(method: FunctionInfo) -> Iterator[syntax.Constant]:
    yield from (e for e in walk.body_expressions(method.node.body) if isinstance(e, syntax.Constant))


def _asked(context: Context) -> Iterator[Guard]:
    """Basic or digest credentials, where the program makes what asks for them: configuration says whether it stands before the site."""
    for function in context.program.functions.values():
        for call in context.program.calls_in(function):
            if context.program.resolve(call.func, function) in _ASKING:
                yield Guard("basic", walk.dotted(call.func), function.module.path, call.line, optional=True)
                return

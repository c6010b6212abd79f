"""Handlers of CherryPy: what is exposed of mounted objects, by name below the name of the object that holds it."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import Answers, AnswerWords, ClassInfo, Context, Factories, FunctionInfo, Made, Ref, Route, Value, handler_of, once, syntax, walk
from agentlint_cherrypy.exposing import EXPOSE, Exposing

_MOUNTS = ("cherrypy.tree.mount", "cherrypy.quickstart", "cherrypy.Application")
_TOOLS = ("cherrypy.Tool", "cherrypy._cptools.Tool")
_ALLOW = "cherrypy.tools.allow"
_ANSWERS = AnswerWords(data=frozenset({"json_out", "dumps"}), redirects=frozenset({"HTTPRedirect"}), unsaid="html")
"""Text that a handler returns is a page unless it says otherwise. CherryPy, "Tutorials"."""
_VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_BROUGHT = frozenset({"params", "body", "json", "method", "body_params"})
"""What else of a request a handler looks at: `cherrypy.request.json`."""
_DEEPEST = 6


def collect_routes(context: Context) -> Iterator[Route]:
    """All routes, each once."""
    reader = _Reader(context)
    return once(route for root, prefix in reader.roots() for route in reader.below(root, prefix, 0))


class _Reader:
    def __init__(self, context: Context) -> None:
        self._program = context.program
        self._answers = Answers(context, _ANSWERS)
        factories = Factories(context.program, frozenset({"mount", "quickstart"}), frozenset())
        factories.run(frozenset(), {})
        self._setup = factories.setup
        self._made = tuple(self._setup.made)
        self._exposing = Exposing(context.program)
        self._checks = tuple(dict.fromkeys(f for made in self._made for f in self._tool(made)))

    def roots(self) -> Iterator[tuple[Made, str]]:
        """Objects that are mounted, each with its place."""
        for made in self._made:
            if _name(made) in _MOUNTS and made.args and isinstance(made.args[0], Made):
                place = made.keywords.get("script_name", made.args[1] if len(made.args) > 1 else "")
                yield made.args[0], place.rstrip("/") if isinstance(place, str) else ""
        for module in self._program.modules.values():  # what runs only where the module is the program
            for call in walk.calls(module.body):
                if self._program.resolve(call.func, module) in _MOUNTS and call.args and isinstance(call.args[0], syntax.Call):
                    held, place = self._setup.value(call.args[0], module), self._setup.value(call.args[1], module) if len(call.args) > 1 else ""
                    if isinstance(held, Made):
                        yield held, place.rstrip("/") if isinstance(place, str) else ""

    def below(self, held: Made, prefix: str, depth: int) -> Iterator[Route]:
        """Routes of an object and of those that it holds."""
        info = self._program.classes.get(_name(held))
        if info is None or depth > _DEEPEST:
            return
        for base in self._program.mro(info.id):
            for name in self._program.classes[base].methods if base in self._program.classes else ():
                method = self._program.method(info.id, name)
                if method is not None and method.owner == base:
                    yield from self._routes(method, info, prefix)
        for name, child in self._held(held, info):
            if isinstance(child, Made) and child is not held:
                yield from self.below(child, f"{prefix}/{name}", depth + 1)

    def _held(self, held: Made, info: ClassInfo) -> Iterator[tuple[str, Value]]:
        found: dict[str, Value] = {}
        for base in reversed(self._program.mro(info.id)):
            known = self._program.classes.get(base)
            if known is not None:
                found |= {name: self._setup.value(value, known) for name, value in known.attributes.items()}
        yield from {**found, **held.attributes}.items()

    def _routes(self, method: FunctionInfo, info: ClassInfo, prefix: str) -> Iterator[Route]:
        name = method.node.name
        by_verb = name in _VERBS and self._is_exposed_whole(info)
        if not by_verb and not self._exposing.exposes(method):
            return
        renders = self._answers.of(method)
        told = (name,) if by_verb else self._allowed(method) or (("GET",) if renders == "html" and _takes_nothing(method) else ("ANY",))
        last = "" if by_verb or name == "index" else "{}" if name == "default" else name
        for verb in told:
            yield Route(
                framework="cherrypy", method=verb, path=f"{prefix}/{last}", handler=method.id, symbol=f"{info.node.qualname}.{name}", file=method.module.path,
                line=method.node.line, owner=info.id, renders=renders, name=name, table_file=info.module.path, table_line=info.node.line,
                guard_handlers=self._checks,
            )

    def _is_exposed_whole(self, info: ClassInfo) -> bool:
        """True for a class that answers verbs by the names of its methods."""
        flag = self._program.attribute(info.id, "exposed")
        return any(self._program.resolve(d, info) == EXPOSE for d in info.node.decorators) or (
            flag is not None and isinstance(flag[0], syntax.Constant) and flag[0].value is True
        )

    def _allowed(self, method: FunctionInfo) -> tuple[str, ...]:
        """The verbs that `@cherrypy.tools.allow(methods=[...])` lets through."""
        for decorator in method.node.decorators:
            if isinstance(decorator, syntax.Call) and self._program.resolve(decorator.func, method) == _ALLOW:
                told = next((k.value for k in decorator.keywords if k.name == "methods"), decorator.args[0] if decorator.args else None)
                folded = self._program.fold(told, method) if told is not None else None
                listed = folded if isinstance(folded, list | tuple) else [folded]
                return tuple(v for v in listed if isinstance(v, str) and v in _VERBS)
        return ()

    def _tool(self, made: Made) -> Iterator[str]:
        """The function that `cherrypy.Tool("before_handler", f)` runs before handlers."""
        if _name(made) in _TOOLS and len(made.args) > 1:
            target, _ = handler_of(made.args[1], self._program)
            if isinstance(target, FunctionInfo):
                yield target.id


def _name(made: Made) -> str:
    return made.callee.name if isinstance(made.callee, Ref) else ""


def _takes_nothing(method: FunctionInfo) -> bool:
    """True for a page that uses nothing a request can bring: whatever the verb, it is only shown."""
    given = {p.name for p in method.node.params[1:]}
    used = walk.body_expressions(method.node.body)
    return not any(e.id in given if isinstance(e, syntax.Name) else isinstance(e, syntax.Attribute) and e.attr in _BROUGHT for e in used)

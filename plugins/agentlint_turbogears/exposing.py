"""What the decorators of a controller's method say: whether it answers, with what, to which verbs, and to whom."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import Answer, Answers, AnswerWords, Context, FunctionInfo, Program, syntax, walk

_EXPOSE = ("tg.expose", "tg.decorators.expose")
_VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_ANSWERS = AnswerWords(redirects=frozenset({"redirect"}), unsaid="other")


class Exposing:
    """Reads the decorators of methods; remembers what each decorator of the project asks of a request's verb."""

    def __init__(self, context: Context) -> None:
        self._program: Program = context.program
        self._answers = Answers(context, _ANSWERS)
        self._asked: dict[str, tuple[str, ...]] = {}

    def told(self, method: FunctionInfo) -> list[syntax.Expr]:
        """The `@expose(...)` decorators of a method: what is not exposed answers nobody."""
        return [d for d in method.node.decorators if self._program.resolve(getattr(d, "func", d), method) in _EXPOSE]

    def answer(self, method: FunctionInfo) -> Answer:
        """A page for a template, data for `json`; for a method that is exposed with neither what its lines say."""
        texts = [t for d in self.told(method) for t in self._engines(d, method)]
        if any(t and not t.startswith(("json", "text/", "application/", "image/")) or t.startswith("text/html") for t in texts):
            return "html"
        if any(t.startswith(("json", "application/json")) for t in texts):
            return "json"
        return self._answers.of(method)

    def _engines(self, told: syntax.Expr, method: FunctionInfo) -> Iterator[str]:
        """The template or engine and the content type that a decorator names."""
        if isinstance(told, syntax.Call):
            named = (*told.args[:1], *(k.value for k in told.keywords if k.name in ("template", "content_type")))
            yield from (text for value in named if isinstance(text := self._program.fold(value, method), str))

    def verbs(self, method: FunctionInfo) -> tuple[str, ...]:
        """The verbs that a decorator of the project lets through; empty when none asks."""
        for decorator in method.node.decorators:
            found = self._asks(self._program.resolve(getattr(decorator, "func", decorator), method))
            if found:
                return found
        return ()

    def _asks(self, name: str) -> tuple[str, ...]:
        """What a function or class that stands as a decorator compares `request.method` with."""
        if name not in self._asked:
            info = self._program.classes.get(name)
            ids = list(info.methods.values()) if info is not None else [name]
            inside = [f for f in self._program.functions if any(f == id or f.startswith(f"{id}.") for id in ids)] if name else []
            compared = {v for f in inside for e in walk.body_expressions(self._program.functions[f].node.body) for v in _compared(e)}
            self._asked[name] = tuple(v for v in _VERBS if v in compared)
        return self._asked[name]


def _compared(expr: syntax.Expr) -> Iterator[str]:
    """Verbs in `request.method != "POST"`, `request.method not in ("PUT", "POST")`."""
    if isinstance(expr, syntax.Apply) and any(walk.dotted(o).endswith("request.method") for o in expr.operands):
        yield from (str(e.value) for o in expr.operands for e in walk.expressions(o) if isinstance(e, syntax.Constant))

"""What a view answers: a page, a redirect to one, or data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from agentlint.api import FunctionInfo, Program, syntax, walk

Answer = Literal["html", "json", "redirect", "other", ""]

_PAGES = ("render_template", "render_template_string", "render", "stream_template", "render_theme_template")
_DATA = ("jsonify", "to_dict", "as_dict", "to_json", "as_json", "model_dump", "model_dump_json", "dump", "serialize", "marshal", "dumps", "json_response")
_DEPTH = 3


class Answers:
    """Answers of functions, those of the functions they hand on to included."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._seen: dict[str, Answer] = {}

    def of(self, handler: FunctionInfo) -> Answer:
        """What the function answers; a page wins over data, data over a redirect; empty when no line tells."""
        return self._of(handler, _DEPTH)

    def _of(self, handler: FunctionInfo, depth: int) -> Answer:
        if handler.id not in self._seen:
            self._seen[handler.id] = ""
            found = set(self._said(handler, depth))
            self._seen[handler.id] = next((a for a in ("html", "json", "redirect", "other") if a in found), "")
        return self._seen[handler.id]

    def _said(self, handler: FunctionInfo, depth: int) -> Iterator[Answer]:
        for call in walk.calls(handler.node.body):
            answer = self._of_call(call, handler)
            if answer:
                yield answer
        for decorator in handler.node.decorators:
            if walk.dotted(getattr(decorator, "func", decorator)).lower().endswith(("json", "jsonify", "marshal_with")):
                yield "json"
        for value in self._program.returned(handler):
            yield from self._returned(value, handler, depth)

    def _of_call(self, call: syntax.Call, handler: FunctionInfo) -> Answer:
        name = self._program.resolve(call.func, handler) or walk.dotted(call.func)
        last = name.rpartition(".")[2]
        if last in _PAGES:
            return "html"
        return "json" if last == "jsonify" else "redirect" if last == "redirect" else ""

    def _returned(self, value: syntax.Expr, handler: FunctionInfo, depth: int) -> Iterator[Answer]:
        value = self._constant(value, handler)
        first = value.items[0] if isinstance(value, syntax.Sequence) and value.kind == "tuple" and value.items else value
        if isinstance(first, syntax.Name):
            first = _last_value(first.id, handler) or first
        is_data = isinstance(first, syntax.Mapping | syntax.Comprehension) or (isinstance(first, syntax.Sequence) and first.kind == "list")
        if is_data or (isinstance(first, syntax.Call) and _says_json(first)):
            yield "json"
        elif isinstance(first, syntax.Call):
            last = walk.dotted(first.func).rpartition(".")[2]
            if last in _DATA or last == "dict":
                yield "json"
            target = self._program.lookup(self._program.resolve(first.func, handler))
            if isinstance(target, FunctionInfo) and depth:
                yield self._of(target, depth - 1)
        elif first is not value and isinstance(first, syntax.Constant) and first.value in ("", None):
            yield "other"  # an empty body with a status: nothing that a person could look at

    def _constant(self, value: syntax.Expr, handler: FunctionInfo) -> syntax.Expr:
        """The tuple that a module keeps under a name (`NO_CONTENT = ("", 204)`); anything else stays itself."""
        if not isinstance(value, syntax.Name | syntax.Attribute):
            return value
        held = self._program.lookup(self._program.resolve(value, handler))
        return held if isinstance(held, syntax.Sequence) and held.kind == "tuple" else value


def _last_value(name: str, handler: FunctionInfo) -> syntax.Expr | None:
    """What a local variable was last assigned."""
    found = None
    for stmt in walk.statements(handler.node.body):
        if isinstance(stmt, syntax.Assign) and any(isinstance(t, syntax.Name) and t.id == name for t in stmt.targets):
            found = stmt.value
    return found


def _says_json(call: syntax.Call) -> bool:
    """True for an answer that is told its type: `Response(text, mimetype="application/json")`, `finish(200, found, content_type="json")`."""
    told = (k.value.value for k in call.keywords if k.name in ("content_type", "mimetype", "media_type") and isinstance(k.value, syntax.Constant))
    return any(isinstance(value, str) and "json" in value.lower() for value in told)

"""What a handler answers: a page, data or a redirect, by the words that a framework has for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from agentlint.analysis.program import FunctionInfo
from agentlint.extension.framework import Context
from agentlint.ir import syntax as s
from agentlint.ir.walk import dotted, statements

Answer = Literal["html", "json", "redirect", "other", ""]
_ORDER: tuple[Answer, ...] = ("html", "json", "redirect", "other")
"""What wins where a function answers in several ways: a page that redirects after a form is a page."""
_HTML = ("text/html", "application/xhtml")
_DATA = frozenset({"jsonify", "to_dict", "as_dict", "to_json", "as_json", "model_dump", "model_dump_json", "serialize", "dumps", "json_response"})
_DEPTH = 3


class AnswerWords(msgspec.Struct, frozen=True):
    """The last names of functions, classes and decorators by which handlers of one framework answer."""

    pages: frozenset[str] = frozenset()
    data: frozenset[str] = frozenset()
    redirects: frozenset[str] = frozenset()
    unsaid: Answer = ""
    """What a handler answers of which no line tells."""


class Answers:
    """Answers of the functions of one program, remembered; those of functions whose result is returned, or that are called with the response, included."""

    def __init__(self, context: Context, words: AnswerWords) -> None:
        self._program, self._calls, self._words = context.program, context.calls, words
        self._known: dict[str, frozenset[Answer]] = {}

    def of(self, info: FunctionInfo) -> Answer:
        """What the function answers."""
        found = self._of(info, _DEPTH)
        return next((a for a in _ORDER if a in found), self._words.unsaid)

    def _of(self, info: FunctionInfo, depth: int) -> frozenset[Answer]:
        known = self._known.get(info.id)
        if known is None:
            self._known[info.id] = frozenset()  # a cycle adds nothing
            known = self._known[info.id] = frozenset(self._said(info, depth))
        return known

    def _said(self, info: FunctionInfo, depth: int) -> Iterator[Answer]:
        for decorator in info.node.decorators:
            yield from self._of_name(getattr(decorator, "func", decorator), info)
        for call in self._program.calls_in(info):
            yield from self._of_name(call.func, info)
            if any(k.name in ("content_type", "mimetype") and self._says_html(k.value, info) for k in call.keywords):
                yield "html"
        for stmt in statements(info.node.body):
            if isinstance(stmt, s.Assign) and stmt.value is not None and any(isinstance(t, s.Attribute) and t.attr == "content_type" for t in stmt.targets):
                yield "html" if self._says_html(stmt.value, info) else "json" if "json" in dotted(stmt.value).lower() else "other"
        for returned in self._program.returned(info):
            yield from self._of_returned(returned, info, depth)

    def _of_name(self, expr: s.Expr, info: FunctionInfo) -> Iterator[Answer]:
        """What a call or decorator says by its name, or by those of the classes that it derives from."""
        resolved = self._program.resolve(expr, info)
        names = {resolved.rpartition(".")[2] or (expr.attr if isinstance(expr, s.Attribute) else dotted(expr))}
        if resolved in self._program.classes:
            names |= {base.rpartition(".")[2] for base in self._program.mro(resolved)}
        if names & self._words.pages:
            yield "html"
        if names & self._words.data:
            yield "json"
        if names & self._words.redirects:
            yield "redirect"

    def _says_html(self, expr: s.Expr, info: FunctionInfo) -> bool:
        value = self._program.fold(expr, info)
        return value.startswith(_HTML) if isinstance(value, str) and value != "{}" else "html" in dotted(expr).lower()

    def _of_returned(self, value: s.Expr, info: FunctionInfo, depth: int) -> Iterator[Answer]:
        first = value.items[0] if isinstance(value, s.Sequence) and value.kind == "tuple" and value.items else value
        if isinstance(first, s.Mapping | s.Comprehension) or (isinstance(first, s.Sequence) and first.kind == "list"):
            yield "json"
        elif isinstance(first, s.Call):
            if dotted(first.func).rpartition(".")[2] in _DATA:
                yield "json"
            site = self._calls.at(info.module.name, first.site) if depth else None
            for target in site.targets if site is not None else ():
                handed_on = self._program.functions.get(target.function)
                if handed_on is not None and target.confidence != "low":
                    yield from self._of(handed_on, depth - 1)

"""What a path operation answers: a page or a redirect for a person's browser, or data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from agentlint.api import FunctionInfo, Program, Scope, syntax, walk

Renders = Literal["html", "redirect", "json"]
_HTML = frozenset({"HTMLResponse", "TemplateResponse", "FileResponse"})
_REDIRECT = "RedirectResponse"
_PAGE_DECORATORS = frozenset({"fastapi_htmx.htmx", "fastapi_htmx.htmx.htmx"})
_PAGE_OBJECTS = frozenset({"hx", "page"})
"""Decorators of objects that render what a path operation returns with a template."""
_RENDERERS = ("fasthx.",)
_DEPTH = 2


class Answers:
    """Answers of the functions of one program, remembered."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._known: dict[str, Renders] = {}

    def of(self, info: FunctionInfo, depth: int = _DEPTH) -> Renders:
        """What a function answers: by what it makes, by its annotation, by what it is decorated with, and by the functions whose result it returns."""
        known = self._known.get(info.id)
        if known is None:
            self._known[info.id] = "json"  # a cycle adds nothing
            known = self._known[info.id] = self._answer(info, depth)
        return known

    def named(self, expr: syntax.Expr, scope: Scope) -> Renders:
        """What a response class stands for."""
        return _of_name(self._program.resolve(expr, scope).rpartition(".")[2] or walk.dotted(expr).rpartition(".")[2])

    def _answer(self, info: FunctionInfo, depth: int) -> Renders:
        if any(self._renders_result(d, info) for d in info.node.decorators):
            return "html"
        names = {_last(call.func) for call in self._program.calls_in(info)}
        if info.node.returns is not None:
            names |= {_last(e) for e in walk.expressions(info.node.returns)}
        found: set[Renders] = {_of_name(name) for name in names}
        if depth and found <= {"json"}:
            found |= set(self._handed_on(info, depth))
        return "html" if "html" in found else "redirect" if "redirect" in found else "json"

    def _handed_on(self, info: FunctionInfo, depth: int) -> Iterator[Renders]:
        """Answers of functions whose result is returned, and of responses that the module made once."""
        for returned in self._program.returned(info):
            if isinstance(returned, syntax.Call):
                target = self._program.lookup(self._program.resolve(returned.func, info))
                if target is None and info.owner and walk.dotted(returned.func).startswith("self."):
                    target = self._program.method(info.owner, _last(returned.func))
                if isinstance(target, FunctionInfo):
                    yield self.of(target, depth - 1)
            elif isinstance(returned, syntax.Name | syntax.Attribute):
                made = self._program.hierarchy.object_named(returned, info.module.name)
                yield _of_name(made.rpartition(".")[2])

    def _renders_result(self, decorator: syntax.Expr, info: FunctionInfo) -> bool:
        func = decorator.func if isinstance(decorator, syntax.Call) else decorator
        if self._program.resolve(func, info.module) in _PAGE_DECORATORS:
            return True
        if not isinstance(func, syntax.Attribute) or func.attr not in _PAGE_OBJECTS:
            return False
        return self._program.hierarchy.object_named(func.value, info.module.name).startswith(_RENDERERS)


def _last(expr: syntax.Expr) -> str:
    return expr.attr if isinstance(expr, syntax.Attribute) else expr.id if isinstance(expr, syntax.Name) else ""


def _of_name(name: str) -> Renders:
    return "html" if name in _HTML else "redirect" if name == _REDIRECT else "json"

"""What a path operation answers: a page or a redirect for a person's browser, or data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from agentlint.api import Context, FunctionInfo, Scope, syntax, walk

Renders = Literal["html", "redirect", "json"]
_HTML = frozenset({"HTMLResponse", "TemplateResponse", "TagResponse", "HtpyResponse", "LudicResponse"})
_FILE = "FileResponse"
_PAGE_FILES = re.compile(r"\.html?$|^text/html")
"""Files that a browser shows as a page; any other file is data that a program can take as well."""
_REDIRECT = "RedirectResponse"
_PAGE_DECORATORS = frozenset({"fastapi_htmx.htmx", "fastapi_htmx.htmx.htmx"})
_PAGE_OBJECTS = frozenset({"hx", "page"})
"""Decorators of objects that render what a path operation returns with a template."""
_RENDERERS = ("fasthx.",)
_DEPTH = 2


class Answers:
    """Answers of the functions of one program, remembered."""

    def __init__(self, context: Context) -> None:
        self._program = context.program
        self._calls = context.calls
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
        return next((said for name in self._names(expr, scope) if (said := _of_name(name)) != "json"), "json")

    def _names(self, expr: syntax.Expr, scope: Scope) -> Iterator[str]:
        """The name of a class or function, and those of the classes that it derives from."""
        resolved = self._program.resolve(expr, scope)
        yield resolved.rpartition(".")[2] or _last(expr)
        yield from (base.rpartition(".")[2] for base in self._program.mro(resolved)[1:] if resolved in self._program.classes)

    def _answer(self, info: FunctionInfo, depth: int) -> Renders:
        if any(self._renders_result(d, info) for d in info.node.decorators):
            return "html"
        calls = list(self._program.calls_in(info))
        names = {name for call in calls for name in self._names(call.func, info)}
        if info.node.returns is not None:
            names |= {_last(e) for e in walk.expressions(info.node.returns)}
        found: set[Renders] = {_of_name(name) for name in names}
        if "redirect" in found and any(self._passes_on(call, info) for call in calls):
            found = (found - {"redirect"}) or {"json"}
        if _FILE in names and any(self._is_page_file(call, info) for call in calls):
            found.add("html")
        if depth and found <= {"json"}:
            found |= set(self._handed_on(info, depth))
        return "html" if "html" in found else "redirect" if "redirect" in found else "json"

    def _passes_on(self, call: syntax.Call, info: FunctionInfo) -> bool:
        """True for a redirect after which the same request is sent again (RFC 9110, 15.4.8 and 15.4.9): another address, for programs as for browsers."""
        if _REDIRECT not in self._names(call.func, info):
            return False
        told = next((k.value for k in call.keywords if k.name == "status_code"), None)
        spelled = walk.dotted(told)
        return "HTTP_307" in spelled or "HTTP_308" in spelled or (isinstance(told, syntax.Constant) and str(told.value) in ("307", "308"))

    def _is_page_file(self, call: syntax.Call, info: FunctionInfo) -> bool:
        """True for `FileResponse("static/index.html")`, also where the path is joined or kept in a constant."""
        if _FILE not in self._names(call.func, info):
            return False
        given = [e for root in (*call.args, *(k.value for k in call.keywords)) for e in walk.expressions(root)]
        texts = (self._program.fold(e, info) for e in given if isinstance(e, syntax.Constant | syntax.Template | syntax.Name | syntax.Attribute))
        return any(isinstance(t, str) and _PAGE_FILES.search(t) for t in texts)

    def _handed_on(self, info: FunctionInfo, depth: int) -> Iterator[Renders]:
        """Answers of functions whose result is returned, and of responses that the module made once."""
        for returned in self._program.returned(info):
            if isinstance(returned, syntax.Call):
                site = self._calls.at(info.module.name, returned.site)
                for target in site.targets if site is not None else ():
                    handed = self._program.functions.get(target.function)
                    if handed is not None and target.confidence != "low":
                        yield self.of(handed, depth - 1)
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

"""What a handler in a table of nobody's framework answers: a page or a redirect where its words say so, data otherwise."""

from __future__ import annotations

from typing import Literal

from agentlint.analysis.program import FunctionInfo, Program
from agentlint.analysis.wording import words
from agentlint.ir import syntax as s
from agentlint.ir.walk import dotted

_PAGES = frozenset({"html", "render", "jinja", "mako"})
_TEMPLATES = frozenset({"template", "TemplateResponse"})
_REDIRECTS = frozenset({"redirect", "redirects", "redirection"})


def answer_of(info: FunctionInfo, program: Program) -> Literal["html", "json", "redirect"]:
    """What the names of the calls and decorators of a handler say of its answer."""
    said: set[str] = set()
    for expr in (*(c.func for c in program.calls_in(info)), *(d.func if isinstance(d, s.Call) else d for d in info.node.decorators)):
        name = expr.attr if isinstance(expr, s.Attribute) else dotted(expr).rpartition(".")[2]
        said |= {"html"} if name in _TEMPLATES else set(words(name))
    if said & _PAGES and "json" not in said:
        return "html"
    return "redirect" if said & _REDIRECTS else "json"

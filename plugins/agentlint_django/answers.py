"""What a view answers: a page, data, or a redirect, by the calls that make its response."""

from __future__ import annotations

from typing import Literal

from agentlint.api import FunctionInfo, Program, syntax, walk

Renders = Literal["html", "json", "redirect", "other", ""]
_HTML = frozenset({"render", "TemplateResponse", "SimpleTemplateResponse", "render_to_response", "get_context_data"})
_REDIRECTS = frozenset({"redirect", "HttpResponseRedirect", "HttpResponsePermanentRedirect", "redirect_to_login"})
_TEXT_OF_TEMPLATE = "render_to_string"
"""May be the page, and may be the text of a message that the view sends."""
_DEPTH = 2


class Answers:
    """Answers of the functions of one program, remembered."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._known: dict[str, Renders] = {}

    def of(self, info: FunctionInfo, depth: int = _DEPTH) -> Renders:
        """What a function answers, also through functions whose result it returns; a page before data, data before a redirect."""
        known = self._known.get(info.id)
        if known is not None:
            return known
        self._known[info.id] = ""
        answer = self._own(info)
        if not answer and depth:
            for target in self._returned(info):
                answer = answer or self.of(target, depth - 1)
        self._known[info.id] = answer
        return answer

    def _own(self, info: FunctionInfo) -> Renders:
        answer: Renders = ""
        said: list[bool] = []
        """For each bare response: whether it says a fixed, plain word only."""
        templated = False
        for call in walk.calls(info.node.body):
            name = walk.dotted(call.func).rpartition(".")[2] or (call.func.attr if isinstance(call.func, syntax.Attribute) else "")
            if name in _HTML:
                return "html"
            if "JsonResponse" in name or name in ("JSONResponse", "json_response"):
                answer = "json"
            elif name in _REDIRECTS and not answer:
                answer = "redirect"
            elif name == _TEXT_OF_TEMPLATE:
                templated = True
            elif name.startswith("HttpResponse"):
                said.append(_plain(call))
        plain = bool(said) and all(said)
        if templated and not plain:
            return "html"
        return answer or ("other" if plain else "")

    def _returned(self, info: FunctionInfo) -> list[FunctionInfo]:
        found = []
        for returned in self._program.returned(info):
            if not isinstance(returned, syntax.Call):
                continue
            target = self._program.lookup(self._program.resolve(returned.func, info))
            if target is None and isinstance(returned.func, syntax.Attribute) and walk.dotted(returned.func.value) == "self" and info.owner:
                target = self._program.method(info.owner, returned.func.attr)
            if isinstance(target, FunctionInfo):
                found.append(target)
        return found


def _plain(call: syntax.Call) -> bool:
    """True for a response without text, or with a fixed text that is no markup: what monitors and callbacks get."""
    given = [*call.args, *(k.value for k in call.keywords if k.name == "content")]
    return all(isinstance(a, syntax.Constant) and "<" not in str(a.value) for a in given[:1])

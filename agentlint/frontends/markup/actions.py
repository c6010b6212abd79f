"""The actions of a page: forms, links that act, attributes that scripts turn into requests."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Literal

from agentlint.frontends.markup.elements import Attribute, Element, elements, plain
from agentlint.frontends.markup.forms import METHODS, Form, method_of, targets
from agentlint.frontends.markup.templates import Masked
from agentlint.frontends.markup.urls import Names, Url, urls
from agentlint.frontends.markup.words import label
from agentlint.ir.pages import PageAction

Kind = Literal["form", "link", "htmx", "data-attribute"]

_REQUESTS = {f"{prefix}hx-{m}": m.upper() for prefix in ("", "data-") for m in ("get", "post", "put", "patch", "delete")}
_LINK_METHODS = ("data-method", "data-turbo-method", "up-method", "data-http-method", "data-verb", "data-type")
_URL_WORDS = re.compile(r"(?:^|-)(?:url|uri|href|action|endpoint|path|link|api|route)(?:-|$)")
_METHOD_WORDS = re.compile(r"(?:^|-)(get|post|put|patch|delete|remove)(?:-|$)")
_LOOKS_LIKE_URL = re.compile(r"^(?:\{\}|https?://[^/]*|\.{1,2})?/(?!/)[\w{]|^\{\}/|^\?")
_LINE_END = re.compile("\n")
_ELSEWHERE = re.compile(r"^(?:mailto:|tel:|javascript:|data:|//|[a-z]+://)", re.IGNORECASE)


class PageReader:
    """Walks the elements of one page and gathers its actions."""

    def __init__(self, page: Masked, path: str, names: Names) -> None:
        self.page = page
        self.path = path
        self.names = names
        self.found: list[PageAction] = []
        self._lines = [m.start() for m in _LINE_END.finditer(page.source)]
        self._forms: list[Form] = []
        self._by_id: dict[str, Form] = {}

    def actions(self) -> tuple[PageAction, ...]:
        """All actions in source order, each once."""
        every = list(elements(self.page))
        closed: list[tuple[Form, int]] = []
        for element in every:
            self._visit(element, closed)
        closed.extend((form, len(self.page.text)) for form in self._forms)
        for element in every:
            self._elsewhere(element)
        for form, end in closed:
            form.rendered_fields(self.page, end)
            self.found.extend(self._form(form))
        return tuple(dict.fromkeys(sorted(self.found, key=lambda a: (a.line, a.kind, a.method, a.target, a.route_name))))

    def _visit(self, element: Element, closed: list[tuple[Form, int]]) -> None:
        if element.name == "form":
            if element.closing:
                if self._forms:
                    closed.append((self._forms.pop(), element.start))
                return
            form = Form(element)
            self._forms.append(form)
            self._by_id.setdefault(plain(self.page, element, "id"), form)
        elif self._forms and not element.has("form"):
            self._forms[-1].gather(self.page, element)
        if not element.closing:
            self.found.extend(self._acting(element))

    def _elsewhere(self, element: Element) -> None:
        """A field may name the form it belongs to."""
        if element.has("form") and not element.closing:
            form = self._by_id.get(plain(self.page, element, "form"))
            if form is not None:
                form.gather(self.page, element)

    def _form(self, form: Form) -> Iterator[PageAction]:
        element = form.element
        method = form.override if form.override in METHODS else method_of(self.page, element, "method") or "GET"
        words = " / ".join(form.words)
        fields = tuple(form.fields)
        for url in targets(self.page, element, self.names, "action"):
            yield self._action("form", method, url, element, fields, words)
        for submit in form.submits:
            own = method_of(self.page, submit.element, "formmethod") or method
            origin = submit.element if submit.element.has("formaction") else element
            for url in targets(self.page, origin, self.names, "formaction", "action"):
                yield self._action("form", own, url, submit.element, fields, submit.words)

    def _acting(self, element: Element) -> Iterator[PageAction]:
        for attribute in element.attributes:
            name = attribute.name
            if name in _REQUESTS:
                yield from self._each("htmx", _REQUESTS[name], attribute, element)
            elif name.startswith("data-") and _URL_WORDS.search(name[5:]) and attribute.end > attribute.start:
                yield from self._data(attribute, element)
        if element.name == "a" and element.all("href"):
            yield from self._link(element)
        elif element.all("up-href"):
            yield from self._each("data-attribute", method_of(self.page, element, "up-method") or "GET", element.all("up-href")[0], element)

    def _link(self, element: Element) -> Iterator[PageAction]:
        method = method_of(self.page, element, *_LINK_METHODS) or "GET"
        for attribute in element.all("href"):
            for url in self._urls(attribute):
                if (url.target or url.route_name) and not _ELSEWHERE.match(url.target):
                    yield self._action("link", method, url, element, (), label(self.page, element))

    def _data(self, attribute: Attribute, element: Element) -> Iterator[PageAction]:
        named = _METHOD_WORDS.search(attribute.name)
        spoken = {"REMOVE": "DELETE"}.get(named[1].upper(), named[1].upper()) if named else ""
        method = method_of(self.page, element, *_LINK_METHODS) or spoken or "ANY"
        for url in self._urls(attribute):
            if url.route_name or _LOOKS_LIKE_URL.match(url.target):
                yield self._action("data-attribute", method, url, element, (), label(self.page, element) if element.name in ("a", "button") else "")

    def _each(self, kind: Kind, method: str, attribute: Attribute, element: Element) -> Iterator[PageAction]:
        form = self._forms[-1] if self._forms else None
        fields = tuple(form.fields) if form is not None else ()
        for url in self._urls(attribute) or (Url(),):
            yield self._action(kind, method, url, element, fields, label(self.page, element))

    def _urls(self, attribute: Attribute) -> Iterable[Url]:
        found = urls(self.page.between(attribute.start, attribute.end), self.names)
        return [u for u in found if not u.file]

    def _action(self, kind: Kind, method: str, url: Url, element: Element, fields: tuple[str, ...], words: str) -> PageAction:
        return PageAction(
            kind=kind, method=method, target=url.target, route_name=url.route_name, file=self.path, line=self._line(element.start), fields=fields, words=words,
        )  # fmt: skip

    def _line(self, offset: int) -> int:
        return bisect_left(self._lines, offset) + 1

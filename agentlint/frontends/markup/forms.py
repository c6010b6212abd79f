"""Forms of a page: method, URL, the fields they send, the words on their buttons."""

from __future__ import annotations

import re

import msgspec

from agentlint.frontends.markup.elements import Element, plain
from agentlint.frontends.markup.templates import MASK, Masked, Tag
from agentlint.frontends.markup.urls import Names, Url, urls
from agentlint.frontends.markup.words import label

_FIELD_TAGS = frozenset({"input", "select", "textarea", "button"})
_METHOD_OVERRIDES = frozenset({"_method", "_http_method", "x-http-method-override"})
_TOKENS = frozenset({"csrfmiddlewaretoken", "csrf_token", "_csrf", "_csrf_token", "_xsrf", "authenticity_token", "_token"})
_FORM_FIELD = re.compile(r"\bform\.([a-z_]\w*)\b(?!\()")
_NOT_FIELDS = frozenset({
    "as_p", "as_table", "as_ul", "as_div", "errors", "non_field_errors", "media", "hidden_fields", "visible_fields", "hidden_tag", "management_form",
    "instance", "is_multipart", "fields", "helper", "is_bound", "initial", "data", "prefix", "error_css_class", "required_css_class", "label_suffix", "auto_id",
})  # fmt: skip
METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})


class Submit(msgspec.Struct, frozen=True):
    """A button that sends the form elsewhere or differently than the form itself says."""

    element: Element
    words: str


class Form:
    """One form while its elements are gathered."""

    def __init__(self, element: Element) -> None:
        self.element = element
        self.fields: dict[str, None] = {}
        self.override = ""
        self.words: dict[str, None] = {}
        self.submits: list[Submit] = []

    def gather(self, page: Masked, element: Element) -> None:
        """Take in an element that belongs to this form."""
        if element.name not in _FIELD_TAGS or element.closing:
            return
        name = field_name(page, element)
        if name.lower() in _METHOD_OVERRIDES:
            self.override = plain(page, element, "value").upper()
        elif name and name.lower() not in _TOKENS:
            self.fields[name] = None
        if _submits(page, element):
            words = label(page, element)
            if element.all("formaction", "formmethod"):
                self.submits.append(Submit(element, words))
            elif words:
                self.words[words] = None

    def rendered_fields(self, page: Masked, end: int) -> None:
        """Fields that the template prints from a form object (`{{ form.title }}`)."""
        for tag in (p for p in page.between(self.element.end, end) if isinstance(p, Tag)):
            for name in _FORM_FIELD.findall(tag.text):
                if name not in _NOT_FIELDS:
                    self.fields[name] = None


def field_name(page: Masked, element: Element) -> str:
    """The name of a field with `{}` where the template fills it in; empty when nothing of it is fixed."""
    for attribute in element.all("name"):
        pieces = ["{}" if isinstance(p, Tag) and p.kind.endswith("value") else p for p in page.between(attribute.start, attribute.end)]
        name = "".join(p for p in pieces if isinstance(p, str)).strip()
        return "" if name.replace("{}", "") == "" else name
    return ""


def _submits(page: Masked, element: Element) -> bool:
    kind = plain(page, element, "type").lower()
    return (element.name == "button" and kind in ("", "submit")) or (element.name == "input" and kind in ("submit", "image"))


def method_of(page: Masked, element: Element, *names: str) -> str:
    """The method an attribute names, in capitals; empty when there is none, `ANY` when the template fills it in."""
    for attribute in element.all(*names):
        text = page.text[attribute.start : attribute.end].strip().upper()
        if text in METHODS:
            return text
        if any(char in MASK for char in text):
            return "ANY"
    return ""


def targets(page: Masked, element: Element, names: Names, *attributes: str) -> tuple[Url, ...]:
    """What the URL attributes of an element may become; one empty URL when there is none."""
    found = [u for a in element.all(*attributes) for u in urls(page.between(a.start, a.end), names)]
    return tuple(dict.fromkeys(found)) or (Url(),)

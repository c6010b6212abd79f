"""Elements of an HTML text in source order: forgiving, since pages are rarely well-formed and templates hold half of them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import msgspec

from agentlint.frontends.markup.templates import MASK, Masked, Tag

_START = re.compile(r"<(/?)([a-zA-Z][\w:.-]*)")
_ATTRIBUTE = re.compile(r"[^\s=>\"'/" + MASK + r"][^\s=>/" + MASK + r"]*(?:/[^\s=>/" + MASK + r"]+)*")
_VALUE = re.compile(r"\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+))")
_RAW = {"script", "style"}
_PLAIN_SCRIPT = re.compile(r"template|html|handlebars|mustache|x-tmpl|underscore", re.IGNORECASE)


class Attribute(msgspec.Struct, frozen=True):
    """One attribute: its value as a stretch of the source."""

    name: str
    start: int
    end: int


class Element(msgspec.Struct, frozen=True):
    """A start or end tag, from `start` to `end`."""

    name: str
    closing: bool
    attributes: tuple[Attribute, ...]
    start: int
    end: int

    def all(self, *names: str) -> list[Attribute]:
        """The attributes of these names; branches of a template may give one several times."""
        return [a for a in self.attributes if a.name in names]

    def has(self, name: str) -> bool:
        """Whether the attribute is there, with or without a value."""
        return any(a.name == name for a in self.attributes)


def elements(page: Masked) -> Iterator[Element]:
    """Every start and end tag; the insides of scripts and styles are skipped unless they hold markup."""
    text, at = page.text, 0
    while True:
        found = _START.search(text, at)
        if found is None:
            return
        attributes, at = _attributes(text, found.end())
        element = Element(found[2].lower(), bool(found[1]), tuple(attributes), found.start(), at)
        yield element
        if element.name in _RAW and not element.closing and not holds_markup(page, element):
            closing = re.compile(rf"</{element.name}\b", re.IGNORECASE).search(text, at)
            at = closing.start() if closing else len(text)


def holds_markup(page: Masked, element: Element) -> bool:
    """Whether a script element is a client-side template rather than a program."""
    return element.name == "script" and bool(_PLAIN_SCRIPT.search(plain(page, element, "type")))


def _attributes(text: str, at: int) -> tuple[list[Attribute], int]:
    """Attributes from `at` on, and where the tag ends."""
    found: list[Attribute] = []
    size = len(text)
    while at < size:
        char = text[at]
        if char == ">":
            return found, at + 1
        if char == "<":
            return found, at
        name = _ATTRIBUTE.match(text, at)
        if name is None:
            at += 1
            continue
        at = name.end()
        value = _VALUE.match(text, at)
        if value is None:
            found.append(Attribute(name[0].lower(), at, at))
            continue
        start, end = value.span(value.lastindex or 0)
        found.append(Attribute(name[0].lower(), start, end))
        at = value.end()
    return found, size


def plain(page: Masked, element: Element, name: str) -> str:
    """The first value of an attribute without template tags; empty when it is absent."""
    for attribute in element.all(name):
        pieces = page.between(attribute.start, attribute.end)
        return html.unescape("".join(p for p in pieces if not isinstance(p, Tag))).strip()
    return ""

"""The programs inside a page: script elements, event attributes, `javascript:` links, with template tags made readable to a script parser."""

from __future__ import annotations

import html
import re

from agentlint.frontends.markup.elements import Element, elements, holds_markup, plain
from agentlint.frontends.markup.templates import Masked, Tag, mask
from agentlint.frontends.markup.urls import Names, Url, known_names, urls
from agentlint.ir.marks import HOLE, route_mark

_PROGRAM = re.compile(r"^(?:|module|text/babel|text/typescript|jsx|ts|tsx|(?:text|application)/(?:x-)?(?:java|ecma)script.*)$", re.IGNORECASE)
_EVENT = re.compile(r"^on[a-z]+$")


def scripts(source: bytes) -> list[tuple[int, str]]:
    """(lines before it, text) of every program in the page, in source order."""
    page = mask(source.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n"))
    names = known_names(page.tags)
    found: list[tuple[int, str]] = []
    for element in elements(page):
        if element.closing:
            continue
        if element.name == "script" and not holds_markup(page, element):
            if _PROGRAM.match(plain(page, element, "type") or plain(page, element, "lang")):
                found.append((page.source.count("\n", 0, element.end), _program(page, element, names)))
        else:
            found.extend(_handlers(page, element, names))
    return [(line, text) for line, text in found if text.strip()]


def inline_script(source: bytes) -> bytes:
    """All programs of a page as one text, each on the lines where it stands in the page."""
    text, line = "", 0
    for offset, program in scripts(source):
        separator = "\n" * (offset - line) if offset > line else ";" if text else ""
        text += separator + program
        line = max(line, offset) + program.count("\n")
    return text.encode()


def _program(page: Masked, element: Element, names: Names) -> str:
    closing = re.compile(r"</script\b", re.IGNORECASE).search(page.text, element.end)
    return _readable(page, element.end, closing.start() if closing else len(page.text), names)


def _handlers(page: Masked, element: Element, names: Names) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    for attribute in element.attributes:
        text = ""
        if _EVENT.match(attribute.name):
            text = html.unescape(_readable(page, attribute.start, attribute.end, names))
        elif attribute.name == "href" and page.text.startswith("javascript:", attribute.start):
            text = html.unescape(_readable(page, attribute.start + len("javascript:"), attribute.end, names))
        if text:
            found.append((page.source.count("\n", 0, attribute.start), text + ";"))
    return found


def _readable(page: Masked, start: int, end: int, names: Names) -> str:
    """A stretch with template tags replaced by words that stand in code and in texts alike; line breaks are kept."""
    return "".join(_word(piece, page, names) if isinstance(piece, Tag) else piece for piece in page.between(start, end))


def _word(tag: Tag, page: Masked, names: Names) -> str:
    lines = "\n" * page.source.count("\n", tag.start, tag.end)
    found = urls([tag], names) if tag.kind == "value" or tag.word == "url" else ()
    routes = [u for u in found if u.route_name]
    if routes:
        return route_mark(routes[0].route_name) + lines
    if tag.kind.endswith("value") or found not in ((), (Url(),)):
        return HOLE + lines
    return " " + lines

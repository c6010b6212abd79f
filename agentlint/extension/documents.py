"""Files beside the code in which a project declares pages, models and rights: listed for plugins, read and parsed when one asks."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from xml.parsers import expat

import msgspec

_DEEPEST = 200
"""Nesting of XML that is followed; a file nested deeper is a gap."""


class XmlElement(msgspec.Struct, frozen=True, eq=False, gc=False):
    """One element of an XML file."""

    tag: str
    attributes: dict[str, str]
    line: int
    children: list[XmlElement]
    texts: list[str]

    @property
    def text(self) -> str:
        """All text directly inside, without space around it."""
        return "".join(self.texts).strip()

    def walk(self) -> Iterator[XmlElement]:
        """The element and all below it, in the order of the file."""
        yield self
        for child in self.children:
            yield from child.walk()


class Documents:
    """The files of data that a project holds. Each is read once; what cannot be parsed is a gap."""

    def __init__(
        self, paths: tuple[str, ...] = (), read: Callable[[str], bytes | None] = lambda _: None, gap: Callable[[str, int, str], None] = lambda *_: None,
    ) -> None:
        self.paths = paths
        """Paths from the root, sorted; XML, JSON and CSV files outside of tests and vendored folders."""
        self._read, self._gap = read, gap
        self._bytes: dict[str, bytes] = {}

    def bytes_of(self, path: str) -> bytes:
        """What a file holds; empty when it cannot be read."""
        known = self._bytes.get(path)
        if known is None:
            known = self._bytes[path] = self._read(path) or b""
        return known

    def xml(self, path: str) -> XmlElement | None:
        """The root of an XML file; None, with a gap, when it is none."""
        try:
            return _parsed(self.bytes_of(path))
        except (expat.ExpatError, _TooDeep) as error:
            self._gap(path, getattr(error, "lineno", 0), f"no well-formed XML: {error}")
            return None

    def json(self, path: str) -> Mapping[str, object] | None:
        """The object that a JSON file holds; None when it holds something else, with a gap when it is no JSON."""
        try:
            found = json.loads(self.bytes_of(path) or b"null")
        except (ValueError, RecursionError) as error:
            self._gap(path, getattr(error, "lineno", 0), "no JSON")
            return None
        return found if isinstance(found, dict) else None

    def table(self, path: str) -> list[dict[str, str]]:
        """The rows of a CSV file by the names of its first line."""
        text = self.bytes_of(path).decode("utf-8-sig", errors="replace")
        try:
            return [{k: v for k, v in row.items() if k and isinstance(v, str)} for row in csv.DictReader(io.StringIO(text))]
        except csv.Error as error:
            self._gap(path, 0, f"no table: {error}")
            return []

    def line_of(self, path: str, text: str) -> int:
        """The first line of a file that holds a text; 1 when none does."""
        before, found, _ = self.bytes_of(path).partition(text.encode())
        return before.count(b"\n") + 1 if found else 1


class _TooDeep(Exception):
    """XML nested deeper than anybody writes it."""


def _parsed(data: bytes) -> XmlElement | None:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    holder = XmlElement("", {}, 0, [], [])
    open_: list[XmlElement] = [holder]

    def start(tag: str, attributes: dict[str, str]) -> None:
        if len(open_) > _DEEPEST:
            raise _TooDeep("nested too deeply")
        element = XmlElement(tag, attributes, parser.CurrentLineNumber, [], [])
        open_[-1].children.append(element)
        open_.append(element)

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: open_.pop()
    parser.CharacterDataHandler = lambda text: open_[-1].texts.append(text)
    parser.Parse(data, True)
    return holder.children[0] if holder.children else None

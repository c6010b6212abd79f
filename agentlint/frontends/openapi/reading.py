"""Bytes of one file to a parsed value: which reader, which encoding, and one clear flaw when it cannot be read."""

from __future__ import annotations

import json
import re

from agentlint.frontends.openapi.json_text import read_json
from agentlint.frontends.openapi.parsed import Flaw, Parsed, Unreadable
from agentlint.frontends.openapi.yaml_text import read_yaml

_ROOT = re.compile(rb"""\{\s*"(?:openapi|swagger)"\s*:""")
_NO_LINE_END = re.compile(rb"[^\n]")

LARGEST = 64 * 1024 * 1024
"""Bytes; a larger file is refused."""


def parse(data: bytes, path: str) -> Parsed:
    """The value of a YAML or JSON file. Raises Unreadable."""
    if len(data) > LARGEST:
        raise Unreadable(Flaw(1, 1, f"larger than {LARGEST // 2**20} MB"))
    text = _utf8(data)
    if path.lower().endswith((".html", ".htm")):
        return read_json(_embedded(text))
    if text.lstrip()[:1] in (b"{", b"["):
        try:
            return read_json(text)
        except Unreadable:
            if path.lower().endswith(".json") or text.startswith((b"{\"", b"{\n", b"{\r\n")):
                raise
    return read_yaml(text)


def _embedded(page: bytes) -> bytes:
    """The JSON of the OpenAPI document that a page shows, with nothing but blanks and line ends before it: every line keeps its number."""
    start = _ROOT.search(page)
    if start is None:
        raise Unreadable(Flaw(1, 1, "no OpenAPI document stands in this page"))
    text = page[start.start():].decode("utf-8")
    try:
        _, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError) as error:
        line = page.count(b"\n", 0, start.start()) + getattr(error, "lineno", 1)
        raise Unreadable(Flaw(line, getattr(error, "colno", 1), f"not JSON: {getattr(error, 'msg', error)}")) from error
    return _NO_LINE_END.sub(b" ", page[: start.start()]) + text[:end].encode()


def _utf8(data: bytes) -> bytes:
    """The bytes as UTF-8 without a byte order mark."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return data.decode("utf-16").encode()
        except UnicodeError as error:
            raise Unreadable(Flaw(1, 1, "not UTF-16, though it starts so")) from error
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable(Flaw(data.count(b"\n", 0, error.start) + 1, 1, "holds bytes that are not UTF-8 text")) from error
    return data

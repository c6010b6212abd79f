"""Telling API descriptions from other YAML and JSON by their version key, without parsing."""

from __future__ import annotations

import re
from typing import Literal

Kind = Literal["openapi", "arazzo", "overlay", ""]

_VERSION = re.compile(
    rb"""(?:^|[{,]|\n)[ \t\r\n]*["']?(?P<key>openapi|swagger|arazzo|overlay)["']?[ \t]*:[ \t\r\n]*["']?(?P<major>[1-9])\.\d""",
)
_FIRST_KEY = re.compile(rb"""\A(?:\xef\xbb\xbf)?\s*(?:\{\s*)?["']?([A-Za-z$][\w$-]*)["']?\s*:""")
_SORTED_ROOTS = frozenset({
    b"basePath", b"components", b"consumes", b"definitions", b"externalDocs", b"host", b"info", b"jsonSchemaDialect", b"$schema", b"$self", b"actions",
    b"extends", b"paths", b"parameters", b"produces", b"responses", b"schemes", b"security", b"securityDefinitions", b"servers", b"tags", b"webhooks",
})
"""Top-level keys that come before the version key where keys are sorted, or written in an order of one's own."""
_MAJOR = {"openapi": ("3",), "swagger": ("2",), "arazzo": ("1",), "overlay": ("1",)}
_HEAD = 4096


def sniff(data: bytes, path: str = "") -> bool:
    """True when the bytes look like an OpenAPI, Arazzo or Overlay document; a few microseconds for anything else."""
    return kind_of(data, path) != ""


def kind_of(data: bytes, path: str = "") -> Kind:
    """What kind of description the bytes look like. A document split over files is known by its root alone."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data = data.decode("utf-16", "replace").encode()
    found = _version_in(data[:_HEAD])
    if found:
        return found
    first = _FIRST_KEY.match(data[:_HEAD])
    head_is_comment = data.lstrip()[:1] in (b"#", b"%", b"-")
    if head_is_comment or (first and (first.group(1) in _SORTED_ROOTS or first.group(1).startswith(b"x-"))):
        return _version_in(data)
    return ""


def _version_in(data: bytes) -> Kind:
    for match in _VERSION.finditer(data):
        key = match["key"].decode()
        if match["major"].decode() in _MAJOR[key]:
            return "openapi" if key in ("openapi", "swagger") else "arazzo" if key == "arazzo" else "overlay"
    return ""

"""From bytes to a description: picks the version's lowering and turns what cannot be read into one gap."""

from __future__ import annotations

import re

from agentlint.frontends.openapi.document import Document, Reader
from agentlint.frontends.openapi.lower_v2 import lower_v2
from agentlint.frontends.openapi.lower_v3 import lower_v3
from agentlint.frontends.openapi.parsed import Unreadable
from agentlint.frontends.openapi.parts import text_of
from agentlint.frontends.openapi.workflows import workflows_of
from agentlint.ir.description import Description, Node
from agentlint.ir.source import Gap

_VERSION = re.compile(r"^\s*(\d+)\.(\d+)")


def load(data: bytes, path: str, read: Reader | None = None) -> Description | Gap:
    """The description in a file; a gap with the line when it is broken or of a version that nobody knows.
    `read` gives the bytes of further files by their path from the analysed root."""
    try:
        document = Document(path, data, read)
    except Unreadable as error:
        return Gap(path, error.flaw.line, error.flaw.message)
    return lower(document)


def lower(document: Document) -> Description | Gap:
    """The description that a parsed document holds."""
    root = document.root
    if not isinstance(root.value, dict):
        return Gap(root.file, 1, "not an API description: its top level is no mapping")
    for key, kind in (("arazzo", "arazzo"), ("overlay", "overlay")):
        if key in root.value:
            return _plain(document, kind, _major_minor(root.value[key]))
    key = "openapi" if "openapi" in root.value else "swagger"
    version = _major_minor(root.value.get(key))
    if version == "2.0":
        return lower_v2(document)
    if version.startswith("3."):
        return lower_v3(document, version)
    line = document.locate(root.child(key)).line
    return Gap(root.file, line, f"unknown version of OpenAPI: {str(root.value.get(key))[:40]!r} (2.0 and 3.0 to 3.2 are known)")


def _major_minor(value: object) -> str:
    found = _VERSION.match(str(value)) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else None
    return f"{found[1]}.{found[2]}" if found else ""


def _plain(document: Document, kind: str, version: str) -> Description:
    root: Node = document.root
    info = root.child("info")
    return Description(
        file=root.file, kind="arazzo" if kind == "arazzo" else "overlay", version=version, title=text_of(info.child("title")),
        text=text_of(info.child("description")),
        servers=(), security_schemes=(), operations=(), webhooks=(), schemas=(), tags=(), index=document, files=document.files, gaps=document.gaps,
        workflows=workflows_of(root, document) if kind == "arazzo" else (),
    )


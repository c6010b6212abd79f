"""Lowers one HTML file or template to a page with its actions; never fails, what cannot be read is a gap."""

from __future__ import annotations

import re

from agentlint.frontends.markup.actions import PageReader
from agentlint.frontends.markup.comments import notes_of
from agentlint.frontends.markup.templates import Tag, mask
from agentlint.frontends.markup.urls import known_names
from agentlint.ir.pages import Page
from agentlint.ir.source import Gap

_REFERENCE = re.compile(r"""^(?:extends|include|import|from|embed|layout)\s+\(?\s*\[?\s*(?:'([^']+)'|"([^"]+)")""")
_FOREIGN_REFERENCE = re.compile(r"""(?:<%(?:inherit|include|namespace)\s+file\s*=\s*|\binclude\(?\s*)(?:'([^']+)'|"([^"]+)")""")


def lower(source: bytes, path: str) -> Page:
    """The page that the source of `path` describes."""
    gaps: list[Gap] = []
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = source.decode("utf-8", "replace")
        gaps.append(Gap(path, 1, "bytes that are not utf-8"))
    page = mask(text.replace("\r\n", "\n").replace("\r", "\n"))
    foreign = next((t for _, t in sorted(page.tags.items()) if t.kind.startswith("foreign")), None)
    if foreign is not None:
        line = page.source.count("\n", 0, foreign.start) + 1
        gaps.append(Gap(path, line, f"template syntax not known here ({foreign.text[:12].split()[0]} ...), its tags were taken as holes"))
    return Page(
        path=path, language="template" if page.tags else "html", actions=PageReader(page, path, known_names(page.tags)).actions(),
        extends=_references([t for _, t in sorted(page.tags.items())]), lines=len(page.source.splitlines()), gaps=tuple(gaps),
        comments=notes_of(page.source, path),
    )  # fmt: skip


def _references(tags: list[Tag]) -> tuple[str, ...]:
    """Templates that this one extends or includes, as written."""
    found: dict[str, None] = {}
    for tag in tags:
        match = _REFERENCE.match(tag.text) if tag.kind == "block" else _FOREIGN_REFERENCE.search(tag.text) if tag.kind != "value" else None
        if match:
            found[match[1] or match[2]] = None
    return tuple(found)

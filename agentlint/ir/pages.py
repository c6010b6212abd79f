"""What a page lets a person do: forms, acting links, script calls; from templates, HTML and front-end code."""

from __future__ import annotations

from typing import Literal

import msgspec

from agentlint.ir.notes import Note
from agentlint.ir.source import Gap


class PageAction(msgspec.Struct, frozen=True, gc=False):
    """One thing on a page that sends a request."""

    kind: Literal["form", "link", "htmx", "data-attribute", "button", "script"]
    method: str
    """`GET`, `POST`, ...; for scripts the method of the call, `ANY` when unknown."""
    target: str
    """URL with typed holes `{}` for what is interpolated; empty means the page's own URL."""
    route_name: str = ""
    """Route name when the template asks the framework to build the URL (`{% url 'x' %}`, `url_for('x')`)."""
    file: str = ""
    line: int = 0
    fields: tuple[str, ...] = ()
    words: str = ""
    """What the button or link says to the person."""
    symbol: str = ""
    """For scripts: the function the call stands in."""
    caller: str = ""
    """For scripts: `fetch`, `axios.post`, ..."""


class Page(msgspec.Struct, frozen=True, gc=False):
    """One template, HTML file, or front-end source file with its actions."""

    path: str
    language: str
    actions: tuple[PageAction, ...] = ()
    extends: tuple[str, ...] = ()
    """Templates it extends or includes, as written."""
    lines: int = 0
    gaps: tuple[Gap, ...] = ()
    comments: tuple[Note, ...] = ()
    """Comments that address agentlint."""

"""Recorded browser sessions (HAR 1.2): which requests a person's browser made. Of a request only method, host, path and kind are taken over:
cookies, tokens, query texts and bodies stay in the file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from agentlint.frontends.openapi.document import Document
from agentlint.frontends.openapi.parsed import Unreadable
from agentlint.ir.description import Node, Recorded, Session
from agentlint.ir.source import Gap

_OVERRIDDEN = frozenset({"PUT", "PATCH", "DELETE"})
"""Methods that a form names in a field, because browsers' forms know only two."""
_NOISE = frozenset({"ping", "beacon", "csp-violation-report", "preflight", "websocket", "eventsource"})
_QUERY = re.compile(r"^\s*(#[^\n]*\n\s*)*(query\b|\{|subscription\b)")


def load_session(data: bytes, path: str) -> Session | Gap:
    """The requests of a recorded session; a gap with the line when it is none."""
    try:
        document = Document(path, data)
    except Unreadable as error:
        return Gap(path, error.flaw.line, error.flaw.message)
    entries = document.root.child("log").child("entries")
    if not isinstance(entries.value, list):
        return Gap(path, 1, "not a recorded browser session: it has no `log.entries`")
    requests = tuple(_requests(entries, document))
    page = next((r.host for r in requests if r.page), requests[0].host if requests else "")
    return Session(path, page, requests)


def _requests(entries: Node, document: Document) -> Iterator[Recorded]:
    for _, entry in entries.children():
        request, response = entry.child("request"), entry.child("response")
        method, url = request.child("method").value, request.child("url").value
        if not isinstance(method, str) or not isinstance(url, str):
            continue
        try:
            parts = urlsplit(url)
        except ValueError:
            continue
        if parts.scheme not in ("http", "https"):
            continue
        status = response.child("status").value
        kind = str(response.child("content").child("mimeType").value or "")
        sent = request.child("postData")
        yield Recorded(
            method=_method(method.upper(), sent), host=(parts.hostname or "").lower(), path=parts.path or "/", status=status if isinstance(status, int) else 0,
            page=kind.startswith("text/html") and method.upper() == "GET", reading=_asks_only(sent),
            noise=str(entry.child("_resourceType").value or "") in _NOISE, line=document.locate(request.child("method")).line,
        )


def _method(method: str, sent: Node) -> str:
    """The method that the page means: a form's field `_method` overrides the one that the browser could send."""
    if method != "POST" or "form" not in str(sent.child("mimeType").value or ""):
        return method
    named = [str(p.value.get("value", "")) for _, p in sent.child("params").children() if isinstance(p.value, dict) and p.value.get("name") == "_method"]
    text = sent.child("text").value
    if not named and isinstance(text, str) and "_method=" in text:
        named = parse_qs(text).get("_method", [])
    said = named[0].upper() if named else ""
    return said if said in _OVERRIDDEN else method


def _asks_only(sent: Node) -> bool:
    """True for a GraphQL document that queries."""
    text = sent.child("text").value
    if not isinstance(text, str) or '"query"' not in text[:100_000]:
        return False
    try:
        body = json.loads(text)
    except ValueError:
        return False
    asked = [b.get("query") for b in (body if isinstance(body, list) else [body]) if isinstance(b, dict)]
    return bool(asked) and all(isinstance(q, str) and bool(_QUERY.match(q)) for q in asked)

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
_NOISE = frozenset({"ping", "beacon", "csp-violation-report", "preflight", "eventsource"})
_ONWARD = frozenset({301, 302, 303, 307, 308})
_POLLED = re.compile(r"/(socket\.io|sockjs(-node)?|engine\.io)(/|$)")
_SIGNS_IN = re.compile(r"log-?in|sign-?in|auth|sso|session", re.IGNORECASE)
_PART = re.compile(r'Content-Disposition: form-data; name="([^"]{1,100})"', re.IGNORECASE)
_DIGITS = 3
_LONGEST, _MOST_FIELDS = 1_000_000, 200
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
    for number, (_, entry) in enumerate(entries.children(), 1):
        request, response = entry.child("request"), entry.child("response")
        method, url = request.child("method").value, request.child("url").value
        if not isinstance(method, str) or not isinstance(url, str):
            continue
        try:
            parts = urlsplit(url)
        except ValueError:
            continue
        if parts.scheme not in ("http", "https", "ws", "wss"):
            continue
        said = str(response.child("status").value)
        status = int(said) if said.isdecimal() and len(said) == _DIGITS else 0
        kind = str(response.child("content").child("mimeType").value or "")
        sent = request.child("postData")
        yield Recorded(
            method=_method(method.upper(), sent), host=(parts.hostname or "").lower(), path=parts.path or "/", status=status,
            page=kind.startswith("text/html") and method.upper() == "GET", reading=_asks_only(sent),
            noise=str(entry.child("_resourceType").value or "") in _NOISE, line=document.locate(request.child("method")).line,
            socket=_socket(entry, parts.scheme, parts.path), number=number, fields=_fields(sent),
            turned=method.upper() == "GET" and status in _ONWARD and _leads_on(response, parts.hostname or ""),
        )


def _socket(entry: Node, scheme: str, path: str) -> bool:
    """True for a WebSocket, also where it is stood in for by polling."""
    kind = str(entry.child("_resourceType").value or "")
    return scheme in ("ws", "wss") or kind == "websocket" or bool(entry.child("_webSocketMessages").value) or bool(_POLLED.search(path))


def _leads_on(response: Node, host: str) -> bool:
    """True when an answer sends the browser to another page of the site that is none for signing in."""
    heads = [h.value for _, h in response.child("headers").children() if isinstance(h.value, dict)]
    said = next((str(h.get("value", "")) for h in heads if str(h.get("name")).lower() == "location"), "")
    target = str(response.child("redirectURL").value or "") or said
    try:
        parts = urlsplit(target)
    except ValueError:
        return False
    return bool(target) and (parts.hostname or host) == host and not _SIGNS_IN.search(parts.path)


def _fields(sent: Node) -> tuple[str, ...]:
    """Names of what was sent: fields of a form, keys of an object."""
    named: list[object] = [p.value.get("name") for _, p in sent.child("params").children() if isinstance(p.value, dict)]
    text, kind = sent.child("text").value, str(sent.child("mimeType").value or "")
    if not named and isinstance(text, str) and len(text) <= _LONGEST:
        if "json" in kind:
            named = [*_keys(text)]
        elif "multipart" in kind:
            named = [*_PART.findall(text)]
        elif "form" in kind:
            named = [*parse_qs(text, keep_blank_values=True)]
    return tuple(dict.fromkeys(n for n in named if isinstance(n, str) and n))[:_MOST_FIELDS]


def _keys(text: str) -> list[str]:
    try:
        body = json.loads(text)
    except ValueError:
        return []
    return list(body) if isinstance(body, dict) else []


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

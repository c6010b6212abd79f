"""Pieces that all versions share: careful reading of nodes that may be anything, security, tags, answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from agentlint.frontends.openapi.document import Document
from agentlint.ir.description import DescribedOperation, Flow, FlowKind, Link, MediaType, Node, Parameter, SecurityScheme, Tag
from agentlint.ir.source import Gap

_FLOWS: dict[str, FlowKind] = {
    "authorizationCode": "authorization-code", "accessCode": "authorization-code", "implicit": "implicit", "password": "password",
    "clientCredentials": "client-credentials", "application": "client-credentials", "deviceAuthorization": "device",
}


def text_of(node: Node) -> str:
    """A text, empty when the node holds none."""
    return node.value if isinstance(node.value, str) else str(node.value) if isinstance(node.value, (int, float)) and not isinstance(node.value, bool) else ""


def records(node: Node) -> Iterator[tuple[str, Node]]:
    """Key and node of each entry that is a mapping."""
    if isinstance(node.value, dict):
        for key, child in node.children():
            if isinstance(child.value, dict):
                yield str(key), child


def items(node: Node) -> list[Node]:
    """The entries of a list."""
    return [child for _, child in node.children()] if isinstance(node.value, list) else []


def words_of(node: Node) -> tuple[str, ...]:
    """The texts of a list."""
    return tuple(v for v in node.value if isinstance(v, str)) if isinstance(node.value, list) else ()


def text_at(node: Node, document: Document) -> str:
    """A text, also where a reference stands in its place."""
    return text_of(document.follow(node)) if isinstance(node.value, dict) else text_of(node)


def tags_of(document: Document) -> tuple[Tag, ...]:
    """The declared tags."""
    tags = (document.follow(t) for t in items(document.follow(document.root.child("tags"))))
    return tuple(Tag(text_of(t.child("name")), text_at(t.child("description"), document), t) for t in tags if isinstance(t.value, dict))


def security_of(node: Node) -> tuple[tuple[tuple[str, tuple[str, ...]], ...], ...]:
    """The alternatives of a security requirement."""
    found = []
    for one in items(node):
        if isinstance(one.value, dict):
            found.append(tuple((str(name), words_of(Node(scopes, "", ()))) for name, scopes in one.value.items()))
    return tuple(found)


def scheme_of(name: str, node: Node) -> SecurityScheme:
    """One security scheme of any version."""
    value: dict[str, Any] = node.value
    said = str(value.get("type", "")).lower()
    description = text_of(node.child("description"))
    if said == "apikey":
        return SecurityScheme(name, "api-key", str(value.get("in", "")).lower(), str(value.get("name", "")), (), description, node)
    if said in ("http", "basic"):
        return SecurityScheme(name, "http", "header", "basic" if said == "basic" else str(value.get("scheme", "")).lower(), (), description, node)
    if said == "oauth2":
        return SecurityScheme(name, "oauth2", "header", "", _flows(node), description, node)
    if said == "openidconnect":
        return SecurityScheme(name, "openid", "header", "", (), description, node)
    if said == "mutualtls":
        return SecurityScheme(name, "mutual-tls", "", "", (), description, node)
    return SecurityScheme(name, "unknown", "", said, (), description, node)


def _flows(node: Node) -> tuple[Flow, ...]:
    if isinstance(node.value.get("flow"), str):
        kind = _FLOWS.get(node.value["flow"])
        return (Flow(kind, _scopes(node.child("scopes"))),) if kind else ()
    return tuple(Flow(_FLOWS[name], _scopes(flow.child("scopes"))) for name, flow in records(node.child("flows")) if name in _FLOWS)


def _scopes(node: Node) -> dict[str, str]:
    return {str(k): str(v or "") for k, v in node.value.items()} if isinstance(node.value, dict) else {}


def content_of(node: Node, document: Document) -> tuple[MediaType, ...]:
    """The media types of a body or answer (3.x)."""
    found = []
    for name, media in records(document.follow(node)):
        media = document.follow(media)
        if isinstance(media.value, dict):
            schema = media.child("schema") if "schema" in media.value else media.child("itemSchema") if "itemSchema" in media.value else None
            found.append(MediaType(name.split(";")[0].strip().lower(), schema, "example" in media.value or "examples" in media.value))
    return tuple(found)


def links_of(node: Node, document: Document) -> tuple[Link, ...]:
    """The links of an answer."""
    found = []
    for name, link in records(node):
        link = document.follow(link)
        if not isinstance(link.value, dict):
            continue
        parameters = link.value.get("parameters")
        told = {str(k): str(v) for k, v in parameters.items()} if isinstance(parameters, dict) else {}
        found.append(Link(name, text_of(link.child("operationId")) or _operation_ref(text_of(link.child("operationRef"))), told, link))
    return tuple(found)


def _operation_ref(reference: str) -> str:
    """`#/paths/~1users~1{id}/get` -> `GET /users/{id}`."""
    parts = reference.partition("#/paths/")[2].split("/")
    if len(parts) != 2:
        return ""
    return f"{parts[1].upper()} {parts[0].replace('~1', '/').replace('~0', '~')}"


PROPOSAL = "x-agentlint-proposal"
"""Marks an operation that an overlay proposes and that nobody has built yet."""


def built(operations: Iterable[DescribedOperation], document: Document) -> tuple[tuple[DescribedOperation, ...], tuple[Gap, ...]]:
    """The operations without mere proposals, and a gap for each of those: what is only proposed would make an API look better than it is."""
    kept, gaps = [], []
    for operation in operations:
        if PROPOSAL in operation.extensions:
            where = document.locate(operation.node)
            gaps.append(Gap(where.file, where.line, f"{operation.name} is marked as a proposal and not judged", "unresolved"))
        else:
            kept.append(operation)
    return tuple(kept), tuple(gaps)


def unique_parameters(own: list[Parameter], inherited: list[Parameter]) -> tuple[Parameter, ...]:
    """An operation's parameters with those of its path that it does not override."""
    known = {(p.name, p.location) for p in own}
    return (*own, *(p for p in inherited if (p.name, p.location) not in known))

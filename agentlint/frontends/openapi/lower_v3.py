"""OpenAPI 3.0 to 3.2 to the neutral description."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from agentlint.frontends.openapi.document import Document
from agentlint.frontends.openapi.parts import (
    built,
    content_of,
    items,
    links_of,
    records,
    scheme_of,
    security_of,
    tags_of,
    text_at,
    text_of,
    unique_parameters,
    words_of,
)
from agentlint.ir.description import Body, DescribedOperation, Description, Node, Parameter, Response

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
_PLACES = ("path", "query", "header", "cookie", "querystring")


def lower_v3(document: Document, version: str) -> Description:
    """The description that a 3.x document holds."""
    root = document.root
    info, components = document.follow(root.child("info")), document.follow(root.child("components"))
    schemes = tuple(scheme_of(n, document.follow(s)) for n, s in records(components.child("securitySchemes")) if isinstance(document.follow(s).value, dict))
    operations, proposed = built(_operations(root.child("paths"), document), document)
    webhooks = tuple(_operations(root.child("webhooks"), document, webhook=True))
    return Description(
        file=root.file, kind="openapi", version=version, title=text_of(info.child("title")), text=text_at(info.child("description"), document),
        servers=tuple(_server(s) for s in items(root.child("servers")) if isinstance(s.value, dict)), security_schemes=schemes, operations=operations,
        webhooks=webhooks, schemas=tuple(records(components.child("schemas"))), tags=tags_of(document), index=document, files=document.files,
        gaps=(*document.gaps, *proposed),
    )


def _server(node: Node) -> str:
    """A server's URL with the defaults of its variables put in."""
    url = text_of(node.child("url"))
    for name, variable in records(node.child("variables")):
        url = url.replace("{" + name + "}", text_of(variable.child("default")))
    return url


def _operations(paths: Node, document: Document, webhook: bool = False) -> Iterator[DescribedOperation]:
    for path, reference in records(document.follow(paths)):
        if path.startswith("x-"):
            continue
        item = document.follow(reference)
        if not isinstance(item.value, dict):
            continue
        for beside in (item, reference) if reference.key != item.key else (item,):
            inherited = _parameters(beside.child("parameters"), document)
            for method, node in _methods(beside, document):
                yield _operation(method, path, node, inherited, document, webhook)


def _methods(item: Node, document: Document) -> Iterator[tuple[str, Node]]:
    """Operations by method; a reference in place of one is no OpenAPI, but programs that bundle descriptions follow it."""
    for method in _METHODS:
        node = document.follow(item.child(method))
        if isinstance(node.value, dict):
            yield method.upper(), node
    for method, node in records(item.child("additionalOperations")):
        yield method, node


def _operation(method: str, path: str, node: Node, inherited: list[Parameter], document: Document, webhook: bool) -> DescribedOperation:
    value: dict[str, Any] = node.value
    default = document.root.child("security")
    declared = node.child("security") if "security" in value else default
    return DescribedOperation(
        method=method, path=path, operation_id=text_of(node.child("operationId")), summary=text_of(node.child("summary")),
        description=text_at(node.child("description"), document), tags=words_of(node.child("tags")), deprecated=value.get("deprecated") is True,
        parameters=unique_parameters(_parameters(node.child("parameters"), document), inherited), body=_body(node.child("requestBody"), document),
        responses=tuple(_responses(node.child("responses"), document)), security=security_of(declared),
        secured="security" in value or isinstance(default.value, list), callbacks=tuple(name for name, _ in records(node.child("callbacks"))),
        extensions={k: v for k, v in value.items() if isinstance(k, str) and k.startswith("x-")}, node=node, webhook=webhook,
    )


def _parameters(node: Node, document: Document) -> list[Parameter]:
    found = []
    for reference in items(document.follow(node)):
        one = document.follow(reference)
        if not isinstance(one.value, dict) or one.value.get("in") not in _PLACES:
            continue
        schema = one.child("schema") if "schema" in one.value else None
        if schema is None:
            media = next((m for m in content_of(one.child("content"), document) if m.schema is not None), None)
            schema = media.schema if media else None
        required = one.value.get("required") is True or one.value["in"] == "path"
        example = "example" in one.value or "examples" in one.value
        found.append(Parameter(text_of(one.child("name")), one.value["in"], required, text_of(one.child("description")), schema, one, example))
    return found


def _body(node: Node, document: Document) -> Body | None:
    if node.value is None:
        return None
    body = document.follow(node)
    if not isinstance(body.value, dict):
        return None
    return Body(body.value.get("required") is True, content_of(body.child("content"), document), body)


def _responses(node: Node, document: Document) -> Iterator[Response]:
    for status, reference in records(document.follow(node)):
        if status.startswith("x-"):
            continue
        one = document.follow(reference)
        if isinstance(one.value, dict):
            headers = document.follow(one.child("headers")).value
            named = tuple(map(str, headers)) if isinstance(headers, dict) else ()
            content, links = content_of(one.child("content"), document), links_of(one.child("links"), document)
            yield Response(status, text_of(one.child("description")), content, named, links, one)

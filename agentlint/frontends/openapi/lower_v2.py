"""OpenAPI 2.0 (Swagger) to the neutral description: body and form parameters become bodies, `produces` becomes media types."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from agentlint.frontends.openapi.document import Document
from agentlint.frontends.openapi.parts import built, items, records, scheme_of, security_of, tags_of, text_at, text_of, unique_parameters, words_of
from agentlint.ir.description import Body, DescribedOperation, Description, MediaType, Node, Parameter, Response

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
_FORM = "application/x-www-form-urlencoded"
_JSON = "application/json"


def lower_v2(document: Document) -> Description:
    """The description that a 2.0 document holds."""
    root = document.root
    info = document.follow(root.child("info"))
    schemes = tuple(scheme_of(n, s) for n, s in records(root.child("securityDefinitions")))
    operations, proposed = built(_operations(root, document), document)
    return Description(
        file=root.file, kind="openapi", version="2.0", title=text_of(info.child("title")), text=text_at(info.child("description"), document),
        servers=_servers(root), security_schemes=schemes, operations=operations, webhooks=(), schemas=tuple(records(root.child("definitions"))),
        tags=tags_of(document), index=document, files=document.files, gaps=(*document.gaps, *proposed),
    )


def _servers(root: Node) -> tuple[str, ...]:
    host, base = text_of(root.child("host")), text_of(root.child("basePath"))
    if not host:
        return (base,) if base else ()
    return tuple(f"{scheme}://{host}{base}" for scheme in words_of(root.child("schemes")) or ("https",))


def _operations(root: Node, document: Document) -> Iterator[DescribedOperation]:
    for path, reference in records(document.follow(root.child("paths"))):
        item = document.follow(reference)
        if path.startswith("x-") or not isinstance(item.value, dict):
            continue
        inherited = list(_raw_parameters(item.child("parameters"), document))
        for method in _METHODS:
            node = document.follow(item.child(method))
            if isinstance(node.value, dict):
                yield _operation(method.upper(), path, node, inherited, document)


def _raw_parameters(node: Node, document: Document) -> Iterator[Node]:
    for reference in items(document.follow(node)):
        one = document.follow(reference)
        if isinstance(one.value, dict):
            yield one


def _operation(method: str, path: str, node: Node, inherited: list[Node], document: Document) -> DescribedOperation:
    root, value = document.root, node.value
    raw = list(_raw_parameters(node.child("parameters"), document))
    produces = words_of(node.child("produces")) or words_of(root.child("produces"))
    consumes = words_of(node.child("consumes")) or words_of(root.child("consumes"))
    declared = node.child("security") if "security" in value else root.child("security")
    return DescribedOperation(
        method=method, path=path, operation_id=text_of(node.child("operationId")), summary=text_of(node.child("summary")),
        description=text_at(node.child("description"), document), tags=words_of(node.child("tags")), deprecated=value.get("deprecated") is True,
        parameters=unique_parameters(_plain(raw), _plain(inherited)), body=_body(raw, consumes) or _body(inherited, consumes),
        responses=tuple(_responses(node.child("responses"), produces, document)), security=security_of(declared),
        secured="security" in value or isinstance(root.value.get("security"), list), callbacks=(),
        extensions={k: v for k, v in value.items() if isinstance(k, str) and k.startswith("x-")}, node=node,
    )


def _plain(raw: list[Node]) -> list[Parameter]:
    """Parameters that are neither body nor form; in 2.0 the parameter is its own schema."""
    return [
        Parameter(text_of(p.child("name")), p.value["in"], p.value.get("required") is True or p.value["in"] == "path", text_of(p.child("description")), p, p,
                  "x-example" in p.value)
        for p in raw if p.value.get("in") in ("path", "query", "header")
    ]


def _body(raw: list[Node], consumes: tuple[str, ...]) -> Body | None:
    body = next((p for p in raw if p.value.get("in") == "body"), None)
    if body is not None:
        schema = body.child("schema") if "schema" in body.value else None
        return Body(body.value.get("required") is True, tuple(MediaType(c, schema) for c in consumes or (_JSON,)), body)
    form = [p for p in raw if p.value.get("in") == "formData"]
    if not form:
        return None
    properties: dict[str, Any] = {text_of(p.child("name")): p.value for p in form}
    required = [text_of(p.child("name")) for p in form if p.value.get("required") is True]
    first = form[0]
    schema = Node({"type": "object", "properties": properties, "required": required}, first.file, first.pointer)
    kinds = tuple(c for c in consumes if "form" in c) or ("multipart/form-data" if any(p.value.get("type") == "file" for p in form) else _FORM,)
    return Body(bool(required), tuple(MediaType(k, schema) for k in kinds), first)


def _responses(node: Node, produces: tuple[str, ...], document: Document) -> Iterator[Response]:
    for status, reference in records(document.follow(node)):
        if status.startswith("x-"):
            continue
        one = document.follow(reference)
        if not isinstance(one.value, dict):
            continue
        schema = one.child("schema") if "schema" in one.value else None
        content = tuple(MediaType(p.split(";")[0].strip().lower(), schema) for p in produces or (_JSON,)) if schema is not None else ()
        headers = one.value.get("headers")
        yield Response(status, text_of(one.child("description")), content, tuple(map(str, headers)) if isinstance(headers, dict) else (), (), one)

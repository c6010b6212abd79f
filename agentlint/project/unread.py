"""Descriptions of APIs in forms that are not read: known by their first lines or by the ends of their names, so that none is passed over in silence."""

from __future__ import annotations

import os
import re
from pathlib import Path

_BY_HEAD = (
    (re.compile(rb"\basyncapi[\"']?[ \t]{0,9}:[ \t]{0,9}[\"']?\d\."), "an AsyncAPI description"),
    (re.compile(rb"\"openrpc\"[ \t]{0,9}:[ \t]{0,9}\"\d"), "an OpenRPC description"),
    (re.compile(rb"schema\.(get)?postman\.com/json/collection/"), "a Postman collection"),
    (re.compile(rb"\"discovery#restDescription\""), "a Google discovery document"),
)
_BY_END = {
    ".graphql": "a GraphQL schema", ".graphqls": "a GraphQL schema", ".gql": "a GraphQL schema", ".proto": "a Protocol Buffers description",
    ".wsdl": "a WSDL description", ".wadl": "a WADL description", ".raml": "a RAML description", ".apib": "an API Blueprint",
    ".smithy": "a Smithy model", ".tsp": "a TypeSpec description", ".thrift": "a Thrift description",
}
_MOST_NAMED = 3
_MOST_SEEN = 20_000


def form_of(head: bytes) -> str:
    """`an AsyncAPI description` for the first bytes of one, empty for anything else."""
    return next((form for pattern, form in _BY_HEAD if pattern.search(head)), "")


def unread_below(root: Path) -> tuple[str, ...]:
    """A few such files below a folder, or the one file given, by the ends of their names: `a.proto (a Protocol Buffers description)`."""
    if root.is_file():
        form = _BY_END.get(root.suffix.lower(), "")
        return (f"{root.name} ({form})",) if form else ()
    found: list[str] = []
    seen = 0
    for folder, folders, names in os.walk(root, followlinks=False):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f != "node_modules")
        seen += len(names)
        known = ((name, _BY_END.get(os.path.splitext(name)[1].lower())) for name in sorted(names))
        found += [f"{os.path.relpath(os.path.join(folder, name), root).replace(os.sep, '/')} ({form})" for name, form in known if form]
        if len(found) >= _MOST_NAMED or seen > _MOST_SEEN:
            break
    return tuple(found[:_MOST_NAMED])

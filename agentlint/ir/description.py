"""What an API description declares: servers, security, operations with parameters, bodies and answers; schemas are followed on demand."""

from __future__ import annotations

from typing import Any, Literal, Protocol

import msgspec

from agentlint.ir.source import Gap, Location

Pointer = tuple[str | int, ...]


class Node(msgspec.Struct, frozen=True, eq=False):
    """A place in a file of the description with the value that stands there."""

    value: Any
    file: str
    pointer: Pointer

    @property
    def key(self) -> tuple[str, Pointer]:
        """What tells this place from every other."""
        return self.file, self.pointer

    def child(self, key: str | int) -> Node:
        """The node below, whose value is None when there is none."""
        value = self.value
        if isinstance(value, dict):
            below = value.get(key)
        elif isinstance(value, list) and isinstance(key, int) and 0 <= key < len(value):
            below = value[key]
        else:
            below = None
        return Node(below, self.file, (*self.pointer, key))

    def children(self) -> list[tuple[str | int, Node]]:
        """Every node directly below with its key or index."""
        value = self.value
        if isinstance(value, dict):
            return [(k, Node(v, self.file, (*self.pointer, k))) for k, v in value.items()]
        if isinstance(value, list):
            return [(i, Node(v, self.file, (*self.pointer, i))) for i, v in enumerate(value)]
        return []


class Index(Protocol):
    """Follows references between nodes and says where they stand, over all files of a description."""

    root: Node

    def follow(self, node: Node) -> Node:
        """The node that a reference leads to, through any number of further ones; the node itself when it is none.
        A reference to nowhere, to another machine or in a circle gives a node whose value is None."""
        ...

    def locate(self, node: Node) -> Location:
        """File, line and column of a node."""
        ...


FlowKind = Literal["authorization-code", "implicit", "password", "client-credentials", "device"]


class Flow(msgspec.Struct, frozen=True):
    """One way to obtain an OAuth token."""

    kind: FlowKind
    scopes: dict[str, str]


class SecurityScheme(msgspec.Struct, frozen=True, eq=False):
    """One declared way to authenticate."""

    name: str
    kind: Literal["api-key", "http", "oauth2", "openid", "mutual-tls", "unknown"]
    location: str
    """Where an API key goes: `header`, `query` or `cookie`."""
    detail: str
    """The key's name, or the HTTP scheme (`bearer`, `basic`, ...)."""
    flows: tuple[Flow, ...]
    description: str
    node: Node


class Parameter(msgspec.Struct, frozen=True, eq=False):
    """One parameter, inherited ones of the path included."""

    name: str
    location: Literal["path", "query", "header", "cookie", "querystring"]
    required: bool
    description: str
    schema: Node | None
    node: Node
    has_example: bool = False


class MediaType(msgspec.Struct, frozen=True, eq=False):
    """A body or answer in one media type."""

    name: str
    schema: Node | None
    has_example: bool = False


class Body(msgspec.Struct, frozen=True, eq=False):
    """What a request carries."""

    required: bool
    content: tuple[MediaType, ...]
    node: Node


class Link(msgspec.Struct, frozen=True, eq=False):
    """A declared link from an answer to an operation."""

    name: str
    operation: str
    """`operationId`, or `METHOD /path` of an operationRef into this document."""
    parameters: dict[str, str]
    node: Node


class Response(msgspec.Struct, frozen=True, eq=False):
    """One declared answer."""

    status: str
    """`200`, `4XX`, `default`."""
    description: str
    content: tuple[MediaType, ...]
    headers: tuple[str, ...]
    links: tuple[Link, ...]
    node: Node

    @property
    def success(self) -> bool:
        """True for 2xx."""
        return self.status[:1] == "2"


class DescribedOperation(msgspec.Struct, frozen=True, eq=False):
    """One method on one path."""

    method: str
    path: str
    operation_id: str
    summary: str
    description: str
    tags: tuple[str, ...]
    deprecated: bool
    parameters: tuple[Parameter, ...]
    body: Body | None
    responses: tuple[Response, ...]
    security: tuple[tuple[tuple[str, tuple[str, ...]], ...], ...]
    """Alternatives; each is a set of (scheme, scopes) that must all hold. Empty: nothing is asked of the caller, or nothing is said."""
    secured: bool
    """False when neither the operation nor the document says anything on security."""
    callbacks: tuple[str, ...]
    extensions: dict[str, Any]
    node: Node
    webhook: bool = False

    @property
    def name(self) -> str:
        """`METHOD /path`."""
        return f"{self.method} {self.path}"


class Tag(msgspec.Struct, frozen=True, eq=False):
    """A declared tag."""

    name: str
    description: str
    node: Node


class Workflow(msgspec.Struct, frozen=True, eq=False):
    """One workflow of an Arazzo document: operations in order."""

    name: str
    operations: tuple[str, ...]
    node: Node


class Description(msgspec.Struct, frozen=True, eq=False):
    """One whole API description."""

    file: str
    kind: Literal["openapi", "arazzo", "overlay"]
    version: str
    """`2.0`, `3.0`, `3.1`, `3.2` for API descriptions."""
    title: str
    text: str
    """What the document says of the API as a whole."""
    servers: tuple[str, ...]
    security_schemes: tuple[SecurityScheme, ...]
    operations: tuple[DescribedOperation, ...]
    webhooks: tuple[DescribedOperation, ...]
    schemas: tuple[tuple[str, Node], ...]
    tags: tuple[Tag, ...]
    index: Index
    files: tuple[str, ...]
    """Every file that was read for it, the root first."""
    gaps: tuple[Gap, ...] = ()
    workflows: tuple[Workflow, ...] = ()


class Problem(msgspec.Struct, frozen=True, order=True, gc=False):
    """Something that the specification forbids, at the author's own line."""

    file: str
    line: int
    column: int
    message: str
    pointer: str
    """JSON pointer in that file."""
    origin: str = "validator"
    """Who says so: `validator` (openapi-spec-validator), `reader`, `references`, `example` (the document is valid, an example does not fit its schema)."""


class Recorded(msgspec.Struct, frozen=True, gc=False):
    """One request of a recorded browser session; nothing that was sent or answered beyond what stands here."""

    method: str
    host: str
    path: str
    status: int
    """Of the answer; 0 when none was recorded: the page went on before it came, or something held the request back."""
    page: bool
    """True when a page was loaded."""
    reading: bool
    """True when the body itself says that it only asks."""
    noise: bool
    """True when the browser says that no page's content depends on it: a beacon, a report on security."""
    line: int
    number: int = 0
    """Which request of the session it is, counted from 1."""
    fields: tuple[str, ...] = ()
    """Names of the fields of the form or object that was sent, never their values; to be compared, not shown."""
    socket: bool = False
    """True for a connection over which messages go that are not judged."""
    turned: bool = False
    """True when a link led on to another page of the same site that is none for signing in."""


class Session(msgspec.Struct, frozen=True, gc=False):
    """A recorded browser session."""

    file: str
    host: str
    """Where the first page came from."""
    requests: tuple[Recorded, ...]

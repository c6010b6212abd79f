"""What an operation answers and takes: the thing inside envelopes, whether one or many, and every field with its place."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import msgspec

from agentlint.analysis.contracts.schemas import Schemas, Shape
from agentlint.analysis.contracts.vocabulary import noun_words
from agentlint.ir.description import Body, DescribedOperation, Node, Response

_LISTS = frozenset(
    "data items results values records entries list elements content contents resources rows hits objects edges nodes collection members entities page "
    "result response docs documents matches".split()
)
_ENVELOPES = frozenset("data result results response payload body item object entity resource record attributes".split())
_PAGING = frozenset(
    "next prev previous total count limit offset page pages cursor links meta metadata pagination first last size has more total_count next_page token kind "
    "entry item record row element number remaining current after before skip took "
    "iterator done continuation marker self etag request id status code success message error errors warnings object url type api version per paging sort "
    "sorting direction".split()
)
_ASIDE = frozenset("error errors warning warnings success ok status message code request_id requestid trace_id meta".split())
"""What stands beside the thing in an answer that tells how the call went."""
_BINARY = ("multipart/", "application/octet-stream", "image/", "video/", "audio/", "application/pdf", "application/zip")
_DEEPEST = 5
_MOST_FIELDS = 1500


class Payload(msgspec.Struct, frozen=True, eq=False):
    """The thing that an answer holds."""

    entity: Node | None = None
    """Schema of one thing."""
    many: bool = False
    where: str = ""
    """How to get from the answer to the thing: `[]`, `items[]`, `data`."""
    described: bool = False
    """False when the answer has no schema at all."""


class Field(msgspec.Struct, frozen=True, eq=False):
    """One scalar of a payload, with the way to it."""

    name: str
    where: str
    """`items[].owner.login`."""
    shape: Shape
    owner: str
    """Name of the field or schema that it directly belongs to (`owner`), empty at the top."""
    owner_schema: str
    depth: int
    many: bool
    """True inside a list or map."""


class Payloads:
    """Payloads of one description, each looked at once."""

    def __init__(self, schemas: Schemas) -> None:
        self.schemas = schemas
        self._answers: dict[int, Payload] = {}
        self._fields: dict[object, tuple[Field, ...]] = {}

    def answer(self, operation: DescribedOperation) -> Payload:
        """What a successful call gives."""
        known = self._answers.get(id(operation))
        if known is None:
            known = self._answers[id(operation)] = self._answer(operation)
        return known

    def _answer(self, operation: DescribedOperation) -> Payload:
        schema = self.answer_schema(operation)
        if schema is None:
            return Payload()
        found = self.unwrap(schema)
        return self._named_list(operation, schema) or found if operation.method == "GET" and not found.many and not found.where else found

    def _named_list(self, operation: DescribedOperation, schema: Node) -> Payload | None:
        """The one list of objects in an envelope of the document's own, named like the end of the path (`GET /attachments`: `{result, msg, attachments}`)."""
        last = operation.path.rstrip("/").rsplit("/", 1)[-1]
        properties = self.schemas.shape(schema).properties
        if "{" in last or noun_words(last) == (last.lower(),) or not len(properties) > 1:
            return None
        if any(noun_words(name) in (("id",), ("uuid",), ("name",)) for name in properties):
            return None  # a thing, not an envelope
        shapes = {name: self.schemas.shape(node) for name, node in properties.items() if name.lower() not in _ASIDE}
        held = [name for name, shape in shapes.items() if shape.kind in ("object", "array") or shape.values is not None]
        if len(held) != 1 or noun_words(held[0])[-1] not in (*noun_words(last)[-1:], "item") or self.schemas.shape(shapes[held[0]].items).kind != "object":
            return None
        return Payload(shapes[held[0]].items, True, f"{held[0]}[]", True)

    def answer_schema(self, operation: DescribedOperation) -> Node | None:
        """Schema of the first successful answer that has one."""
        for response in successes(operation):
            schema = self.schemas.answer(response.content)
            if schema is not None and schema.value not in ({}, True):
                return schema
        return None

    def body_schema(self, body: Body | None) -> Node | None:
        """Schema of what a request carries."""
        return None if body is None else self.schemas.answer(body.content)

    def given(self, operation: DescribedOperation) -> dict[str, Node]:
        """Fields of the thing that a request carries, also inside a wrapper of one property (`{"tag": {"label": ...}}`, `{"tags": [...]}` at `/tags`), a key
        against repetition aside."""
        fields = self.schemas.shape(self.body_schema(operation.body)).properties if operation.body is not None else {}
        real = [(n, node) for n, node in fields.items() if not n.lower().startswith("idempoten") and n.lower() not in _ASIDE | {"pagination"}]
        inner = self.schemas.shape(real[0][1]) if len(real) == 1 else None
        if inner is not None and inner.kind == "array" and noun_words(real[0][0]) == noun_words(operation.path.rstrip("/").rsplit("/", 1)[-1]):
            inner = self.schemas.shape(inner.items)
        return inner.properties if inner is not None and inner.kind == "object" and inner.properties else fields

    def sends_file(self, body: Body | None) -> bool:
        """True when a request carries a file and nothing else will do; a form of plain fields may come in the same clothes."""
        if body is None or not body.content or not all(m.name.startswith(_BINARY) for m in body.content):
            return False
        fields = self.schemas.shape(body.content[0].schema).properties
        return not fields or not body.content[0].name.startswith("multipart/") or any(map(self._is_file, fields.values()))

    def _is_file(self, node: Node) -> bool:
        shape = self.schemas.shape(node)
        shape = self.schemas.shape(shape.items) if shape.items is not None else shape
        told = node.value.get("type") if isinstance(node.value, dict) else ""
        return shape.format in ("binary", "byte") or told == "file" or shape.kind in ("", "object")

    def unwrap(self, schema: Node, where: str = "", depth: int = 0) -> Payload:
        """The thing inside pages, envelopes and lists."""
        shape = self.schemas.shape(schema)
        if shape.kind == "array" and shape.items is not None:
            return Payload(shape.items, True, f"{where}[]", True)
        if shape.kind != "object" or depth > 3:
            return Payload(schema, False, where, bool(shape.kind))
        if not shape.properties and shape.values is not None and self.schemas.shape(shape.values).kind == "object":
            return Payload(shape.values, True, f"{where}{{}}", True)
        inner = self._list_inside(shape) or self._envelope(shape)
        if inner is None:
            return Payload(schema, False, where, True)
        name, node = inner
        return self.unwrap(node, f"{where}.{name}" if where else name, depth + 1)

    def _list_inside(self, shape: Shape) -> tuple[str, Node] | None:
        """The one property that holds the page's entries."""
        lists = [(n, p) for n, p in shape.properties.items() if n.lower() not in _ASIDE and self.schemas.shape(p).kind == "array"]
        if "_embedded" in shape.properties:
            return "_embedded", shape.properties["_embedded"]
        named = [(n, p) for n, p in lists if n.lower().strip("_") in _LISTS]
        listed = {name for name, _ in lists} | {n for n in shape.properties if n.lower() in _ASIDE}
        others = [n for n in shape.properties if n not in listed and not _tells_of_pages(n)]
        if len(named) == 1 and len(others) <= 1:
            return named[0]
        plain = bool(lists) and self.schemas.shape(self.schemas.shape(lists[0][1]).items).kind in ("string", "integer", "number")
        if len(lists) == 1 and not others and not (plain and "id" in shape.properties):
            return lists[0]
        return None

    def _envelope(self, shape: Shape) -> tuple[str, Node] | None:
        """A wrapper with one real property."""
        inner = [(n, p) for n, p in shape.properties.items() if n.lower() in _ENVELOPES and self.schemas.shape(p).kind in ("object", "array")]
        others = [n for n in shape.properties if n.lower() not in _ENVELOPES and not _tells_of_pages(n)]
        if len(inner) == 1 and not others:
            return inner[0]
        objects = [(n, p) for n, p in shape.properties.items() if n.lower() not in _ASIDE]
        return objects[0] if len(objects) == 1 and self.schemas.shape(objects[0][1]).kind == "object" else None

    def fields(self, schema: Node) -> tuple[Field, ...]:
        """Every scalar below a schema, nearest first, each schema entered once on a way down."""
        key = schema.key
        if key not in self._fields:
            self._fields[key] = tuple(self._walk(schema))
        return self._fields[key]

    def _walk(self, schema: Node) -> Iterator[Field]:
        queue: deque[tuple[Node, str, str, str, int, bool, tuple[object, ...]]] = deque([(schema, "", "", "", 0, False, ())])
        given = 0
        shape_of = self.schemas.shape
        while queue and given < _MOST_FIELDS:
            node, where, owner, owner_schema, depth, many, seen = queue.popleft()
            shape = shape_of(node)
            if shape.key in seen and shape.kind in ("object", "array"):
                continue
            on_way = (*seen, shape.key)
            if shape.kind == "array":
                below = self.schemas.shape(shape.items)
                if below.kind not in ("object", "array") and not below.properties and depth == 0:
                    given += 1
                    yield Field("", f"{where}[]", below, owner, owner_schema, depth, True)
                if shape.items is not None and depth <= _DEEPEST:
                    queue.append((shape.items, f"{where}[]", owner, owner_schema, depth, True, on_way))
                continue
            if shape.kind == "object" or shape.properties:
                schema_name = shape.name or owner_schema
                for name, inner in shape.properties.items() if depth <= _DEEPEST else ():
                    child = shape_of(inner)
                    place = f"{where}.{name}" if where else name
                    if child.kind in ("object", "array") and (child.properties or child.items is not None or child.values is not None):
                        queue.append((inner, place, name, schema_name if child.kind == "array" else child.name or schema_name, depth + 1, many, on_way))
                        if child.kind == "array" and child.items is not None and self.schemas.shape(child.items).kind not in ("object", "array"):
                            given += 1
                            yield Field(name, f"{place}[]", self.schemas.shape(child.items), owner, schema_name, depth, True)
                    else:
                        given += 1
                        yield Field(name, place, child, owner, schema_name, depth, many)
                if shape.values is not None and depth <= _DEEPEST:
                    given += 1
                    yield Field("*", f"{where}{{key}}", Shape(kind="string"), owner, schema_name, depth, True)
                    queue.append((shape.values, f"{where}{{}}", owner, schema_name, depth + 1, True, on_way))


def _tells_of_pages(name: str) -> bool:
    """True for what stands beside the entries of a page: `nextCursor`, `sortKey`."""
    said = noun_words(name)
    return set(said) <= _PAGING or (len(said) > 1 and said[0] == "sort")


def successes(operation: DescribedOperation) -> tuple[Response, ...]:
    """The answers of a call that worked; `default` when no other success is declared."""
    good = tuple(r for r in operation.responses if r.success)
    return good or tuple(r for r in operation.responses if r.status == "default" and not any(x.status[:1] == "2" for x in operation.responses))

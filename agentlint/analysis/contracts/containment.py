"""Resources that other answers show: a list inside its owner, a map by name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from agentlint.analysis.contracts import vocabulary as v
from agentlint.analysis.contracts.likeness import says_which
from agentlint.analysis.contracts.payloads import Payloads
from agentlint.analysis.contracts.resources import Resource, undressed
from agentlint.analysis.contracts.roles import Role
from agentlint.ir.description import DescribedOperation

_DEEPEST = 3
_REPLACES = re.compile(r"\b(replac|overwrit)", re.IGNORECASE)


class Containment:
    """For each kind of schema: an operation that shows one, and one that shows several."""

    def __init__(self, roles: Sequence[Role], payloads: Payloads) -> None:
        self._one: dict[str, DescribedOperation] = {}
        self._many: dict[str, DescribedOperation] = {}
        self._names: dict[str, DescribedOperation] = {}
        self._single: dict[str, DescribedOperation] = {}
        self._chosen: dict[str, DescribedOperation] = {}
        """Those of them that take something by which one of several is meant."""
        self._bodies: dict[str, list[DescribedOperation]] = defaultdict(list)
        self._by_id: set[int] = set()
        """Updates that change those whose identifiers they get, and leave the others alone."""
        self._payloads = payloads
        self._seen: dict[tuple[int, bool], int] = {}
        """Shapes entered so far, with the least depth: what stands below them is known as well, from an earlier operation."""
        for role in roles:
            operation, answer = role.operation, role.answer
            if operation.method == "GET" or not role.writes:
                self._enter(operation)
                name = _kind_of(role, payloads.schemas.name(answer.entity)) if answer.entity is not None and not answer.many and role.kind != "list" else ""
                if name:
                    self._single.setdefault(name, operation)
                    if says_which(operation):
                        self._chosen.setdefault(name, operation)
            elif operation.method in ("PUT", "PATCH") and role.kind != "create":
                self._enter_body(operation)

    def lists(self, resource: Resource) -> DescribedOperation | None:
        """An operation whose answer holds several of the resource."""
        found = self._many.get(undressed(resource.schema)) if resource.schema else None
        said = resource.noun.split(" ")
        return found or next((held for at in range(len(said)) if (held := self._names.get(" ".join(said[at:]))) is not None), None)

    def shows(self, resource: Resource) -> DescribedOperation | None:
        """An operation whose answer holds one or more."""
        return self.lists(resource) or (self._one.get(undressed(resource.schema)) if resource.schema else None)

    def reads(self, resource: Resource, several: bool = False) -> DescribedOperation | None:
        """An operation whose whole answer is one of them; where there are `several`, one that can be told which."""
        return (self._chosen if several else self._single).get(undressed(resource.schema)) if resource.schema else None

    def writes(self, resource: Resource) -> DescribedOperation | None:
        """An update whose body holds several of them, so that they can be changed and taken off there; not one of them by their identifiers."""
        noun, own = resource.noun.split(" ")[-1], {id(role.operation) for role in resource.roles}
        known = [*self._bodies.get(undressed(resource.schema), ()), *self._bodies.get(noun, ())] if resource.schema else self._bodies.get(noun, ())
        return next((operation for operation in known if id(operation) not in own or id(operation) not in self._by_id), None)

    def _enter_body(self, operation: DescribedOperation) -> None:
        schemas = self._payloads.schemas
        schema = self._payloads.body_schema(operation.body)
        shape = schemas.shape(schema)
        for name, child in shape.properties.items():
            below = schemas.shape(child)
            if below.kind == "array" and below.items is not None:
                inner = schemas.shape(below.items)
                if inner.kind in ("object", "") or inner.properties:  # plain values only say which ones are meant
                    self._bodies[" ".join(v.noun_words(name))].append(operation)
                if "id" in inner.properties and not _REPLACES.search(f"{operation.summary} {operation.description[:400]}"):
                    self._by_id.add(id(operation))
                if inner.name:
                    self._bodies[undressed(inner.name)].append(operation)

    def _enter(self, operation: DescribedOperation) -> None:
        schema = self._payloads.answer_schema(operation)
        if schema is None:
            return
        schemas = self._payloads.schemas
        stack = [(schema, 0, False)]
        while stack:
            node, depth, many = stack.pop()
            shape = schemas.shape(node)
            if depth > _DEEPEST or self._seen.get((id(shape), many), _DEEPEST + 1) <= depth:
                continue
            self._seen[(id(shape), many)] = depth
            if shape.name and shape.kind != "array":
                (self._many if many else self._one).setdefault(undressed(shape.name), operation)
            for below, plural in ((shape.items, True), (shape.values, True)):
                if below is not None:
                    stack.append((below, depth + 1, plural))
            for name, child in shape.properties.items():
                kind = schemas.shape(child)
                if kind.kind == "array" or kind.values is not None:
                    self._names.setdefault(" ".join(v.noun_words(name)), operation)
                stack.append((child, depth + 1, many))


def _kind_of(role: Role, schema: str) -> str:
    """What an operation shows by its schema; a word that dresses up other names (`MediaInfo`) says what it is where the path says so too (`MediaRequest` at
    `/requests/{id}`)."""
    name, last = undressed(schema), role.noun.split(" ")[-1]
    said = v.noun_words(schema)
    return " ".join(said) if last in said and last not in name.split(" ") else name

"""What answers offer as identifiers, who may ask for it, and the row that says where one comes from."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import msgspec

from agentlint.analysis.contracts.identifier_words import IDENTIFYING
from agentlint.analysis.contracts.paths import parse_path
from agentlint.analysis.contracts.roles import Role
from agentlint.analysis.contracts.vocabulary import noun_words
from agentlint.ir.contracts import Identifier
from agentlint.ir.description import DescribedOperation


class Offer(msgspec.Struct, frozen=True, eq=False):
    """A field of an answer that identifies a thing."""

    operation: DescribedOperation
    where: str
    name: str
    kind: str = ""
    """JSON type of the field, empty where nothing says."""
    by: str = "read"
    """What the operation does: `list`, `create`, `read`, ..."""


@lru_cache(maxsize=50_000)
def keys_of(field: str, owner: str) -> tuple[str, ...]:
    """Under which names a field is looked up: its own, and that of what it belongs to where it identifies that."""
    said = noun_words(field)
    owned = "".join(noun_words(owner)) if said and said[-1] in IDENTIFYING else ""
    return tuple(filter(None, ("".join(said), owned)))


@lru_cache(maxsize=20_000)
def parts_of(path: str) -> tuple[str, ...]:
    """Parts of a path's shape."""
    return tuple(parse_path(path).shape.split("/"))


class Own:
    """Answers that only come to those who hold an identifier already: they give nobody the first one."""

    def __init__(self, asking: Role, name: str) -> None:
        self._operation = asking.operation
        before = asking.path.shape_before(name)
        self._before = tuple(before.split("/")) if before else ()

    def asks(self, offer: Offer) -> bool:
        """True for such an answer."""
        if offer.operation is self._operation:
            return True
        if not self._before:
            return False
        parts = parts_of(offer.operation.path)
        return parts[: len(self._before)] == self._before


class Row(msgspec.Struct, frozen=True):
    """What one row is of: a required or asking parameter of an operation."""

    operation: str
    parameter: str
    location: str

    def of(self, status: str, offer: Offer | None, evidence: str) -> Identifier:
        """The row with an answer, and the field that it comes from."""
        producer = f"{offer.operation.name} -> {offer.where}" if offer is not None else None
        return Identifier(self.operation, self.parameter, self.location, status, producer, evidence)  # type: ignore[arg-type]

    def from_any(self, offers: Sequence[Offer], evidence: str) -> Identifier:
        """The row for something that several answers hold, the best first."""
        others = dict.fromkeys(f"{o.operation.name} -> {o.where}" for o in offers[1:])
        return msgspec.structs.replace(self.of("produced", offers[0], evidence), others=tuple(others))

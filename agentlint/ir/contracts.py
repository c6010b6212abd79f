"""What an API description shows: the life of a resource, and where a caller gets what an operation requires."""

from __future__ import annotations

from typing import Literal

import msgspec


class Lifecycle(msgspec.Struct, frozen=True, gc=False):
    """One transition of one resource, present or missing (JSON contract `lifecycles[]`)."""

    resource: str
    schema: str
    pointer: str
    transition: str
    status: Literal["present", "missing"]
    operation: str | None
    evidence: str
    file: str
    line: int


class Identifier(msgspec.Struct, frozen=True, gc=False):
    """One required parameter of one operation (JSON contract `identifiers[]`)."""

    operation: str
    parameter: str
    location: str
    """`path`, `query`, `header`, `cookie` or `body`; the contract's field `in`."""
    status: Literal["produced", "constant", "caller-known", "unreachable"]
    producer: str | None
    evidence: str


class Mismatch(msgspec.Struct, frozen=True, gc=False):
    """An operation that only one of code and API description knows."""

    kind: Literal["undocumented", "phantom"]
    """`undocumented`: in code, not in the description; `phantom`: described, not in code."""
    operation: str
    """`METHOD /path`."""
    file: str
    """Where the operation stands: its handler when undocumented, the document when phantom."""
    line: int
    symbol: str = ""
    document: str = ""
    """The description it was compared with."""
    evidence: str = ""
    changes_state: bool = True

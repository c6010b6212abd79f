"""What an API description shows: the life of a resource, and where a caller gets what an operation requires."""

from __future__ import annotations

from typing import Literal

import msgspec

Thought = Literal["plain", "state", "inverse", "link", "job", "part", "declared", "hole", "driven"]
"""How a step of a life is known: a plain step, a state that the schema shows, an action that asks for its inverse, an address in an answer, running work that
asks for a stop, a part that is set and not taken off, words of the description itself, something around which steps are missing, what the system alone does."""


class Lifecycle(msgspec.Struct, frozen=True, gc=False):
    """One transition of one resource, present or missing (JSON contract `lifecycles[]`), or taken by the system alone (`not_applicable[]`)."""

    resource: str
    schema: str
    pointer: str
    transition: str
    status: Literal["present", "missing", "not-applicable"]
    operation: str | None
    evidence: str
    file: str
    line: int
    thought: Thought = "plain"
    """Which line of thought found the step; not part of the JSON contract."""
    document: str = ""
    """Root file of the description, where `file` is the author's own; not part of the JSON contract."""

    @property
    def whose(self) -> tuple[str, str]:
        """The resource, told from one of the same name in another description."""
        return self.document or self.file, self.resource


class Identifier(msgspec.Struct, frozen=True, gc=False):
    """One required parameter of one operation (JSON contract `identifiers[]`)."""

    operation: str
    parameter: str
    location: str
    """`path`, `query`, `header`, `cookie` or `body`; the contract's field `in`."""
    status: Literal["produced", "constant", "caller-known", "unreachable"]
    producer: str | None
    evidence: str
    found: bool = True
    """False when no answer was seen to hold it and nothing says that the caller chooses it; not part of the JSON contract."""
    optional: bool = False
    """True for a parameter that may be left out; not part of the JSON contract."""
    others: tuple[str, ...] = ()
    """Further answers that hold it as well, in the form of `producer`; not part of the JSON contract."""


class Given(msgspec.Struct, frozen=True, gc=False):
    """What a call takes from an earlier answer."""

    parameter: str
    location: str
    """`path`, `query` or `body`; `in` in JSON."""
    operation: str
    """The earlier call, `METHOD /path`."""
    place: str
    """Where it stands in that answer: `items[].id`."""


class Call(msgspec.Struct, frozen=True, gc=False):
    """One call of a chain."""

    operation: str
    name: str
    """Its `operationId`, empty when it has none."""
    takes: tuple[Given, ...] = ()


class Lack(msgspec.Struct, frozen=True, gc=False):
    """What keeps an operation out of reach."""

    what: str
    """A required parameter; empty where the operation as a whole is out of reach."""
    why: str


class Chain(msgspec.Struct, frozen=True, gc=False):
    """The shortest calls from credentials alone to one operation, itself the last (JSON `chains[]`)."""

    operation: str
    name: str
    """Its `operationId`, empty when it has none."""
    file: str
    calls: tuple[Call, ...] = ()
    """Empty when it is out of reach."""
    known: tuple[str, ...] = ()
    """Required parameters that the caller chooses or knows by itself."""
    lacks: tuple[Lack, ...] = ()


class Shortcoming(msgspec.Struct, frozen=True, gc=False):
    """Something that a description lacks for a program or an auditor, at the place where it would stand."""

    kind: Literal[
        "no-machine-authentication", "no-history", "decision-without-reason", "indistinct", "no-error-model", "unpaged", "rejected-schema", "catalogue",
        "conflicting-hint", "pace", "no-correlation", "nameless-history",
    ]
    subject: str
    """`METHOD /path`, a resource, or the document."""
    file: str
    line: int
    evidence: str
    symbol: str = ""
    heavy: bool = False
    """True for the graver cases of a kind."""


class Clause(msgspec.Struct, frozen=True, gc=False):
    """One thing that callers, or those who look later, need to be told: of how many it is told."""

    name: Literal["errors", "pages", "pace", "reason", "actor", "correlation", "history"]
    told: int
    of: int
    what: str
    """What is counted, in words: `decisions that take a reason`."""
    lacking: tuple[str, ...] = ()
    """The first few that lack it."""


class Contract(msgspec.Struct, frozen=True, gc=False):
    """What one description tells on the whole."""

    file: str
    clauses: tuple[Clause, ...]


class Tool(msgspec.Struct, frozen=True, gc=False):
    """An operation as a tool for a language model."""

    operation: str
    name: str
    tokens: int
    """Estimated tokens of the definition as compact JSON, references put in, as a vocabulary of 200,000 counts them."""
    read_only: bool
    destructive: bool
    idempotent: bool
    """Hints as the Model Context Protocol names them, proposed from method, words and what a repeat does."""
    evidence: str
    usable: float
    """0..1: the share of what a model needs that the description gives for this operation."""
    lacks: tuple[str, ...] = ()
    file: str = ""
    line: int = 0


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

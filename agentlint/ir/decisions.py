"""Decisions, the records that explain them, and calls of a model."""

from __future__ import annotations

from typing import Literal

import msgspec

from agentlint.ir.effects import Confidence, Effect, Step

DecisionSource = Literal["branch", "model", "person", "rule"]
AuditStatus = Literal["audited", "partial", "unaudited"]


class RecordContent(msgspec.Struct, frozen=True, gc=False):
    """What a record holds: the actor, the object and its change, the reason or inputs."""

    who: bool = False
    what: bool = False
    why: bool = False


class AuditSite(msgspec.Struct, frozen=True, gc=False, order=True):
    """A place that makes a durable record, or the registration of a mechanism that does."""

    file: str
    line: int
    mechanism: str
    """Plain words: `row in AuditEntry`, `django-pghistory trigger on Finding`."""


class Decision(msgspec.Struct, frozen=True, gc=False):
    """One decision path, as the JSON contract shows it."""

    id: str
    file: str
    line: int
    """Where the branch or, failing that, the function stands."""
    symbol: str
    decision: str
    effect: Effect
    source: DecisionSource
    status: AuditStatus
    records: RecordContent = RecordContent()
    audit: tuple[AuditSite, ...] = ()
    path: tuple[Step, ...] = ()
    operations: tuple[str, ...] = ()
    confidence: Confidence = "high"
    function: str = ""
    inner: bool = False
    """True for a step inside other decisions: the same effect is judged at the entry points that reach it."""


def consequential(decision: Decision) -> bool:
    """True when something outlives the decision. Signing the person at the browser in or out changes nothing but the session."""
    return decision.effect.kind not in ("authentication", "session")


class ModelCall(msgspec.Struct, frozen=True, gc=False):
    """A call site of a language model or another learned model. None where the code does not tell."""

    file: str
    line: int
    symbol: str
    call: str
    provider: str
    model: str = ""
    bounded_output: bool | None = None
    timeout: bool | None = None
    bounded_retry: bool | None = None
    prompt_cached: bool | None = None
    bounded_history: bool | None = None
    usage_recorded: bool | None = None
    budget: bool | None = None
    output_schema: bool | None = None
    recorded: bool | None = None
    function: str = ""
    library_file: str = ""
    library_line: int = 0
    """Where the library's own call stands when this is a call of the project's wrapper around it; empty for the library's own call."""
    kind: str = ""
    """`language-model`, `learned-model` (a classifier, a transcription, a ranking) or `embedding`."""


class Mechanism(msgspec.Struct, frozen=True, gc=False):
    """A registered mechanism that records writes of a model by itself: history table, signal receiver, database trigger, middleware, admin log."""

    name: str
    """What a person would call it, e.g. `django-simple-history on Order`."""
    library: str
    """Knowledge row that defines which write APIs it sees (the bypass matrix)."""
    model: str
    """Qualified name of the model it watches; empty for every model."""
    file: str
    line: int
    content: RecordContent = RecordContent(who=True, what=True)
    fields: tuple[str, ...] = ()
    """Fields it watches; empty means all but `excluded`."""
    excluded: tuple[str, ...] = ()
    operations: tuple[str, ...] = ("create", "update", "delete")
    scope: str = ""
    """Id of the class or function it is limited to (an admin class, a decorated view), or the `file:line` of a registration; empty for the whole program."""
    inside: bool = False
    """True when it records only what happens inside a block that code has to open."""
    asked: bool = False
    """True when it records outside of such a block only while a request is handled."""
    besides: tuple[str, ...] = ()
    """Models that one which watches every model leaves out."""
    exact: bool = False
    """True when it does not see writes of subclasses of the model."""


class Bypass(msgspec.Struct, frozen=True, gc=False):
    """A write of a watched model through an API that its recording mechanism does not see."""

    effect: Effect
    mechanism: Mechanism
    recorded: bool = False
    """True when the code around it makes a record of its own on every path."""


class Unapproved(msgspec.Struct, frozen=True, gc=False, order=True):
    """An effect that cannot be taken back, or only at a cost, which a model or an agent causes with no step that asks a person."""

    file: str
    line: int
    """Where the model is asked to decide, or the function that an agent calls stands."""
    symbol: str
    cause: Literal["answer", "tool", "operation", "endpoint"]
    """A model's answer; a function handed to a model as a tool; an operation that only agents call; one open to whoever holds a token."""
    reason: str
    """Why it cannot be taken back, in words that follow "it"."""
    effect: Effect
    path: tuple[Step, ...] = ()
    operation: str = ""
    confidence: Confidence = "high"
    function: str = ""

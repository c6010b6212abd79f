"""What code does to the world: effects, and how a function comes to reach one."""

from __future__ import annotations

from typing import Literal

import msgspec

EffectKind = Literal[
    "orm-write", "raw-sql", "mail", "outbound-http", "queue", "file", "payment", "permission", "process", "model-call",
    "session", "authentication", "cache", "message",
]
"""Closed vocabulary. `session`/`authentication` concern the browser's person; `cache` never counts as a state change."""

EffectOperation = Literal["create", "update", "delete", "write", "send", "call", "run", "login", "logout", "grant", "revoke"]

Confidence = Literal["high", "medium", "low"]
"""high: receiver and callee known; medium: one inferred step; low: name-only (never clears a finding)."""


class Effect(msgspec.Struct, frozen=True, gc=False):
    """One direct effect at one line of one function."""

    kind: EffectKind
    operation: EffectOperation
    target: str
    """What it acts on, short: a model's class name, a host, a queue; empty when unknown."""
    file: str
    line: int
    function: str
    """Id of the function whose body holds the line (see analysis: `package.module.Class.method`)."""
    model: str = ""
    """Qualified name of the model class, when there is one."""
    fields: tuple[str, ...] = ()
    """Fields written, when the code tells; empty means unknown or all."""
    api: str = ""
    """Access path of the write, e.g. `django.db.models.QuerySet.update()`: decides which audit mechanisms see it."""
    methods: tuple[str, ...] = ()
    """HTTP methods under which the line runs, when a branch on the request's method says so; empty means any."""
    confidence: Confidence = "high"
    registered: bool = False
    """True when no line of the project performs it but a framework does (generic view, admin site, viewset)."""
    verb: str = ""
    """HTTP method of an outbound call, when known; an outbound GET, HEAD or OPTIONS only reads."""
    incidental: bool = False
    """True for what is never the point of an action: temporary files, flash messages, counters, last-seen stamps."""
    open_model: str = ""
    """What decides the model when only a concrete class can tell (a type variable, a class attribute), or the method of a request when only a caller can;
    for the summaries, which bind it."""
    open_fields: str = ""
    """Function and parameter whose keys are the fields (`shop.base.Store.update values`); for the summaries, which bind it at the calls."""

    set_to: tuple[tuple[str, str], ...] = ()
    """Fields and constants that methods of the row put into them before it is saved: `order.cancel(); order.save()`."""
    untold: bool = False
    """True when callers hand in what it acts on, and the one on the way does not say either what that is."""


_READING_VERBS = frozenset({"GET", "HEAD", "OPTIONS"})
_UNCOUNTED_KINDS = frozenset({"cache", "session"})


def changes_state(effect: Effect) -> bool:
    """True when the effect is a state change that somebody may want to do, or account for."""
    return effect.kind not in _UNCOUNTED_KINDS and not effect.incidental and not (effect.kind == "outbound-http" and effect.verb in _READING_VERBS)


class Step(msgspec.Struct, frozen=True, gc=False):
    """One step of a chain that a person can follow: `text` says in plain words what happens at the line."""

    file: str
    line: int
    text: str


class ReachedEffect(msgspec.Struct, frozen=True, gc=False):
    """An effect that a function reaches, directly (`chain` empty) or through calls. The shortest chain is kept."""

    effect: Effect
    chain: tuple[Step, ...] = ()
    methods: tuple[str, ...] = ()
    """HTTP methods under which the chain runs, the effect's own included; empty means any."""
    confidence: Confidence = "high"

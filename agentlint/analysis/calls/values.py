"""The nouns of the call graph: a target and a call site."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from agentlint.analysis.types.values import Type
from agentlint.ir import syntax as s
from agentlint.ir.effects import Confidence

TargetKind: TypeAlias = Literal["call", "constructor", "override", "reference", "deferred", "signal", "property", "decorates"]


class Target(msgspec.Struct, frozen=True, order=True):
    """A project function that a call may run."""

    function: str
    confidence: Confidence
    kind: TargetKind
    """`reference`: passed as a value; `deferred`: runs later; `decorates`: the wrapper that a decorator puts around the caller."""
    on: str = ""
    """The class that an edge of a plugin runs the method on, where it is known and not the method's own."""


class CallSite(msgspec.Struct, frozen=True, eq=False):
    """One call in the source, with all that is known of it."""

    caller: str
    """Function id; `module.<module>` for module-level code."""
    call: s.Call
    file: str
    line: int
    targets: tuple[Target, ...]
    library: str
    """Dotted library access path without `()`, e.g. `django.db.models.QuerySet.update`; empty if none."""
    receiver: tuple[Type, ...]
    """Types of the object whose method is called; of a constructor call, the class."""
    methods: tuple[str, ...]
    """HTTP methods under which the call runs, by enclosing branches; empty means any."""
    name: str
    """Last attribute or bare name called."""
    scope: str = ""
    """Where the call's names are read when that is not the caller: the class whose body holds it."""

"""The call graph: for every call, the project functions it may run and the library path it takes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias

import msgspec

from agentlint.analysis.program import Program
from agentlint.analysis.types import Type, Types
from agentlint.ir import syntax as s
from agentlint.ir.effects import Confidence
from agentlint.knowledge import LibraryFacts

TargetKind: TypeAlias = Literal["call", "constructor", "override", "reference", "deferred", "signal", "property", "decorates"]


class Target(msgspec.Struct, frozen=True, order=True):
    """A project function that a call may run."""

    function: str
    confidence: Confidence
    kind: TargetKind
    """`reference`: passed as a value; `deferred`: runs later; `decorates`: the wrapper that a decorator puts around the caller."""


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


class Calls:
    """All call sites of the program."""

    resolved: tuple[int, int]
    """Calls resolved to project code or a library, of all calls."""

    def sites(self, function_id: str) -> tuple[CallSite, ...]:
        """Calls in a function's own body, nested lambdas included, in source order."""
        raise NotImplementedError

    def at(self, module: str, site: int) -> CallSite | None:
        """The call with a site number of a module."""
        raise NotImplementedError

    def callers(self, function_id: str) -> tuple[CallSite, ...]:
        """Call sites that may run a function."""
        raise NotImplementedError

    def targets_for(self, site: CallSite, class_id: str) -> tuple[Target, ...]:
        """The targets of a call when the function that holds it runs on a concrete class: `self.` dispatch and attribute types re-resolved."""
        raise NotImplementedError

    def site_for(self, site: CallSite, class_id: str) -> CallSite:
        """The whole site re-resolved for a concrete class: targets, library path and receiver."""
        raise NotImplementedError


def resolve_calls(program: Program, types: Types, library: LibraryFacts, extra: Iterable[tuple[str, Target]] = ()) -> Calls:
    """`extra` are edges that plugins know (signal receivers): caller id and target."""
    raise NotImplementedError

"""The kinds of fixes; one that is not in this list does not exist."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from agentlint.findings.report import Report
from agentlint.fixes import endpoints, history, operation_ids, records, routes, suppressions
from agentlint.fixes.base import Fix, Sources
from agentlint.ir.description import Description

Proposer = Callable[[Report, Sources, Sequence[Description]], Iterator[Fix]]

FIXES: dict[str, tuple[str, Proposer]] = {
    "unused-suppression": ("takes out suppressions that silence nothing", suppressions.propose),
    "register-history": ("registers a model with the history that other models of the system have", history.propose),
    "add-record": ("adds the record that other functions of the system make to one that makes none", records.propose),
    "describe-routes": ("gives routes that code declares a name and, from their docstring, a summary; only on request", routes.propose),
    "expose-service": ("exposes a function that only a page calls as an endpoint of the API, marked for review; only on request", endpoints.propose),
    "operation-ids": ("names the operations of an API description, as an Overlay", operation_ids.propose),
}
"""By name: what it does, and what proposes it. Those that go by lines come first, while lines have their numbers."""


ON_REQUEST = frozenset({routes.NAME, endpoints.NAME})
"""Kinds that need a person's eye on every line, or change more than a finding asks for: only when named."""


def propose(report: Report, sources: Sources, descriptions: Sequence[Description], names: Sequence[str] = ()) -> list[Fix]:
    """The fixes of some kinds (all but those on request, when none is named), in a stable order; whether they help is for a new analysis to say."""
    chosen = [proposer for name, (_, proposer) in FIXES.items() if name in names or not names and name not in ON_REQUEST]
    return [fix for proposer in chosen for fix in proposer(report, sources, descriptions)]

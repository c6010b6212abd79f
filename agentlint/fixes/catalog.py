"""The kinds of fixes; one that is not in this list does not exist."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from agentlint.findings.report import Report
from agentlint.fixes import history, operation_ids, suppressions
from agentlint.fixes.base import Fix, Sources
from agentlint.ir.description import Description

Proposer = Callable[[Report, Sources, Sequence[Description]], Iterator[Fix]]

FIXES: dict[str, tuple[str, Proposer]] = {
    "unused-suppression": ("takes out suppressions that silence nothing", suppressions.propose),
    "register-history": ("registers a model with the history that other models of the system have", history.propose),
    "operation-ids": ("names the operations of an API description, as an Overlay", operation_ids.propose),
}
"""By name: what it does, and what proposes it. Those that go by lines come first, while lines have their numbers."""


def propose(report: Report, sources: Sources, descriptions: Sequence[Description], names: Sequence[str] = ()) -> list[Fix]:
    """The fixes of some kinds (all, when none is named), in a stable order; whether they help is for a new analysis to say."""
    chosen = [proposer for name, (_, proposer) in FIXES.items() if not names or name in names]
    return [fix for proposer in chosen for fix in proposer(report, sources, descriptions)]
